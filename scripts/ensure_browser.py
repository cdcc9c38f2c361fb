"""Print the path of a Chromium or Chrome for the tests, installing one where that can be done.

In this order: $INMEM_BROWSER; an installed browser; Debian's `chromium` (as root or with
password-free sudo); Playwright's own download. Says what to do where none can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str | None:
    """The browser to use, or None if there is none yet. Looks, installs nothing."""
    if named := os.environ.get("INMEM_BROWSER"):
        if not shutil.which(named):
            raise SystemExit(f"INMEM_BROWSER names {named!r}, which cannot be run")
        return named
    for candidate in (*NAMES, *PLACES):
        if path := shutil.which(candidate):
            return path
    return _playwrights_own()


def ensure() -> str:
    """The browser to use, installed if need be."""
    if path := find():
        return path
    for install in (_apt, _playwright):
        install()
        if path := find():
            return path
    raise SystemExit(
        "the browser tests need Chromium or Chrome, and none could be installed: install one "
        "(Debian: apt-get install chromium), or set INMEM_BROWSER to its path"
    )


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _apt() -> None:
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if sudo and not shutil.which("sudo"):
        return
    _run([*sudo, "apt-get", "update", "-q"])
    _run([*sudo, "apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"])


def _playwright() -> None:
    _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _run(command: list[str]) -> None:
    """Run it with its output on stderr; a failure is seen by the browser not being there."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("+", " ".join(command), file=sys.stderr)
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=env, check=False)


if __name__ == "__main__":
    print(ensure())

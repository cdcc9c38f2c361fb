"""Shared by all tests: the one browser, and no test that a loaded machine could fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from scripts.ensure_browser import find

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Per module: while sync Playwright runs, its loop bars async tests."""
    path = find()
    if path is None:
        pytest.fail("no Chromium or Chrome found: python -m scripts.ensure_browser installs one")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()

"""Shared by all tests: the one browser, and no test that a loaded machine could fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from scripts.ensure_browser import find

CI = os.environ.get("CI") == "true"
MESSAGE = 8
"""Lines that the closing ones say of a failure; above them it is told in full."""

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[[], Browser]]:
    """Headless Chromium; another one where it has died.

    Per module: while sync Playwright runs, its loop bars async tests.
    """
    path = find()
    if path is None:
        pytest.fail("no Chromium or Chrome found: python -m scripts.ensure_browser installs one")
    with sync_playwright() as playwright:

        def launch() -> Browser:
            return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])

        def alive() -> Browser:
            nonlocal running
            if not running.is_connected():
                running = launch()
            return running

        running = launch()
        yield alive
        running.close()


@pytest.fixture
def browser(chromium: Callable[[], Browser]) -> Browser:
    return chromium()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI a test of the screen that fails is run once more, and named at the end as RERUN.

    On a loaded machine Chromium may be too late or die; one failure of a thousand such tests would throw
    everything away. So a defect that shows only now and then may pass: look at the tests named there.
    """
    if CI:
        again = pytest.mark.flaky(reruns=1, rerun_except="from pytest-timeout")  # whose clock has run out
        for item in items:
            if item.get_closest_marker("browser") or item.get_closest_marker("e2e"):
                item.add_marker(again)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The closing lines stay readable: in CI pytest would repeat whole pages there."""
    report = yield
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.message = "\n".join(line[:200] for line in crash.message.splitlines()[:MESSAGE])
    return report

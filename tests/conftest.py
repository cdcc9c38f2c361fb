"""Shared by all tests: the one browser, and no test that a loaded machine could fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from itertools import chain, groupby

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from scripts.ensure_browser import find

CI = os.environ.get("CI") == "true"
NEEDLESS = (
    # a page for each window's address bar, and one that might be wanted next: two processes for each test
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "SpareRendererForSitePerProcess"),
    # Chromium heeds only the last list of these: from here on they are Playwright's own
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
"""Features of Chromium that the tests do without."""
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
            args = ["--no-sandbox", f"--disable-features={','.join(NEEDLESS)}"]
            return playwright.chromium.launch(executable_path=path, args=args)

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
    _longest_first(items)
    if CI:
        _screen_again(items)


def _longest_first(items: list[pytest.Item]) -> None:
    """Files of the screen, those that mostly wait spread among them; in the end only short ones are left.

    So no worker is alone with a JupyterLab at the end, and not all have one at the same time.
    """
    waiting: list[list[pytest.Item]] = []
    screen: list[list[pytest.Item]] = []
    others: list[list[pytest.Item]] = []
    for _, group in groupby(items, lambda item: item.path):
        file = list(group)
        marks = {mark.name for item in file for mark in item.iter_markers()}
        (waiting if "slow" in marks else screen if "browser" in marks else others).append(file)
    each = len(screen) // (len(waiting) or 1) + 1
    for number, file in enumerate(waiting):
        screen.insert(number * each, file)
    items[:] = chain.from_iterable([*screen, *others])


def _screen_again(items: list[pytest.Item]) -> None:
    """In CI a test of the screen that fails is run once more, and named at the end as RERUN.

    On a loaded machine Chromium may be too late or die; one failure of a thousand such tests would throw
    everything away. So a defect that shows only now and then may pass: look at the tests named there.
    """
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

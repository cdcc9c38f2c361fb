"""The stage and what stands on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.stage import Stage


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    """An empty page; the test fails where a script on it does."""
    context = browser.new_context(viewport={"width": 916, "height": 900})
    page = context.new_page()
    page.set_default_timeout(5_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield Stage(page)
    context.close()
    assert problems == []

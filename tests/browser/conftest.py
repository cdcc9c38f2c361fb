"""The stage and what stands on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.stage import Stage

SLOW = 20_000
"""Milliseconds that a loaded machine is given."""
expect.set_options(timeout=SLOW)


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    """An empty page; the test fails where a script on it does."""
    context = browser.new_context(viewport={"width": 916, "height": 900})
    page = context.new_page()
    page.set_default_timeout(SLOW)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield Stage(page)
    context.close()
    assert problems == []

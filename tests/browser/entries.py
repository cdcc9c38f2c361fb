"""The cache's entries on the stage."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.cachekernel import CacheKernel, shown
from tests.browser.stage import Stage


def entries(stage: Stage, kernel: CacheKernel, **options: Any) -> Locator:
    """The widget, showing them."""
    widget = shown(stage, kernel, **options)
    widget.get_by_role("button", name="Entries").click()
    expect(widget.get_by_role("grid", name="Entries")).to_be_visible()
    return widget


def rows(widget: Locator) -> Locator:
    return widget.locator(".rows .row:not(.blank)")


def prompts(widget: Locator) -> Locator:
    return rows(widget).locator(".c-prompt")


def cell(widget: Locator, row: int, column: str) -> Locator:
    return widget.locator(f".rows .row[aria-rowindex='{row + 2}'] .c-{column}")


def head(widget: Locator, name: str) -> Locator:
    return widget.get_by_role("columnheader", name=name, exact=True)


def pane(widget: Locator) -> Locator:
    return widget.get_by_role("group", name="Value", exact=True)


def asked(kernel: CacheKernel, method: str = "entries") -> list[dict[str, Any]]:
    return [params for name, params in kernel.calls if name == method]


def listed(kernel: CacheKernel, ids: list[int], **over: Any) -> None:
    """From now on the list is of these."""
    kernel.over = {
        **kernel.over,
        "listed": len(ids),
        "start": 0,
        "rows": [kernel.entry(i) for i in ids],
        **over,
    }

"""Where things are in the checkpoint's pane, and what was asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator

from tests.browser.timelinekernel import TimelineKernel

TABS = ["State", "Diff", "Writes", "Weight"]


def tab(widget: Locator, name: str) -> Locator:
    return widget.get_by_role("tab", name=name, exact=True)


def channel(widget: Locator, name: str) -> Locator:
    """The row of a channel, with what it unfolds to."""
    return widget.locator(".channel").filter(has=widget.page.locator(f".name:text-is('{name}')"))


def choose(widget: Locator, row: int) -> None:
    widget.locator(f".rows [role=row][aria-rowindex='{row + 2}']").click()


def asked(kernel: TimelineKernel, method: str) -> list[Mapping[str, Any]]:
    return [params for called, params in kernel.calls if called == method]


def head(widget: Locator) -> Locator:
    return widget.locator(".phead")

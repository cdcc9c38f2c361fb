"""A value pane on the stage, and what there is to show in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryStore, inspect
from tests.browser import valuekernel as v
from tests.browser.stage import Real, Stage
from tests.browser.valuekernel import ValueKernel

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
TREE = [{"kind": "tree", "node": v.session(), "loads": True}]
REST = {"text": [v.text("the raw text")], "hex": [v.hexdump(b"raw")]}


def note(tone: str = "") -> dict[str, Any]:
    return {"kind": "note", "text": "Disassembled, not loaded", "tone": tone}


KINDS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "tree": lambda: TREE,
    "text": lambda: [v.text("a\u200bb\n\tc\x1b", total=100_000, more=65_536)],
    "hex": lambda: [v.hexdump(v.BINARY)],
    "vector": v.vector,
    "table": lambda: [v.table(12)],
    "image": lambda: [v.image(640, 400)],
    "outline": lambda: [v.OUTLINE],
    "messages": lambda: v.MESSAGES,
    "notes": lambda: [note(), note("warning"), note("error")],
}


def shown(stage: Stage, kernel: ValueKernel, **options: Any) -> Locator:
    """The pane, once it shows a value."""
    widget = stage.show(kernel, **options)
    expect(widget.get_by_role("tab").first).to_be_visible()
    return pane(widget)


def pane(widget: Locator) -> Locator:
    return widget.get_by_role("group", name="Value", exact=True)


def panel(value: Locator) -> Locator:
    return value.get_by_role("tabpanel")


def editable(stage: Stage, text: str = '{\n  "a": 1,\n  "b": 2\n}') -> tuple[ValueKernel, Locator]:
    """The form, with the value in it."""
    kernel = ValueKernel({"JSON": TREE, **REST}, editable=True)
    kernel.edit_text = text
    value = shown(stage, kernel)
    value.get_by_role("button", name="Edit value").click()
    expect(value.get_by_role("textbox", name="Value")).to_be_focused()
    return kernel, value


def opened(stage: Stage, store: InMemoryStore[Any], key: str) -> tuple[Real, Locator]:
    """A real table in which the key was clicked."""
    kernel = Real(inspect(store, editable=True))
    widget = stage.show(kernel)
    widget.get_by_role("row").filter(has=stage.page.get_by_text(key, exact=True)).click()
    expect(pane(widget).get_by_role("tab").first).to_be_visible()
    return kernel, pane(widget)

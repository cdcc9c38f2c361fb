"""Keys, values, names and ids are text, whatever is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import expect

from inmem_widgets import InMemoryByteStore, inspect
from inmem_widgets.observables.session import State
from tests.browser import states
from tests.browser.stage import STATIC, Real, Scripted, Stage

pytestmark = pytest.mark.browser

HOSTILE = [
    "<img src=x onerror='window.hacked = true'>",
    "<script>window.hacked = true</script>",
    "</bdi></span><style>* { display: none }</style>",
    "javascript:window.hacked=true",
    "\u202egpj.exe \u2066isolated",
    "first\nsecond\r\n\tthird",
    "\x00\x1b[31mred\x07",
    "👩‍👩‍👧‍👦 and ❤️",
    "مفتاح عربي : קֶטַע",
    "e\u0301" * 40,
    "x" * 300,
    "zero\u200bwidth",
    "__proto__",
    "constructor",
    "",
    " ",
    "{{7*7}} ${7*7}",
    "lone \ud800 half",
]


def harmless(stage: Stage) -> None:
    page = stage.page
    assert page.evaluate("window.hacked") is None
    assert page.locator("#stage script, #stage img, #stage iframe").count() == 0
    ours = {file.read_text("utf-8") for file in STATIC.glob("*.css")}
    assert set(page.locator("#stage style").all_text_contents()) <= ours


FIELDS = frozenset(
    {"key", "type", "preview", "name", "ns", "source", "text", "policy", "label"}
    | {"prompt", "model", "note", "latest", "pattern", "equal", "path", "before", "after"}
)


def with_text(kernel: Scripted, text: str, fields: frozenset[str] = FIELDS) -> Scripted:
    """The same state, every string of a row, a title or a thread replaced."""
    make = kernel.make

    def replaced(value: Any, field: str = "") -> Any:
        if isinstance(value, dict):
            return {k: replaced(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [text if field in ("nodes", "scope") else replaced(item) for item in value]
        return text if field in fields and isinstance(value, str) else value

    def hostile(params: Mapping[str, Any]) -> State:
        return replaced(make(params))  # type: ignore[no-any-return]

    answer = kernel.answer
    return Scripted(
        kernel.bundle,
        hostile,
        answer=lambda method, params: replaced(answer(method, params)),
        **{name: value for name, value in kernel.traits.items() if name != "state"},
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_as_text(stage: Stage, text: str) -> None:
    # the cache's overview has more to say, in sentences that may wrap
    timeline = states.timeline()
    timeline.row_of = lambda at: 1  # type: ignore[method-assign]  # whatever it is called
    kernels = ((states.key_table(20), 500), (states.cache_counters(), 800), (timeline, 500))
    for kernel, most in kernels:
        widget = stage.show(with_text(kernel, text))
        expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
        if kernel is timeline:
            for name in ("Diff", "Writes", "Weight", "State"):
                widget.get_by_role("tab", name=name).click()
                expect(widget.get_by_role("tabpanel", name=name).locator("bdi").first).to_be_attached()
        box = widget.locator(".frame").bounding_box()
        assert box is not None
        assert box["width"] == 900
        assert box["height"] < most
        tall = widget.locator(".rows [role=row]").evaluate_all("rows => rows.map(row => row.offsetHeight)")
        assert set(tall) <= {24}
    harmless(stage)


def test_what_cannot_be_seen_is_escaped(stage: Stage) -> None:
    store = InMemoryByteStore()
    store.mset([("a\nb", b"1"), ("x\u202egpj.exe", b"2"), ("مفتاح", b"3"), ("<b>bold</b>", b"<i>4</i>")])
    widget = stage.show(Real(inspect(store)))
    keys = widget.locator(".rows .key")
    expect(keys).to_have_text(["a\\nb", "x\\u202egpj.exe", "مفتاح", "<b>bold</b>"])
    expect(widget.locator(".rows .key bdi bdi")).to_have_count(0)
    assert widget.locator(".rows bdi").count() >= 8
    harmless(stage)


def test_a_preview_of_ten_megabytes(stage: Stage) -> None:
    """Python bounds previews; the view does not rely on it."""
    kernel = with_text(states.key_table(1), "word " * 2_000_000, frozenset({"preview"}))
    widget = stage.show(kernel)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    longest = widget.locator(".imw *").evaluate_all("all => Math.max(...all.map(e => e.textContent.length))")
    assert longest < 2_000
    titles = widget.locator("[title]").evaluate_all("all => Math.max(...all.map(e => e.title.length))")
    assert titles <= 1_001
    harmless(stage)


def test_a_value_of_ten_megabytes(stage: Stage) -> None:
    store = InMemoryByteStore()
    store.mset([("big", b"\xff" * 10_000_000)])
    widget = stage.show(Real(inspect(store)))
    expect(widget.locator(".rows [role=row]")).to_contain_text(["10.0MB"])

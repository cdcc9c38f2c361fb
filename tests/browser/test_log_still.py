"""Who goes from moment to moment presses the same button: nothing moves below the pointer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets.observables.log.travel.counters import UNKNOWN
from tests.browser import states
from tests.browser.logkernel import Book, logged, opened
from tests.browser.stage import Scripted, Stage
from tests.browser.test_log_travel import WATCHED, banner, slider

pytestmark = pytest.mark.browser


def boxes(widget: Locator) -> list[dict[str, int]]:
    """Where the button that steps back and the slider are, to the pixel."""
    parts = (widget.get_by_role("button", name="Step back"), slider(widget))
    found = [part.bounding_box() for part in parts]
    return [{side: round(box[side]) for side in ("x", "y", "width")} for box in found if box]


def then(kernel: Scripted, book: Book, how: str) -> None:
    """Of the past the kernel tells less of a cache."""
    make = kernel.make

    def made(params: Mapping[str, Any]) -> Any:
        unknown = UNKNOWN if book.kind == "cache" and book.at is not None else {}
        tapped = {**WATCHED, "how": how, "interval": None, "unknown": unknown}
        return {**make(params), "watched": tapped if how == "tapped" or unknown else None}

    kernel.make = made


@pytest.mark.parametrize("how", ["tapped", "events"])
@pytest.mark.parametrize("kind", ["store", "cache"])
def test_the_slider_stays_where_it_is(stage: Stage, kind: str, how: str) -> None:
    book = Book(kind, 40)
    kernel = logged(states.key_table(14) if kind == "store" else states.cache_counters(), book)
    then(kernel, book, how)
    stage.page.set_viewport_size({"width": 1200, "height": 1600})
    widget = opened(stage, kernel, width=1000)
    expect(widget.locator(".log .rows .row").first).to_be_visible()
    if kind == "cache":  # its charts come later
        expect(widget.get_by_text("What if maxsize were…")).to_be_visible()
    before = boxes(widget)
    back = widget.get_by_role("button", name="Step back")
    back.click()
    expect(banner(widget)).to_be_visible()
    stage.eventually(lambda: boxes(widget), before)
    back.click()
    expect(banner(widget)).to_contain_text("after change 38")
    assert boxes(widget) == before
    widget.get_by_role("button", name="Now", exact=True).click()
    expect(banner(widget)).to_be_hidden()
    stage.eventually(lambda: boxes(widget), before)
    assert widget.locator(".frame > .body").evaluate("e => e.style.minHeight") == ""


@pytest.mark.parametrize("kind", ["store", "cache"])
def test_it_stays_from_moment_to_moment_in_a_narrow_place(stage: Stage, kind: str) -> None:
    book = Book(kind, 40)
    kernel = logged(states.key_table(14) if kind == "store" else states.cache_counters(), book)
    then(kernel, book, "tapped")
    stage.page.set_viewport_size({"width": 500, "height": 1600})
    widget = opened(stage, kernel, width=360)
    book.rows[37]["key"] = "short"
    book.rows[38]["key"] = "a key that needs more than the one line which it gets " * 9
    widget.get_by_role("button", name="Step back").click()
    expect(banner(widget)).to_contain_text("after change 39")
    before = boxes(widget)
    widget.get_by_role("button", name="Step back").click()
    expect(banner(widget)).to_contain_text("after change 38")
    assert boxes(widget) == before


@pytest.mark.parametrize("kind", ["store", "cache"])
def test_in_a_narrow_place_everything_is_within_it(stage: Stage, kind: str) -> None:
    book = Book(kind, 40)
    for row in book.rows:
        row["key"] += " and a key of many words" * 9
    kernel = logged(states.key_table(14) if kind == "store" else states.cache_counters(), book)
    widget = opened(stage, kernel, width=360)
    widget.locator(".log .rows .row").first.click()
    detail = widget.get_by_role("group", name="Change", exact=True)
    expect(detail).to_be_visible()
    edge = widget.bounding_box()
    assert edge
    for each in detail.locator("visible=true").get_by_role("button").all():
        box = each.bounding_box()
        assert box and box["x"] >= edge["x"] and box["x"] + box["width"] <= edge["x"] + edge["width"]
    for each in widget.locator(".choice select").all():  # its text ends where the mark begins
        assert each.evaluate("e => parseFloat(getComputedStyle(e).paddingRight)") >= 14

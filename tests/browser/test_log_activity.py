"""The strip above the slider: where what happened."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import states
from tests.browser.logkernel import Book, logged, opened
from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", ["store", "cache"])
def test_above_the_slider_is_where_what_happened(stage: Stage, kind: str) -> None:
    book = Book(kind, 20)
    kernel = logged(states.key_table(14) if kind == "store" else states.cache_counters(), book)
    slider = opened(stage, kernel).get_by_role("slider", name="Moment")

    def bars() -> list[int]:
        paths = [slider.locator(f"path.{name}") for name in ("rest", "missed", "gone")]
        return [str(path.get_attribute("d")).count("M") for path in paths]

    kinds = [row["kind"] for row in book.rows]
    gone, missed = (sum(kind in which for kind in kinds) for which in (("delete", "evict"), ("miss",)))
    stage.eventually(bars, [20 - gone - missed, missed, gone])
    box, strip = slider.bounding_box(), slider.locator("svg").bounding_box()
    assert box is not None and strip is not None
    assert box["y"] <= strip["y"] and strip["y"] + strip["height"] <= box["y"] + box["height"]
    book.add(5)
    stage.push()
    expect(slider).to_have_attribute("aria-valuemax", "25")
    stage.eventually(lambda: sum(bars()), 25)
    assert violations(stage) == []

"""The cache counters on screen."""

from __future__ import annotations

import re

import pytest
from langchain_core.outputs import Generation
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryCache, inspect
from tests.browser import states
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


def figure(widget: Locator, label: str) -> Locator:
    return widget.locator("dl > div").filter(has_text=re.compile(f"^{label}")).locator("dd")


def test_counts_lookups_live(stage: Stage) -> None:
    cache = InMemoryCache(maxsize=2)
    widget = stage.show(Real(inspect(cache)))
    expect(widget.get_by_role("heading", name="No lookups yet")).to_be_visible()
    for prompt in ("a", "b", "c"):
        cache.lookup(prompt, "llm")
        cache.update(prompt, "llm", [Generation(text=prompt)])
    cache.lookup("c", "llm")
    assert cache.changes.flush(10)
    stage.push()
    for label, text in {
        "Hit ratio": "25.0\u2009%",
        "Hits": "1",
        "Misses": "3",
        "Evictions": "1",
        "Inserts": "3",
        "Size": "2 of 2, full",
    }.items():
        expect(figure(widget, label)).to_have_text(text)
    expect(widget.get_by_role("meter", name="Capacity used")).to_have_attribute("aria-valuenow", "2")
    expect(widget.get_by_text("FIFO · 4 lookups")).to_be_visible()


def test_the_ratio_is_unknown_before_the_first_lookup(stage: Stage) -> None:
    cache = InMemoryCache()
    cache.update("a", "llm", [Generation(text="a")])
    widget = stage.show(Real(inspect(cache)))
    expect(figure(widget, "Hit ratio")).to_have_text("—")
    expect(figure(widget, "Size")).to_have_text("1 no limit")
    expect(widget.get_by_role("meter")).to_have_count(0)


def test_the_chart_is_read_with_the_arrow_keys(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    chart = widget.get_by_role("slider", name="Lookups per second")
    expect(chart).to_have_attribute("aria-valuemax", "99")
    chart.focus()
    stage.page.keyboard.press("Home")
    stage.page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuenow", "1")
    reading = re.compile(r"^\d\d:\d\d:\d\d: [\d.]+ hits, [\d.]+ misses, [\d.]+ evictions per second$")
    expect(chart).to_have_attribute("aria-valuetext", reading)
    expect(widget.locator(".legend b")).to_have_text([re.compile(r"^[\d.]+$")] * 3)
    chart.blur()
    expect(widget.locator(".legend b")).to_have_text(["", "", ""])


def test_the_pointer_reads_the_bar_under_it(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    chart = widget.get_by_role("slider")
    expect(chart).to_have_attribute("aria-valuemax", "99")
    box = chart.bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 40)
    expect(chart).to_have_attribute("aria-valuenow", "99")
    stage.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] + 60)
    expect(widget.locator(".column")).to_have_attribute("visibility", "hidden")


def test_the_range(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    expect(widget.get_by_text("5 min ago")).to_be_visible()
    widget.get_by_role("button", name="1 min").click()
    expect(widget.get_by_role("button", name="1 min")).to_have_attribute("aria-pressed", "true")
    expect(widget.get_by_role("button", name="5 min")).to_have_attribute("aria-pressed", "false")
    expect(widget.get_by_text("60 s ago")).to_be_visible()
    expect(widget.get_by_role("slider")).to_have_attribute("aria-valuemax", "59")


@pytest.mark.parametrize("width", [900, 420])
def test_the_chart_is_as_wide_as_its_place(stage: Stage, width: int) -> None:
    widget = stage.show(states.cache_counters(), width=width)
    picture = widget.locator(".plot svg")
    expect(picture).to_have_attribute("width", str(width - 26))  # the frame and the inset
    assert picture.evaluate("e => e.getBoundingClientRect().width") == width - 26  # text is not scaled
    assert widget.locator(".bar-hit").get_attribute("d")


def test_a_stopped_cache_falls_silent(stage: Stage) -> None:
    """Nothing is sent while nothing happens; the chart moves on and the pace falls all the same."""
    stage.page.clock.install()
    kernel = states.cache_counters()
    widget = stage.show(kernel)
    expect(widget.get_by_text(re.compile(r"^[1-9]\d lookups/s$"))).to_be_visible()
    kernel.make = lambda params: dict(kernel.traits["state"])  # the kernel stays as it is
    stage.page.clock.run_for(9_000)
    expect(widget.get_by_text("0 lookups/s")).to_be_visible()


def test_style_sheets_of_other_widgets_on_the_page_change_nothing(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    hero = widget.locator(".hero")
    expect(hero).to_have_css("border-bottom-width", "1px")
    for other in (states.timeline(), states.key_table(3)):
        stage.show(other)
        expect(hero).to_have_css("border-bottom-width", "1px")

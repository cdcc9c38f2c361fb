"""The cache counters on screen."""

from __future__ import annotations

import re

import pytest
from langchain_core.outputs import Generation
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryCache, inspect
from tests.browser import states
from tests.browser.cachekernel import shown
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


def figure(widget: Locator, label: str) -> Locator:
    return widget.locator("dl > div").filter(has_text=re.compile(f"^{label}")).locator("dd")


def rate(widget: Locator) -> Locator:
    return widget.get_by_role("slider", name="Lookups per second")


def test_counts_lookups_live(stage: Stage) -> None:
    cache = InMemoryCache(maxsize=2)
    widget = stage.show(Real(inspect(cache)))
    expect(widget.get_by_role("heading", name="No lookups yet")).to_be_visible()
    for prompt in ("a", "b", "c"):
        cache.lookup(prompt, "llm")
        cache.update(prompt, "llm", [Generation(text=prompt)])
    cache.lookup("c", "llm")
    assert cache.changes.flush(30)
    stage.push()
    figures: dict[str, str | re.Pattern[str]] = {
        "Hit ratio": "25.0\u2009%",
        "Hits": "1",
        "Misses": "3",
        "Evictions": "1",
        "Size": re.compile("^2 of 2, full"),
    }
    for label, text in figures.items():
        expect(figure(widget, label)).to_have_text(text)
    expect(widget.get_by_text("3 inserts · 0 refreshes · 0 clears")).to_be_visible()
    expect(widget.get_by_role("meter", name="Capacity used")).to_have_attribute("aria-valuenow", "2")
    expect(widget.get_by_text("FIFO · 4 lookups")).to_be_visible()


def test_the_ratio_is_unknown_before_the_first_lookup(stage: Stage) -> None:
    cache = InMemoryCache()
    cache.update("a", "llm", [Generation(text="a")])
    widget = stage.show(Real(inspect(cache)))
    expect(figure(widget, "Hit ratio")).to_have_text("—")
    expect(figure(widget, "Size")).to_have_text(re.compile("^1 no limit"))
    expect(figure(widget, "Saved")).to_have_text("nothing yet")
    expect(widget.get_by_role("meter")).to_have_count(0)


def test_the_chart_is_read_with_the_arrow_keys(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    chart = rate(widget)
    expect(chart).to_have_attribute("aria-valuemax", "59")
    chart.focus()
    stage.page.keyboard.press("Home")
    stage.page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuenow", "1")
    reading = re.compile(
        r"^\d\d:\d\d:\d\d: [\d.]+ hits, [\d.]+ misses, [\d.]+ evictions per second, hit ratio [\d.]+\u2009%$"
    )
    expect(chart).to_have_attribute("aria-valuetext", reading)
    values = widget.locator(".rate .legend b")
    expect(values).to_have_text([re.compile(r"^[\d.]+$")] * 3 + [re.compile("%$")])
    chart.blur()
    expect(values).to_have_text([""] * 4)


def test_the_pointer_reads_the_bar_under_it(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    chart = rate(widget)
    expect(chart).to_have_attribute("aria-valuemax", "59")
    box = chart.bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 40)
    expect(chart).to_have_attribute("aria-valuenow", "59")
    stage.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] + 60)
    expect(widget.locator("rect.column")).to_have_attribute("visibility", "hidden")


def test_the_ranges(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    expect(widget.get_by_text("5 min ago")).to_be_visible()
    widget.get_by_role("button", name="1 min").click()
    expect(widget.get_by_role("button", name="1 min")).to_have_attribute("aria-pressed", "true")
    expect(widget.get_by_role("button", name="5 min")).to_have_attribute("aria-pressed", "false")
    expect(widget.get_by_text("60 s ago")).to_be_visible()
    stage.page.keyboard.press("3")
    expect(widget.get_by_role("button", name="All", exact=True).first).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(widget.get_by_text("42 min ago")).to_be_visible()
    stage.page.keyboard.press("1")
    expect(widget.get_by_text("60 s ago")).to_be_visible()


@pytest.mark.parametrize("width", [900, 420])
def test_the_chart_is_as_wide_as_its_place(stage: Stage, width: int) -> None:
    widget = stage.show(states.cache_counters(), width=width)
    plot = widget.locator(".rate .plot")
    expect(plot.locator("svg")).to_have_attribute("width", str(plot.evaluate("e => e.clientWidth")))
    assert plot.evaluate("e => e.clientWidth === e.firstChild.getBoundingClientRect().width")  # not scaled
    assert widget.locator(".bar-hit").get_attribute("d")
    assert widget.locator(".line-ratio").get_attribute("d")


def test_a_stopped_cache_falls_silent(stage: Stage) -> None:
    """Nothing is sent while nothing happens; the chart moves on and the pace falls all the same."""
    stage.page.clock.install()
    kernel = states.cache_counters()
    widget = stage.show(kernel)
    expect(widget.get_by_role("button", name=re.compile(r"^[1-9]\d lookups.s$"))).to_be_visible()
    kernel.make = lambda params: dict(kernel.traits["state"])  # the kernel stays as it is
    stage.page.clock.run_for(12_000)
    widget.get_by_role("button", name="0 lookups/s", exact=True).click()
    rates = widget.get_by_role("dialog", name="Rates")
    expect(rates.get_by_role("row", name="last 10 s")).to_have_text("last 10 s00000—")
    expect(rates.get_by_role("row", name="last 1 min")).to_contain_text("36")


def test_rates_over_windows(stage: Stage) -> None:
    widget = shown(stage, states.cache_counters())
    widget.get_by_role("button", name="lookups/s").click()
    rates = widget.get_by_role("dialog", name="Rates")
    heads = ["lookups", "hits", "misses", "inserts", "evictions", "hit ratio"]
    expect(rates.get_by_role("columnheader")).to_have_text(heads)
    expect(rates.get_by_role("rowheader")).to_have_text(["last 1 s", "last 10 s", "last 1 min"])
    row = rates.get_by_role("row", name="last 1 min").get_by_role("cell")
    expect(row).to_have_text(["36", "28", "8.4", "8.4", "3.9", "76.7\u2009%"])
    stage.page.keyboard.press("Escape")
    expect(rates).not_to_be_visible()


def test_count_from_here(stage: Stage) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    expect(widget.get_by_text("FIFO · 11,780 lookups")).to_be_visible()
    widget.get_by_role("button", name="Count from here").click()
    expect(figure(widget, "Hit ratio")).to_have_text("—")
    expect(figure(widget, "Hits")).to_have_text("0")
    kernel.look_up(3, 1)
    stage.push()
    expect(figure(widget, "Hits")).to_have_text("3")
    expect(figure(widget, "Misses")).to_have_text("1")
    expect(figure(widget, "Hit ratio")).to_have_text("75.0\u2009%")
    expect(widget.get_by_text("FIFO · 4 lookups")).to_be_visible()
    expect(widget.get_by_text("since watching began", exact=True)).to_be_visible()  # why they missed
    button = widget.get_by_role("button", name=re.compile(r"^Since \d\d:\d\d:\d\d, count all again$"))
    expect(button).to_have_attribute("aria-pressed", "true")
    widget.get_by_role("button", name="lookups/s").click()
    expect(widget.get_by_role("rowheader", name=re.compile(r"^since \d\d:\d\d:\d\d$"))).to_be_visible()
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("m")
    expect(figure(widget, "Hits")).to_have_text("8,415")


def test_saved_says_what_is_not_known(stage: Stage) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    expect(figure(widget, "Saved")).to_have_text("1 h 12 min 412k tokens")
    kernel.over["saved"] = {
        "seconds": 12.4, "seconds_unknown": 310, "input_tokens": 0, "output_tokens": 0,
        "tokens_unknown": 8_412, "money": 0.42, "money_unknown": 31, "currency": "€",
    }  # fmt: skip
    stage.push()
    expect(figure(widget, "Saved, at least")).to_have_text("12.4 s €0.42 · tokens unknown")
    widget.get_by_role("button", name="Saved, at least").click()
    lines = widget.get_by_role("dialog", name="What was saved").locator("dd")
    expect(lines).to_have_text(
        ["12.4 s", "310 hits of unknown load time not in it"]
        + ["unknown", "8,412 hits without usage_metadata not in it"] * 2
        + ["€0.42", "31 hits without tokens or price not in it"]
    )


def test_nothing_moves_while_paused(stage: Stage) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    first = widget.locator(".feed .row").first

    def asked() -> str:
        """Its prompt: the time shown beside it may be that of a state a moment older."""
        return first.inner_text().split("\n")[1]

    before = asked()
    widget.get_by_role("button", name="Live, pause").click()
    kernel.look_up(20, 5)
    stage.push()
    expect(widget.get_by_text("FIFO · 11,780 lookups · 25 lookups waiting")).to_be_visible()
    expect(figure(widget, "Hits")).to_have_text("8,412")
    assert asked() == before
    stage.page.keyboard.press("m")  # what is asked for shows all the same
    expect(widget.get_by_text("FIFO · 0 lookups")).to_be_visible()
    stage.page.keyboard.press("m")
    expect(figure(widget, "Hits")).to_have_text("8,432")
    expect(first).not_to_contain_text(before)
    before = asked()
    kernel.look_up(10)
    stage.push()
    expect(widget.get_by_text("10 lookups waiting")).to_be_visible()
    assert asked() == before
    widget.get_by_role("button", name="Paused, resume").click()
    expect(figure(widget, "Hits")).to_have_text("8,442")
    expect(first).not_to_contain_text(before)


def test_a_cache_that_is_gone(stage: Stage) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    kernel.over["title"] = {"type": "InMemoryCache", "name": "cache", "gone": True, "ended": False}
    stage.push()
    expect(widget.get_by_role("heading", name="The object is gone")).to_be_visible()
    expect(rate(widget)).not_to_be_visible()


def test_a_cache_without_lookups(stage: Stage) -> None:
    widget = shown(stage, states.cache_counters(lookups=False))
    expect(widget.get_by_role("heading", name="No lookups yet")).to_be_visible()
    expect(widget.get_by_text("set_llm_cache(cache)")).to_be_visible()


@pytest.mark.parametrize("of", ["stats", "entries", "lookups", "history", "whatif"])
def test_copied_as_code(stage: Stage, of: str) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    widget.get_by_role("button", name="More actions").click()
    name = {"stats": "Statistics", "whatif": "What if"}.get(of, of.capitalize())
    widget.get_by_role("menuitem", name=name, exact=True).click()
    expect(widget.get_by_role("status").filter(has_text="Code copied")).to_have_count(1)
    stage.eventually(lambda: ("code", {"of": of}) in kernel.calls)


def test_back_from_the_entries_all_is_as_it_was_until_the_kernel_tells(stage: Stage) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    expect(widget.locator(".feed .row")).to_have_count(50)
    expect(widget.locator(".why .row")).to_have_count(5)
    widget.get_by_role("button", name="Entries", exact=True).click()
    (session,) = kernel.sessions.values()
    stage.eventually(lambda: session.params.get("why"), False)
    kernel.silent.add("look")
    widget.get_by_role("button", name="Overview").click()
    expect(widget.get_by_role("heading", name="Why 3,368 lookups missed")).to_be_visible()
    expect(widget.locator(".feed .row")).to_have_count(50)
    expect(widget.locator(".why .row")).to_have_count(5)
    expect(widget.get_by_role("slider", name="What if")).to_be_visible()
    expect(widget.locator(".note", has_text="seen yet")).to_have_count(0)


def test_what_is_not_seen_is_not_asked_for(stage: Stage) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    (session,) = kernel.sessions.values()
    params = {"lookups": "all", "why": True, "whatif": True, "entries": False}
    stage.eventually(lambda: session.params, params)
    expect(widget.get_by_role("heading", name="What if maxsize were…")).to_be_visible()
    stage.page.keyboard.press("Tab")
    stage.page.keyboard.press("e")
    expect(widget.get_by_role("button", name="Entries", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(rate(widget)).not_to_be_visible()
    expect(widget.get_by_role("grid")).to_be_visible()
    away = {"lookups": "", "why": False, "whatif": False, "entries": True}
    stage.eventually(lambda: {name: session.params.get(name) for name in away}, away)
    stage.page.keyboard.press("e")
    expect(rate(widget)).to_be_visible()
    rate(widget).focus()
    stage.page.keyboard.press("e")
    expect(widget.get_by_role("button", name="Entries", exact=True)).to_be_focused()  # not lost
    stage.page.keyboard.press("e")
    stage.page.keyboard.press("/")
    expect(widget.get_by_role("textbox")).to_be_focused()


def test_help(stage: Stage) -> None:
    widget = shown(stage, states.cache_counters())
    rate(widget).focus()
    stage.page.keyboard.press("?")
    expect(widget.get_by_role("dialog", name="Keyboard")).to_contain_text("count from here")
    stage.page.keyboard.press("Escape")
    expect(widget.get_by_role("dialog")).to_have_count(0)


def test_style_sheets_of_other_widgets_on_the_page_change_nothing(stage: Stage) -> None:
    widget = stage.show(states.cache_counters())
    hero = widget.locator(".hero")
    expect(hero).to_have_css("border-bottom-width", "1px")
    for other in (states.timeline(), states.key_table(3)):
        stage.show(other)
        expect(hero).to_have_css("border-bottom-width", "1px")


@pytest.mark.parametrize("width", [420, 640])
def test_nothing_moves_while_figures_change(stage: Stage, width: int) -> None:
    kernel = states.cache_counters(maxsize=60, size=60)
    widget = shown(stage, kernel, width=width)
    expect(widget.get_by_role("slider", name="What if")).to_be_visible()
    expect(widget.locator(".feed .row")).to_have_count(50)

    def places() -> list[object]:
        parts = widget.locator(".columns, .why ul, .feed ul, .frame").all()
        return [part.bounding_box() for part in parts]

    before = places()
    for changes in (
        {"size": 59, "why": {**kernel.why(), "progress": 0.4}},
        {"size": 60, "bytes": 1_234_567, "why": {**kernel.why(), "progress": 0.9}},
    ):
        kernel.over.update(changes)
        stage.push()
        stage.page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => done(true)))")
        assert places() == before
    widget.get_by_role("button", name="Live, pause").click()
    expect(widget.get_by_role("button", name="Paused, resume")).to_be_visible()
    assert places() == before


def test_what_came_before_watching_is_not_said_to_have_saved_nothing(stage: Stage) -> None:
    cache = InMemoryCache()
    cache.lookup("a", "llm")
    cache.update("a", "llm", [Generation(text="a")])
    cache.lookup("a", "llm")
    widget = stage.show(Real(inspect(cache)))
    expect(figure(widget, "Hits")).to_have_text("1")
    expect(figure(widget, "Saved")).to_have_text("time and tokens unknown")
    cache.lookup("b", "llm")
    assert cache.changes.flush(30)
    stage.push()
    expect(widget.get_by_role("region", name="Why lookups missed")).to_contain_text(
        "Why 1 lookup missedsince watching began"
    )

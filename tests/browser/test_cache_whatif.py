"""The what-if panel: curves by size and policy, on screen."""

from __future__ import annotations

import math
import re
from random import Random
from typing import Any

import pytest
from langchain_core.outputs import Generation
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryCache, inspect
from inmem_widgets.core.cache import Policy
from tests.browser.cachekernel import CacheKernel, shown
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

THIN = "\u2009"


def kernel(**over: Any) -> CacheKernel:
    """The scripted cache, with some of its what-if result replaced."""
    made = CacheKernel()
    whatif = made.whatif
    made.whatif = lambda: {**whatif(), **over}  # type: ignore[method-assign]
    return made


def panel(stage: Stage, kernel: CacheKernel, **options: Any) -> Locator:
    return shown(stage, kernel, **options).locator(".whatif")


def plotted(panel: Locator) -> Locator:
    expect(panel.locator(".plot .curve")).not_to_have_count(0)
    return panel


def slider(panel: Locator) -> Locator:
    return panel.get_by_role("slider", name="What if maxsize were")


def figures(panel: Locator) -> dict[str, str]:
    """What the legend lists: label → figure."""
    buttons = panel.get_by_role("group", name="Policies").get_by_role("button").all()
    return {b.locator("span").inner_text(): b.locator("b").inner_text() for b in buttons}


def test_curves_and_their_figures_at_the_present_size(stage: Stage) -> None:
    whatif = plotted(panel(stage, kernel()))
    expect(whatif.get_by_text("now 128").first).to_be_visible()
    assert list(figures(whatif)) == ["FIFO", "LRU", "LFU", "S3-FIFO", "optimum"]
    assert figures(whatif)["FIFO"] == f"71.3{THIN}%"
    styles = "e => (({strokeDasharray: a, strokeWidth: b}) => `${a} ${b}`)(getComputedStyle(e))"
    for place in (".plot", ".policies"):
        looks = [curve.evaluate(styles) for curve in whatif.locator(f"{place} .curve").all()]
        assert len(set(looks)) == len(looks) == 5, "without colour, two look the same"
    expect(whatif.locator(".plot .curve.present")).to_have_class("curve fifo present")


def test_the_crosshair_follows_the_pointer_and_lists_all_policies(stage: Stage) -> None:
    whatif = plotted(panel(stage, kernel()))
    box = slider(whatif).bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 40)
    expect(slider(whatif)).to_have_attribute("aria-valuenow", "1406")
    expect(whatif.locator(".read")).to_have_text("1,406")
    assert figures(whatif)["FIFO"] == f"83.0{THIN}%"
    expect(whatif.locator(".dots circle")).to_have_count(5)
    stage.page.mouse.move(box["x"] + 45, box["y"] + 40)
    expect(slider(whatif)).to_have_attribute("aria-valuenow", "1")
    stage.page.mouse.move(box["x"] + 60, box["y"] - 400)
    expect(whatif.locator(".read")).to_have_text("now 128")
    expect(whatif.locator(".cross")).to_be_hidden()


def test_the_crosshair_is_moved_by_keys_and_said(stage: Stage) -> None:
    whatif = panel(stage, kernel())
    plot = slider(whatif)
    expect(plot).to_have_attribute("aria-valuemin", "1")
    expect(plot).to_have_attribute("aria-valuemax", "1406")
    expect(plot).to_have_attribute("aria-valuenow", "128")
    plot.focus()
    sizes = kernel().whatif()["sizes"]
    at = sizes.index(128)
    for key, size in [
        ("ArrowRight", sizes[at + 1]),
        ("ArrowLeft", 128),
        ("ArrowLeft", sizes[at - 1]),
        ("PageUp", sizes[at + 4]),
        ("PageDown", sizes[at - 1]),
        ("End", 1406),
        ("ArrowRight", 1406),
        ("Home", 1),
        ("ArrowDown", 1),
    ]:
        stage.page.keyboard.press(key)
        expect(plot).to_have_attribute("aria-valuenow", str(size))
    stage.page.keyboard.press("End")
    policies = ("FIFO", "LRU", "LFU", "S3-FIFO", "optimum")
    said = "1,406: " + ", ".join(f"{policy} 83.0{THIN}%" for policy in policies)
    expect(plot).to_have_attribute("aria-valuetext", said)
    plot.blur()
    expect(plot).to_have_attribute("aria-valuetext", "arrow keys read the curves")


def test_policies_are_switched_off_and_on(stage: Stage) -> None:
    whatif = panel(stage, kernel())
    lru = whatif.get_by_role("button", name="LRU")
    expect(lru).to_have_attribute("aria-pressed", "true")
    lru.click()
    expect(lru).to_have_attribute("aria-pressed", "false")
    expect(whatif.locator(".plot .curve.lru")).to_have_count(0)
    slider(whatif).focus()
    stage.page.keyboard.press("End")
    expect(slider(whatif)).not_to_have_attribute("aria-valuetext", re.compile("LRU"))
    lru.press("Enter")
    expect(lru).to_be_focused()
    expect(whatif.locator(".plot .curve.lru.strong")).to_have_count(1)  # stressed while it has the focus


def test_what_is_saved_where_it_is_known(stage: Stage) -> None:
    whatif = panel(stage, kernel())
    whatif.get_by_role("button", name="Time").click()
    assert figures(whatif)["FIFO"] == "49 min"
    expect(whatif.get_by_text("30 min", exact=True)).to_be_visible()
    expect(whatif.get_by_text("would save 54 min")).to_be_visible()
    whatif.get_by_role("button", name="Tokens").click()
    assert figures(whatif)["FIFO"] == "281k"

    some = kernel().whatif()["curves"]
    for curve in some:
        curve["tokens"] = None
    some[1]["seconds"] = None
    other = panel(stage, kernel(curves=some))
    expect(other.get_by_role("button", name="Tokens")).to_be_hidden()
    other.get_by_role("button", name="Time").click()
    assert figures(other)["LRU"] == "—"
    for curve in some:
        curve["seconds"] = None
    expect(panel(stage, kernel(curves=some)).get_by_role("button", name="Ratio")).to_be_hidden()


def test_the_suggestion_and_its_reason(stage: Stage) -> None:
    whatif = panel(stage, kernel())
    expect(whatif.get_by_text("maxsize 182")).to_be_visible()
    expect(whatif.locator("svg").get_by_text(f"would reach 78.0{THIN}%")).to_be_visible()
    expect(whatif.get_by_text(f"182 would reach 78.0{THIN}%: 55 % of what is to be gained")).to_be_visible()
    none = panel(stage, kernel(suggestion=None))
    expect(none.locator(".hintline")).to_be_hidden()
    expect(none.locator(".advice")).to_have_text("")


@pytest.mark.parametrize("now", [1, 128, 1406])
def test_labels_do_not_collide(stage: Stage, now: int) -> None:
    made = CacheKernel()
    result = {**made.whatif(), "maxsize": now}
    made.whatif = lambda: result  # type: ignore[method-assign]
    whatif = plotted(panel(stage, made, width=420))
    plot = slider(whatif).bounding_box()
    assert plot is not None
    labels = whatif.locator(".plot text:is(.at, .hint):not([visibility='hidden'])")
    for size in result["sizes"]:
        value = 0.83 / (1 + (size / 62) ** -2.5)
        result = {**result, "suggestion": {"maxsize": size, "ratio": value, "text": "so"}}
        stage.push()
        expect(whatif.locator(".advice")).to_have_text(re.compile(f"^{size:,} would reach"))
        boxes = [box for label in labels.all() if (box := label.bounding_box()) and box["width"]]
        assert len(boxes) in ([1] if size == now else [2, 3])
        for i, a in enumerate(boxes):
            assert a["x"] >= plot["x"] - 2 and a["x"] + a["width"] <= plot["x"] + plot["width"] + 2
            for b in boxes[:i]:
                under = abs(a["y"] - b["y"]) >= 13
                # the outline round each, 3 px, is no ink
                beside = max(a["x"] - b["x"] - b["width"], b["x"] - a["x"] - a["width"]) >= -6
                assert under or beside, size


def test_without_a_limit_the_mark_stands_at_the_right_end(stage: Stage) -> None:
    whatif = plotted(panel(stage, CacheKernel(maxsize=None)))
    expect(whatif.locator(".read")).to_have_text("now without limit")
    expect(slider(whatif)).to_have_attribute("aria-valuenow", "1406")
    dot, plot = whatif.locator(".nowdot").bounding_box(), slider(whatif).bounding_box()
    assert dot is not None and plot is not None
    assert math.isclose(dot["x"] + dot["width"], plot["x"] + plot["width"], abs_tol=3)


def test_the_simulation_is_held_against_what_was_measured(stage: Stage) -> None:
    right = panel(stage, kernel())
    expect(right.get_by_text("simulated 8,412 hits = measured")).to_be_visible()
    expect(right.locator(".check")).not_to_have_class(re.compile("evict"))
    check = {"simulated": 8_400, "measured": 8_412, "problem": ""}
    wrong = panel(stage, kernel(check=check))
    expect(wrong.locator(".check.evict")).to_have_text(
        "simulated 8,400 hits, measured 8,412: the curves cannot be relied on"
    )
    explained = panel(stage, kernel(check={**check, "problem": "12 lookups came too fast"}))
    expect(explained.locator(".check.evict")).to_have_text(
        "simulated 8,400 hits, measured 8,412: 12 lookups came too fast"
    )


def test_what_the_log_lacks_and_other_notes(stage: Stage) -> None:
    whole = panel(stage, kernel())
    expect(whole.get_by_text("11,684 lookups of 1,406 keys")).to_be_visible()
    notes = ["<b>one</b>", "two"]
    cut = panel(stage, kernel(lookups=100_000, lost=11_780, notes=notes, problem="LFU failed"))
    text = "last 100,000 lookups of 1,406 keys; 11,780 lookups before are not in it"
    expect(cut.get_by_text(text)).to_be_visible()
    expect(cut.locator(".notes p")).to_have_text(["LFU failed", "<b>one</b>", "two"])


def test_run_again_and_cancel(stage: Stage) -> None:
    made = CacheKernel()
    whatif = panel(stage, made)
    expect(whatif.get_by_text("96 lookups since")).to_be_visible()
    made.look_up(hits=4)
    stage.push()
    expect(whatif.get_by_text("100 lookups since")).to_be_visible()
    run = whatif.locator(".run button")
    expect(run).to_have_text("Run again")
    run.click()
    expect(run).to_have_text("Cancel")
    expect(whatif.get_by_text(f"simulating, 25{THIN}%")).to_be_visible()
    expect(whatif.get_by_role("progressbar", name="Simulating")).to_have_attribute("aria-valuenow", "25")
    expect(whatif.locator(".plot .curve")).to_have_count(1)
    # the legend stays as it was: nothing jumps
    expect(whatif.get_by_role("group", name="Policies").get_by_role("button")).to_have_count(5)
    run.click()
    expect(run).to_have_text("Run again")
    expect(run).to_be_focused()
    expect(stage.page.get_by_role("status")).to_have_text("5 policies simulated")
    assert [params for method, params in made.calls if method == "whatif"] == [{"run": True}, {"run": False}]


def test_lookups_alone_send_no_curves_again(stage: Stage) -> None:
    made = CacheKernel()
    panel(stage, made)
    made.look_up(hits=3)
    sent = [message for message in made.pushed() if "hits" in message["set"]]
    assert sent
    assert all("whatif" not in message["set"] for message in sent)


def test_before_there_is_anything_to_simulate(stage: Stage) -> None:
    empty = panel(stage, CacheKernel(lookups=False, hits=40, misses=3, seen=37))
    expect(empty.get_by_text("The curves come with 100 lookups, 37 so far")).to_be_visible()
    expect(slider(empty)).to_be_hidden()
    expect(empty.get_by_role("button")).to_have_count(0)
    none: dict[str, Any] = {"lookups": 0, "sizes": [], "curves": [], "check": None, "suggestion": None}
    begun = panel(stage, kernel(**none, progress=0.02))
    expect(begun.get_by_text("Simulating the recorded lookups")).to_be_visible()
    expect(begun.get_by_role("button", name="Cancel")).to_be_visible()
    cancelled = panel(stage, kernel(**none))
    expect(cancelled.get_by_text("Not simulated yet")).to_be_visible()
    expect(cancelled.get_by_role("button", name="Run")).to_be_visible()
    failed = panel(stage, kernel(**none, problem="The simulation failed: MemoryError"))
    expect(failed.get_by_text("The simulation failed: MemoryError")).to_be_visible()


@pytest.mark.parametrize("width", [320, 420, 900])
def test_drawn_at_its_width_and_not_scaled(stage: Stage, width: int) -> None:
    whatif = plotted(panel(stage, kernel(), width=width))
    box = slider(whatif).bounding_box()
    picture = whatif.locator(".plot svg")
    assert box is not None
    drawn = slider(whatif).evaluate("e => e.clientWidth")
    expect(picture).to_have_attribute("width", str(drawn))
    assert picture.evaluate("e => e.getBoundingClientRect().width") == drawn
    assert math.isclose(drawn, box["width"], abs_tol=0.5)
    assert whatif.evaluate("e => e.scrollWidth <= e.clientWidth")
    size = whatif.locator(".plot text").first.evaluate("e => getComputedStyle(e).fontSize")
    assert size == "11px"


def test_odd_results_are_drawn_all_the_same(stage: Stage) -> None:
    """One size; no hits at all; a present size among none; a policy nobody knows."""
    one = {"policy": "fifo", "label": "FIFO", "ratios": [0.0], "seconds": [0.0], "tokens": None}
    unknown = {**one, "policy": "x y", "label": "<i>"}
    whatif = panel(stage, kernel(sizes=[3], curves=[one, unknown], maxsize=500, ratio=None, suggestion=None))
    slider(whatif).focus()
    stage.page.keyboard.press("ArrowRight")
    expect(slider(whatif)).to_have_attribute("aria-valuenow", "3")
    assert figures(whatif) == {"FIFO": f"0.0{THIN}%", "<i>": f"0.0{THIN}%"}


@pytest.mark.parametrize("policy", ["fifo", "lru"])
def test_of_a_real_cache_the_simulation_repeats_what_was_measured(stage: Stage, policy: Policy) -> None:
    cache = InMemoryCache(maxsize=8, policy=policy)
    counters = inspect(cache)
    random = Random(4)

    def look_up(times: int) -> None:
        for _ in range(times):
            prompt = str(int(random.paretovariate(0.8)))
            if cache.lookup(prompt, "llm") is None:
                cache.update(prompt, "llm", [Generation(text=prompt)])
        assert cache.changes.flush(30)

    look_up(60)
    widget = stage.show(Real(counters))
    whatif = widget.locator(".whatif")
    stage.until(whatif.get_by_text("The curves come with 100 lookups, 60 so far"))
    look_up(340)
    stage.until(whatif.get_by_text(f"simulated {cache.stats().hits} hits = measured"))
    stage.until(whatif.get_by_role("button", name="Run again"))
    assert {"FIFO", "LRU", "LFU", "SIEVE", "S3-FIFO", "optimum"} <= set(figures(whatif))
    look_up(100)
    stage.until(whatif.get_by_text("100 lookups since"))
    whatif.get_by_role("button", name="Run again").click()
    stage.until(whatif.get_by_text(f"simulated {cache.stats().hits} hits = measured"))
    expect(whatif.get_by_text("500 lookups of")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors"])
def test_no_violations(stage: Stage, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    whatif = panel(stage, kernel(problem="LFU failed", notes=["the log was cut"]), width=420)
    whatif.get_by_role("button", name="LRU").click()
    slider(whatif).focus()
    stage.page.keyboard.press("ArrowLeft")
    assert violations(stage) == []

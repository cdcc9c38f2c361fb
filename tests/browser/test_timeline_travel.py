"""Travelling through checkpoints: the scrubber, play, keys, following."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.stage import Stage
from tests.browser.timelinekernel import TimelineKernel, shown, timeline
from tests.browser.timelinesteps import many

pytestmark = pytest.mark.browser


def slider(widget: Locator) -> Locator:
    return widget.get_by_role("slider", name="Checkpoint")


def marked(widget: Locator) -> Locator:
    return widget.locator(".rows [role=row][aria-selected=true]")


def at(widget: Locator, place: int, of: int = 14) -> None:
    """Checks what is shown, counted from the oldest."""
    expect(slider(widget)).to_have_attribute("aria-valuenow", str(place))
    expect(widget.locator(".scrub .place")).to_have_text(f"{place:,} of {of:,}")
    expect(marked(widget)).to_have_attribute("aria-rowindex", str(of - place + 2))


def test_the_slider_goes_by_keys(stage: Stage) -> None:
    widget = shown(stage, timeline())
    at(widget, 13)
    expect(slider(widget)).to_have_attribute("aria-valuetext", "step 6, agent, len(messages) is 4")
    slider(widget).focus()
    for key, place in (
        ("ArrowLeft", 12), ("ArrowDown", 11), ("ArrowRight", 12), ("ArrowUp", 13), ("PageDown", 8),
        ("PageUp", 13), ("Home", 1), ("ArrowLeft", 1), ("End", 14), ("ArrowRight", 14),
    ):  # fmt: skip
        stage.page.keyboard.press(key)
        at(widget, place)
    expect(slider(widget)).to_be_focused()


def test_buttons_step_and_end_at_the_ends(stage: Stage) -> None:
    widget = shown(stage, timeline())
    on, back = (widget.get_by_role("button", name=f"Step {way}") for way in ("forward", "back"))
    on.click()
    at(widget, 14)
    expect(on).to_have_attribute("aria-disabled", "true")
    back.click()
    back.click()
    at(widget, 12)
    expect(on).to_have_attribute("aria-disabled", "false")


def test_a_drag_asks_for_the_newest_wish_only(stage: Stage) -> None:
    kernel = TimelineKernel(steps=many(10_000))
    widget = shown(stage, kernel, width=1000)
    at(widget, 10_000, 10_000)
    box = slider(widget).bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + box["width"] - 8, box["y"] + 20)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 100, box["y"] + 20, steps=60)
    place = slider(widget).get_attribute("aria-valuenow")
    assert place is not None
    assert 1_000 < int(place) < 2_500
    stage.page.mouse.up()
    at(widget, int(place), 10_000)
    expect(marked(widget)).to_be_in_viewport()
    wanted = kernel.key(10_000 - int(place))[1]
    stage.eventually(lambda: kernel.traits["selection"]["configurable"]["checkpoint_id"], wanted)
    went = [params for method, params in kernel.calls if method == "go"]
    assert 1 <= len(went) < 60


def test_what_is_asked_for_shows_while_the_kernel_is_busy(stage: Stage) -> None:
    kernel = TimelineKernel(steps=many(500))
    widget = shown(stage, kernel)
    kernel.silent = {"go"}
    slider(widget).focus()
    stage.page.keyboard.press("Home")
    at(widget, 1, 500)  # the rows come by another request
    stage.page.keyboard.press("PageUp")
    stage.page.keyboard.press("ArrowRight")
    at(widget, 7, 500)
    # Which row that is depends on how many there are: newer ones may have come.
    wanted = {"thread": "demo-42", "row": 499, "size": 500, "at": None}
    stage.eventually(lambda: [params for method, params in _requests(kernel) if method == "go"][:1], [wanted])


def _requests(kernel: TimelineKernel) -> list[tuple[str, Any]]:
    return [(m["method"], m["params"]) for m in kernel.received if m["kind"] == "request"]


def test_a_mark_on_the_slider_is_gone_to(stage: Stage) -> None:
    widget = shown(stage, timeline())
    ticks = widget.locator(".ticks span")
    expect(ticks).to_have_count(4)
    kinds = [(tick.get_attribute("class"), tick.get_attribute("title")) for tick in ticks.all()]
    assert sorted(kinds) == [(kind, kind) for kind in ("error", "fork", "interrupt", "update")]
    widget.locator(".ticks .error").click(position={"x": 2, "y": 4}, force=True)
    expect(marked(widget)).to_contain_text("ToolError")


def test_real_time_is_an_axis_too(stage: Stage) -> None:
    widget = shown(stage, timeline())
    knob = widget.locator(".knob")
    steps = float(knob.get_attribute("cx") or 0)
    expect(widget.get_by_role("columnheader", name="Age")).to_be_visible()
    widget.get_by_role("button", name="Time").click()
    expect(widget.get_by_role("button", name="Time")).to_have_attribute("aria-pressed", "true")
    expect(widget.get_by_role("columnheader", name="Took")).to_be_visible()
    expect(marked(widget)).to_contain_text("17.0 s")
    expect(knob).not_to_have_attribute("cx", str(steps))
    expect(slider(widget)).to_have_attribute("title", "14 min idle left out")
    slider(widget).focus()
    stage.page.keyboard.press("ArrowLeft")
    at(widget, 12)


def test_the_watched_value_is_chosen_and_said(stage: Stage) -> None:
    widget = shown(stage, timeline())
    watch = widget.get_by_role("combobox", name="Watch expression")
    expect(watch).to_have_value("len(messages)")
    line = widget.locator(".spark")
    before = line.get_attribute("d")
    watch.select_option("size")
    expect(slider(widget)).to_have_attribute("aria-valuetext", re.compile("size is "))
    expect(line).not_to_have_attribute("d", before or "")


def test_play_goes_to_the_newest_and_stops(stage: Stage) -> None:
    stage.page.clock.install()
    widget = shown(stage, timeline())
    widget.get_by_role("combobox", name="Speed").select_option("5/s")
    slider(widget).focus()
    stage.page.keyboard.press("PageDown")
    stage.halt()
    stage.page.keyboard.press(" ")
    expect(widget.get_by_role("button", name="Stop")).to_be_visible()

    def reached() -> str | None:
        stage.page.clock.run_for(100)
        return slider(widget).get_attribute("aria-valuenow")

    stage.eventually(reached, "14")
    at(widget, 14)
    expect(widget.get_by_role("button", name="Play")).to_be_visible()
    widget.get_by_role("button", name="Play").click()  # from the oldest on
    expect(marked(widget)).to_contain_text("input")
    rows = widget.locator(".rows [role=row]:not(.blank)")
    rows.nth(2).click()  # who goes elsewhere has seen enough
    expect(widget.get_by_role("button", name="Play")).to_be_visible()
    at(widget, 12)


@pytest.mark.parametrize(
    ("keys", "place"),
    [("p", 12), ("d", 14), ("p p", 9), ("[", 11), ("[ [", 4), ("[ [ ]", 11), ("n", 14), ("ArrowLeft", 11),
     ("ArrowLeft ArrowRight", 12), ("]", 13)],
)  # fmt: skip
def test_keys_lead_along_the_lanes(stage: Stage, keys: str, place: int) -> None:
    widget = shown(stage, timeline())
    widget.locator(".rows [role=row]").nth(1).click()
    for key in keys.split():
        stage.page.keyboard.press(key)
    at(widget, place)


def test_a_checkpoint_is_pinned_by_a_key(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    widget.locator(".rows [role=row]").nth(3).click()
    stage.page.keyboard.press("m")
    expect(marked(widget).get_by_text("pinned")).to_be_attached()
    pinned = ("pin", {"thread": "demo-42", "at": "\n".join(kernel.key(3))})
    stage.eventually(lambda: pinned in kernel.calls)
    expect(widget.get_by_role("status").first).to_have_text("Pinned")
    stage.page.keyboard.press("m")
    expect(widget.locator(".rows").get_by_text("pinned")).to_have_count(0)


def test_the_newest_is_followed_until_one_scrolls_away(stage: Stage) -> None:
    kernel = TimelineKernel(steps=many(200))
    widget = shown(stage, kernel)
    newest = widget.get_by_role("button", name=re.compile("^Newest"))
    expect(newest).to_be_hidden()
    kernel.add("agent")
    stage.push()
    at(widget, 201, 201)
    rows = widget.locator(".rows")
    rows.hover()
    stage.page.mouse.wheel(0, 240)
    expect(newest).to_have_text("Newest")
    top = rows.evaluate("(rows) => rows.scrollTop")
    for _ in range(3):
        kernel.add("tools")
    stage.push()
    expect(newest).to_have_text("Newest (3 new)")
    expect(slider(widget)).to_have_attribute("aria-valuenow", "201")  # what was shown stays
    expect(rows).to_have_js_property("scrollTop", top + 3 * 24)
    looks = [params for method, params in _requests(kernel) if method == "look"]
    assert looks[-1]["anchor"] is not None
    newest.click()
    at(widget, 204, 204)
    expect(newest).to_be_hidden()
    kernel.add("agent")
    stage.push()
    expect(slider(widget)).to_have_attribute("aria-valuenow", "205")


def test_rows_stand_still_under_the_pointer_and_follow_after_it(stage: Stage) -> None:
    kernel = TimelineKernel(steps=many(60))
    widget = shown(stage, kernel)
    rows = widget.locator(".rows")
    rows.hover()
    kernel.add("tools")
    stage.push()
    expect(rows).to_have_js_property("scrollTop", 24)
    expect(slider(widget)).to_have_attribute("aria-valuenow", "60")
    slider(widget).hover()
    expect(rows).to_have_js_property("scrollTop", 0)
    at(widget, 61, 61)


def test_what_is_chosen_stays_while_others_come(stage: Stage) -> None:
    kernel = TimelineKernel(steps=many(60))
    widget = shown(stage, kernel)
    widget.locator(".rows [role=row]").nth(2).click()
    slider(widget).hover()
    for _ in range(4):
        kernel.add("tools")
        stage.push()
    at(widget, 58, 64)
    expect(marked(widget)).to_be_in_viewport()
    expect(widget.get_by_role("button", name="Newest (4 new)")).to_be_visible()
    stage.page.keyboard.press("n")
    at(widget, 64, 64)
    stage.eventually(lambda: kernel.traits["selection"], None)


def test_a_thread_deleted_while_shown_says_so(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    kernel.delete()
    stage.push()
    expect(widget.get_by_text("Thread demo-42 was deleted")).to_have_count(2)  # and it is announced
    expect(widget.locator(".rows [role=row]")).to_have_count(0)
    widget.get_by_role("button", name="Show the newest thread").click()
    stage.eventually(
        lambda: [p.get("thread") for m, p in _requests(kernel) if m == "look"][-1:], ["trip-oslo"]
    )


def test_a_checkpointer_that_tells_nothing_says_how_it_is_read(stage: Stage) -> None:
    reading = {"progress": 0.4, "every": 1.0, "read": None, "problem": ""}
    kernel = TimelineKernel(reading=reading)
    widget = shown(stage, kernel)
    expect(widget.get_by_text("reading 40\u2009%")).to_be_visible()
    problem = "waiting for the event loop: a cell is running"
    kernel.over["reading"] = {**reading, "progress": None, "read": kernel.started, "problem": problem}
    stage.push()
    expect(widget.get_by_text(re.compile("^read .*, every 1 s"))).to_be_visible()
    expect(widget.locator(".banner").get_by_text(problem)).to_be_visible()
    expect(widget.locator(".rows [role=row]").first).to_be_visible()
    kernel.over["reading"] = {**reading, "progress": None}
    stage.push()
    expect(widget.locator(".banner")).to_be_hidden()


def test_reading_for_the_first_time_is_not_being_empty(stage: Stage) -> None:
    reading = {"progress": 0.0, "every": 1.0, "read": None, "problem": ""}
    kernel = TimelineKernel(threads=False, reading=reading)
    widget = shown(stage, kernel)
    expect(widget.get_by_text("reading 0\u2009%")).to_be_visible()
    expect(widget.get_by_text("No checkpoints yet")).to_have_count(0)
    kernel.over["reading"] = {**reading, "progress": None, "read": kernel.started}
    stage.push()
    expect(widget.get_by_role("heading", name="No checkpoints yet")).to_be_visible()

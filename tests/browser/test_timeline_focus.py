"""The keyboard's place: it goes where one goes, and is never lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.stage import Stage
from tests.browser.timelinekernel import TimelineKernel, shown, timeline
from tests.browser.timelinepanes import choose
from tests.browser.timelinesteps import many

pytestmark = pytest.mark.browser

NEWEST = re.compile("^Newest")


def row(widget: Locator, place: int) -> Locator:
    return widget.locator(f".rows [role=row][aria-rowindex='{place + 2}']")


def slider(widget: Locator) -> Locator:
    return widget.get_by_role("slider", name="Checkpoint")


def run(state: str, **over: Any) -> dict[str, Any]:
    return {
        "id": 1, "what": "rerun", "thread": "demo-42", "at": "", "state": state, "steps": 2, "error": "",
        **over,
    }  # fmt: skip


def test_the_focus_goes_along_with_a_jump(stage: Stage) -> None:
    widget = shown(stage, timeline())
    choose(widget, 1)
    for key, place in (("p", 2), ("p", 5), ("[", 10), ("]", 3), ("ArrowDown", 4)):
        stage.page.keyboard.press(key)
        expect(row(widget, place)).to_have_attribute("aria-selected", "true")
        expect(row(widget, place)).to_be_focused()
    slider(widget).focus()
    stage.page.keyboard.press("p")
    expect(row(widget, 5)).to_have_attribute("aria-selected", "true")
    expect(slider(widget)).to_be_focused()  # who is elsewhere stays there


def test_the_focus_stays_in_the_diff_that_leads_elsewhere(stage: Stage) -> None:
    widget = shown(stage, timeline())
    widget.get_by_role("tab", name="Diff").click()
    widget.locator(".diffrows .by.leads").first.press("Enter")
    expect(widget.locator(".phead")).to_contain_text("fork · step 5")
    expect(widget.locator("[role=tabpanel]:focus, [role=tabpanel] :focus")).to_have_count(1)


def test_many_interrupts_are_gone_to_one_by_one(stage: Stage) -> None:
    """Near ones are one mark on the slider."""
    kernel = TimelineKernel(steps=many(1_000), ticks=[{"kind": "interrupt", "row": 5, "count": 10}])
    widget = shown(stage, kernel)
    widget.locator(".rows [role=row]").first.click()
    marked = [i for i, step in enumerate(kernel.steps) if step.badges]
    for place in marked[:3]:
        stage.page.keyboard.press("[")
        expect(slider(widget)).to_have_attribute("aria-valuenow", str(1_000 - place))
    stage.page.keyboard.press("]")
    stage.page.keyboard.press("]")
    stage.page.keyboard.press("]")
    expect(widget.locator("[role=status].sr")).to_have_text("No interrupt or error is newer")
    expect(slider(widget)).to_have_attribute("aria-valuenow", str(1_000 - marked[0]))


def test_the_newest_takes_the_focus_of_the_button_that_led_to_it(stage: Stage) -> None:
    widget = shown(stage, timeline())
    choose(widget, 4)
    widget.get_by_role("button", name=NEWEST).focus()
    stage.page.keyboard.press("Enter")
    expect(widget.get_by_role("button", name=NEWEST)).to_be_hidden()
    expect(row(widget, 0)).to_be_focused()


def test_a_run_is_stopped_and_put_away_by_keys(stage: Stage) -> None:
    kernel = timeline(graph={"name": "graph"})
    widget = shown(stage, kernel)
    choose(widget, 1)
    kernel.over["runs"] = [run("running")]
    stage.push()
    stop = widget.get_by_role("button", name="Stop")
    stop.focus()
    kernel.over["runs"] = [run("stopping")]
    stage.push()
    expect(widget.get_by_text("stopping after this step")).to_be_visible()
    expect(stop).to_have_attribute("aria-disabled", "true")
    expect(stop).to_be_focused()
    kernel.over["runs"] = [run("stopped", steps=3)]
    stage.push()
    away = widget.get_by_role("button", name="Put away")
    expect(away).to_be_focused()
    stage.page.keyboard.press("Enter")
    expect(away).to_be_hidden()
    expect(widget.get_by_role("button", name="Fork from here")).to_be_focused()


@pytest.mark.parametrize("where", ["rows", "acts"])
def test_what_had_the_focus_is_gone(stage: Stage, where: str) -> None:
    kernel = TimelineKernel()
    widget = shown(stage, kernel)
    fork = widget.get_by_role("button", name="Fork from here")
    (widget.locator(".rows [role=row]").first if where == "rows" else fork).focus()
    kernel.delete()
    stage.push()
    expect(widget.locator(".banner")).to_contain_text("was deleted")
    expect(slider(widget)).to_be_focused()
    other = widget.get_by_role("button", name="Show the newest thread")
    other.focus()
    stage.page.keyboard.press("Enter")
    expect(slider(widget)).to_be_focused()


def test_a_search_is_left_in_two_steps(stage: Stage) -> None:
    widget = shown(stage, timeline())
    choose(widget, 1)
    stage.page.keyboard.press("/")
    search = widget.get_by_label("Find a thread")
    expect(search).to_be_focused()
    stage.page.keyboard.type("nothing like it")
    expect(widget.get_by_text("no thread matches")).to_be_visible()
    stage.page.keyboard.press("Escape")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    expect(widget.get_by_role("listbox").get_by_role("option")).to_have_count(10)
    stage.page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_where_there_is_no_search_the_threads_are_gone_to(stage: Stage) -> None:
    widget = shown(stage, timeline(), width=420)
    choose(widget, 1)
    stage.page.keyboard.press("/")
    expect(widget.get_by_label("Thread", exact=True)).to_be_focused()

"""Forks, answers, runs, clean-up and files from the timeline's view; the kernel is the real one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemorySaver, inspect
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

CONFIG: Any = {"configurable": {"thread_id": "trip"}}


class Trip(TypedDict, total=False):
    city: str
    nights: int
    agreed: str


def planner(state: Trip) -> Trip:
    return {"nights": 312}


def approve(state: Trip) -> Trip:
    return {"agreed": interrupt(f"Stay {state['nights']} nights?")}


def trip() -> tuple[InMemorySaver, Any]:
    """A thread that waits for an answer."""
    saver = InMemorySaver()
    builder = StateGraph(Trip).add_sequence([planner, approve])
    graph = builder.add_edge(START, "planner").add_edge("approve", END).compile(checkpointer=saver)
    graph.invoke({"city": "Bergen"}, CONFIG)
    return saver, graph


def shown(stage: Stage, widget: Any) -> Locator:
    element = stage.show(Real(widget))
    stage.until(element.get_by_role("button", name="Fork from here"))
    return element


def field(sheet: Locator, name: str) -> Locator:
    sheet.get_by_role("button", name=re.compile(f"^{name}")).click()
    return sheet.get_by_label(name, exact=True)


# -- forks, answers, runs --


def test_a_fork_with_another_value_runs_on_and_the_old_branch_stays(stage: Stage) -> None:
    saver, graph = trip()
    timeline = inspect(saver, graph=graph, name="saver")
    widget = shown(stage, timeline)
    before = saver.count("trip")
    widget.get_by_role("button", name="Fork from here").click()
    sheet = widget.get_by_role("dialog", name="Fork from here")
    nights = field(sheet, "nights")
    nights.fill("three")
    sheet.get_by_role("button", name="Fork and run").click()
    expect(sheet.get_by_text("Nothing was written.")).to_be_visible()
    expect(nights).to_be_focused()
    assert saver.count("trip") == before
    nights.fill("3")
    sheet.get_by_role("button", name="Fork and run").click()
    expect(sheet).to_have_count(0)
    stage.until(widget.get_by_text("interrupt: Stay 3 nights?"))
    stage.until(widget.get_by_text("Fork: waits for an answer"))
    expect(widget.get_by_text("interrupt: Stay 312 nights?")).to_be_visible()
    assert graph.get_state(CONFIG).values["nights"] == 3
    widget.get_by_role("button", name="Put away").click()
    expect(widget.get_by_text("Fork: waits for an answer")).to_be_hidden()


def test_an_interrupt_is_answered(stage: Stage) -> None:
    saver, graph = trip()
    widget = shown(stage, inspect(saver, graph=graph, name="saver"))
    widget.get_by_role("button", name="Resume").click()
    sheet = widget.get_by_role("dialog", name="Resume")
    answer = sheet.get_by_label(re.compile("^Stay 312 nights"))
    expect(answer).to_be_focused()
    answer.fill("fine")
    stage.page.keyboard.press("Control+Enter")
    expect(sheet).to_have_count(0)
    stage.until(widget.get_by_text("Resumed: done"))
    assert graph.get_state(CONFIG).values["agreed"] == "fine"
    expect(widget.get_by_role("button", name="Resume")).to_have_count(0)


def test_a_step_is_run_again(stage: Stage) -> None:
    saver, graph = trip()
    widget = shown(stage, inspect(saver, graph=graph, name="saver"))
    before = saver.count("trip")
    widget.locator(".rows [role=row]").filter(has_text="__start__").first.click()
    widget.get_by_role("button", name="Re-run").click()
    stage.until(widget.get_by_text("Re-run: waits for an answer"))
    assert saver.count("trip") > before


def test_what_a_run_raises_is_told(stage: Stage) -> None:
    def fails(state: Trip) -> Trip:
        raise RuntimeError("no <b>beds</b>")

    saver = InMemorySaver()
    graph = StateGraph(Trip).add_node(fails).add_edge(START, "fails").compile(checkpointer=saver)
    with pytest.raises(RuntimeError):
        graph.invoke({"city": "Oslo"}, CONFIG)
    widget = shown(stage, inspect(saver, graph=graph, name="saver"))
    widget.get_by_role("button", name="Re-run").click()
    stage.until(widget.locator(".run").get_by_text("no <b>beds</b>"))
    expect(widget.get_by_text("Re-run: failed")).to_be_visible()


def test_without_a_graph_it_is_copied_as_code(stage: Stage) -> None:
    saver, _ = trip()
    widget = shown(stage, inspect(saver, name="saver"))
    for name in ("Resume", "Fork from here", "Re-run"):
        widget.get_by_role("button", name=name).click()
        expect(widget.get_by_role("dialog")).to_have_count(0)
        expect(widget.locator("p.sr[role=status]")).to_have_text(re.compile("^Code "))


# -- clean-up --


def menu(widget: Locator, item: str) -> None:
    widget.get_by_role("button", name="More actions").click()
    widget.get_by_role("menuitem", name=item).first.click()


def test_deleting_asks_with_what_would_go(stage: Stage) -> None:
    saver, graph = trip()
    graph.invoke({"city": "Oslo"}, {"configurable": {"thread_id": "other"}})
    graph.update_state(CONFIG, {"agreed": "yes"}, as_node="approve")  # nothing waits any more
    widget = shown(stage, inspect(saver, name="saver", editable=True))
    menu(widget, "Delete…")
    sheet = widget.get_by_role("dialog", name="Delete a thread")
    expect(sheet.get_by_role("table")).to_contain_text("trip")
    confirm = sheet.get_by_role("button", name=re.compile("^Delete [0-9]+ checkpoints"))
    assert saver.count("trip") > 0
    saver.delete_thread("other")  # of no matter for the plan
    confirm.click()
    expect(sheet).to_have_count(0)
    assert saver.count("trip") == 0
    stage.until(widget.get_by_text(re.compile("deleted", re.I)).first)


def test_read_only_shows_the_dry_run_alone(stage: Stage) -> None:
    saver, _ = trip()
    widget = shown(stage, inspect(saver, name="saver"))
    menu(widget, "Prune…")
    sheet = widget.get_by_role("dialog", name="Prune a thread")
    expect(sheet.get_by_text("inspect(saver, editable=True)")).to_be_visible()
    expect(sheet.get_by_role("button", name=re.compile("^Prune"))).to_have_count(0)
    expect(sheet.get_by_role("button", name="Copy as code")).to_be_visible()


def test_what_waits_for_an_answer_goes_only_if_that_is_said(stage: Stage) -> None:
    saver, _ = trip()
    widget = shown(stage, inspect(saver, name="saver", editable=True))
    menu(widget, "Delete…")
    sheet = widget.get_by_role("dialog", name="Delete a thread")
    confirm = sheet.get_by_role("button", name=re.compile("^Delete [0-9]+ checkpoints"))
    expect(sheet.get_by_text("waits for an answer").first).to_be_visible()
    expect(confirm).to_have_count(0)
    sheet.get_by_label("Also what waits for an answer").click()
    confirm.click()
    expect(sheet).to_have_count(0)
    assert saver.count("trip") == 0


def test_what_changed_since_the_dry_run_is_not_overrun(stage: Stage) -> None:
    saver, graph = trip()
    graph.update_state(CONFIG, {"agreed": "yes"}, as_node="approve")
    widget = shown(stage, inspect(saver, name="saver", editable=True))
    menu(widget, "Delete…")
    sheet = widget.get_by_role("dialog", name="Delete a thread")
    confirm = sheet.get_by_role("button", name=re.compile("^Delete [0-9]+ checkpoints"))
    expect(confirm).to_be_visible()
    graph.update_state(CONFIG, {"agreed": "no"}, as_node="approve")
    before = saver.count("trip")
    confirm.click()
    expect(sheet.get_by_text(re.compile("^Nothing was done"))).to_be_visible()
    assert saver.count("trip") == before


def test_a_thread_is_copied(stage: Stage) -> None:
    saver, _ = trip()
    widget = shown(stage, inspect(saver, name="saver", editable=True))
    menu(widget, "Copy…")
    sheet = widget.get_by_role("dialog", name="Copy a thread")
    sheet.get_by_label("Name of the copy").fill("again")
    sheet.get_by_role("button", name="Dry run").click()
    sheet.get_by_role("button", name=re.compile("^Copy [0-9]+ checkpoints")).click()
    expect(sheet).to_have_count(0)
    assert saver.count("again") == saver.count("trip")


# -- files --


def test_a_thread_goes_out_as_a_file_and_comes_in_again(stage: Stage, tmp_path: Path) -> None:
    saver, _ = trip()
    widget = shown(stage, inspect(saver, name="saver", editable=True))
    with stage.page.expect_download() as download:
        menu(widget, "Export…")
    path = tmp_path / "trip.jsonl"
    download.value.save_as(path)
    widget.locator("input[type=file]").set_input_files(path)
    sheet = widget.get_by_role("dialog", name="Replace?")
    expect(sheet).to_contain_text("trip")
    sheet.get_by_role("button", name="Cancel").click()
    other = InMemorySaver()
    second = shown_empty(stage, inspect(other, name="other", editable=True))
    second.locator("input[type=file]").set_input_files(path)
    stage.until(second.get_by_text("interrupt: Stay 312 nights?"))
    assert [each.checkpoint for each in other.list(CONFIG)] == [
        each.checkpoint for each in saver.list(CONFIG)
    ]


def shown_empty(stage: Stage, widget: Any) -> Locator:
    element = stage.show(Real(widget))
    stage.until(element.get_by_role("button", name="More actions"))
    return element


def test_a_damaged_file_is_refused_with_the_line(stage: Stage, tmp_path: Path) -> None:
    saver, _ = trip()
    path = tmp_path / "bad.jsonl"
    path.write_text('{"format": "inmem-widgets/checkpoints", "version": 1}\nnot json\n')
    widget = shown(stage, inspect(saver, name="saver", editable=True))
    before = saver.count()
    widget.locator("input[type=file]").set_input_files(path)
    sheet = widget.get_by_role("dialog", name="Nothing was imported")
    expect(sheet).to_contain_text("line")
    assert saver.count() == before


# -- looks --


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors"])
def test_sheets_have_no_violations(stage: Stage, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    saver, graph = trip()
    widget = shown(stage, inspect(saver, graph=graph, name="saver", editable=True))
    for name in ("Fork from here", "Resume"):
        widget.get_by_role("button", name=name).click()
        sheet = widget.get_by_role("dialog", name=name)
        expect(sheet.get_by_role("button", name="Cancel")).to_be_visible()
        assert violations(stage) == []
        stage.page.keyboard.press("Escape")
    menu(widget, "Prune…")
    expect(widget.get_by_role("dialog").get_by_role("table")).to_be_visible()
    assert violations(stage) == []


def test_hostile_names_are_text(stage: Stage) -> None:
    evil = "<img src=x onerror=alert(1)>"
    saver = InMemorySaver()
    builder = (
        StateGraph(Trip).add_node("ask", lambda state: {"agreed": interrupt(evil)}).add_edge(START, "ask")
    )
    graph = builder.compile(checkpointer=saver)
    graph.invoke({"city": evil}, {"configurable": {"thread_id": evil}})
    widget = shown(stage, inspect(saver, graph=graph, name="saver", editable=True))
    widget.get_by_role("button", name="Resume").click()
    expect(widget.get_by_role("dialog").get_by_text(evil).first).to_be_visible()
    stage.page.keyboard.press("Escape")
    menu(widget, "Prune…")
    expect(widget.get_by_role("dialog").get_by_role("table").get_by_text(evil).first).to_be_visible()
    assert stage.page.locator("img").count() == 0

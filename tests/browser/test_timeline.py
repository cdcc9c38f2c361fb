"""The checkpoint timeline on screen: a real graph's checkpoints where it matters."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemorySaver, inspect
from tests.browser import states
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


class Trip(TypedDict):
    messages: Annotated[list[str], lambda old, new: old + new]
    city: str


def graph(saver: InMemorySaver) -> Any:
    builder = StateGraph(Trip)
    builder.add_node("agent", lambda state: {"messages": ["call the tools"]})
    builder.add_node("tools", lambda state: {"messages": ["tools say hi"], "city": "Bergen"})
    builder.add_edge(START, "agent")
    builder.add_edge("agent", "tools")
    builder.add_edge("tools", END)
    return builder.compile(checkpointer=saver)


def run(saver: InMemorySaver, thread: str) -> dict[str, Any]:
    config = {"configurable": {"thread_id": thread}}
    graph(saver).invoke({"messages": ["hello"], "city": "Oslo"}, config)
    return config


def rows(widget: Locator) -> Locator:
    return widget.locator(".rows [role=row]:not(.blank)")


def nodes(widget: Locator) -> Locator:
    return rows(widget).locator("[role=gridcell].node")


def test_a_graph_run_is_a_row_for_each_checkpoint(stage: Stage) -> None:
    saver = InMemorySaver()
    widget = stage.show(Real(inspect(saver)))
    expect(widget.get_by_role("heading", name="No checkpoints yet")).to_be_visible()
    run(saver, "trip")
    assert saver.changes.flush(10)
    stage.push()
    expect(nodes(widget)).to_have_text(["tools", "agent", "__start__", "input"])
    expect(widget.get_by_text("1 thread · 4 checkpoints")).to_be_visible()
    expect(rows(widget).nth(0)).to_have_attribute("aria-selected", "true")
    expect(widget.get_by_role("treeitem", name=re.compile("^city")).first).to_contain_text("Bergen")


def test_selecting_shows_the_state_and_sets_the_trait(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    rows(widget).filter(has_text="__start__").click()
    expect(widget.get_by_role("treeitem", name=re.compile("^city"))).to_contain_text("Oslo")
    expect(widget.get_by_role("group", name="Checkpoint")).to_contain_text("__start__ · step 0 · loop")
    found = saver.get_tuple(timeline.selection)
    assert found is not None
    assert found.checkpoint["channel_values"]["city"] == "Oslo"
    config = saver.get_tuple({"configurable": {"thread_id": "trip"}}).config  # type: ignore[union-attr]
    timeline.selection = config
    stage.push()
    expect(rows(widget).nth(0)).to_have_attribute("aria-selected", "true")
    expect(widget.get_by_role("treeitem", name=re.compile("^city"))).to_contain_text("Bergen")


def test_what_python_selects_out_of_view_is_scrolled_to(stage: Stage) -> None:
    saver = InMemorySaver()
    for _ in range(30):
        config = run(saver, "trip")
    oldest = list(saver.list(config))[-1].config
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    expect(rows(widget).nth(0)).to_have_attribute("aria-selected", "true")
    timeline.selection = oldest
    stage.push()
    expect(widget.locator(".rows [role=row][aria-selected=true]")).to_be_in_viewport()
    expect(widget.locator(".rows [role=row][aria-selected=true] [role=gridcell].node")).to_have_text("input")


def test_thread_ids_need_not_be_strings(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, 7)  # type: ignore[arg-type]
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    rows(widget).filter(has_text="__start__").click()
    expect(rows(widget).filter(has_text="__start__")).to_have_attribute("aria-selected", "true")
    expect(widget.get_by_role("treeitem", name=re.compile("^city"))).to_contain_text("Oslo")
    assert saver.get_tuple(timeline.selection) is not None


def test_a_fork_takes_a_lane_of_its_own(stage: Stage) -> None:
    saver = InMemorySaver()
    config = run(saver, "trip")
    compiled = graph(saver)
    start = [s for s in compiled.get_state_history(config) if s.next == ("agent",)][0]
    compiled.invoke(None, compiled.update_state(start.config, {"city": "Rome"}, as_node="agent"))
    widget = stage.show(Real(inspect(saver)))
    expect(nodes(widget)).to_have_count(6)
    bends = widget.locator(".lane.on[d*=C]")
    expect(bends).to_have_count(1)
    expect(rows(widget).nth(1).locator("svg .node.on")).to_have_count(1)
    expect(rows(widget).nth(2).locator("svg .node.on")).to_have_count(0)


def test_threads(stage: Stage) -> None:
    saver = InMemorySaver()
    for name in ("one", "two"):
        run(saver, name)
    widget = stage.show(Real(inspect(saver)))
    options = widget.get_by_role("option")
    expect(options).to_have_text([re.compile("^two4"), re.compile("^one4")])
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    options.nth(1).click()
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(widget.get_by_text("1–4 of 4 in one")).to_be_visible()
    stage.page.keyboard.press("ArrowUp")
    stage.page.keyboard.press("Enter")
    expect(widget.get_by_text("1–4 of 4 in two")).to_be_visible()


def test_finding_a_thread(stage: Stage) -> None:
    widget = stage.show(states.timeline())
    widget.get_by_role("textbox", name="Find a thread").fill("BATCH")
    expect(widget.get_by_role("option")).to_have_count(4)
    widget.get_by_role("textbox").fill("nothing")
    expect(widget.get_by_text("no thread matches")).to_be_visible()


def test_narrow_the_threads_are_a_select(stage: Stage) -> None:
    kernel = states.timeline()
    widget = stage.show(kernel, width=420)
    expect(widget.get_by_role("listbox", name="Threads")).to_be_hidden()
    widget.get_by_role("combobox", name="Thread").select_option("refund-7781")
    expect(widget.get_by_text("in refund-7781")).to_be_visible()


def test_a_thread_that_runs_keeps_the_reader_where_they_are(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    widget = stage.show(Real(inspect(saver)))
    old = rows(widget).filter(has_text="__start__")
    old.click()
    expect(old).to_be_focused()
    expect(old).to_have_attribute("aria-rowindex", "4")
    graph(saver).update_state({"configurable": {"thread_id": "trip"}}, {"city": "Rome"})
    assert saver.changes.flush(10)
    stage.push()
    expect(old).to_have_attribute("aria-rowindex", "5")
    expect(old).to_be_focused()
    expect(old).to_have_attribute("aria-selected", "true")


def test_the_newest_is_followed_until_one_is_chosen(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    expect(widget.get_by_role("treeitem", name=re.compile("^city"))).to_contain_text("Bergen")
    graph(saver).update_state({"configurable": {"thread_id": "trip"}}, {"city": "Rome"})
    assert saver.changes.flush(10)
    stage.push()
    expect(widget.get_by_role("treeitem", name=re.compile("^city"))).to_contain_text("Rome")
    assert timeline.selection is None


def test_the_state_tree_opens_by_steps(stage: Stage) -> None:
    kernel = states.timeline()
    widget = stage.show(kernel)
    tree = widget.get_by_role("tree", name="State")
    expect(tree.get_by_role("treeitem", name=re.compile("^messages"))).to_have_attribute(
        "aria-expanded", "true"
    )
    plan = tree.get_by_role("treeitem", name=re.compile("^plan"))
    plan.click()
    city = tree.get_by_role("treeitem", name=re.compile("^city"))
    expect(city).to_contain_text("city: 'Bergen'")
    expect(city).to_have_attribute("aria-level", "2")
    expect(city).to_have_attribute("aria-setsize", "3")
    expect(plan).to_be_focused()
    stage.page.keyboard.press("ArrowRight")
    expect(city).to_be_focused()
    stage.page.keyboard.press("ArrowLeft")
    expect(plan).to_be_focused()
    stage.page.keyboard.press("ArrowLeft")
    expect(city).to_have_count(0)
    expect(tree.get_by_text("40 more not shown")).to_have_count(0)
    tree.get_by_role("treeitem", name=re.compile("^documents")).click()
    expect(tree.get_by_text("40 more not shown")).to_be_visible()
    rows(widget).nth(0).click()
    expect(tree.get_by_text("40 more not shown")).to_be_visible()  # what was open stays open


def test_a_checkpoint_that_is_gone_says_so(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    expect(widget.get_by_role("treeitem").first).to_be_visible()
    timeline.selection = {
        "configurable": {"thread_id": "trip", "checkpoint_ns": "", "checkpoint_id": "1f0-never-there"}
    }
    stage.push()
    expect(widget.get_by_text("checkpoint 1f0-never-there of thread trip is gone")).to_be_visible()


@pytest.mark.parametrize("how", ["c", "button"])
def test_the_config_is_copied_as_code(stage: Stage, how: str) -> None:
    stage.page.evaluate(
        "() => document.addEventListener('copy', () => { window.copied = String(document.getSelection()) })"
    )
    widget = stage.show(states.timeline())
    if how == "c":
        rows(widget).nth(1).click()
        stage.page.keyboard.press("c")
    else:
        widget.get_by_role("button", name="Copy config").click()
    expect(widget.get_by_role("status")).to_have_text("Config copied")
    assert json.loads(stage.page.evaluate("copied")) == {
        "configurable": {
            "thread_id": "demo-42",
            "checkpoint_ns": "",
            "checkpoint_id": states.full("1f0c7a2e"),
        }
    }


def test_sources_and_badges(stage: Stage) -> None:
    widget = stage.show(states.timeline())
    expect(nodes(widget)).to_have_text(
        [
            "tools", "agent", "fork", "tools", "agent", "retriever", "retriever / rerank",
            "retriever / __start__", "retriever / input", "update", "review", "agent", "__start__", "input",
        ]
    )  # fmt: skip
    expect(widget.locator(".badge")).to_have_text(["ToolError", "approve?"])
    expect(widget.locator(".rows .chip")).to_have_text(["edited plan.city", "approved"])
    expect(widget.get_by_text("after 14 min idle")).to_be_visible()
    expect(widget.locator(".lane.sub").first).to_be_attached()
    expect(widget.locator("svg .hollow")).to_have_count(2)

"""The checkpoint timeline on screen: a real graph's checkpoints where it matters."""

from __future__ import annotations

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


def state(widget: Locator) -> Locator:
    return widget.get_by_role("group", name="Checkpoint")


def threads(widget: Locator) -> Locator:
    return widget.get_by_role("listbox", name="Threads").get_by_role("option")


def test_a_graph_run_is_a_row_for_each_checkpoint(stage: Stage) -> None:
    saver = InMemorySaver()
    widget = stage.show(Real(inspect(saver)))
    expect(widget.get_by_role("heading", name="No checkpoints yet")).to_be_visible()
    run(saver, "trip")
    assert saver.changes.flush(30)
    stage.push()
    expect(nodes(widget)).to_have_text(["tools", "agent", "__start__", "input"])
    expect(widget.get_by_text("1 thread · 4 checkpoints")).to_be_visible()
    expect(rows(widget).nth(0)).to_have_attribute("aria-selected", "true")
    expect(state(widget)).to_contain_text("Bergen")


def test_selecting_shows_the_state_and_sets_the_trait(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    rows(widget).filter(has_text="__start__").click()
    expect(state(widget)).to_contain_text("Oslo")
    expect(state(widget)).to_contain_text("__start__ · step 0")
    stage.eventually(lambda: timeline.selection is not None)
    found = saver.get_tuple(timeline.selection)
    assert found is not None
    assert found.checkpoint["channel_values"]["city"] == "Oslo"
    config = saver.get_tuple({"configurable": {"thread_id": "trip"}}).config  # type: ignore[union-attr]
    timeline.selection = config
    stage.push()
    expect(rows(widget).nth(0)).to_have_attribute("aria-selected", "true")
    expect(state(widget)).to_contain_text("Bergen")


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
    expect(state(widget)).to_contain_text("Oslo")
    stage.eventually(lambda: timeline.selection is not None)
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
    options = threads(widget)
    expect(options).to_have_text([re.compile("^two4"), re.compile("^one4")])
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(options.nth(0)).to_have_attribute("title", re.compile("^two: finished at step 2"))
    first = rows(widget).nth(0).locator(".sr")
    expect(widget.get_by_text("4 of 4")).to_be_visible()
    options.nth(1).click()
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    stage.page.keyboard.press("ArrowUp")
    stage.page.keyboard.press("Enter")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(first).to_have_text("loop")


def test_each_thread_tells_how_it_stands_and_what_it_weighs(stage: Stage) -> None:
    widget = stage.show(states.timeline())
    expect(threads(widget)).to_have_count(10)
    names = [glyph.get_attribute("aria-label") for glyph in threads(widget).locator(".status svg").all()]
    assert names == ["interrupted", None, "failed", None, "running", "stopped", None, None, None, None]
    expect(threads(widget).nth(1)).to_contain_text("1.2 MB")
    expect(threads(widget).nth(9)).to_contain_text(re.compile(r"\d+ [A-Z][a-z]{2}$"))  # weighed nobody knows
    expect(widget.get_by_text("10 threads · 129 checkpoints · 3.1 MB")).to_be_visible()


def test_finding_a_thread_among_all_of_them(stage: Stage) -> None:
    kernel = states.timeline()
    widget = stage.show(kernel)
    field = widget.get_by_role("textbox", name="Find a thread")
    rows(widget).nth(0).click()
    stage.page.keyboard.press("/")
    expect(field).to_be_focused()
    field.fill("BATCH")
    expect(threads(widget)).to_have_count(4)
    field.fill("nothing")
    expect(widget.get_by_text("no thread matches")).to_be_visible()
    expect(nodes(widget)).to_have_count(14)  # of the thread shown
    field.fill("")
    expect(threads(widget)).to_have_count(10)
    (session,) = kernel.sessions.values()
    stage.eventually(lambda: session.params.get("find"), "")
    looks = [m["params"].get("find") for m in kernel.received if m.get("method") == "look"]
    assert {"BATCH", "nothing", ""} <= set(looks)


def test_narrow_the_threads_are_a_select(stage: Stage) -> None:
    kernel = states.timeline()
    widget = stage.show(kernel, width=420)
    expect(widget.get_by_role("listbox", name="Threads")).to_be_hidden()
    widget.get_by_role("combobox", name="Thread").select_option("refund-7781")
    expect(widget.get_by_role("combobox", name="Thread")).to_have_value("refund-7781")
    (session,) = kernel.sessions.values()
    stage.eventually(lambda: session.params.get("thread"), "refund-7781")


def test_a_thread_that_runs_keeps_the_reader_where_they_are(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    widget = stage.show(Real(inspect(saver)))
    old = rows(widget).filter(has_text="__start__")
    old.click()
    expect(old).to_be_focused()
    expect(old).to_have_attribute("aria-rowindex", "4")
    graph(saver).update_state({"configurable": {"thread_id": "trip"}}, {"city": "Rome"})
    assert saver.changes.flush(30)
    stage.push()
    expect(old).to_have_attribute("aria-rowindex", "5")
    expect(old).to_be_focused()
    expect(old).to_have_attribute("aria-selected", "true")


def test_the_newest_is_followed_until_one_is_chosen(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    expect(state(widget)).to_contain_text("Bergen")
    graph(saver).update_state({"configurable": {"thread_id": "trip"}}, {"city": "Rome"})
    assert saver.changes.flush(30)
    stage.push()
    expect(state(widget)).to_contain_text("Rome")
    assert timeline.selection is None


def test_a_checkpoint_that_is_gone_says_so(stage: Stage) -> None:
    saver = InMemorySaver()
    run(saver, "trip")
    timeline = inspect(saver)
    widget = stage.show(Real(timeline))
    expect(state(widget)).to_contain_text("Bergen")
    timeline.selection = {
        "configurable": {"thread_id": "trip", "checkpoint_ns": "", "checkpoint_id": "1f0-never-there"}
    }
    stage.push()
    expect(state(widget)).to_contain_text(re.compile("1f0-never-there of thread trip is gone"))


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
    expect(widget.get_by_text("14 min idle")).to_be_visible()
    expect(widget.locator(".lane.sub").first).to_be_attached()
    expect(widget.locator("svg .hollow")).to_have_count(2)

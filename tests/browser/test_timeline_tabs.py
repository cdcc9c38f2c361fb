"""The tabs beside the state: diff, writes, weight; and what holds for all of them."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from playwright.sync_api import expect

from inmem_widgets import InMemorySaver, inspect
from tests.browser import timelinekernel, timelinestates
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations
from tests.browser.timelinekernel import shown, timeline
from tests.browser.timelinepanes import TABS, asked, channel, choose, head, tab

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="window.pwned=1">\u202e'


# -- diff --


def test_the_diff_tells_added_changed_removed_and_moved_apart(stage: Stage) -> None:
    widget = shown(stage, timeline())
    tab(widget, "Diff").click()
    lines = widget.locator(".dl")
    expect(lines).to_have_text(
        [
            "messages  6 items",
            "3 unchanged",
            re.compile("^~changed system.*two sentencesone sentence.*agent · step 6$"),
            re.compile(r'^\+added ai  "Hotels near Bryggen.*agent · step 6$'),
            re.compile(r"^\+added tool_calls  search_hotels$"),  # by whom is said above
            re.compile("^⇅moved human  4 → 1  .The first one, please.*agent · step 6$"),
            "plan",
            re.compile("^~changed city  .Oslo. → .Bergen.fork · step 5$"),
            re.compile("^−removed error  .timeout after 30 s.agent · step 6$"),
            re.compile(r"^\+added attempts  12likely agent or tools · step 6$"),
            "2 unchanged",
        ]
    )
    expect(lines.nth(2).locator("del")).to_have_text("two sentences")
    expect(lines.nth(2).locator("ins")).to_have_text("one sentence")
    expect(
        widget.get_by_text("2 more changes not listed · 3 changes in LangGraph's own channels")
    ).to_be_visible()
    expect(widget.get_by_text("against step 5")).to_be_visible()


def test_the_diff_against_a_pin_names_the_common_ancestor(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    choose(widget, 4)
    pin = widget.get_by_role("button", name="Pin, to compare with")
    pin.click()
    stage.eventually(lambda: asked(kernel, "pin"), [{"thread": "demo-42", "at": "\n".join(kernel.key(4))}])
    stage.push()
    expect(pin).to_have_attribute("aria-pressed", "true")
    choose(widget, 1)
    expect(pin).to_have_attribute("aria-pressed", "false")
    tab(widget, "Diff").click()
    sides = widget.get_by_role("group", name="Compare with")
    expect(sides.get_by_role("button", name="Parent")).to_have_attribute("aria-pressed", "true")
    sides.get_by_role("button", name="Pinned").click()
    expect(widget.locator(".sides")).to_have_text(
        "against agent · step 5 · branches apart since retriever · step 4"
    )
    assert asked(kernel, "diff")[-1]["against"] == "pinned"
    widget.locator(".sides").get_by_role("button").click()
    expect(head(widget)).to_contain_text("retriever · step 4")


def test_blame_is_walked_by_the_arrow_keys(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    tab(widget, "Diff").click()
    leads = widget.locator(".diffrows .by.leads")
    expect(leads).to_have_count(2)  # what this checkpoint did itself leads nowhere; what is gone was there
    leads.first.focus()
    stage.page.keyboard.press("ArrowDown")
    expect(leads.nth(1)).to_be_focused()
    stage.page.keyboard.press("ArrowUp")
    stage.page.keyboard.press("Enter")
    expect(head(widget)).to_contain_text("fork · step 5")


# -- writes --


def test_writes_that_are_pending_are_told_apart(stage: Stage) -> None:
    widget = shown(stage, timeline())
    choose(widget, 3)  # the tenth
    tab(widget, "Writes").click()
    made = widget.get_by_role("region", name="Made this checkpoint")
    expect(made.locator(".taskhead").nth(0)).to_contain_text("agent")
    expect(made.locator(".taskhead").nth(1)).to_have_text(re.compile("^likelycart"))
    expect(made.locator("li").nth(2)).to_contain_text("cannot be read: shop.models.Cart")
    pending = widget.get_by_role("region", name="Pending")
    expect(pending.get_by_role("img", name="done")).to_have_count(1)
    expect(pending.get_by_role("img", name="failed")).to_have_count(1)
    expect(pending.get_by_role("img", name="interrupted")).to_have_count(1)
    expect(pending).to_contain_text("ToolError: the hotel's server did not answer within 30 s")
    expect(pending).to_contain_text("a task that is done is not run again")
    choose(widget, 2)
    expect(widget.get_by_role("region", name="Taken over by the next step")).to_be_visible()
    choose(widget, 4)
    expect(pending).to_contain_text("No task has written from here")


def test_writes_follow_what_happens(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = timeline()
    stage.page.clock.install()
    widget = shown(stage, kernel)
    tab(widget, "Writes").click()
    expect(widget.get_by_text("3 writes")).to_be_visible()

    def more(kernel: Any, params: Any) -> Any:
        told = timelinestates.writes(kernel, params)
        return told | {"pending": [timelinestates.task("late", "done", timelinestates.written("plan", {}))]}

    monkeypatch.setitem(timelinekernel.ANSWERS, "writes", more)
    kernel.add("agent")
    stage.push()
    stage.page.clock.run_for(1_100)
    expect(widget.get_by_text("4 writes")).to_be_visible()


# -- weight --


def test_weight_names_what_grows_and_what_is_left_over(stage: Stage) -> None:
    widget = shown(stage, timeline())
    tab(widget, "Weight").click()
    panel = widget.get_by_role("tabpanel", name="Weight")
    expect(panel.locator(".figures")).to_have_text("Only here14.2 kBShared61.0 kBWrites1.1 kB")
    expect(panel).to_contain_text("messages is stored anew, whole, at every step")
    rows = panel.get_by_role("region", name="Channels").locator("li")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("messagesn² grows quadratically43.4 kB")
    expect(rows.nth(1)).to_contain_text("grows linearly")
    widths = rows.evaluate_all("all => all.map((row) => row.querySelector('.weigh').lastChild.offsetWidth)")
    assert widths[0] > widths[1] > widths[2] > 0
    expect(panel.get_by_role("region", name="Namespaces")).to_contain_text(
        "retriever:9a413 checkpoints120 kB"
    )
    left = panel.get_by_role("region", name="Ghosts and orphans")
    expect(left).to_contain_text("2 threads without a checkpoint: smoke-test-2, batch-0188")
    expect(left).to_contain_text("3 writes without their checkpoint, 1.2 kB")


def test_weight_is_asked_again_while_it_is_reckoned(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = shown(stage, timeline())
    done: list[float | None] = [0.4]

    def reckoning(kernel: Any, params: Any) -> Any:
        return timelinestates.weight(kernel, params) | {"progress": done[-1]}

    monkeypatch.setitem(timelinekernel.ANSWERS, "weight", reckoning)
    tab(widget, "Weight").click()
    expect(widget.get_by_text("40 %")).to_be_visible()
    done.append(0.8)
    expect(widget.get_by_text("80 %")).to_be_visible()
    done.append(None)
    expect(widget.locator(".figures")).to_be_visible()


# -- all of it --


class Trip(TypedDict):
    messages: Annotated[list[Any], add_messages]
    plan: dict[str, str]


def test_all_of_a_real_run(stage: Stage) -> None:
    """The widget's own answers fit the view."""

    def agent(state: Trip) -> dict[str, Any]:
        return {"messages": [AIMessage("To Bergen, then.")], "plan": {"city": "Bergen"}}

    builder = StateGraph(Trip)
    builder.add_node("agent", agent)
    builder.add_edge(START, "agent")
    saver = InMemorySaver()
    graph = builder.compile(checkpointer=saver)
    config: Any = {"configurable": {"thread_id": "trip"}}
    graph.invoke({"messages": [HumanMessage("Where to?")], "plan": {"city": "Oslo"}}, config)
    assert saver.changes.flush(30)
    widget = stage.show(Real(inspect(saver)))
    expect(head(widget)).to_contain_text("agent · step 1")
    expect(widget.get_by_role("group", name="ai message")).to_contain_text("To Bergen, then.")
    expect(channel(widget, "plan")).to_contain_text("agent · step 1")
    expect(widget.locator(".next")).to_have_text("Nothing is to run from here")
    channel(widget, "plan").get_by_role("button").first.click()
    city = channel(widget, "plan").get_by_role("treeitem", name=re.compile("^city"))
    expect(city).to_contain_text("Bergen")
    choose(widget, 1)
    expect(city).to_contain_text("Oslo")
    expect(widget.locator(".next")).to_contain_text("agent")
    choose(widget, 0)
    tab(widget, "Diff").click()
    expect(widget.locator(".dl.mod")).to_have_text(re.compile("city.*Oslo.*→.*Bergen.*agent · step 1"))
    expect(widget.locator(".dl.add").first).to_contain_text("To Bergen, then.")
    tab(widget, "Writes").click()
    made = widget.get_by_role("region", name="Made this checkpoint")
    expect(made.locator(".taskhead")).to_contain_text("agent")
    expect(made.locator("li").first).to_contain_text("messages")
    tab(widget, "Weight").click()
    stage.until(widget.get_by_role("region", name="Channels").get_by_text("messages"))


@pytest.mark.parametrize("name", TABS)
def test_hostile_text_stays_text(stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def hostile(value: Any) -> Any:
        if isinstance(value, dict):
            fixed = ("key", "op", "how", "kind", "state", "growth", "format", "at")
            return {k: v if k in fixed else hostile(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [hostile(item) for item in value]
        return f"{HOSTILE}{value}" if isinstance(value, str) and value else value

    method = name.lower()
    honest = timelinekernel.ANSWERS[method]
    monkeypatch.setitem(timelinekernel.ANSWERS, method, lambda *given: hostile(honest(*given)))
    widget = shown(stage, timeline())
    tab(widget, name).click()
    expect(widget.get_by_role("tabpanel", name=name)).to_contain_text("\\u202e")
    assert widget.locator("img").count() == 0
    assert stage.page.evaluate("window.pwned") is None


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors", "narrow"])
@pytest.mark.parametrize("name", TABS)
def test_no_violations(stage: Stage, name: str, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    kernel = timeline()
    kernel.pinned = "\n".join(kernel.key(4))
    widget = shown(stage, kernel, width=420 if theme == "narrow" else None)
    choose(widget, 3)
    tab(widget, name).click()
    expect(widget.locator(".pbody > *")).not_to_be_empty()
    expect(head(widget).locator(".counts > *")).to_have_count(4)
    assert violations(stage) == []


def test_below_the_lanes_the_pane_keeps_its_height(stage: Stage) -> None:
    widget = shown(stage, timeline(), width=420)
    heights = set()
    for name in TABS:
        tab(widget, name).click()
        expect(widget.locator(".pbody > *")).not_to_be_empty()
        heights.add(widget.locator(".pane").evaluate("element => element.offsetHeight"))
    assert len(heights) == 1

"""Acting from a timeline: what is shown afterwards, and what views are answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langgraph.graph import START, StateGraph

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from tests.observables.timelines import config
from tests.observables.trips import WHERE, Trip, at, compiled

Made = tuple[InMemorySaver, Any, TimelineBrowser]


@pytest.fixture
def made() -> Iterator[Made]:
    saver = InMemorySaver()
    graph = compiled(saver)
    graph.invoke({"city": "Oslo", "log": []}, WHERE)
    browser = TimelineBrowser(observe(saver), graph=graph)
    yield saver, graph, browser
    browser.close()


def test_a_fork_is_shown(made: Made) -> None:
    _, graph, browser = made
    browser.selection = at(graph, "plan")
    made_config = browser.travel.fork({"city": "Rome"}, None, run=False)
    assert made_config is not None and browser.selection == made_config
    assert graph.get_state(browser.selection).values["city"] == "Rome"
    assert browser.values["city"] == "Rome"
    state = browser.state({})
    assert (state["graph"], state["runs"]) == ("LangGraph", [])
    assert state["rows"][0]["source"] == "update"


def test_a_run_is_followed(made: Made) -> None:
    _, graph, browser = made
    browser.selection = at(graph, "plan")
    browser.travel.fork({"city": "Rome"}, None, run=True)
    assert browser.selection is None
    assert browser.parts.actions.wait(30)
    state = browser.state({})
    assert state["following"]
    assert [(run["what"], run["state"]) for run in state["runs"]] == [("fork", "interrupted")]
    assert browser.values["log"] == ["plan Rome"]
    browser.travel.resume("yes")
    assert browser.parts.actions.wait(30)
    assert browser.values["log"] == ["plan Rome", "confirmed yes"]
    browser.selection = at(graph, "plan")
    browser.travel.rerun()
    assert browser.parts.actions.wait(30)
    assert browser.values["log"][0].startswith("plan")


def test_views_act(made: Made) -> None:
    _, graph, browser = made
    browser.selection = chosen = at(graph, "plan")
    place = {"thread": "t", "at": f"\n{chosen['configurable']['checkpoint_id']}"}
    form = browser.answer("form", {**place, "of": "fork"})
    assert [field["name"] for field in form["fields"]] == ["city", "log"]
    wrong = browser.answer("fork", {**place, "values": {"log": "[1"}, "as_node": None, "run": False})
    assert wrong["problems"][0]["name"] == "log"
    assert browser.selection == chosen
    begun = browser.answer("fork", {**place, "values": {"city": "Rome"}, "as_node": None, "run": False})
    assert begun["problems"] == []
    assert browser.selection == config("t", begun["key"][1:])
    with pytest.raises(TypeError, match="values: got 3 for 'city', accepted is a text"):
        browser.answer("fork", {**place, "values": {"city": 3}})
    begun = browser.answer("rerun", {"thread": "t", "at": begun["key"]})
    assert begun["run"] is not None and browser.selection is None
    assert browser.parts.actions.wait(30)
    key = browser.state({})["selected"]
    (field,) = browser.answer("form", {"thread": "t", "at": key, "of": "resume"})["fields"]
    begun = browser.answer("resume", {"thread": "t", "at": key, "values": {field["name"]: "yes"}})
    assert browser.parts.actions.wait(30)
    assert browser.values["log"] == ["plan Rome", "confirmed yes"]
    with pytest.raises(LookupError, match="run: there is none of number 99"):
        browser.answer("stop", {"run": 99})


def test_without_a_graph_nothing_is_done_and_it_is_said_how(made: Made) -> None:
    saver, graph, _ = made
    browser = TimelineBrowser(observe(saver))
    before = saver.count()
    browser.selection = at(graph, "plan")
    with pytest.raises(PermissionError, match=r"inspect\(saver, graph=graph\)"):
        browser.travel.fork({"city": "Rome"}, None, run=False)
    with pytest.raises(PermissionError, match="copy the action as code"):
        browser.answer("rerun", {"thread": "t", "at": browser.state({})["selected"]})
    assert (saver.count(), browser.state({})["graph"]) == (before, None)
    browser.close()


def test_a_graph_of_another_checkpointer_is_refused(made: Made) -> None:
    _, graph, _ = made
    other = InMemorySaver()
    with pytest.raises(ValueError, match="graph: its checkpointer is another one"):
        TimelineBrowser(observe(other), graph=graph)


def test_the_interrupt_or_error_beside_is_gone_to(made: Made) -> None:
    _, graph, browser = made
    asks = graph.get_state(WHERE).config["configurable"]["checkpoint_id"]
    root = next(iter(reversed(list(graph.get_state_history(WHERE))))).config["configurable"]["checkpoint_id"]
    where = {"thread": "t", "to": "incident", "at": f"\n{root}"}
    assert browser.answer("go", {**where, "way": -1}) is None
    assert browser.answer("go", {**where, "way": 1}) == {"at": f"\n{asks}"}
    assert browser.selection == config("t", asks)
    with pytest.raises(ValueError, match=r"way: got 0, accepted are 1 \(newer\) and -1 \(older\)"):
        browser.answer("go", {**where, "way": 0})
    with pytest.raises(TypeError, match=r"way: got '1', accepted is 1 \(newer\) or -1 \(older\)"):
        browser.answer("go", {**where, "way": "1"})


def test_what_runs_next_leaves_out_what_has_run() -> None:
    done = threading.Event()

    def quick(state: Trip) -> Any:
        return {"log": ["quick"]}

    def slow(state: Trip) -> Any:
        done.wait(30)
        raise RuntimeError("the hotel did not answer")

    class Saver(InMemorySaver):
        def put_writes(self, config: Any, writes: Any, task_id: str, task_path: str = "") -> None:
            super().put_writes(config, writes, task_id, task_path)
            if any(channel == "log" for channel, _ in writes):
                done.set()

    builder = StateGraph(Trip)
    builder.add_node("quick", quick)
    builder.add_node("slow", slow)
    builder.add_edge(START, "quick")
    builder.add_edge(START, "slow")
    saver = Saver()
    graph = builder.compile(checkpointer=saver)
    with pytest.raises(RuntimeError):
        graph.invoke({"city": "Oslo", "log": []}, WHERE)
    browser = TimelineBrowser(observe(saver))
    newest, root = (state.config["configurable"]["checkpoint_id"] for state in graph.get_state_history(WHERE))
    assert browser.answer("state", {"thread": "t", "at": f"\n{newest}"})["next"] == ["slow"]
    assert browser.answer("state", {"thread": "t", "at": f"\n{root}"})["next"] == ["__start__"]  # all has run
    browser.close()

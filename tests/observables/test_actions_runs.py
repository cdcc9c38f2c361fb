"""Runs: elsewhere, one at a time on a thread, stopped after a step."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
from langgraph.graph import END, START, StateGraph

from inmem_widgets.observables import observe
from inmem_widgets.observables.acting.actions import Actions
from tests.observables.acting import SOON, Log, Once, Stage, T, agent_graph, held, parallel_graph


def gated() -> tuple[Stage, threading.Semaphore, threading.Semaphore]:
    """A loop of steps, each of which says that it is there, and waits to be let go on."""
    here, go = threading.Semaphore(0), threading.Semaphore(0)
    ran: list[str] = []

    def step(state: Log) -> Any:
        ran.append("step")
        here.release()
        assert go.acquire(timeout=SOON)
        return {"n": state["n"] + 1, "log": [str(state["n"])]}

    builder: Any = StateGraph(Log).add_node("step", step).add_edge(START, "step")
    builder.add_conditional_edges("step", lambda s: "step" if s["n"] < 5 else END, ["step", END])
    stage = Stage(builder, ran)
    made = stage.graph.update_state(T, {"n": 0}, as_node=START)
    assert stage.graph.get_state(made).next == ("step",)
    return stage, here, go


def newest(stage: Stage) -> Any:
    return "", stage.state().config["configurable"]["checkpoint_id"]


def test_runs_are_told_of_while_they_run() -> None:
    stage, here, go = gated()
    told = threading.Event()
    actions = Actions(stage.observable, stage.graph, told.set)
    begun = actions.rerun("t", newest(stage))
    assert here.acquire(timeout=SOON)
    (run,) = actions.runs
    assert run == {**run, "id": begun["run"], "what": "rerun", "thread": "t", "state": "running", "error": ""}
    for steps in range(1, 4):
        told.clear()
        go.release()
        assert here.acquire(timeout=SOON)
        while actions.runs[0]["steps"] < steps:
            assert told.wait(SOON)
            told.clear()
    go.release(9)
    assert actions.wait(SOON) and actions.runs[0]["state"] == "done" and actions.runs[0]["steps"] == 5


def test_a_run_stops_after_the_step_it_is_at() -> None:
    stage, here, go = gated()
    begun = stage.actions.rerun("t", newest(stage))
    assert here.acquire(timeout=SOON)
    stage.actions.stop(begun["run"])
    assert stage.actions.runs[0]["state"] == "stopping"
    assert not stage.actions.wait(0.0)
    go.release()
    assert stage.actions.wait(SOON) and stage.actions.runs[0]["state"] == "stopped"
    assert stage.state().values["n"] == 1 and stage.state().next == ("step",)
    stage.actions.stop(begun["run"])  # it has ended: nothing to stop
    assert stage.actions.runs[0]["state"] == "stopped"
    go.release(9)
    assert stage.done(stage.actions.rerun("t", newest(stage))) == "done"
    assert stage.state().values["log"] == ["0", "1", "2", "3", "4"]


def test_no_run_of_that_number() -> None:
    stage, _, _ = gated()
    with pytest.raises(LookupError, match="run: there is none of number 7"):
        stage.actions.stop(7)


def test_one_at_a_time_on_a_thread() -> None:
    stage, here, go = gated()
    other = Actions(stage.observable, stage.graph)  # another timeline on the same checkpointer
    stage.actions.rerun("t", newest(stage))
    assert here.acquire(timeout=SOON)
    for actions in (stage.actions, other):
        for begun in (
            actions.rerun("t", newest(stage)),
            actions.fork("t", newest(stage), {"n": "3"}, None, False),
        ):
            assert "a run of thread 't' is going on" in begun["problems"][0]["message"]
    assert len(stage.actions.runs) == 1 and other.runs == []
    # another thread may run meanwhile
    config = {"configurable": {"thread_id": "u"}}
    made = stage.graph.update_state(config, {"n": 4}, as_node=START)
    begun = other.rerun("u", ("", made["configurable"]["checkpoint_id"]))
    assert begun["problems"] == []
    go.release(9)
    assert stage.actions.wait(SOON) and other.wait(SOON)
    assert stage.graph.get_state(config).values["n"] == 5 and stage.state().values["n"] == 5
    assert stage.done(stage.actions.fork("t", newest(stage), {"n": "3"}, None, True)) == "done"


def test_closing_stops_runs_after_their_step() -> None:
    stage, here, go = gated()
    stage.actions.rerun("t", newest(stage))
    assert here.acquire(timeout=SOON)
    stage.actions.close()
    go.release()
    assert stage.actions.wait(SOON) and stage.actions.runs[0]["state"] == "stopped"


def test_a_node_that_raises() -> None:
    once = Once(others=0)
    stage = Stage(*parallel_graph(bad=once))
    once.saver = stage.saver
    stage.graph.update_state(T, {"n": 1}, as_node="first")
    assert stage.done(stage.actions.rerun("t", newest(stage))) == "failed"
    assert stage.actions.runs[0]["error"] == "ZeroDivisionError: not yet"


def test_an_error_whose_text_fails() -> None:
    class Bad(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def fail(state: Any) -> None:
        raise Bad

    stage = Stage(*parallel_graph(bad=fail))
    stage.graph.update_state(T, {"n": 1}, as_node="first")
    assert stage.done(stage.actions.rerun("t", newest(stage))) == "failed"
    assert stage.actions.runs[0]["error"] == "Bad"


def test_an_edge_that_raises_writes_nothing() -> None:
    def edge(state: Any) -> str:
        if state["n"] == 13:
            raise ValueError("no such way")
        return END

    builder: Any = StateGraph(Log).add_node("one", lambda s: {"n": 1}).add_edge(START, "one")
    builder.add_conditional_edges("one", edge, [END])
    stage = Stage(builder, [])
    stage.graph.invoke({"n": 0}, T)
    before = held(stage.saver)
    begun = stage.actions.fork("t", newest(stage), {"n": "13"}, None, True)
    assert begun["problems"] == [{"name": "", "message": "ValueError: no such way"}]
    assert held(stage.saver) == before and stage.actions.runs == []


def test_a_report_that_fails_stops_no_run() -> None:
    stage = Stage(*agent_graph())
    stage.graph.invoke({"messages": [("user", "hi")]}, T)

    def broken() -> None:
        raise RuntimeError

    actions = Actions(stage.observable, stage.graph, broken)
    actions.rerun("t", stage.key("tools"))
    assert actions.wait(SOON) and actions.runs[0]["state"] == "done"


def test_only_the_latest_runs_are_listed() -> None:
    stage = Stage(*agent_graph())
    stage.graph.invoke({"messages": [("user", "hi")]}, T)
    key = stage.key("tools")
    for _ in range(10):
        assert stage.done(stage.actions.rerun("t", key)) == "done"
    assert [run["id"] for run in stage.actions.runs] == list(range(10, 2, -1))


def test_ids_of_threads_that_are_no_text() -> None:
    stage = Stage(*agent_graph())
    stage.graph.invoke({"messages": [("user", "hi")]}, {"configurable": {"thread_id": 7}})  # LangGraph: "7"
    (checkpoint, *_) = stage.saver.list({"configurable": {"thread_id": "7"}})
    key = ("", checkpoint.config["configurable"]["checkpoint_id"])
    assert stage.actions.form("7", key, "fork")["fields"]
    number = {**checkpoint.config["configurable"], "thread_id": 8}
    stage.saver.put({"configurable": number}, checkpoint.checkpoint, checkpoint.metadata, {})
    with pytest.raises(LookupError, match="a graph takes 8 as text"):
        stage.actions.form("8", key, "fork")


def test_what_is_let_go_of_can_go() -> None:
    stage = Stage(*agent_graph())
    stage.graph.invoke({"messages": [("user", "hi")]}, T)
    assert stage.done(stage.actions.rerun("t", stage.key("tools"))) == "done"
    gone = weakref.ref(stage.saver)
    stage.actions.close()
    del stage
    gc.collect()
    assert gone() is None


def test_a_checkpointer_is_not_kept_without_a_graph() -> None:
    saver: Any = Stage(*agent_graph()).saver
    gone, actions = weakref.ref(saver), Actions(observe(saver))
    del saver
    gc.collect()
    assert gone() is None and actions.runs == []

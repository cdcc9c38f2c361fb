"""Runs: elsewhere, one at a time on a thread, stopped after a step; on event loops where these are needed."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

from inmem_widgets.observables import observe
from inmem_widgets.observables.acting.actions import Actions
from tests.observables.acting import SOON, Bare, Log, Once, Stage, T, agent_graph, held, parallel_graph


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


def test_nodes_may_have_event_loops_of_their_own() -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return "later"

    stage = Stage(*parallel_graph(a=lambda state: asyncio.run(later())))
    stage.graph.invoke({"n": 1}, T)
    assert stage.done(stage.actions.rerun("t", stage.key("a"))) == "done"


def test_nodes_that_can_only_be_awaited() -> None:
    ran: list[str] = []

    async def node(state: Log) -> Any:
        await asyncio.sleep(0)
        ran.append("node")
        return {"n": state["n"] + 1}

    async def way(state: Log) -> str:
        return END

    builder: Any = StateGraph(Log).add_node("node", node).add_edge(START, "node")
    builder.add_conditional_edges("node", way, [END])
    stage = Stage(builder, ran)
    asyncio.run(stage.graph.ainvoke({"n": 1}, T))
    begun = stage.actions.fork("t", stage.key("__start__"), {"n": "5"}, None, True)
    assert stage.done(begun) == "done" and stage.state().values["n"] == 6 and ran == ["node", "node"]
    begun = stage.actions.fork("t", stage.key(), {"n": "8"}, "node", False)
    assert begun["problems"] == [] and stage.state().values["n"] == 8


def test_a_subgraph_that_can_only_be_awaited() -> None:
    async def node(state: Log) -> Any:
        return {"n": state["n"] + 1}

    inner: Any = StateGraph(Log).add_node("node", node).add_edge(START, "node")
    builder: Any = StateGraph(Log).add_node("sub", inner.compile()).add_edge(START, "sub")
    stage = Stage(builder, [])
    asyncio.run(stage.graph.ainvoke({"n": 1}, T))
    assert stage.done(stage.actions.rerun("t", stage.key("sub"))) == "done"
    assert stage.state().values["n"] == 2


@pytest.mark.parametrize("kind", ["upstream", "sqlite"])
def test_other_checkpointers(kind: str, tmp_path: Path) -> None:
    if kind == "upstream":
        _other(Upstream())
    else:
        with SqliteSaver.from_conn_string(str(tmp_path / "c.db")) as saver:
            _other(saver)


def _other(saver: Any) -> None:
    once = Once()
    once.saver = saver
    stage = Stage(*parallel_graph(ok=None, bad=once), saver=saver)
    with pytest.raises(ZeroDivisionError):
        stage.graph.invoke({"n": 1}, T)
    stage.run()
    once.broken = False
    key = newest(stage)
    before = held(saver)
    assert stage.actions.fork("t", key, {"n": "x"}, None, True)["problems"] and held(saver) == before
    assert stage.done(stage.actions.fork("t", key, {"n": "2"}, None, True)) == "done"
    assert stage.run() == ["bad", "last"]
    assert stage.done(stage.actions.rerun("t", key)) == "done"
    assert stage.run() == ["bad", "last"]


def test_looking_begins_no_thread() -> None:
    stage = Stage(*agent_graph(), saver=Upstream())
    stage.graph.invoke({"messages": [("user", "hi")]}, T)
    before = {thread: set(namespaces) for thread, namespaces in stage.saver.storage.items()}
    for thread, key in (("nobody", ("", "1ef")), ("t", ("sub:1", "1ef")), ("t", ("", "1ef"))):
        with pytest.raises(LookupError, match="is gone"):
            stage.actions.form(thread, key, "fork")
        assert "is gone" in stage.actions.rerun(thread, key)["problems"][0]["message"]
    assert {thread: set(namespaces) for thread, namespaces in stage.saver.storage.items()} == before


async def test_on_the_checkpointers_own_loop(tmp_path: Path) -> None:
    once, ran = Once(), []
    builder, ran = parallel_graph(ok=None, bad=once)

    async def end(state: Log) -> Any:
        ran.append("end")
        return {"n": state["n"] + 100}

    builder.add_node("end", end).add_edge("last", "end")
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.db")) as saver:
        once.saver = saver
        graph = builder.compile(checkpointer=saver)
        observable: Any = Bare(saver)
        actions = Actions(observable, graph)
        with pytest.raises(ZeroDivisionError):
            await graph.ainvoke({"n": 1}, T)
        ran.clear()
        once.broken = False
        config = (await graph.aget_state(T)).config
        key = ("", config["configurable"]["checkpoint_id"])

        # elsewhere, as a view's request on a subshell is
        form = await asyncio.to_thread(actions.form, "t", key, "fork")
        assert form["kept"] == ["ok"]
        begun = await asyncio.to_thread(actions.fork, "t", key, {"n": "x"}, None, True)
        assert begun["problems"][0]["name"] == "n"
        begun = await asyncio.to_thread(actions.fork, "t", key, {"n": "2"}, None, True)
        assert begun["problems"] == [] and begun["key"]
        await actions.finished()
        assert actions.runs[0]["state"] == "done" and sorted(ran) == ["bad", "end", "last"]
        assert (await graph.aget_state(T)).values["n"] == 102

        # on the loop's own thread, as a cell is: nothing waits for itself
        ran.clear()
        begun = actions.rerun("t", key)
        assert begun["problems"] == [] and begun["key"] is None and begun["run"] == actions.runs[0]["id"]
        with pytest.raises(RuntimeError, match="await finished"):
            actions.wait()
        with pytest.raises(RuntimeError, match="waiting for the event loop"):
            actions.form("t", key, "fork")
        await actions.finished()
        assert actions.runs[0]["state"] == "done" and sorted(ran) == ["bad", "end", "last"]
        assert actions.fork_values(config, {"n": "many"}) is None  # told later, as a run
        await actions.finished()
        assert actions.runs[0]["state"] == "failed" and "n: " in actions.runs[0]["error"]
        loop = saver.loop
    assert loop.is_running()


def test_a_loop_that_is_over(tmp_path: Path) -> None:
    async def make() -> Any:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.db")) as saver:
            graph = agent_graph()[0].compile(checkpointer=saver)
            await graph.ainvoke({"messages": [("user", "hi")]}, T)
            return graph, saver

    graph, saver = asyncio.run(make())
    observable: Any = Bare(saver)
    actions = Actions(observable, graph)
    with pytest.raises(RuntimeError, match="loop of the checkpointer is not running"):
        actions.form("t", ("", "x"), "fork")
    assert "not running" in actions.rerun("t", ("", "x"))["problems"][0]["message"]


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

"""Runs of nodes that are awaited, and with other checkpointers: on their event loops where that is needed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

from inmem_widgets.observables.acting.actions import Actions
from tests.observables.acting import Bare, Log, Once, Stage, T, agent_graph, held, parallel_graph


def newest(stage: Stage) -> Any:
    return "", stage.state().config["configurable"]["checkpoint_id"]


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
        with pytest.raises(ValueError, match="n: Input should be"):
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

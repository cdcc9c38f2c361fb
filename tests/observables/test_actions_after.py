"""One action after another, as a cell has them."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph, add_messages
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Send

from inmem_widgets import InMemorySaver, inspect
from inmem_widgets.observables.acting.actions import Actions
from tests.observables.acting import SOON, Stage, T, agent_graph, held
from tests.observables.graphs import nested


def config(key: Any) -> Any:
    return {"configurable": {"thread_id": "t", "checkpoint_ns": key[0], "checkpoint_id": key[1]}}


def test_a_fork_that_is_not_run_is_over_when_it_returns() -> None:
    builder, ran = agent_graph()
    stage = Stage(builder, ran)
    stage.graph.invoke({"messages": [("user", "1 + 1?")], "plan": "add"}, T)

    def slow() -> None:
        threading.Event().wait(0.02)

    actions = Actions(stage.observable, stage.graph, slow)
    config: Any = {
        "configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": stage.key("tools")[1]}
    }
    for n in range(3):
        config = actions.fork_values(config, {"plan": f"another {n}"})
    actions.rerun_config(config)
    assert actions.wait(SOON)
    assert stage.state().values["plan"] == "another 2"


@pytest.mark.parametrize("value", [2**70, -(2**64)])
def test_what_cannot_be_stored_is_refused_by_name_and_nothing_is_written(value: Any) -> None:
    builder, ran = agent_graph()
    stage = Stage(builder, ran)
    stage.graph.invoke({"messages": [("user", "1 + 1?")], "plan": "add"}, T)
    before = held(stage.saver)
    begun = stage.actions.fork("t", stage.key("tools"), {"steps": str(value)}, None, False)
    (problem,) = begun["problems"]
    assert problem["name"] == "steps" and "cannot be stored" in problem["message"]
    with pytest.raises(ValueError, match="steps: cannot be stored"):
        stage.actions.fork_values(config(stage.key("tools")), {"plan": "b", "steps": value})
    assert held(stage.saver) == before


class Sums(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    rounds: int


def sending(saver: Any) -> Any:
    """An agent whose tools are sent to, as LangGraph's and LangChain's own are: twice."""

    def agent(state: Sums) -> Any:
        done = state.get("rounds", 0)
        if done == 2:
            return {"messages": [AIMessage("done")]}
        calls = [{"name": "add", "args": {}, "id": f"{done}{n}"} for n in range(2)]
        return {"messages": [AIMessage("", tool_calls=calls)], "rounds": done + 1}

    def tools(call: Any) -> Any:
        return {"messages": [ToolMessage("3", tool_call_id=call["id"])]}

    def route(state: Sums) -> Any:
        return [Send("tools", call) for call in getattr(state["messages"][-1], "tool_calls", ())] or END

    builder: Any = StateGraph(Sums)
    builder.add_node("agent", agent).add_node("tools", tools)
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges("agent", route, ["tools", END])
    return builder.compile(checkpointer=saver)


def sqlite() -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))


@pytest.mark.parametrize("make", [InMemorySaver, Upstream, sqlite])
def test_what_was_sent_to_is_told_forked_and_gone_on_from(make: Any) -> None:
    saver = make()
    graph = sending(saver)
    graph.invoke({"messages": [("user", "1 + 2?")]}, T)
    timeline = inspect(saver, graph=graph)
    rows = timeline.checkpoints_frame()
    assert [*rows["nodes"]][1:] == [("__start__",), *[("agent",), ("tools",)] * 2, ("agent",)]
    results = [s.config for s in graph.get_state_history(T) if s.metadata["step"] in (2, 4)]
    for chosen in results:  # of both rounds
        timeline.selection = chosen
        assert {*timeline.diff_frame()["nodes"]} == {"tools"}
        messages = timeline.values["messages"]
        for text in ("4", "5"):  # and edited once more
            messages = [*messages[:-1], ToolMessage(text, id=messages[-1].id, tool_call_id="x")]
            made = timeline.fork({"messages": messages})
            assert made == timeline.selection
            state = graph.get_state(made)
            assert (state.next, state.values["messages"]) == (("agent",), messages)
        place = {"thread": "t", "at": f"\n{made['configurable']['checkpoint_id']}"}
        cell = timeline.browser.answer("code", {"of": "fork", **place, "values": {"rounds": "0"}})["code"]
        exec(cell, {"graph": graph, "saver": saver})
        assert graph.get_state(T).values["messages"][-1].content == "done"
    timeline.close()
    bare = inspect(saver)  # without a graph
    place = {"thread": "t", "at": f"\n{results[0]['configurable']['checkpoint_id']}"}
    cell = bare.browser.answer("code", {"of": "fork", **place})["code"]
    exec(cell, {"graph": graph, "saver": saver})
    assert graph.get_state(T).values["messages"][-1].content == "done"
    bare.close()


def test_subgraphs_delta_channels_are_rebuilt_as_the_graph_does_it_while_it_is_open() -> None:
    saver = InMemorySaver()
    graph = nested(saver)
    graph.invoke({"notes": ["first"], "depth": 0}, T)
    inner = graph.get_state(T, subgraphs=True).tasks[0].state.config["configurable"]
    place = {"thread": "t", "at": f"{inner['checkpoint_ns']}\n{inner['checkpoint_id']}"}
    timeline = inspect(saver, graph=graph)

    def remark(of: Any) -> str:
        channels = of.browser.answer("state", place)["channels"]
        return next(str(each["remark"]) for each in channels if each["name"] == "notes")

    assert "rebuilt" in remark(timeline) and "assumed" not in remark(timeline)
    reader = timeline.observable.reader
    timeline.close()
    assert reader.channels_of is None
    bare = inspect(saver)
    assert "assumed" in remark(bare)
    bare.close()


async def test_tools_that_can_only_be_awaited_are() -> None:
    async def add(a: int, b: int) -> int:
        """Add."""
        await asyncio.sleep(0)
        return a + b

    def agent(state: Sums) -> Any:
        if isinstance(state["messages"][-1], ToolMessage):
            return {"messages": [AIMessage("done")]}
        return {
            "messages": [AIMessage("", tool_calls=[{"name": "add", "args": {"a": 1, "b": 2}, "id": "c"}])]
        }

    builder: Any = StateGraph(Sums)
    builder.add_node("agent", agent).add_node("tools", ToolNode([tool(add)]))
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges("agent", tools_condition)
    saver = InMemorySaver()
    graph = builder.compile(checkpointer=saver)
    await graph.ainvoke({"messages": [("user", "1 + 2?")]}, T)
    timeline = inspect(saver, graph=graph)
    timeline.selection = next(s.config for s in graph.get_state_history(T) if s.next == ("tools",))
    timeline.rerun()
    await timeline.finished()
    assert timeline.browser.parts.actions.runs[0]["state"] == "done"
    assert [m.content for m in timeline.values["messages"]] == ["1 + 2?", "", "3", "done"]
    timeline.close()


def test_a_checkpointer_that_cannot_be_awaited_is_forked_on_all_the_same() -> None:
    async def late(state: Sums) -> Any:
        return {"rounds": 1}

    builder: Any = StateGraph(Sums)
    builder.add_node("soon", lambda state: {"messages": [AIMessage("x")]}).add_node("late", late)
    builder.add_edge(START, "soon").add_edge("soon", "late")
    saver = sqlite()
    graph = builder.compile(checkpointer=saver)
    with pytest.raises(TypeError, match="No synchronous function"):
        graph.invoke({"messages": [("user", "hi")]}, T)
    timeline = inspect(saver, graph=graph)
    timeline.selection = graph.get_state(T).config
    made = timeline.fork({"rounds": 5})
    assert graph.get_state(made).values["rounds"] == 5
    timeline.rerun()
    assert timeline.wait(SOON)
    (run,) = timeline.browser.parts.actions.runs
    assert run["state"] == "failed" and "No synchronous function" in run["error"]
    timeline.close()

"""Real LangGraph graphs on our saver and on the original."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Command, interrupt

from inmem_widgets import InMemorySaver


class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    log: Annotated[list[str], operator.add]
    answer: str


class Inner(TypedDict):
    log: Annotated[list[str], operator.add]


def agent(saver: Any, own: bool) -> Any:
    """A node, an interrupt, a subgraph (with a checkpointer of its own if `own`), a join."""
    inner = StateGraph(Inner)
    inner.add_node("first", lambda state: {"log": ["first"]})
    inner.add_node("second", lambda state: {"log": ["second"]})
    inner.add_edge(START, "first")
    inner.add_edge("first", "second")

    def ask(state: State) -> Any:
        return {"answer": interrupt("which?"), "messages": [AIMessage("asked", id="ai")]}

    graph = StateGraph(State)
    graph.add_node("greet", lambda state: {"log": ["greet"]})
    graph.add_node("ask", ask)
    graph.add_node("sub", inner.compile(checkpointer=True if own else None))
    graph.add_node("end", lambda state: {"log": [f"end {state['answer']}"]})
    graph.add_edge(START, "greet")
    graph.add_edge("greet", "ask")
    graph.add_edge("greet", "sub")
    graph.add_edge(["ask", "sub"], "end")
    graph.add_edge("end", END)
    return graph.compile(checkpointer=saver)


def story(saver: Any, own: bool) -> dict[str, Any]:
    """Run, interrupt, resume, fork from the past, and resume the fork; the history seen."""
    graph = agent(saver, own)
    config: Any = {"configurable": {"thread_id": "t"}, "metadata": {"run": "r1"}}
    graph.invoke({"messages": [HumanMessage("hi", id="human")], "log": [], "answer": ""}, config)
    waiting = graph.get_state(config, subgraphs=True)
    graph.invoke(Command(resume="this"), config)
    past = next(each for each in graph.get_state_history(config) if each.next == ("greet",))
    fork = graph.update_state(past.config, {"log": ["forked"]})
    graph.invoke(None, fork)
    graph.invoke(Command(resume="that"), {"configurable": {"thread_id": "t"}})
    return {
        "waiting": (waiting.values, waiting.next, [each.value for each in waiting.interrupts]),
        "values": graph.get_state(config).values,
        "history": [
            (
                each.values,
                each.next,
                {key: value for key, value in each.metadata.items() if key != "parents"},
                len(each.tasks),
                [
                    (task.name, task.error, [i.value for i in task.interrupts], task.result)
                    for task in each.tasks
                ],
            )
            for each in graph.get_state_history(config)
        ],
    }


@pytest.mark.parametrize("own", [False, True])
def test_interrupt_fork_and_subgraph_look_the_same(own: bool) -> None:
    ours, theirs = InMemorySaver(), Reference()
    seen = story(ours, own)
    assert seen == story(theirs, own)
    assert seen["values"]["log"][-1] == "end that"
    counts = [
        sorted((ns.split(":")[0], len(found)) for ns, found in saver.storage["t"].items())
        for saver in (ours, theirs)
    ]
    assert counts[0] == counts[1]
    channels = [sorted(key[2] for key in saver.blobs) for saver in (ours, theirs)]
    assert channels[0] == channels[1]
    assert (
        len(ours.headers("t")) == ours.count() == len(list(theirs.list({"configurable": {"thread_id": "t"}})))
    )


@pytest.mark.parametrize("own", [False, True])
def test_prune_leaves_what_the_next_run_needs(own: bool) -> None:
    saver = InMemorySaver()
    before = story(saver, own)
    spaces = set(saver.storage["t"])
    saver.prune(["t"])
    kept = {ns for ns in spaces if ":" not in ns} if own else {""}
    assert set(saver.storage["t"]) == kept
    assert saver.count("t") == len(kept)
    graph = agent(saver, own)
    config: Any = {"configurable": {"thread_id": "t"}}
    assert graph.get_state(config).values == before["values"]
    assert len(list(graph.get_state_history(config))) == 1
    graph.invoke({"log": ["again"]}, config)
    graph.invoke(Command(resume="more"), config)
    assert graph.get_state(config).values["log"][-1] == "end more"


async def test_the_async_forms_drive_a_graph_too() -> None:
    seen = []
    for saver in (InMemorySaver(), Reference()):
        graph = agent(saver, own=False)
        config: Any = {"configurable": {"thread_id": "t"}}
        await graph.ainvoke({"messages": [HumanMessage("hi", id="human")], "log": [], "answer": ""}, config)
        await graph.ainvoke(Command(resume="this"), config)
        seen.append([each.values async for each in graph.aget_state_history(config)])
    assert seen[0] == seen[1]


def concatenated(current: list[str], updates: Sequence[list[str]]) -> list[str]:
    return [*current, *(each for update in updates for each in update)]


class DeltaState(TypedDict):
    log: Annotated[list[str], DeltaChannel(concatenated, snapshot_frequency=4)]
    total: int


def counting(saver: Any) -> Any:
    graph = StateGraph(DeltaState)
    graph.add_node("work", lambda state: {"log": [f"step {state['total']}"], "total": state["total"] + 1})
    graph.add_edge(START, "work")
    graph.add_conditional_edges("work", lambda state: "work" if state["total"] % 10 else END)
    return graph.compile(checkpointer=saver)


def test_delta_channels_are_rebuilt_everywhere() -> None:
    seen = []
    for saver in (InMemorySaver(), Reference()):
        graph = counting(saver)
        config: Any = {"configurable": {"thread_id": "t"}}
        for _ in range(2):
            graph.invoke({"log": ["input"], "total": 0}, config)
        past = list(graph.get_state_history(config))[7]
        graph.invoke(None, graph.update_state(past.config, {"log": ["forked"]}))
        seen.append([(each.values, each.next) for each in graph.get_state_history(config)])
    assert seen[0] == seen[1]
    assert seen[0][0][0]["log"][-1] == "step 9"


def test_delta_threads_are_refused_copied_and_deleted() -> None:
    saver = InMemorySaver()
    graph = counting(saver)
    config: Any = {"configurable": {"thread_id": "t"}}
    graph.invoke({"log": ["input"], "total": 0}, config)
    number = saver.count()
    with pytest.raises(NotImplementedError, match=r"(?i)delta.*'t'"):
        saver.prune(["t"])
    assert saver.count() == number
    saver.copy_thread("t", "u")
    copied = graph.get_state({"configurable": {"thread_id": "u"}}).values
    assert copied == graph.get_state(config).values
    saver.prune(["t"], strategy="delete")
    assert graph.get_state({"configurable": {"thread_id": "u"}}).values == copied

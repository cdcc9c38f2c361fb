"""Checkpointers and a graph with all there is to carry from one to another."""

from __future__ import annotations

import io
import operator
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.serde.types import _DeltaSnapshot
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Command, interrupt
from pydantic import BaseModel

from inmem_widgets import export_threads, import_threads
from tests.observables.seeing import saver_of as saver_of

KINDS = ("ours", "reference", "sqlite")


class Plan(BaseModel):
    city: str
    days: int = 1


def joined(left: list[str], right: list[list[str]]) -> list[str]:
    return [*left, *(each for part in right for each in part)]


class State(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]
    log: Annotated[list[str], operator.add]
    delta: Annotated[list[str], DeltaChannel(joined, snapshot_frequency=3)]
    plan: Plan
    answer: str


class Inner(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


RUNS: list[str] = []
"""Names of nodes, as they run."""


def graph_on(saver: Any, *, broken: bool = False) -> Any:
    """Two nodes at once, one of which may fail; a subgraph with an interrupt; a loop before."""

    def node(name: str, **more: Any) -> Any:
        def run(state: State) -> Any:
            RUNS.append(name)
            return {"log": [name], "delta": [name], **more}

        return run

    def risky(state: State) -> Any:
        RUNS.append("risky")
        if broken:
            raise ValueError("the tool is down")
        return {"log": ["risky"], "delta": ["risky"]}

    def ask(state: Inner) -> Any:
        RUNS.append("ask")
        return {"log": [f"asked {interrupt('which?')}"]}

    inner = StateGraph(Inner)
    inner.add_node("before", lambda state: {"log": ["before"]})
    inner.add_node("ask", ask)
    inner.add_edge(START, "before")
    inner.add_edge("before", "ask")

    graph = StateGraph(State)
    graph.add_node("greet", node("greet", messages=[AIMessage("hello", id="ai")], plan=Plan(city="Rome")))
    graph.add_node("left", node("left"))
    graph.add_node("risky", risky)
    graph.add_node("sub", inner.compile())
    graph.add_node("end", node("end", plan=Plan(city="Oslo", days=2)))
    graph.add_edge(START, "greet")
    graph.add_edge("greet", "left")
    graph.add_edge("greet", "risky")
    graph.add_edge(["left", "risky"], "sub")
    graph.add_edge("sub", "end")
    return graph.compile(checkpointer=saver)


INPUT: Any = {"messages": [HumanMessage("hi", id="human")], "log": [], "delta": ["in"]}


def at(thread: Any) -> Any:
    return {"configurable": {"thread_id": thread}}


def interrupted(saver: Any, thread: Any = "t") -> None:
    graph_on(saver).invoke(INPUT, at(thread))


def failed(saver: Any, thread: Any = "t") -> None:
    """A node has failed, the one beside it has written."""
    try:
        graph_on(saver, broken=True).invoke(INPUT, at(thread))
    except ValueError:
        return
    raise AssertionError("it did not fail")


def story(saver: Any, thread: Any = "t") -> None:
    """Run, interrupt, resume, fork from the past with an edit, and stop at the interrupt of the fork."""
    interrupted(saver, thread)
    graph = graph_on(saver)
    graph.invoke(Command(resume="this"), at(thread))
    past = next(each for each in graph.get_state_history(at(thread)) if set(each.next) == {"left", "risky"})
    graph.invoke(None, graph.update_state(past.config, {"log": ["edited"], "delta": ["edited"]}))


def held(saver: Any, thread: Any = "t", *, snapshots: bool = True) -> list[Any]:
    """All that can be seen of a thread by the public interface; perhaps without delta channels' snapshots."""
    found = [
        (
            each.config["configurable"]["checkpoint_ns"],
            each.config["configurable"]["checkpoint_id"],
            each.parent_config and each.parent_config["configurable"],
            each.checkpoint if snapshots else _without_snapshots(each.checkpoint),
            _plain(each.metadata),
            each.pending_writes,
        )
        for each in saver.list(at(thread))
    ]
    return sorted(found, key=lambda each: each[:2])


def snapshots(saver: Any, thread: Any = "t") -> list[Any]:
    """The history as the graph tells it: delta channels rebuilt, tasks, interrupts, errors."""
    return [
        (
            each.values,
            each.next,
            each.config,
            each.parent_config,
            each.created_at,
            [
                (task.id, task.name, task.path, task.error, task.interrupts, task.result)
                for task in each.tasks
            ],
        )
        for each in graph_on(saver).get_state_history(at(thread))
    ]


def _without_snapshots(checkpoint: Any) -> Any:
    values = checkpoint["channel_values"]
    return {
        **checkpoint,
        "channel_values": {k: v for k, v in values.items() if not isinstance(v, _DeltaSnapshot)},
    }


def _plain(value: Any) -> Any:
    """SQLite keeps metadata as JSON, which has no tuples."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def carried(source: Any, target: Any, **more: Any) -> Any:
    """Export all threads of one, and import them into the other."""
    file = io.BytesIO()
    export_threads(source, file)
    return import_threads(target, io.BytesIO(file.getvalue()), **more)

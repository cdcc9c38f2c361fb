"""Real graphs whose checkpoints the readers are held against."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.channels.delta import DeltaChannel
from langgraph.graph import START, StateGraph
from langgraph.graph.message import _messages_delta_reducer
from langgraph.types import Overwrite, interrupt


def add_batches(state: list[Any], writes: list[list[Any]]) -> list[Any]:
    return [*state, *(item for write in writes for item in write)]


def merge(state: dict[str, Any], writes: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for each in (state, *writes) for key, value in each.items()}


class Inner(TypedDict):
    notes: Annotated[list[str], DeltaChannel(add_batches, snapshot_frequency=50)]
    depth: int


class State(TypedDict):
    n: int
    messages: Annotated[list[AnyMessage], DeltaChannel(_messages_delta_reducer, snapshot_frequency=4)]
    log: Annotated[list[int], DeltaChannel(add_batches, snapshot_frequency=7)]
    facts: Annotated[dict[str, int], DeltaChannel(merge, snapshot_frequency=1000)]
    plain: Annotated[list[int], operator.add]


def step(state: State) -> dict[str, Any]:
    n = state["n"]
    log: Any = Overwrite([n]) if n == 5 else [n]
    return {
        "n": n + 1,
        "messages": [AIMessage(f"m{n}", id=f"a{n % 3}")],
        "log": log,
        "facts": {f"k{n % 4}": n},
        "plain": [n],
    }


def looping(saver: Any, steps: int = 12, **options: Any) -> Any:
    """A loop that writes delta channels in each step."""
    builder = StateGraph(State)
    builder.add_node("step", step)
    builder.add_edge(START, "step")
    builder.add_conditional_edges("step", lambda state: "step" if state["n"] % steps else "__end__")
    return builder.compile(checkpointer=saver, **options)


BEGIN = {"n": 0, "messages": [HumanMessage("hi", id="h")], "facts": {"z": 1}, "log": [-1]}


def nested(saver: Any) -> Any:
    """A graph that calls one with a delta channel, which stops to ask."""

    def note(state: Inner) -> dict[str, Any]:
        return {"notes": [f"note {state.get('depth', 0)}"], "depth": state.get("depth", 0) + 1}

    def ask(state: Inner) -> dict[str, Any]:
        return {"notes": [interrupt("go on?")]}

    inner = StateGraph(Inner)
    inner.add_node("note", note)
    inner.add_node("ask", ask)
    inner.add_edge(START, "note")
    inner.add_edge("note", "ask")
    outer = StateGraph(Inner)
    outer.add_node("research", inner.compile())
    outer.add_edge(START, "research")
    return outer.compile(checkpointer=saver)


def config(thread_id: Any, checkpoint_id: str | None = None, ns: str = "") -> Any:
    at = {"thread_id": thread_id, "checkpoint_ns": ns}
    return {"configurable": at if checkpoint_id is None else {**at, "checkpoint_id": checkpoint_id}}


def key_in(config: Any) -> tuple[str, str]:
    at = config["configurable"]
    return at.get("checkpoint_ns", ""), at["checkpoint_id"]

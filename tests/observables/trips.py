"""A graph that plans a trip and asks whether it is right."""

from __future__ import annotations

from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

WHERE: Any = {"configurable": {"thread_id": "t"}}


class Trip(TypedDict):
    city: str
    log: Annotated[list[str], add]


def plan(state: Trip) -> Any:
    return {"log": [f"plan {state['city']}"]}


def confirm(state: Trip) -> Any:
    return {"log": [f"confirmed {interrupt('Is it right?')}"]}


def compiled(saver: Any) -> Any:
    builder = StateGraph(Trip)
    builder.add_node("plan", plan)
    builder.add_node("confirm", confirm)
    builder.add_edge(START, "plan")
    builder.add_edge("plan", "confirm")
    builder.add_edge("confirm", END)
    return builder.compile(checkpointer=saver)


def at(graph: Any, node: str) -> Any:
    """The config of the checkpoint before a node ran."""
    return next(s.config for s in graph.get_state_history(WHERE) if node in s.next)

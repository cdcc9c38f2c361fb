"""Threads and runs for the cells of the timeline's benchmark; imported by its kernels."""

from __future__ import annotations

import time
from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph

from inmem_widgets import InMemorySaver
from tests.observables.timelines import Saving

STEPS = 200


def long(count: int) -> InMemorySaver:
    """A thread whose channel n counts its checkpoints, beside a list of twenty texts."""
    saver = InMemorySaver()
    saving = Saving(saver)
    parent = None
    for n in range(count):
        texts = [f"What was said at step {n}, part {part}." for part in range(20)]
        parent = saving.put("t", {"n": n, "messages": texts}, parent=parent)
    return saver


class Counted(TypedDict):
    n: int
    log: Annotated[list[str], add]


def run(saver: InMemorySaver, thread: str) -> float:
    """Seconds that a run of 200 steps takes."""

    def step(state: Counted) -> Any:
        return {"n": state["n"] + 1, "log": [f"step {state['n']}"]}

    builder = StateGraph(Counted)
    builder.add_node("step", step)
    builder.add_edge(START, "step")
    builder.add_conditional_edges("step", lambda state: "step" if state["n"] < STEPS else END)
    graph = builder.compile(checkpointer=saver)
    begin = time.perf_counter()
    graph.invoke({"n": 0, "log": []}, {"configurable": {"thread_id": thread}, "recursion_limit": 2 * STEPS})
    return time.perf_counter() - begin

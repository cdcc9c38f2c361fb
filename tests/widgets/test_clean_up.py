"""Clean-up from a cell: what cannot be done says why, and nothing is taken from under a run."""

from __future__ import annotations

import operator
import threading
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph

from inmem_widgets import inspect
from tests.widgets.test_checkpoint_timeline_methods import WHERE, saver

__all__ = ["saver"]
SOON = 20.0


class Log(TypedDict):
    log: Annotated[list[str], operator.add]


def test_a_plan_that_cannot_be_carried_out_says_why(saver: Any) -> None:
    timeline = inspect(saver, editable=True)
    plan = timeline.plan("delete", ["nobody"])
    with pytest.raises(ValueError, match="plan: There is no thread nobody"):
        timeline.apply(plan)
    reader = inspect(saver)
    with pytest.raises(PermissionError, match="read-only"):
        reader.apply(plan)
    for each in (timeline, reader):
        each.close()


def test_nothing_is_taken_from_under_a_run(saver: Any) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(state: Log) -> Any:
        begun.set()
        go_on.wait(SOON)
        return {"log": ["slow"]}

    builder: Any = StateGraph(Log)
    builder.add_node("quick", lambda state: {"log": ["quick"]}).add_node("slow", slow)
    builder.add_edge(START, "quick").add_edge("quick", "slow")
    graph = builder.compile(checkpointer=saver)
    go_on.set()
    graph.invoke({"log": []}, WHERE)
    begun.clear()
    go_on.clear()
    timeline, other = (inspect(saver, graph=graph, editable=True) for _ in range(2))
    timeline.first(lambda state: state["log"] == ["quick"])
    timeline.rerun()
    assert begun.wait(SOON)
    plan = other.plan("delete", ["t"])  # between two steps nothing changes
    done = other.apply(plan)
    assert not done["done"] and done["changed"] == "a run of t is going on: nothing was done"
    go_on.set()
    assert timeline.wait(SOON)
    assert other.apply(other.plan("delete", ["t"]))["done"]
    assert not list(saver.list(None))
    for each in (timeline, other):
        each.close()

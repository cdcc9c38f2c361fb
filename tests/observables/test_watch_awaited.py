"""A checkpointer that is read on the event loop, which waits for the report."""

from __future__ import annotations

from typing import Any, TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph

from inmem_widgets import watch


class State(TypedDict):
    x: int


async def test_steps_are_told_of_checkpoints_that_cannot_be_read_now() -> None:
    async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        graph: Any = StateGraph(State).add_node("node", lambda state: state).add_edge(START, "node")
        with watch(saver) as seen:
            await graph.compile(checkpointer=saver).ainvoke({"x": 1}, {"configurable": {"thread_id": "t"}})
        rows = seen.page(0, "thread 0", 0)["rows"]
    assert [row["key"] for row in rows] == ["step -1", "step 0", "step 1"]

"""Graphs whose steps are blamed, and what the lines of a diff say of them."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages

CONFIG: Any = {"configurable": {"thread_id": "t"}}


class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    log: Annotated[list[str], operator.add]
    plan: dict[str, Any]
    city: str


def run(graph: Any, saver: Any, values: dict[str, Any]) -> None:
    graph.compile(checkpointer=saver).invoke(values, CONFIG)


def who(row: Any) -> tuple[Any, ...]:
    by = row["by"]
    return (",".join(by["nodes"]) or by["source"], by["step"], by["certain"])


def blamed(found: Any) -> dict[str, tuple[Any, ...]]:
    return {f"{row['op']} {row['path']}": who(row) for row in found["rows"] if row["by"]}


def tool_loop(saver: Any) -> Any:
    def agent(state: State) -> dict[str, Any]:
        turn = len(state["messages"])
        if turn < 4:
            call = {"name": "hotels", "args": {"turn": turn}, "id": f"c{turn}", "type": "tool_call"}
            message = AIMessage(f"turn {turn}", tool_calls=[call], id=f"ai{turn}")
            return {"messages": [message], "plan": {"city": "Oslo", "nights": 3}}
        return {"messages": [AIMessage("done", id=f"ai{turn}")], "city": state["plan"]["city"]}

    def tools(state: State) -> dict[str, Any]:
        call = state["messages"][-1].tool_calls[0]  # type: ignore[union-attr]
        return {"messages": [ToolMessage("full", tool_call_id=call["id"], id=f"of {call['id']}")]}

    graph = StateGraph(State)
    graph.add_node("agent", agent)
    graph.add_node("tools", tools)
    graph.add_edge(START, "agent")
    graph.add_conditional_edges(
        "agent", lambda state: "tools" if state["messages"][-1].tool_calls else END, ["tools", END]
    )
    graph.add_edge("tools", "agent")
    return graph.compile(checkpointer=saver)

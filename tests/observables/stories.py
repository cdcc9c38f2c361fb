"""Real graphs, and what happened to them: threads of every standing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.errors import GraphRecursionError
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send, interrupt

CONFIG: Any = {"configurable": {"thread_id": "t"}}


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]
    plan: dict[str, Any]
    n: int


def says(name: str) -> Callable[[State], State]:
    return lambda state: {"log": [name]}


def fails(state: State) -> State:
    raise RuntimeError("no such tool")


def asks(state: State) -> State:
    return {"log": [str(interrupt({"question": "Book it?"}))]}


def built(*nodes: tuple[str, Any], edges: list[tuple[Any, str]], deferred: tuple[str, ...] = ()) -> Any:
    graph: Any = StateGraph(State)
    for name, node in nodes:
        graph.add_node(name, node, defer=name in deferred)
    for start, end in edges:
        graph.add_edge(start, end)
    return graph


def tool_loop(saver: Any) -> Any:
    graph = built(
        ("agent", says("agent")), ("tools", says("tools")), edges=[(START, "agent"), ("tools", "agent")]
    )
    graph.add_conditional_edges("agent", lambda state: "tools" if len(state["log"]) < 5 else END)
    compiled = graph.compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    return compiled


def stopped_before(saver: Any) -> Any:
    graph = built(("a", says("a")), ("b", says("b")), edges=[(START, "a"), ("a", "b")])
    compiled = graph.compile(checkpointer=saver, interrupt_before=["b"])
    compiled.invoke({"log": []}, CONFIG)
    return compiled


def asking(saver: Any) -> Any:
    """An interrupt, beside a node that is done."""
    graph = built(
        ("ask", asks),
        ("look", says("look")),
        ("end", says("end")),
        edges=[(START, "ask"), (START, "look"), (["ask", "look"], "end")],
    )
    compiled = graph.compile(checkpointer=saver)
    compiled.invoke({"log": [], "plan": {"city": "Bergen", "nights": 3}}, CONFIG)
    return compiled


def answered(saver: Any) -> Any:
    compiled = asking(saver)
    compiled.invoke(Command(resume="yes"), CONFIG)
    return compiled


def asking_twice(saver: Any) -> Any:
    def twice(state: State) -> State:
        return {"log": [str(interrupt("one?")), str(interrupt("two?"))]}

    compiled = built(("ask", twice), edges=[(START, "ask")]).compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    compiled.invoke(Command(resume="first"), CONFIG)
    return compiled


def fan_out(saver: Any) -> Any:
    """Sends of which one fails."""

    def work(state: State) -> State:
        return fails(state) if state["n"] == 2 else {"log": ["work"]}

    graph = built(
        ("plan", says("plan")), ("work", work), ("sum", says("sum")), edges=[(START, "plan"), ("work", "sum")]
    )
    graph.add_conditional_edges("plan", lambda state: [Send("work", {"n": n}) for n in range(3)], ["work"])
    compiled = graph.compile(checkpointer=saver)
    with pytest.raises(RuntimeError):
        compiled.invoke({"log": []}, CONFIG)
    return compiled


def failed(saver: Any) -> Any:
    graph = built(("agent", says("agent")), ("tools", fails), edges=[(START, "agent"), ("agent", "tools")])
    compiled = graph.compile(checkpointer=saver)
    with pytest.raises(RuntimeError):
        compiled.invoke({"log": []}, CONFIG)
    return compiled


def nested(saver: Any) -> Any:
    """A subgraph in a subgraph, the innermost asking."""
    inner = built(("ask", asks), edges=[(START, "ask")]).compile()
    middle = built(("first", says("first")), ("inner", inner), edges=[(START, "first"), ("first", "inner")])
    graph = built(("sub", middle.compile()), ("end", says("end")), edges=[(START, "sub"), ("sub", "end")])
    compiled = graph.compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    return compiled


def nested_done(saver: Any) -> Any:
    compiled = nested(saver)
    compiled.invoke(Command(resume="yes"), CONFIG)
    return compiled


def remembering(saver: Any) -> Any:
    """A subgraph with a checkpointer of its own, called twice."""
    inner = built(("in", says("in")), edges=[(START, "in")]).compile(checkpointer=True)
    graph = built(("sub", inner), ("back", says("back")), edges=[(START, "sub"), ("sub", "back")])
    graph.add_conditional_edges("back", lambda state: "sub" if state["log"].count("back") < 2 else END)
    compiled = graph.compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    return compiled


def deferring(saver: Any) -> Any:
    graph = built(
        *((name, says(name)) for name in ("a", "b", "c", "late", "last")),
        edges=[(START, "a"), (START, "b"), ("b", "c"), ("a", "late"), ("c", "late"), (["a", "c"], "last")],
        deferred=("late", "last"),
    )
    compiled = graph.compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    return compiled


def endless(saver: Any) -> Any:
    """Stopped in the midst of its steps."""
    graph = built(("a", says("a")), edges=[(START, "a"), ("a", "a")]).compile(checkpointer=saver)
    with pytest.raises(GraphRecursionError):
        graph.invoke({"log": []}, {**CONFIG, "recursion_limit": 4})
    return graph


def forked(saver: Any) -> Any:
    """The past changed, and gone on from there."""
    compiled = answered(saver)
    past = next(each for each in compiled.get_state_history(CONFIG) if set(each.next) == {"ask", "look"})
    fork = compiled.update_state(past.config, {"plan": {"city": "Oslo", "nights": 3}}, as_node="__start__")
    compiled.invoke(None, fork)
    return compiled


def functional(saver: Any) -> Any:
    @task
    def twice(n: int) -> int:
        return 2 * n

    @entrypoint(checkpointer=saver)
    def flow(n: int) -> int:
        return int(twice(n).result())

    flow.invoke(3, CONFIG)
    return flow


STORIES = {
    tool_loop: "finished",
    stopped_before: "running",
    asking: "interrupted",
    answered: "finished",
    asking_twice: "interrupted",
    fan_out: "failed",
    failed: "failed",
    nested: "interrupted",
    nested_done: "finished",
    remembering: "finished",
    deferring: "finished",
    endless: "running",
    forked: "interrupted",
    functional: "finished",
}
"""What happened, and how the thread stands then."""

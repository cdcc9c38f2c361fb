"""Acting inside subgraphs, at any depth: while they are called, and when the graph has moved on."""

from __future__ import annotations

import operator
from itertools import chain
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.channels import DeltaChannel
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from inmem_widgets.observables.threads.lanes import Key
from tests.observables.acting import Once, Stage, T, held


class Inner(TypedDict):
    x: int


class Outer(TypedDict):
    x: int
    log: Annotated[list[str], operator.add]


def nested(*, asks: bool = False, once: Any = None, depth: int = 1) -> Stage:
    """`first`, then `sub` (i1: x + 1, i2: x * 10) beside `beside`, then `last`."""
    ran: list[str] = []

    def i1(state: Inner) -> Any:
        ran.append("i1")
        return {"x": state["x"] + 1}

    def i2(state: Inner) -> Any:
        ran.append("i2")
        if once is not None:
            once(state)
        more = int(interrupt("how many?")) if asks else 0
        return {"x": state["x"] * 10 + more}

    def noted(name: str) -> Any:
        def node(state: Outer) -> Any:
            ran.append(name)
            return {"log": [name]}

        return node

    inner: Any = StateGraph(Inner).add_node("i1", i1).add_node("i2", i2)
    inner.add_edge(START, "i1").add_edge("i1", "i2")
    for _ in range(depth - 1):
        middle: Any = StateGraph(Inner).add_node("mid", inner.compile()).add_edge(START, "mid")
        inner = middle
    builder: Any = StateGraph(Outer).add_node("sub", inner.compile())
    for name in ("first", "beside", "last"):
        builder.add_node(name, noted(name))
    builder.add_edge(START, "first").add_edge("first", "sub").add_edge("first", "beside")
    builder.add_edge(["sub", "beside"], "last")
    stage = Stage(builder, ran)
    if once is not None:
        once.saver = stage.saver
    return stage


def inside(stage: Stage, step: int, depth: int = 1) -> Key:
    """The newest checkpoint of a step inside, so many subgraphs deep."""
    for it in stage.saver.list(T):
        where = it.config["configurable"]
        ns = where["checkpoint_ns"]
        if ns and ns.count("|") == depth - 1 and it.metadata["step"] == step:
            return ns, where["checkpoint_id"]
    raise AssertionError("there is none")


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_forks_inside_when_the_graph_has_moved_on(depth: int) -> None:
    stage = nested(depth=depth)
    stage.graph.invoke({"x": 1}, T)
    assert stage.state().values["x"] == 20
    stage.run()
    before = held(stage.saver)
    key = inside(stage, 1, depth)  # i1 has run
    form = stage.actions.form("t", key, "fork")
    assert form["next"] == ["i2"] and [each["text"] for each in form["fields"]] == ["2"]

    begun = stage.actions.fork("t", key, {"x": "7"}, None, True)

    assert stage.done(begun) == "done"
    assert stage.run() == ["i2", "last"]  # neither `i1` nor `beside` again
    assert stage.state().values == {"x": 70, "log": ["first", "beside", "last"]}
    after = held(stage.saver)
    assert [it for it in after if it in before] == before  # nothing that was there has changed
    assert begun["key"] is not None and begun["key"].startswith("sub:")


@pytest.mark.parametrize("depth", [1, 2])
def test_re_runs_inside_when_the_graph_has_moved_on(depth: int) -> None:
    stage = nested(depth=depth)
    stage.graph.invoke({"x": 1}, T)
    stage.run()
    assert stage.done(stage.actions.rerun("t", inside(stage, 1, depth))) == "done"
    assert stage.run() == ["i2", "last"]
    assert stage.state().values == {"x": 20, "log": ["first", "beside", "last"]}
    assert stage.done(stage.actions.rerun("t", inside(stage, 0, depth))) == "done"
    assert stage.run() == ["i1", "i2", "last"]


@pytest.mark.parametrize("depth", [1, 2])
def test_acting_inside_where_it_failed(depth: int) -> None:
    once = Once()
    stage = nested(once=once, depth=depth)
    with pytest.raises(ZeroDivisionError):
        stage.graph.invoke({"x": 1}, T)
    stage.run()
    once.broken = False
    assert stage.done(stage.actions.fork("t", inside(stage, 1, depth), {"x": "5"}, None, True)) == "done"
    assert stage.run() == ["i2", "last"]
    assert stage.state().values == {"x": 50, "log": ["first", "beside", "last"]}


@pytest.mark.parametrize("depth", [1, 2])
def test_going_on_inside_where_it_failed(depth: int) -> None:
    once = Once()
    stage = nested(once=once, depth=depth)
    with pytest.raises(ZeroDivisionError):
        stage.graph.invoke({"x": 1}, T)
    stage.run()
    once.broken = False
    count = len(held(stage.saver))
    assert stage.done(stage.actions.rerun("t", inside(stage, 1, depth))) == "done"
    assert stage.run() == ["i2", "last"]
    assert len(held(stage.saver)) == count + 1 + depth + 1  # inside, of each level, and `last`


@pytest.mark.parametrize("depth", [1, 2])
def test_re_running_an_older_step_inside_a_call_that_goes_on(depth: int) -> None:
    stage = nested(asks=True, depth=depth)
    stage.graph.invoke({"x": 1}, T)
    stage.run()
    assert (
        stage.done(stage.actions.fork("t", inside(stage, 0, depth), {"x": "4"}, "__start__", True))
        == "interrupted"
    )
    assert stage.run() == ["i1", "i2"]
    (asked,) = stage.state().interrupts
    key = ("", stage.state().config["configurable"]["checkpoint_id"])
    assert stage.done(stage.actions.resume("t", key, {asked.id: "3"})) == "done"
    assert stage.state().values["x"] == 53 and stage.run() == ["i2", "last"]


@pytest.mark.parametrize("depth", [1, 2])
def test_answers_inside(depth: int) -> None:
    stage = nested(asks=True, depth=depth)
    stage.graph.invoke({"x": 1}, T)
    stage.run()
    root = ("", stage.state().config["configurable"]["checkpoint_id"])
    deep = inside(stage, 1, depth)
    forms = [stage.actions.form("t", key, "resume") for key in (root, deep)]
    assert [[each["name"] for each in form["fields"]] for form in forms] == [
        [stage.state().interrupts[0].id]
    ] * 2
    assert forms[0]["kept"] == ["beside"]
    asked = forms[1]["fields"][0]["name"]
    assert stage.done(stage.actions.resume("t", deep, {asked: "3"})) == "done"
    assert stage.run() == ["i2", "last"] and stage.state().values["x"] == 23

    # later, another answer: at the subgraph's own checkpoint
    before = held(stage.saver)
    begun = stage.actions.resume("t", root, {asked: "4"})
    assert "answer it at the subgraph's own checkpoint" in begun["problems"][0]["message"]
    assert held(stage.saver) == before and stage.run() == []
    assert stage.done(stage.actions.resume("t", deep, {asked: "4"})) == "done"
    assert stage.run() == ["i2", "last"]
    assert stage.state().values == {"x": 24, "log": ["first", "beside", "last"]}


def test_a_subgraph_that_langgraph_does_not_find() -> None:
    inner: Any = StateGraph(Inner).add_node("i1", lambda s: {"x": s["x"] + 1}).add_edge(START, "i1")
    graphs = {"hidden": inner.compile()}

    class Caller:
        def __call__(self, state: Outer) -> Any:
            return {"x": graphs["hidden"].invoke({"x": state["x"]})["x"]}

    builder: Any = StateGraph(Outer).add_node("call", Caller()).add_edge(START, "call")
    stage = Stage(builder, [])
    stage.graph.invoke({"x": 1}, T)
    before = held(stage.saver)
    key = next((it for it in stage.saver.list(T) if it.config["configurable"]["checkpoint_ns"]), None)
    assert key is not None
    where = key.config["configurable"]
    begun = stage.actions.fork("t", (where["checkpoint_ns"], where["checkpoint_id"]), {"x": "3"}, None, True)
    assert "finds no subgraph 'call'" in begun["problems"][0]["message"]
    assert held(stage.saver) == before


class Deltas(TypedDict):
    x: Annotated[list[int], DeltaChannel(lambda state, writes: [*(state or []), *chain(*writes)])]


def test_delta_channels_inside_are_refused_when_the_graph_has_moved_on() -> None:
    inner: Any = StateGraph(Deltas).add_node("i1", lambda s: {"x": [1]}).add_node("i2", lambda s: {"x": [2]})
    inner.add_edge(START, "i1").add_edge("i1", "i2")
    builder: Any = StateGraph(Deltas).add_node("sub", inner.compile()).add_edge(START, "sub")
    stage = Stage(builder, [])
    stage.graph.invoke({"x": [0]}, T)
    before = held(stage.saver)
    begun = stage.actions.rerun("t", inside(stage, 1))
    assert "delta channels" in begun["problems"][0]["message"]
    assert held(stage.saver) == before

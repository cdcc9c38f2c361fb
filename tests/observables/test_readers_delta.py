"""Delta channels are rebuilt as `graph.get_state` rebuilds them: in our saver and in others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.serde.types import _DeltaSnapshot
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph.message import add_messages
from langgraph.types import Overwrite

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.reading.delta import graph_specs, rebuild
from inmem_widgets.observables.reading.reader import Undecodable
from tests.observables.graphs import BEGIN, config, key_in, looping, nested

DELTA = ("messages", "log", "facts")


def sqlite() -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))


@pytest.fixture(params=[InMemorySaver, Upstream, sqlite], ids=["own", "upstream", "sqlite"])
def saver(request: pytest.FixtureRequest) -> Iterator[Any]:
    return request.param()


def check(graph: Any, saver: Any, thread: str, *, known: bool) -> int:
    """Every state of a thread is as the graph has it; how many values were rebuilt."""
    reader = observe(saver).reader
    reader.channels_of = graph.channels if known else None
    rebuilt = 0
    for snapshot in graph.get_state_history(config(thread)):
        key = key_in(snapshot.config)
        state = reader.state(thread, key)
        assert state is not None and state.problem == ""
        mine = {name: state.values.get(name) for name in DELTA if name in state.values}
        theirs = {name: snapshot.values[name] for name in mine}
        assert mine == theirs
        assert set(DELTA) <= mine.keys() or snapshot.metadata.get("source") in ("input", None)
        assert reader.channels(thread, key, ["log"]) == ({"log": mine["log"]} if "log" in mine else {})
        lazy = reader.lazily(thread, key)
        assert lazy is not None and dict(lazy) == state.values and "nope" not in lazy
        for name, remark in state.remarks.items():
            assert remark.startswith("rebuilt from ") and ("assumed" in remark) <= (not known), (name, remark)
        rebuilt += len(state.remarks)
    return rebuilt


@pytest.mark.parametrize("known", [True, False], ids=["graph", "assumed"])
def test_at_every_distance_from_a_snapshot(saver: Any, known: bool) -> None:
    graph = looping(saver, 12)
    graph.invoke(BEGIN, config("t"))
    assert check(graph, saver, "t", known=known) > 15


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
def test_with_each_durability(saver: Any, durability: Any) -> None:
    graph = looping(saver, 6)
    for _ in range(3):
        graph.invoke({**BEGIN, "n": 1}, config("t"), durability=durability)
    check(graph, saver, "t", known=True)
    check(graph, saver, "t", known=False)


@pytest.mark.parametrize("known", [True, False], ids=["graph", "assumed"])
def test_on_branches(saver: Any, known: bool) -> None:
    graph = looping(saver, 6)
    graph.invoke(BEGIN, config("t"))
    history = list(graph.get_state_history(config("t")))
    for snapshot in history[1:6:2]:
        forked = graph.update_state(snapshot.config, {"log": [99], "facts": {"f": 9}})
        graph.invoke(None, forked)
    graph.update_state(history[3].config, {"messages": [AIMessage("new", id="a1")]})
    graph.update_state(history[2].config, None, as_node="__copy__")
    assert len(list(graph.get_state_history(config("t")))) > len(history) + 8
    check(graph, saver, "t", known=known)


def test_in_subgraphs(saver: Any) -> None:
    graph = nested(saver)
    graph.invoke({"notes": ["first"], "depth": 0}, config("t"))
    reader = observe(saver).reader
    inner = graph.get_state(config("t"), subgraphs=True).tasks[0].state
    key = key_in(inner.config)
    assert key[0].startswith("research:")
    for specs in (graph_specs(graph), None, graph.channels):
        reader.channels_of = specs
        state = reader.state("t", key)
        assert state is not None
        assert state.values["notes"] == inner.values["notes"] == ["first", "note 0"]
        # what is known of the outer graph's channels says nothing of the inner one's
        assert ("assumed" in state.remarks["notes"]) == (not callable(specs))


Make = Callable[[], Any]
MESSAGES: list[Make] = [
    lambda: HumanMessage("x", id="1"),
    lambda: AIMessage("y", id="2"),
    lambda: AIMessage("z", id="1"),
    lambda: RemoveMessage(id="2"),
    lambda: RemoveMessage(id="__remove_all__"),
    lambda: AIMessage("w", id="3"),
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(MESSAGES), max_size=4), min_size=1, max_size=6))
def test_messages_are_assumed_to_be_added_as_langgraph_adds_them(batches: list[list[Make]]) -> None:
    expected: Any = []
    writes = []
    for batch in batches:
        present = {message.id for message in expected} | {"__remove_all__"}
        messages = {message.id: message for message in (make() for make in batch)}  # one each
        # LangGraph refuses to remove what is not there, and takes the removal of all only as the first
        each = [m for m in messages.values() if not isinstance(m, RemoveMessage) or m.id in present]
        each.sort(key=lambda message: message.id != "__remove_all__")
        if each and each[0].id == "__remove_all__":
            each = [
                message for message in each if message is each[0] or not isinstance(message, RemoveMessage)
            ]
        expected = add_messages(expected, each)
        writes.append(("task", "messages", each))
    value, remark = rebuild({"seed": _DeltaSnapshot([]), "writes": writes})
    assert value == expected
    assert remark.endswith("messages") or not any(batch for _, _, batch in writes)


@pytest.mark.parametrize(
    ("seed", "writes", "value", "kind"),
    [
        ([1], [[2], [3, 4]], [1, 2, 3, 4], "appended"),
        ([1], [2], [1, 2], "appended"),
        ({"a": 1}, [{"b": 2}, {"a": 3}], {"a": 3, "b": 2}, "updated"),
        ({1}, [{2}], {1, 2}, "united"),
        ("text", ["new"], "new", "the last write"),
        ({"a": 1}, [3], 3, "the last write"),
        ([1], [Overwrite([9]), [10]], [9, 10], "appended"),
        ([1], [[2], {"__overwrite__": [5]}], [5], ""),
        ([1], [{"type": "__overwrite__", "value": [5]}, [6]], [5, 6], "appended"),
        ([1], [Overwrite(None), [2]], [2], "appended"),
    ],
)
def test_other_kinds(seed: Any, writes: list[Any], value: Any, kind: str) -> None:
    made = rebuild({"seed": _DeltaSnapshot(seed), "writes": [("task", "c", each) for each in writes]})
    count = "1 write" if len(writes) == 1 else f"{len(writes)} writes"
    assert made == (value, f"rebuilt from {count}" + (f", assumed to be {kind}" if kind else ""))


def test_what_is_missing_is_told() -> None:
    bad = Undecodable("msgpack", 3, "no")
    assert rebuild({"writes": []}) == (None, "its writes are gone")
    assert rebuild({"seed": [1], "writes": []}) == ([1], "")
    assert rebuild({"seed": bad, "writes": []}) == (bad, "the snapshot it is rebuilt from cannot be read")
    value, remark = rebuild({"seed": [1], "writes": [("t", "c", [2]), ("t", "c", bad)]})
    assert value == [1, 2] and "; 1 more cannot be read" in remark


def test_a_reducer_that_fails_does_not_hide_the_value() -> None:
    class Broken:
        def from_checkpoint(self, value: Any) -> Any:
            raise KeyError("boom")

    value, remark = rebuild({"seed": [1], "writes": [("t", "c", [2])]}, Broken())
    assert value == [1, 2]
    assert remark == "rebuilt from 1 write; the graph's channel failed (KeyError), assumed to be appended"

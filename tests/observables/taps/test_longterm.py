"""LangGraph's long-term memory, shown and told in place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langgraph.graph import START, StateGraph
from langgraph.store.base import BaseStore, GetOp, Item, Op, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore

from inmem_widgets import inspect
from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.taps.items import place, place_of
from tests.observables.taps.telling import Listened, previews, rows, seen, types
from tests.threads import until

TTL: Any = {"default_ttl": 60, "refresh_on_read": True}


class Own(BaseStore):
    """A user's store, of the interface alone."""

    supports_ttl = True

    def __init__(self) -> None:
        self.inner = InMemoryStore()
        self.refreshed = 0
        self.batches = 0

    def batch(self, ops: Iterable[Op]) -> list[Any]:
        ops = [*ops]
        self.batches += 1
        self.refreshed += sum(isinstance(op, GetOp | SearchOp) and op.refresh_ttl for op in ops)
        return self.inner.batch(ops)

    async def abatch(self, ops: Iterable[Op]) -> list[Any]:
        # as PostgresStore does: on another thread, that knows nothing of this one
        return await asyncio.get_running_loop().run_in_executor(None, self.batch, ops)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "store.db")


@pytest.fixture(params=["memory", "file", "sqlite in memory", "own"])
def store(request: Any, path: str) -> Any:
    if request.param == "memory":
        yield InMemoryStore()
    elif request.param == "own":
        yield Own()
    else:
        with SqliteStore.from_conn_string(path if request.param == "file" else ":memory:", ttl=TTL) as made:
            made.setup()
            yield made


def test_all_that_is_done_is_told_shown_and_restored(store: Any) -> None:
    kind = type(store)
    store.put(("users", "1"), "name", {"is": "Ann"})
    observable = seen(store)
    heard = Listened(observable, reads=True)
    store.put(("users", "2"), "name", {"is": "Bob"})
    store.batch(iter([PutOp(("a",), "x", {"n": 1}), PutOp(("a",), "x", {"n": 2}), PutOp(("a",), "y", None)]))
    assert store.get(("users", "1"), "name").value == {"is": "Ann"}
    assert store.get(("users", "1"), "nope") is None
    assert len(store.search(("users",))) == 2
    store.delete(("users", "1"), "name")
    assert heard.told()[:4] == [
        ("set", ["users/2/name"], [{"is": "Bob"}]),
        ("set", ["a/x"], [{"n": 2}]),
        ("get", ["users/1/name"], [{"is": "Ann"}]),
        ("get", ["users/1/nope"], [None]),
    ]
    searched, deleted = heard.told()[4:]
    assert searched[0] == "get" and {*searched[1]} == {"users/1/name", "users/2/name"}
    assert deleted == ("delete", ["users/1/name"], None)
    assert previews(observable) == {"users/2/name": "{'is': 'Bob'}", "a/x": "{'n': 2}"}
    assert isinstance(store, kind) and store.__class__ is kind
    observable.detach()
    assert type(store) is kind


def test_the_namespace_is_the_tree(store: Any) -> None:
    for n in range(3):
        store.put(("users", f"u:{n}", "facts"), "a:b:c", {"n": n})
    store.put(("other",), "k", {})
    table = inspect(store)
    asked = {"tree": True, "expanded": ["users/"]}
    tree = until(lambda: table.browser.state(asked)["tree"])
    assert table.browser.state(asked)["delimiters"] == "/"
    assert [row["prefix"] for row in tree][:2] == ["users/", "users/u:0/"]
    table.browser.query = table.browser.query.but({"namespace": "users/"})
    assert len(table.browser.keys()) == 3
    table.close()


def test_times_are_those_of_the_items(store: Any) -> None:
    store.put(("a",), "k", {"n": 1})
    item = store.search(("a",))[0]
    row = rows(seen(store))["a/k"]
    assert row["changed"] == pytest.approx(item.updated_at.timestamp(), abs=86_400)
    assert row["change"] == "inserted"


Label = st.text(st.sampled_from("a/%2F.:é\n"), min_size=1, max_size=4)


@given(st.lists(Label, min_size=1, max_size=3), Label)
def test_places_are_one_to_one(namespace: list[str], key: str) -> None:
    assert place_of(place(namespace, key)) == (tuple(namespace), key)


def test_an_own_store_is_asked_not_to_prolong_lifetimes() -> None:
    store = Own()
    store.put(("a",), "k", {"n": 1})
    observable = seen(store)
    assert previews(observable) == {"a/k": "{'n': 1}"}
    assert observable.refresh(10) and observable.value("a/k") == {"n": 1}
    assert store.refreshed == 0
    # it cannot be asked for what is new: on demand
    assert observable.reading is not None and observable.reading["every"] is None
    store.inner.put(("b",), "k", {})
    assert [*rows(observable)] == ["a/k"]
    assert observable.refresh(10) and [*rows(observable)] == ["a/k", "b/k"]


async def test_an_awaited_batch_carried_on_by_another_thread_is_told_once() -> None:
    store = Own()
    heard = Listened(seen(store), origin=True)
    await store.aput(("a",), "k", {"n": 1})
    await store.abatch([PutOp(("a",), "l", {"n": 2})])
    await store.adelete(("a",), "k")
    assert heard.told() == [
        ("set", ["a/k"], [{"n": 1}]),
        ("set", ["a/l"], [{"n": 2}]),
        ("delete", ["a/k"], None),
    ]


def test_nodes_of_a_graph_are_told_with_their_step(store: Any) -> None:
    class State(TypedDict):
        n: int

    def remember(state: State, *, store: BaseStore) -> dict[str, int]:
        store.put(("graph",), "n", {"n": state["n"]})
        return {"n": state["n"] + 1}

    builder = StateGraph(State)
    builder.add_node("remember", remember)
    builder.add_edge(START, "remember")
    graph = builder.compile(store=store)
    heard = Listened(seen(store), origin=True)
    graph.invoke({"n": 1}, {"configurable": {"thread_id": "t"}})
    assert heard.told() == [("set", ["graph/n"], [{"n": 1}])]
    assert heard[0].by is not None and (heard[0].by.node, heard[0].by.step) == ("remember", 1)


def test_the_memory_store_s_namespaces_are_not_touched() -> None:
    store = InMemoryStore()
    store.put(("a",), "k", {"n": 1})
    observable = seen(store)
    assert observable.value("nope/at/all") is MISSING
    store.delete(("a",), "k")
    observable.refresh(10)
    assert {*store._data} == {("a",)} and rows(observable) == {}


def test_values_of_the_memory_store_are_the_very_objects() -> None:
    store = InMemoryStore()
    observable = seen(store)
    store.put(("a",), "k", {"n": 1})
    assert observable.refresh(10) and observable.reading is not None
    assert observable.reading["read"] is None  # all is told: nothing is old
    item = store.get(("a",), "k")
    assert isinstance(item, Item) and observable.value("a/k") is item.value
    assert types(observable) == {"a/k": "dict"}

"""LangGraph's long-term memory, shown and told in place."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.graph import START, StateGraph
from langgraph.store.base import BaseStore, GetOp, Item, Op, PutOp, SearchOp
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.store.sqlite.aio import AsyncSqliteStore

from inmem_widgets import inspect, observe
from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.tappedstore import TappedStore
from inmem_widgets.observables.taps.items import place, place_of
from tests.observables.taps.telling import Listened, previews, rows, types, until

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


def seen(store: Any) -> TappedStore:
    found = observe(store)
    assert isinstance(found, TappedStore)
    return found


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


def columns(path: str) -> Any:
    other = sqlite3.connect(path)
    try:
        return other.execute("SELECT * FROM store ORDER BY rowid").fetchall()
    finally:
        other.close()


def test_looking_prolongs_no_lifetime_and_writes_nothing(path: str) -> None:
    with SqliteStore.from_conn_string(path, ttl=TTL) as store:
        store.setup()
        store.put(("a",), "k", {"n": 1})
        other = sqlite3.connect(path)
        other.execute("UPDATE store SET expires_at = '2099-01-01 00:00:00'")
        other.commit()
        version = other.execute("PRAGMA data_version").fetchone()
        before = columns(path)
        observable = seen(store)
        table = inspect(store)
        assert previews(observable) == {"a/k": "{'n': 1}"} and observable.value("a/k") == {"n": 1}
        assert observable.refresh(10)
        table.close()
        observable.detach()
        assert columns(path) == before and other.execute("PRAGMA data_version").fetchone() == version
        other.close()


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


def test_what_another_process_writes_and_deletes_appears(path: str) -> None:
    with SqliteStore.from_conn_string(path) as store:
        store.setup()
        for n in range(3):
            store.put(("a",), str(n), {"n": n})
        observable = seen(store)
        stop = observable.on_update(lambda: None)
        heard = Listened(observable)
        assert [*previews(observable)] == ["a/0", "a/1", "a/2"]
        code = (
            "import sys\nfrom langgraph.store.sqlite import SqliteStore\n"
            "with SqliteStore.from_conn_string(sys.argv[1]) as s:\n"
            "    s.put(('a',), '1', {'n': 'other'}); s.put(('b', 'c'), 'new', {}); s.delete(('a',), '2')\n"
        )
        subprocess.run([sys.executable, "-c", code, path], check=True, timeout=60)
        until(lambda: previews(observable) == {"a/0": "{'n': 0}", "a/1": "{'n': 'other'}", "b/c/new": "{}"})
        changes = {(kind, key) for kind, keys, _ in heard.told() for key in keys}
        assert changes == {("set", "a/1"), ("set", "b/c/new"), ("delete", "a/2")}
        assert all(change.info == {"elsewhere": True} for change in heard)
        stop()


def test_a_row_deleted_and_one_made_in_its_place_are_seen(path: str) -> None:
    """The highest rowid is given again."""
    with SqliteStore.from_conn_string(path) as store:
        store.setup()
        store.put(("a",), "k", {"n": 1})
        store.put(("a",), "last", {"n": 1})
        observable = seen(store)
        previews(observable)
        other = sqlite3.connect(path)
        for key, value in (("new", "{}"), ("newer", "[1]"), ("newer", "[2]")):
            other.execute("DELETE FROM store WHERE rowid = 2")
            other.execute("INSERT INTO store (prefix, key, value) VALUES ('a', ?, ?)", (key, value))
            other.commit()
            source = observable.stand_in
            assert source is not None
            source.refresh().wait(10)
            assert [*rows(observable)] == ["a/k", f"a/{key}"]
        other.close()


def test_only_new_rows_are_read(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from inmem_widgets.observables.taps.rows import SqliteItems

    asked: list[str] = []
    plain = SqliteItems.rows

    def noting(self: Any, obj: Any, sql: str, parameters: Any = ()) -> Any:
        found = plain(self, obj, sql, parameters)
        if "rowid" in sql:
            asked.append(f"{'newer' if 'WHERE' in sql else 'every'} {len(found)}")
        return found

    monkeypatch.setattr(SqliteItems, "rows", noting)
    with SqliteStore.from_conn_string(path) as store:
        store.setup()
        for n in range(50):
            store.put(("a",), str(n), {"n": n})
        observable = seen(store)
        source = observable.stand_in
        assert source is not None and asked == ["every 50"]
        source.every = source.reader.interval = 1e9  # nobody but the test asks for readings
        for file in (path, f"{path}-wal"):
            if os.path.exists(file):
                os.utime(file, (1, 1))  # else it was written so lately that it may be again
        for _ in range(3):
            source.refresh().wait(10)
        assert asked == ["every 50", "newer 1"]  # the file has not changed
        asked.pop()
        store.put(("a",), "new", {})
        store.put(("a",), "7", {})
        source.refresh().wait(10)
        assert asked == ["every 50", "newer 3"]
        store.delete(("a",), "8")
        source.refresh().wait(10)
        assert asked == ["every 50", "newer 3", "newer 1"]  # told by the call


async def test_the_async_store_in_all_its_ways(path: str) -> None:
    async with AsyncSqliteStore.from_conn_string(path, ttl=TTL) as store:
        await store.setup()
        await store.aput(("a",), "old", {"n": 0})
        observable = seen(store)
        await asyncio.to_thread(until, lambda: [*rows(observable)] == ["a/old"])
        heard = Listened(observable, origin=True, reads=True)
        await asyncio.gather(*(store.aput(("a",), str(n), {"n": n}) for n in range(3)))
        await store.abatch([PutOp(("b",), "k", {}), PutOp(("a",), "old", None)])
        await asyncio.to_thread(store.put, ("c",), "k", {})
        await asyncio.to_thread(store.delete, ("c",), "k")
        await store.aget(("a",), "1")
        assert heard.told() == [
            *(("set", [f"a/{n}"], [{"n": n}]) for n in range(3)),
            ("set", ["b/k"], [{}]),
            ("delete", ["a/old"], None),
            ("set", ["c/k"], [{}]),
            ("delete", ["c/k"], None),
            ("get", ["a/1"], [{"n": 1}]),
        ]
        threads = [change.by.os_thread for change in heard if change.by]
        assert threads[:3] == ["MainThread"] * 3 and threads[5].startswith("asyncio")
        found = await asyncio.to_thread(previews, observable)
        assert found == {"a/0": "{'n': 0}", "a/1": "{'n': 1}", "a/2": "{'n': 2}", "b/k": "{}"}
        observable.detach()
        assert type(store) is AsyncSqliteStore


async def test_an_async_store_in_memory_is_read_over_its_own_connection() -> None:
    async with AsyncSqliteStore.from_conn_string(":memory:") as store:
        await store.setup()
        await store.aput(("a",), "k", {"n": 1})
        observable = seen(store)
        assert await asyncio.to_thread(
            until, lambda: {row["preview"] for row in rows(observable).values()} == {"{'n': 1}"}
        )
        await store.adelete(("a",), "k")
        await asyncio.to_thread(observable.refresh, 10)
        assert rows(observable) == {}


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
    item = store.get(("a",), "k")
    assert isinstance(item, Item) and observable.value("a/k") is item.value
    assert types(observable) == {"a/k": "dict"}


Step = st.tuples(
    st.sampled_from("abc"), st.sampled_from("xy"), st.one_of(st.none(), st.integers(0, 5)), st.booleans()
)


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(Step, max_size=20))
def test_whatever_is_done_by_whomever_the_rows_are_the_table_s(
    steps: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = str(tmp_path_factory.mktemp("rows") / "s.db")
    with SqliteStore.from_conn_string(path) as store, SqliteStore.from_conn_string(path) as other:
        store.setup()
        observable = seen(store)
        source = observable.stand_in
        assert source is not None
        for namespace, key, n, elsewhere in steps:
            writer = other if elsewhere else store
            if n is None:
                writer.delete((namespace,), key)
            elif n == 5:
                source.refresh().wait(10)
            else:
                writer.put((namespace,), key, {"n": n})
        source.refresh().wait(10)
        held = {place(item.namespace, item.key): item.value for item in other.search((), limit=100)}
        assert {key: observable.value(key) for key in rows(observable)} == held
        observable.detach()


def test_threads_write_while_it_is_read(path: str) -> None:
    with SqliteStore.from_conn_string(path) as store:
        store.setup()
        observable = seen(store)
        heard = Listened(observable)
        errors: list[BaseException] = []

        def write(n: int) -> None:
            try:
                for i in range(60):
                    store.put((str(n),), str(i), {"i": i})
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                observable.refresh(10)
                rows(observable)
        finally:
            for thread in threads:
                thread.join()
        observable.refresh(10)
        told = [key for _, keys, _ in heard.told() for key in keys]
        assert not errors and observable.size == 240
        assert {*told} == {*rows(observable)} and len(told) == 240
        observable.detach()

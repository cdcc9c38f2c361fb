"""LangGraph's long-term memory in SQLite: changes of others, and nothing written by looking."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.store.base import PutOp
from langgraph.store.sqlite import SqliteStore
from langgraph.store.sqlite.aio import AsyncSqliteStore

from inmem_widgets import inspect
from inmem_widgets.observables.taps.items import place
from tests.observables.taps.telling import Listened, previews, rows, seen
from tests.threads import until

TTL: Any = {"default_ttl": 60, "refresh_on_read": True}


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "store.db")


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

"""A real Postgres: LangGraph's checkpointer and store, and an SQLAlchemyCache, watched in place."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import psycopg
import pytest
import sqlalchemy
from langchain_community.cache import SQLAlchemyCache
from langchain_core.outputs import Generation
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.store.postgres import PostgresStore
from typing_extensions import TypedDict

from inmem_widgets import inspect, observe, to_frame
from inmem_widgets.core.change import Change
from tests.observables.taps.telling import Listened, previews
from tests.servers import postgres
from tests.threads import until

__all__ = ["postgres"]

WAIT = 20.0


class State(TypedDict, total=False):
    count: int


def graph(saver: Any) -> Any:
    built = StateGraph(State)
    built.add_node("add", lambda state: {"count": state.get("count", 0) + 1})
    built.add_edge(START, "add")
    built.add_edge("add", END)
    return built.compile(checkpointer=saver)


def config(thread: str) -> Any:
    return {"configurable": {"thread_id": thread}}


@pytest.fixture
def url(postgres: str) -> str:
    """An empty schema."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table, with the transaction that wrote it."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            name: sorted(map(repr, connection.execute(f'SELECT xmin, * FROM "{name}"').fetchall()))  # type: ignore[arg-type]
            for (name,) in tables
        }


def elsewhere(code: str, url: str) -> None:
    """Another process runs code."""
    subprocess.run([sys.executable, "-c", code, url], check=True, timeout=60)


PUT_CHECKPOINT = """
import sys
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.postgres import PostgresSaver
with PostgresSaver.from_conn_string(sys.argv[1]) as saver:
    at = {"configurable": {"thread_id": "other", "checkpoint_ns": ""}}
    saver.put(at, empty_checkpoint(), {"source": "input", "step": -1, "parents": {}}, {})
"""


def test_a_checkpointer_is_shown_and_nothing_is_written_by_looking(url: str) -> None:
    with PostgresSaver.from_conn_string(url) as saver:
        saver.setup()
        graph(saver).invoke({"count": 0}, config("t"))
        before = contents(url)
        timeline = inspect(saver)
        assert timeline.observable.threads == 1
        assert timeline.observable.checkpoints == 3
        frame = to_frame(saver)
        assert frame["step"].tolist() == [-1, 0, 1]
        assert frame["nodes"].tolist()[-1] == ("add",)
        assert to_frame(saver, "states")["count"].tolist()[-1] == 1
        assert len(to_frame(saver, "writes")) > 0
        timeline.html_rows()
        timeline.close()
        assert contents(url) == before


def test_what_a_checkpointer_does_here_is_told_at_once(url: str) -> None:
    with PostgresSaver.from_conn_string(url) as saver:
        saver.setup()
        original = type(saver)
        observable = observe(saver)
        heard: list[Change] = []
        stop = observable.feed.listen(heard.append)  # type: ignore[union-attr]
        graph(saver).invoke({"count": 0}, config("t"))
        assert observable.feed.flush(WAIT)  # type: ignore[union-attr]
        assert [change.kind for change in heard].count("put") == 3
        assert {key[0] for change in heard for key in change.keys} == {"t"}
        assert observable.checkpoints == 3
        saver.delete_thread("t")
        assert observable.feed.flush(WAIT)  # type: ignore[union-attr]
        assert heard[-1].kind == "delete_thread"
        assert observable.threads == 0
        stop()
        observable.detach()
        assert type(saver) is original


def test_a_checkpoint_of_another_process_appears_within_the_stated_interval(url: str) -> None:
    with PostgresSaver.from_conn_string(url) as saver:
        saver.setup()
        graph(saver).invoke({"count": 0}, config("t"))
        observable = observe(saver)
        assert observable.threads == 1
        assert observable.reading is not None and observable.reading["every"] >= 1.0
        stop = observable.on_update(lambda: None)
        elsewhere(PUT_CHECKPOINT, url)
        until(lambda: observable.checkpoints == 4)
        assert observable.threads == 2
        stop()


async def test_an_async_checkpointer_on_its_own_loop(url: str) -> None:
    async with AsyncPostgresSaver.from_conn_string(url) as saver:
        await saver.setup()
        observable = observe(saver)
        heard: list[Change] = []
        stop = observable.feed.listen(heard.append)  # type: ignore[union-attr]
        await graph(saver).ainvoke({"count": 0}, config("t"))
        assert observable.feed.flush(WAIT)  # type: ignore[union-attr]
        assert [change.kind for change in heard].count("put") == 3
        stop()


PUT_ITEM = """
import sys
from langgraph.store.postgres import PostgresStore
with PostgresStore.from_conn_string(sys.argv[1]) as store:
    store.put(("users", "2"), "name", {"n": "other"})
    store.put(("users", "1"), "name", {"n": "changed"})
    store.delete(("users", "1"), "old")
"""


def test_a_store_is_shown_told_and_restored(url: str) -> None:
    with PostgresStore.from_conn_string(url) as store:
        store.setup()
        store.put(("users", "1"), "name", {"n": "Ann"})
        before = contents(url)
        original = type(store)
        table = inspect(store)
        observable = table.observable
        assert until(lambda: previews(observable)) == {"users/1/name": "{'n': 'Ann'}"}
        assert to_frame(store, values=True)["value"].tolist() == [{"n": "Ann"}]
        table.html_rows()
        assert contents(url) == before
        heard = Listened(observable)
        store.put(("users", "1"), "age", {"n": 7})
        store.delete(("users", "1"), "name")
        assert heard.told() == [
            ("set", ["users/1/age"], [{"n": 7}]),
            ("delete", ["users/1/name"], None),
        ]
        assert observable.size == 1
        table.close()
        observable.detach()
        assert type(store) is original


def test_items_of_another_process_appear_within_the_stated_interval(url: str) -> None:
    with PostgresStore.from_conn_string(url) as store:
        store.setup()
        store.put(("users", "1"), "name", {"n": "Ann"})
        store.put(("users", "1"), "old", {})
        observable = observe(store)
        assert observable.reading is not None and observable.reading["every"] >= 1.0
        stop = observable.on_update(lambda: None)
        heard = Listened(observable)
        assert [*previews(observable)] == ["users/1/name", "users/1/old"]
        elsewhere(PUT_ITEM, url)
        expected = {"users/1/name": "{'n': 'changed'}", "users/2/name": "{'n': 'other'}"}
        until(lambda: previews(observable) == expected)
        changes = {(kind, key) for kind, keys, _ in heard.told() for key in keys}
        assert changes == {("set", "users/1/name"), ("set", "users/2/name"), ("delete", "users/1/old")}
        assert all(change.info == {"elsewhere": True} for change in heard)
        stop()


def test_a_cache_in_a_database_is_counted_and_not_written_by_looking(url: str) -> None:
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        cache = SQLAlchemyCache(engine)
        original = type(cache)
        observable = observe(cache)
        assert cache.lookup("p", "m") is None
        cache.update("p", "m", [Generation(text="answer")])
        found = cache.lookup("p", "m")
        assert found is not None and found[0].text == "answer"
        assert (observable.hits, observable.misses, observable.inserts) == (1, 1, 1)
        before = contents(url)
        assert to_frame(cache)[["prompt", "text", "hits"]].values.tolist() == [["p", "answer", 1]]
        counters = inspect(cache)
        counters.html_rows()
        counters.close()
        assert contents(url) == before
        with psycopg.connect(url) as connection:  # somebody else
            connection.execute("DELETE FROM full_llm_cache")
        assert cache.lookup("p", "m") is None
        assert observable.misses == 2
        observable.detach()
        assert type(cache) is original
    finally:
        engine.dispose()

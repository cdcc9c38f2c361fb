"""A real Redis: a store and a cache of langchain-community, watched in place."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import redis
from langchain_community.cache import RedisCache
from langchain_community.storage import RedisStore
from langchain_core.outputs import Generation

from inmem_widgets import inspect, observe, to_frame
from inmem_widgets.core.change import Change
from tests.observables.taps.telling import Listened, previews
from tests.servers import redis_server
from tests.threads import until

__all__ = ["redis_server"]

WAIT = 20.0
ELSEWHERE = """
import sys
import redis
client = redis.Redis(unix_socket_path=sys.argv[1])
for command in sys.argv[2:]:
    client.execute_command(*command.split())
"""


@pytest.fixture
def client(redis_server: redis.Redis) -> redis.Redis:
    redis_server.flushall()
    return redis_server


def elsewhere(client: redis.Redis, *commands: str) -> None:
    """Another process carries out commands."""
    socket = client.connection_pool.connection_kwargs["path"]
    subprocess.run([sys.executable, "-c", ELSEWHERE, socket, *commands], check=True, timeout=60)


def written(client: redis.Redis) -> list[str]:
    """The commands since `config_resetstat` that may write."""
    used = [name.removeprefix("cmdstat_").partition("|")[0] for name in client.info("commandstats")]
    known: Any = client.command()
    return [name for name in used if "write" in known[name]["flags"]]


def test_a_store_is_shown_and_nothing_is_written_by_looking(client: redis.Redis) -> None:
    store = RedisStore(client=client, namespace="docs")
    store.mset([("a", b'{"x": 1}'), ("b", b"text")])
    client.set("other", b"not in the namespace")
    client.config_resetstat()
    table = inspect(store)
    assert until(lambda: previews(table.observable)) == {"a": '{"x": 1}', "b": "text"}
    frame = to_frame(store, values=True).set_index("key").sort_index()
    assert frame["value"].tolist() == [b'{"x": 1}', b"text"]
    assert frame["type"].tolist() == ["json", "text"]
    assert table.observable.size == 2
    table.close()
    assert written(client) == []


def test_what_a_store_does_here_is_told_at_once(client: redis.Redis) -> None:
    store = RedisStore(client=client)
    original = type(store)
    observable = observe(store)
    heard = Listened(observable, reads=True, origin=True)
    store.mset([("a", b"1"), ("b", b"2")])
    assert store.mget(["a", "missing"]) == [b"1", None]
    store.mdelete(["b", "missing"])
    assert heard.told() == [
        ("set", ["a", "b"], [b"1", b"2"]),
        ("get", ["a", "missing"], [b"1", None]),
        ("delete", ["b"], None),
    ]
    assert {change.by.os_thread for change in heard if change.by is not None} == {"MainThread"}
    assert observable.size == 1
    observable.detach()
    assert type(store) is original
    store.mset([("c", b"3")])
    assert len(heard) == 3


def test_what_another_process_does_appears_within_the_stated_interval(client: redis.Redis) -> None:
    store = RedisStore(client=client)
    store.mset([("a", b"1"), ("b", b"2")])
    observable = observe(store)
    assert observable.reading is not None and observable.reading["every"] >= 1.0
    stop = observable.on_update(lambda: None)
    heard = Listened(observable)
    elsewhere(client, "SET c 3", "DEL a")
    until(lambda: {*observable.source._store} == {"b", "c"})  # type: ignore[union-attr]
    changes = {(kind, key) for kind, keys, _ in heard.told() for key in keys}
    assert changes == {("set", "c"), ("delete", "a")}
    assert all(change.info == {"elsewhere": True} for change in heard)
    stop()


async def test_the_store_is_told_once_when_it_is_awaited(client: redis.Redis) -> None:
    store = RedisStore(client=client)
    observable = observe(store)
    heard = Listened(observable)
    await store.amset([("a", b"1")])
    await store.amdelete(["a"])
    assert heard.told() == [("set", ["a"], [b"1"]), ("delete", ["a"], None)]


def test_a_cache_is_counted_and_nothing_is_written_by_looking(client: redis.Redis) -> None:
    cache = RedisCache(redis_=client)
    original = type(cache)
    counters = inspect(cache)
    observable = counters.observable
    heard: list[Change] = []
    stop = observable.source.changes.listen(heard.append)
    assert cache.lookup("p", "m") is None
    cache.update("p", "m", [Generation(text="answer")])
    found = cache.lookup("p", "m")
    assert found is not None and found[0].text == "answer"
    assert observable.source.changes.flush(WAIT)
    assert [(change.kind, [*change.keys]) for change in heard] == [
        ("miss", [("p", "m")]),
        ("insert", [("p", "m")]),
        ("hit", [("p", "m")]),
    ]
    assert (observable.hits, observable.misses, observable.inserts) == (1, 1, 1)
    assert observable.evictions is None  # Redis does not tell
    client.config_resetstat()
    frame = to_frame(cache)
    assert frame[["prompt", "text", "hits"]].values.tolist() == [["p", "answer", 1]]
    counters.html_rows()
    assert written(client) == []
    stop()
    counters.close()
    observable.detach()
    assert type(cache) is original


def test_an_entry_that_went_elsewhere_is_a_miss(client: redis.Redis) -> None:
    cache = RedisCache(redis_=client)
    observable = observe(cache)
    cache.update("p", "m", [Generation(text="answer")])
    elsewhere(client, "FLUSHALL")
    assert cache.lookup("p", "m") is None
    assert (observable.hits, observable.misses) == (0, 1)
    assert len(to_frame(cache)) == 0

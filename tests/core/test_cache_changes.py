"""The events of a cache: what a listener is told of lookups, when, and what is no lookup."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from langchain_core.outputs import Generation

from inmem_widgets import Change, InMemoryCache

WAIT = 10.0
KINDS: list[dict[str, Any]] = [{}, {"maxsize": 3}, {"maxsize": 3, "policy": "lru"}, {"policy": "lru"}]
VALUE = [Generation(text="value")]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_events_have_a_time_unasked(kind: dict[str, Any]) -> None:
    cache, got = InMemoryCache(**kind), list[Change]()
    before = time.time()
    unlisten = cache.changes.listen(got.append)
    for _ in range(2):  # the first event wakes the feed, the others find it awake
        for prompt in "aab":
            cache.lookup(prompt, "m")
            cache.update(prompt, "m", VALUE)
    cache.clear()
    assert cache.changes.flush(WAIT)
    assert [change.kind for change in got] == [
        "miss", "insert", "hit", "refresh", "miss", "insert",
        "hit", "refresh", "hit", "refresh", "hit", "refresh", "clear",
    ]  # fmt: skip
    times = [before, *[change.time or 0.0 for change in got], time.time()]
    assert times == sorted(times)
    assert [change.keys for change in got[:2]] == [(("a", "m"),)] * 2
    unlisten()
    cache.lookup("a", "m")
    assert not cache.changes._queue
    assert (cache.stats().hits, cache.stats().misses) == (4, 3)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_lookup_wakes_a_feed_that_fell_asleep(kind: dict[str, Any]) -> None:
    cache, told = InMemoryCache(**kind), threading.Semaphore(0)
    cache.changes.listen(lambda change: told.release())
    for _ in range(3):
        cache.lookup("a", "m")
        assert told.acquire(timeout=WAIT)
        while not cache.changes.asleep:
            assert not told.acquire(timeout=0.001)


@pytest.mark.parametrize("policy", ["fifo", "lru"])
def test_reading_an_entry_otherwise_is_no_use(policy: Any) -> None:
    cache = InMemoryCache(maxsize=2, policy=policy)
    for prompt in "ab":
        cache.update(prompt, "m", VALUE)
    assert cache._cache.get(("a", "m")) == VALUE
    cache.update("c", "m", VALUE)
    assert list(cache._cache) == [("b", "m"), ("c", "m")]

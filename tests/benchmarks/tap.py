"""Objects of others once tapped, with nobody listening any more, beside ones that never were; and watched.

The goal of the former is 1.05 per single operation. What watching with old values, times and origins adds is
beside an object of a class that never was tapped, on the thread of the caller: the goal of the ratio is what
3 µs a change make beside the reference, whose seconds, as measured, each row names. What all threads take
until all is delivered is below each row.
"""

from __future__ import annotations

import asyncio
from collections import UserDict
from collections.abc import Callable
from statistics import median
from time import process_time, thread_time
from typing import Any

from cachetools import LRUCache
from langchain_core.caches import InMemoryCache
from langchain_core.outputs import Generation
from langchain_core.stores import InMemoryByteStore, InMemoryStore
from langgraph.store.memory import InMemoryStore as LongTerm

from inmem_widgets import observe, watched_dict
from tests.benchmarks.harness import Pair, Run, benchmark
from tests.benchmarks.origin import goal

BATCH = 2_000
ONES = [[(f"namespace/{i:07}", b"value")] for i in range(BATCH)]
KEYS = [[pairs[0][0]] for pairs in ONES]
NAMES = [pairs[0][0] for pairs in ONES]
FACTS = [f"fact {i}" for i in range(BATCH)]
VALUE = {"name": "value"}
ANSWER = [Generation(text="answer")]
Work = Callable[[Any], None]


def mset(store: Any) -> None:
    for pairs in ONES:
        store.mset(pairs)


def amset(store: Any) -> None:
    async def write() -> None:
        for pairs in ONES:
            await store.amset(pairs)

    asyncio.run(write())


def mget(store: Any) -> None:
    for keys in KEYS:
        store.mget(keys)


def mdelete(store: Any) -> None:
    for keys in KEYS:
        store.mdelete(keys)


def put(store: Any) -> None:
    for fact in FACTS:
        store.put(("users", "1"), fact, VALUE)


def aput(store: Any) -> None:
    async def write() -> None:
        for fact in FACTS:
            await store.aput(("users", "1"), fact, VALUE)

    asyncio.run(write())


def get(store: Any) -> None:
    for fact in FACTS:
        store.get(("users", "1"), fact)


def delete(store: Any) -> None:
    for fact in FACTS:
        store.delete(("users", "1"), fact)


def items(mapping: Any) -> None:
    for name in NAMES:
        mapping[name] = name


def look(mapping: Any) -> None:
    for name in NAMES:
        mapping[name]


def lookup(cache: Any) -> None:
    for name in NAMES:
        cache.lookup(name, "model")


def update(cache: Any) -> None:
    for name in NAMES:
        cache.update(name, "model", ANSWER)


def nothing(obj: Any) -> None:
    pass


def once_tapped(obj: Any) -> Any:
    observable = observe(obj)
    obj.__class__.__name__  # noqa: B018  # while it is tapped
    observable.close()
    return obj


def unheard(make: Callable[[], Any], fill: Work, run: Work) -> Pair:
    ours, reference = once_tapped(make()), make()
    fill(ours)
    fill(reference)
    return Pair(lambda: run(ours), lambda: run(reference), per=BATCH, rounds=101, clock=thread_time)


def heard(make: Callable[[], Any], run: Work, before: Work = nothing, *, reads: bool = False) -> Pair:
    """Watched beside unwatched, each after `before`; the class is as it was while the latter is timed."""
    ours, plain = make(), make()
    feed = observe(ours).source.changes
    asked = {"old": True, "time": True, "origin": True, "reads": reads}
    stops: list[Callable[[], None]] = []

    def watched() -> None:
        before(ours)
        stops.append(feed.listen_batched(lambda changes: None, lazy=True, **asked))
        run(ours)
        before(ours)
        feed.flush()

    def delivered() -> None:
        feed.flush()
        stops.pop()()

    sides = (lambda: run(ours), lambda: run(plain), watched, lambda: before(plain), delivered)
    return Pair(*sides, per=BATCH, rounds=21, clock=thread_time, note=added(*sides, feed.flush))


def added(ours: Run, reference: Run, watched: Run, before_reference: Run, delivered: Run, flush: Run) -> str:
    """What a change costs more, on the caller's thread and on all of them until it is delivered."""
    writer, whole = [], []
    for turn in range(22):
        before_reference()
        start = thread_time()
        reference()
        unwatched = thread_time() - start
        watched()
        start, all_start = thread_time(), process_time()
        ours()
        mine = thread_time() - start
        flush()
        if turn > 1:
            writer.append(mine - unwatched)
            whole.append(process_time() - all_start - unwatched)
        delivered()
    return " · ".join(
        f"{label} {median(times) / BATCH * 1e6:.2f}"
        for label, times in (("added in µs: writer", writer), ("all threads", whole))
    )


@benchmark("langchain-core's store, mset of one", goal=1.05)
def _() -> Pair:
    return unheard(InMemoryStore, mset, mset)


@benchmark("langchain-core's store, mget of one", goal=1.05)
def _() -> Pair:
    return unheard(InMemoryByteStore, mset, mget)


@benchmark("LangGraph's store, put", goal=1.05)
def _() -> Pair:
    return unheard(LongTerm, put, put)


@benchmark("LangGraph's store, get", goal=1.05)
def _() -> Pair:
    return unheard(LongTerm, put, get)


@benchmark("UserDict, []=", goal=1.05)
def _() -> Pair:
    return unheard(UserDict, items, items)


@benchmark("UserDict, []", goal=1.05)
def _() -> Pair:
    return unheard(UserDict, items, look)


@benchmark("watched_dict, []=, beside itself never tapped", goal=1.05)
def _() -> Pair:
    return unheard(watched_dict, items, items)


@benchmark("watched, langchain-core's store, mset of one", goal=goal(115e-9))
def _() -> Pair:
    return heard(InMemoryStore, mset)


@benchmark("watched, langchain-core's store, amset of one", goal=goal(315e-9))
def _() -> Pair:
    return heard(InMemoryStore, amset)


@benchmark("watched with reads, langchain-core's store, mget of one", goal=goal(230e-9))
def _() -> Pair:
    return heard(InMemoryStore, mget, mset, reads=True)


@benchmark("watched, langchain-core's store, mdelete of one", goal=goal(107e-9))
def _() -> Pair:
    return heard(InMemoryStore, mdelete, mset)


@benchmark("watched, LangGraph's store, put", goal=goal(3.3e-6))
def _() -> Pair:
    return heard(LongTerm, put)


@benchmark("watched, LangGraph's store, aput", goal=goal(3.8e-6))
def _() -> Pair:
    return heard(LongTerm, aput)


@benchmark("watched with reads, LangGraph's store, get", goal=goal(1.75e-6))
def _() -> Pair:
    return heard(LongTerm, get, put, reads=True)


@benchmark("watched, LangGraph's store, delete", goal=goal(1.9e-6))
def _() -> Pair:
    return heard(LongTerm, delete, put)


@benchmark("watched, langchain-core's cache, lookup", goal=goal(103e-9))
def _() -> Pair:
    return heard(InMemoryCache, lookup, update)


@benchmark("watched, langchain-core's cache, update", goal=goal(140e-9))
def _() -> Pair:
    return heard(InMemoryCache, update)


@benchmark("watched, langchain-core's full cache, update", goal=goal(470e-9))
def _() -> Pair:
    return heard(lambda: InMemoryCache(maxsize=500), update)


@benchmark("watched, cachetools' LRUCache, []=", goal=goal(245e-9))
def _() -> Pair:
    return heard(lambda: LRUCache(BATCH), items)


@benchmark("watched, cachetools' LRUCache when full, []=", goal=goal(730e-9))
def _() -> Pair:
    return heard(lambda: LRUCache(500), items)


@benchmark("watched, UserDict, []=", goal=goal(87e-9))
def _() -> Pair:
    return heard(UserDict, items)


@benchmark("watched with reads, UserDict, []", goal=goal(73e-9))
def _() -> Pair:
    return heard(UserDict, look, items, reads=True)


@benchmark("watched, watched_dict, []=", goal=goal(35e-9))
def _() -> Pair:
    return heard(watched_dict, items)

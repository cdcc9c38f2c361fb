"""Objects of others once tapped, with nobody listening any more, beside ones that never were; and watched.

The goal of the former is 1.05 per single operation. What watching adds is beside the same unwatched, on the
thread of the caller; its goal is what 3 µs a change would make, above what is below each row.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from time import thread_time
from typing import Any

from langchain_core.stores import InMemoryByteStore, InMemoryStore
from langgraph.store.memory import InMemoryStore as LongTerm

from inmem_widgets import observe, watched_dict
from tests.benchmarks.harness import Pair, benchmark

BATCH = 2_000
ONES = [[(f"namespace/{i:07}", b"value")] for i in range(BATCH)]
KEYS = [[pairs[0][0]] for pairs in ONES]
NAMES = [pairs[0][0] for pairs in ONES]
VALUE = {"name": "value"}


def mset(store: Any) -> None:
    for pairs in ONES:
        store.mset(pairs)


def mget(store: Any) -> None:
    for keys in KEYS:
        store.mget(keys)


def put(store: Any) -> None:
    for name in NAMES[:200]:
        store.put(("users", "1"), name, VALUE)


def get(store: Any) -> None:
    for name in NAMES[:200]:
        store.get(("users", "1"), name)


def items(mapping: Any) -> None:
    for name in NAMES:
        mapping[name] = name


def look(mapping: Any) -> None:
    for name in NAMES:
        mapping[name]


def once_tapped(obj: Any) -> Any:
    observable = observe(obj)
    obj.__class__.__name__  # noqa: B018  # while it is tapped
    observable.close()
    return obj


def unheard(make: Callable[[], Any], fill: Callable[[Any], None], run: Callable[[Any], None]) -> Pair:
    ours, reference = once_tapped(make()), make()
    fill(ours)
    fill(reference)
    per = BATCH if run not in (put, get) else 200
    return Pair(lambda: run(ours), lambda: run(reference), per=per, rounds=101, clock=thread_time)


def heard(make: Callable[[], Any], run: Callable[[Any], None]) -> Pair:
    ours, reference = make(), make()
    feed = observe(ours).source.changes
    feed.listen_batched(lambda changes: None, lazy=True, old=True, time=True, origin=True)
    per = BATCH if run not in (put, get) else 200
    return Pair(
        lambda: run(ours), lambda: run(reference), after_ours=feed.flush, per=per, clock=thread_time
    )  # fmt: skip


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


@benchmark("watched, langchain-core's store, mset of one", goal=30)
def _() -> Pair:
    return heard(InMemoryStore, mset)


@benchmark("watched, LangGraph's store, put", goal=5)
def _() -> Pair:
    return heard(LongTerm, put)


@benchmark("watched, UserDict, []=", goal=40)
def _() -> Pair:
    return heard(UserDict, items)

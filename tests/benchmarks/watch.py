"""What watching costs a writer: a key table open on its store, beside a store nobody watches; and what
`%%watch` costs a cell of 100,000 operations, beside the same cell without.

A writer thread works about 10 µs for each change, so it makes close to 100,000 changes a second; the
table's view is made some 20 times a second, with its rows, total and feed, and encoded as for the wire.
"""

from __future__ import annotations

import gc
import json
import random
import threading
from collections.abc import Callable
from time import perf_counter
from typing import Any

from langchain_core.outputs import Generation
from langchain_core.stores import InMemoryByteStore as TheirStore

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.store import InMemoryByteStore
from inmem_widgets.watching import watch
from inmem_widgets.widgets.key_table import KeyTable
from tests.benchmarks.harness import Pair, benchmark

SIZE = 1_000_000
CHANGES = 150_000
WORK = 10e-6
KEYS = [f"user:{i % 1_000:04}:document:{i:08}" for i in range(SIZE)]


class Shown(KeyTable):
    """A table whose messages are encoded and counted, for want of a browser."""

    messages = 0

    def send(self, content: Any, buffers: Any = None) -> None:
        json.dumps(content)
        Shown.messages += 1


def filled() -> InMemoryByteStore:
    store = InMemoryByteStore()
    store.mset([(key, b"some value") for key in KEYS])
    return store


def shown() -> tuple[InMemoryByteStore, Shown]:
    store = filled()
    table = Shown(store)
    params = {"start": 0, "stop": 60, "recent": True}
    table._receive(table, {"kind": "open", "view": "v", "params": params}, [])
    return store, table


def work(rounds: int) -> None:
    for _ in range(rounds):
        pass


def rounds_of(seconds: float) -> int:
    """How many rounds of `work` take so long, undisturbed."""
    times = []
    for _ in range(200):
        start = perf_counter()
        work(1_000)
        times.append(perf_counter() - start)
    return round(1_000 * seconds / min(times))


def in_a_thread(run: Callable[[], None]) -> Callable[[], None]:
    def whole() -> None:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    return whole


def writing(store: InMemoryByteStore, batch: int, changes: int, own: int) -> Callable[[], None]:
    """`changes` keys set in calls of `batch`, with `own` rounds of work for each."""
    keys = random.Random(1).choices(KEYS, k=changes)
    values = [b"%d" % i for i in range(changes)]

    def run() -> None:
        gc.enable()  # the harness turns it off, but what watching allocates is to be paid for here
        mset = store.mset
        for start in range(0, changes, batch):
            pairs = [*zip(keys[start : start + batch], values[start : start + batch], strict=True)]
            if own:
                work(own * batch)
            mset(pairs)

    return in_a_thread(run)


def watched(batch: int, changes: int = CHANGES, own: float = WORK, rounds: int = 5) -> Pair:
    (ours, table), theirs = shown(), filled()
    loops = rounds_of(own) if own else 0
    pair = Pair(
        ours=writing(ours, batch, changes, loops),
        reference=writing(theirs, batch, changes, loops),
        after_ours=ours.changes.flush,
        per=changes,
        rounds=rounds,
    )
    pair.kept = table  # type: ignore[attr-defined]
    return pair


@benchmark("writer at 100,000 changes/s, 1 a call, table open", goal=1.3)
def _() -> Pair:
    return watched(1)


@benchmark("writer at 100,000 changes/s, 100 a call, table open", goal=1.3)
def _() -> Pair:
    return watched(100)


@benchmark("writer as fast as it can, 1 a call, table open", goal=3)
def _() -> Pair:
    return watched(1, changes=1_000_000, own=0)


@benchmark("writer as fast as it can, 100 a call, table open", goal=3)
def _() -> Pair:
    return watched(100, changes=1_000_000, own=0)


OPERATIONS = 100_000


def cell(make: Callable[[], Any], operate: Callable[[Any, str], object], own: float = WORK) -> Pair:
    """A cell of 100,000 operations, each after `own` seconds of work, under `%%watch` and without it; what
    is under way when it ends is waited for, and paid, and so is the report."""
    loops = rounds_of(own)
    made: list[Any] = []

    def fresh() -> None:
        made[:] = [make()]
        gc.collect()  # what was made before is not for the cell to look through

    def run() -> None:
        gc.enable()
        (obj,) = made
        for key in KEYS[:OPERATIONS]:
            work(loops)
            operate(obj, key)

    def watched() -> None:
        with watch(*made) as seen:
            run()
        assert all(told["sections"] for told in seen.told())

    return Pair(watched, run, before_ours=fresh, before_reference=fresh, per=OPERATIONS, rounds=7)


def half_full() -> InMemoryCache:
    cache = InMemoryCache()
    for key in KEYS[: OPERATIONS // 2]:
        cache.update(key, "model", [Generation(text="an answer")])
    return cache


@benchmark("%%watch, a cell of 100,000 mset", goal=1.3)
def _() -> Pair:
    return cell(InMemoryByteStore, lambda store, key: store.mset([(key, b"some value")]))


@benchmark("%%watch, a cell of 100,000 lookups, half of them misses", goal=1.3)
def _() -> Pair:
    return cell(half_full, lambda cache, key: cache.lookup(key, "model"))


@benchmark("%%watch, a cell of 100,000 mset, langchain-core's store", goal=1.3)
def _() -> Pair:
    return cell(TheirStore, lambda store, key: store.mset([(key, b"some value")]))

"""Stores beside langchain-core's."""

from __future__ import annotations

import random
import sys
import tracemalloc
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from langchain_core.stores import InMemoryByteStore as Reference
from langchain_core.stores import InMemoryStore as ReferenceAny

from inmem_widgets.core.store import InMemoryByteStore, InMemoryStore
from tests.benchmarks.harness import Pair, benchmark, duration

BATCH = 1_000
ONES = [(f"namespace/{i:07}", b"value") for i in range(BATCH)]


def listen(store: Any) -> None:
    store.changes.listen_batched(lambda changes: None, interval=0.01)


def filled(size: int) -> tuple[InMemoryByteStore, Reference]:
    """Both with the same keys, in an order that is not the alphabet's."""
    ours, theirs = InMemoryByteStore(), Reference()
    order = random.Random(2).sample(range(size), size)
    pairs = [(f"user:{i % 1_000:04}:document:{i:08}", b"value") for i in order]
    ours.mset(pairs)
    theirs.mset(pairs)
    return ours, theirs


def batch_into(size: int, watched: bool) -> Pair:
    ours, theirs = filled(size)
    if watched:
        listen(ours)
    keys = list(ours.yield_keys())
    rng = random.Random(3)
    current: list[tuple[str, bytes]] = []

    def choose() -> None:  # each side overwrites keys that are not in the processor's cache
        current[:] = [(key, b"other") for key in rng.sample(keys, BATCH)]

    return Pair(
        ours=lambda: ours.mset(current),
        reference=lambda: theirs.mset(current),
        before_ours=choose,
        before_reference=choose,
        after_ours=ours.changes.flush,
        per=BATCH,
        rounds=101,
    )


@benchmark("mset of 1,000 into 1,000,000 keys, unwatched", goal=0.95)
def _() -> Pair:
    return batch_into(1_000_000, watched=False)


@benchmark("mset of 1,000 into 1,000,000 keys, watched", goal=1.1)
def _() -> Pair:
    return batch_into(1_000_000, watched=True)


@benchmark("mset of 1,000 into 10,000 keys, unwatched", goal=1.8)
def _() -> Pair:
    return batch_into(10_000, watched=False)


@benchmark("mset of 1,000 into 10,000 keys, watched", goal=1.9)
def _() -> Pair:
    return batch_into(10_000, watched=True)


def one_by_one(run: Callable[[Any], Callable[[], None]], ours: Any, theirs: Any, **more: Any) -> Pair:
    return Pair(ours=run(ours), reference=run(theirs), per=BATCH, rounds=201, **more)


def mset_one(store: Any) -> Callable[[], None]:
    mset = store.mset

    def run() -> None:
        for key, value in ONES:
            mset([(key, value)])

    return run


def mget_one(store: Any) -> Callable[[], None]:
    mget = store.mget
    store.mset(ONES)

    def run() -> None:
        for key, _ in ONES:
            mget([key])

    return run


def mdelete_one(store: Any) -> Callable[[], None]:
    mdelete = store.mdelete

    def run() -> None:
        for key, _ in ONES:
            mdelete([key])

    return run


@benchmark("mset of 1, unwatched", goal=1.1)
def _() -> Pair:
    return one_by_one(mset_one, InMemoryStore(), ReferenceAny())


@benchmark("mset of 1, byte store, unwatched", goal=1.1)
def _() -> Pair:
    return one_by_one(mset_one, InMemoryByteStore(), Reference())


@benchmark("mget of 1, unwatched", goal=1.1)
def _() -> Pair:
    return one_by_one(mget_one, InMemoryByteStore(), Reference())


@benchmark("mdelete of 1, unwatched", goal=1.1)
def _() -> Pair:
    ours, theirs = InMemoryByteStore(), Reference()
    return one_by_one(
        mdelete_one,
        ours,
        theirs,
        before_ours=lambda: ours.mset(ONES),
        before_reference=lambda: theirs.mset(ONES),
    )


@benchmark("mset of 1, watched", goal=1.5)
def _() -> Pair:
    ours = InMemoryByteStore()
    listen(ours)
    ours.mset(ONES[:1])
    note = "in the writer's thread; records are built and delivered on others, when it pauses"
    return one_by_one(mset_one, ours, Reference(), after_ours=ours.changes.flush, note=note)


PREFIX = "user:0007:"
MANY = 1_000_000


def scan(store: Any) -> Callable[[], None]:
    def run() -> None:
        assert sum(1 for _ in store.yield_keys(prefix=PREFIX)) >= MANY // 1_000

    return run


REPEATS = 20


def repeated(run: Callable[[], None]) -> Callable[[], None]:
    """Several in a row: one alone, after a million keys went by, measures the processor's cache."""

    def repeat() -> None:
        for _ in range(REPEATS):
            run()

    return repeat


def cold(ours: Any) -> str:
    times = []
    for _ in range(9):
        list(ours._prefixes.matches(ours._store, ""))  # every key goes by
        start = perf_counter()
        scan(ours)()
        times.append(perf_counter() - start)
    alone = duration(median(times))
    return f"{REPEATS} queries in a row; a single one with nothing in the processor's cache takes {alone}"


@benchmark("yield_keys(prefix) of 0.1 % of 1,000,000 keys, warm", goal=0.003)
def _() -> Pair:
    ours, theirs = filled(MANY)
    for _ in range(4):
        scan(ours)()
    return Pair(
        ours=repeated(scan(ours)),
        reference=scan(theirs),
        per=REPEATS,
        per_reference=1,
        rounds=15,
        note=cold(ours),
    )


@benchmark("yield_keys(prefix) of 0.1 % of 1,000,000 keys, first ever", goal=1.1)
def _() -> Pair:
    ours, theirs = filled(MANY)
    return Pair(ours=scan(ours), reference=scan(theirs), before_ours=lambda: ours._prefixes.drop(), rounds=15)


@benchmark("one new key, then that query", goal=0.005)
def _() -> Pair:
    ours, theirs = filled(MANY)
    for _ in range(4):
        scan(ours)()
    fresh = iter(range(1_000))

    def add_and_scan(store: Any) -> Callable[[], None]:
        def run() -> None:
            store.mset([(f"{PREFIX}new:{next(fresh)}", b"value")])
            scan(store)()

        return run

    return Pair(
        ours=repeated(add_and_scan(ours)),
        reference=add_and_scan(theirs),
        per=REPEATS,
        per_reference=1,
        rounds=15,
        note=memory_per_key(),
    )


def memory_per_key() -> str:
    def bytes_of(make: Callable[[], object]) -> float:
        tracemalloc.start()
        kept = make()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        del kept
        return size / len(pairs)

    pairs = [(f"{i:010}", b"value") for i in random.Random(5).sample(range(10**9), 100_000)]

    def fill(store: Any, queries: int) -> object:
        store.mset(pairs)
        for _ in range(queries):
            list(store.yield_keys(prefix="0000"))
        return store

    plain = bytes_of(lambda: fill(InMemoryByteStore(), 0))
    indexed = bytes_of(lambda: fill(InMemoryByteStore(), 3))
    reference = bytes_of(lambda: fill(Reference(), 0))
    text = sys.getsizeof(pairs[0][0])
    return (
        f"memory per key beside the key's own {text} B and the value: ours {plain:.0f} B, "
        f"with the prefix index {indexed:.0f} B, reference {reference:.0f} B"
    )

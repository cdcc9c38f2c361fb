"""Caches beside langchain-core's."""

from __future__ import annotations

import tracemalloc
from collections import deque
from collections.abc import Callable
from itertools import count, islice
from time import thread_time
from typing import Any

from langchain_core.caches import InMemoryCache as Reference
from langchain_core.outputs import Generation

from inmem_widgets.core.cache import InMemoryCache, Policy
from inmem_widgets.observables import observe
from tests.benchmarks.harness import Pair, benchmark

MODEL = "model=fake,temperature=0"
VALUE = [Generation(text="Paris")]
COUNT = 1_000
PROMPTS = [f"prompt {i}" for i in range(COUNT)]


def lookups(cache: Any, prompts: list[str]) -> Callable[[], None]:
    lookup = cache.lookup

    def run() -> None:
        for prompt in prompts:
            lookup(prompt, MODEL)

    return run


def filled(cache: Any, size: int) -> Any:
    for i in range(size):
        cache.update(f"prompt {i}", MODEL, VALUE)
    return cache


def lookup_pair(ours: InMemoryCache, prompts: list[str], rounds: int = 201, **more: Any) -> Pair:
    theirs = filled(Reference(), COUNT)
    return Pair(
        ours=lookups(filled(ours, COUNT), prompts),
        reference=lookups(theirs, prompts),
        per=len(prompts),
        rounds=rounds,
        **more,
    )


@benchmark("lookup of 1, found, counted", goal=1.4)
def _() -> Pair:
    return lookup_pair(InMemoryCache(), PROMPTS)


@benchmark("lookup of 1, not found, counted", goal=1.4)
def _() -> Pair:
    return lookup_pair(InMemoryCache(), [f"other {i}" for i in range(COUNT)])


@benchmark("lookup of 1, found, counted, maxsize 1,000", goal=1.4)
def _() -> Pair:
    return lookup_pair(InMemoryCache(maxsize=COUNT), PROMPTS)


def watched_pair(prompts: list[str]) -> Pair:
    """With all that feeds cache counters, in the time of the thread that looks up, in bursts of 1,000."""
    cache = filled(InMemoryCache(), COUNT)
    after = cache.changes.flush
    pair = lookup_pair(cache, prompts, after_ours=after, clock=thread_time)
    pair.kept = observe(cache)  # type: ignore[attr-defined]
    return pair


@benchmark("lookup of 1, found, with the lookup feed", goal=2.0)
def _() -> Pair:
    return watched_pair(PROMPTS)


@benchmark("lookup of 1, not found, with the lookup feed", goal=2.0)
def _() -> Pair:
    return watched_pair([f"other {i}" for i in range(COUNT)])


def age(cache: Reference, first: int, evictions: int) -> None:
    """As after that many updates at capacity, without their time: the dict's layout is the same."""
    entries = cache._cache
    keys = deque(entries)
    for i in range(evictions):
        new = (f"prompt {first + i}", MODEL)
        del entries[keys.popleft()]
        entries[new] = VALUE
        keys.append(new)


def update_at_capacity(
    maxsize: int, policy: Policy, *, per: int = COUNT, per_reference: int = COUNT, note: str = ""
) -> Pair:
    def side(cache: Any, updates: int) -> tuple[Callable[[], None], Callable[[], None]]:
        fresh, update = count(3 * maxsize), cache.update
        prompts: list[str] = []

        def before() -> None:
            prompts[:] = [f"prompt {i}" for i in islice(fresh, updates)]

        def run() -> None:
            for prompt in prompts:
                update(prompt, MODEL, VALUE)

        return before, run

    theirs = filled(Reference(maxsize=maxsize), maxsize)
    # At 100,000 its dict is rid of deleted slots after 74,762 evictions and then after every 249,525:
    # measured around the middle of that, where it takes its mean time. At 1,000 a run is several rounds.
    age(theirs, maxsize, maxsize * 192 // 100)
    mine = filled(InMemoryCache(maxsize=maxsize, policy=policy), 3 * maxsize)
    before_ours, ours = side(mine, per)
    before_reference, reference = side(theirs, per_reference)
    return Pair(
        ours,
        reference,
        before_ours,
        before_reference,
        per=per,
        per_reference=per_reference,
        rounds=41,
        note=note,
    )


@benchmark("update at capacity, maxsize 1,000", goal=0.4)
def _() -> Pair:
    return update_at_capacity(1_000, "fifo")


@benchmark("update at capacity, maxsize 100,000", goal=0.006)
def _() -> Pair:
    return update_at_capacity(100_000, "fifo", per=50_000, per_reference=250, note=memory_per_entry())


@benchmark("update at capacity, lru (the reference: fifo), maxsize 1,000", goal=1.5)
def _() -> Pair:
    return update_at_capacity(1_000, "lru")


@benchmark("update of 1, no limit", goal=2.5)
def _() -> Pair:
    def updates(cache: Any) -> Callable[[], None]:
        update = cache.update

        def run() -> None:
            for prompt in PROMPTS:
                update(prompt, MODEL, VALUE)

        return run

    return Pair(updates(InMemoryCache()), updates(Reference()), per=COUNT, rounds=201)


def memory_per_entry() -> str:
    prompts = [f"prompt {i}" for i in range(100_000)]

    def bytes_of(cache: Any) -> float:
        tracemalloc.start()
        for prompt in prompts:
            cache.update(prompt, MODEL, VALUE)
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return size / len(prompts)

    return (
        f"memory per entry beside key texts and value: ours {bytes_of(InMemoryCache()):.0f} B, "
        f"with a limit {bytes_of(InMemoryCache(maxsize=100_000)):.0f} B, "
        f"reference {bytes_of(Reference()):.0f} B"
    )

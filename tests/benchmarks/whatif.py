"""Simulated caches beside cachetools' driven by the same lookups; what the issue asks for is in the notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from statistics import median
from time import thread_time

import cachetools
import numpy as np

from inmem_widgets import lru_curve
from inmem_widgets.observables.whatif.curves import curve
from inmem_widgets.observables.whatif.script import Script, prepare
from inmem_widgets.observables.whatif.sizes import default_sizes
from inmem_widgets.observables.whatif.trace import Trace, trace_of
from tests.benchmarks.harness import Pair, benchmark

ALL = 100_000
"""Lookups of which the notes are …"""
SOME = 10_000
"""… and on which both are compared: cachetools takes its time."""
FIVE = ("fifo", "lru", "sieve", "s3fifo", "optimum")


@cache
def lookups(count: int) -> list[int]:
    """Skewed, a fifth of them of keys never seen again."""
    rng = np.random.default_rng(0)
    keys = rng.zipf(1.1, count) % (count // 5)
    once = rng.random(count) < 0.2
    keys[once] = count + np.arange(np.count_nonzero(once))
    return keys.tolist()  # type: ignore[no-any-return]


@cache
def trace(count: int) -> Trace:
    return trace_of(lookups(count))[0]


def sizes(count: int) -> list[int]:
    chosen = default_sizes(trace(count).keys)
    assert len(chosen) == 20
    return chosen


def steps(count: int, *policies: str) -> Iterator[float]:
    def run() -> Iterator[float]:
        script: Script = yield from prepare(trace(count))
        for policy in policies:
            yield from curve(script, policy, sizes(count))

    return run()


def simulated(*policies: str) -> Callable[[], None]:
    def run() -> None:
        for _ in steps(SOME, *policies):
            pass

    return run


def by_cachetools(*kinds: type[cachetools.Cache[int, None]]) -> Callable[[], None]:
    def run() -> None:
        for kind in kinds:
            for size in sizes(SOME):
                held = kind(size)
                get = held.get
                for key in lookups(SOME):
                    if get(key, False) is not None:
                        held[key] = None

    return run


def seconds(run: Callable[[], object]) -> float:
    """Of processor time, the median of three."""
    times = []
    for _ in range(3):
        began = thread_time()
        run()
        times.append(thread_time() - began)
    return median(times)


def longest(run: Iterator[float]) -> float:
    """Seconds of processor time between two steps, at the most."""
    most, began = 0.0, thread_time()
    for _ in run:
        most, began = max(most, thread_time() - began), thread_time()
    return most


@benchmark("FIFO, 20 sizes", goal=0.25)
def _() -> Pair:
    took = seconds(lambda: list(steps(ALL, "fifo")))
    return Pair(
        simulated("fifo"), by_cachetools(cachetools.FIFOCache), rounds=5,
        note=f"first curve of {ALL:,} lookups: {took:.2f} s (goal 0.5 s)",
    )  # fmt: skip


@benchmark("LRU, all sizes beside 20", goal=0.1)
def _() -> Pair:
    took = seconds(lambda: lru_curve(lookups(ALL))) / ALL
    many = list(range(200_000)) * 5
    of_many = seconds(lambda: lru_curve(many)) / len(many)
    return Pair(
        lambda: lru_curve(lookups(SOME)), by_cachetools(cachetools.LRUCache), rounds=5,
        note=f"all sizes, {ALL:,} lookups: {took * 1e6:.2f} µs each; of a loop of 200,000 keys, "
        f"{len(many):,} lookups: {of_many * 1e6:.2f} µs (goal 3 µs)",
    )  # fmt: skip


@benchmark("LFU, 20 sizes", goal=0.5)
def _() -> Pair:
    return Pair(simulated("lfu"), by_cachetools(cachetools.LFUCache), rounds=5)


@benchmark("20 sizes of 5 policies beside 3 of cachetools'", goal=1)
def _() -> Pair:
    took = seconds(lambda: list(steps(ALL, *FIVE)))
    return Pair(
        simulated(*FIVE),
        by_cachetools(cachetools.FIFOCache, cachetools.LRUCache, cachetools.LFUCache),
        rounds=5,
        note=f"of {ALL:,} lookups: {took:.2f} s (goal 5 s), in steps of at most "
        f"{1e3 * longest(steps(ALL, *FIVE)):.1f} ms",
    )

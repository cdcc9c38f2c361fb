"""`to_frame` of a million keys, beside 1.5 seconds of processor time."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from numpy.random import default_rng

from inmem_widgets import InMemoryByteStore, InMemoryStore, to_frame
from tests.benchmarks.harness import Pair, benchmark

KEYS = 1_000_000
SECONDS = 1.5


def of(value: Callable[[int], Any], *, store: Callable[[], Any] = InMemoryStore, **options: Any) -> Pair:
    filled = store()
    filled.mset([(f"session:{i * 7919 % KEYS:08}:{i % 97}", value(i)) for i in range(KEYS)])
    began = perf_counter()
    frame = to_frame(filled, **options)
    first = perf_counter() - began
    assert len(frame) == KEYS
    note = f"the first one took {first:.3g} s; {frame.memory_usage(deep=True).sum() / 1e6:,.0f} MB"
    return Pair(lambda: to_frame(filled, **options), _spin, rounds=5, clock=process_time, note=note)


def _spin() -> None:
    end = process_time() + SECONDS
    while process_time() < end:
        pass


@benchmark("to_frame of 1,000,000 keys, text as bytes", goal=1)
def _() -> Pair:
    return of(lambda i: b"x" * (i % 100), store=InMemoryByteStore)


@benchmark("to_frame of 1,000,000 keys, JSON as bytes", goal=1)
def _() -> Pair:
    return of(lambda i: b'{"id": %d, "name": "name %d"}' % (i, i), store=InMemoryByteStore)


@benchmark("to_frame of 1,000,000 keys, texts", goal=1)
def _() -> Pair:
    return of(lambda i: f"the text of {i}")


@benchmark("to_frame of 1,000,000 keys, numbers", goal=1)
def _() -> Pair:
    return of(lambda i: i)


@benchmark("to_frame of 1,000,000 keys, dicts", goal=1)
def _() -> Pair:
    return of(lambda i: {"id": i, "name": f"name {i}", "score": i / 7})


@benchmark("to_frame of 1,000,000 keys, tuples of 8", goal=1)
def _() -> Pair:
    return of(lambda i: (i, i + 1, i + 2, i + 3.0, i + 4.0, i + 5.0, i + 6.0, "x"))


@benchmark("to_frame of 1,000,000 keys, vectors as bytes", goal=1)
def _() -> Pair:
    vectors = default_rng(5).standard_normal((KEYS, 16), dtype="float32")
    return of(lambda i: vectors[i].tobytes(), store=InMemoryByteStore)

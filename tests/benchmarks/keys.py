"""Finding and sorting among 1,000,000 keys, beside the plain Python that gives the same at once.

Ours runs in small steps on a thread; the plain way holds the interpreter to its end.
"""

from __future__ import annotations

import random
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from statistics import median
from time import perf_counter
from typing import Any

from inmem_widgets import InMemoryByteStore, InMemoryStore, observe
from inmem_widgets.observables.keys.latest import latest_of
from inmem_widgets.observables.keys.listing import Listing
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.store import ObservableStore
from tests.benchmarks.harness import Pair, benchmark, duration

KEYS = 1_000_000
ROWS = 40


@cache
def filled(objects: bool = False) -> tuple[Any, ObservableStore]:
    rng = random.Random(5)
    kinds = ["session", "user", "document", "checkpoint"]
    store: Any = InMemoryStore() if objects else InMemoryByteStore()
    store.mset([
        (f"{rng.choice(kinds)}:{rng.getrandbits(40):010x}:{i}",
         {"id": i, "name": f"name {i}", "score": i / 7} if objects else b"x" * rng.randrange(100))
        for i in range(KEYS)
    ])  # fmt: skip
    return store, observe(store)


@contextmanager
def made(observable: ObservableStore, query: Query, *, complete: bool) -> Iterator[Listing]:
    """A listing once its first rows are there, or all of it."""
    shown = threading.Event()
    listings: list[Listing] = []

    def tell() -> None:
        if listings and (listings[0].progress is None or (not complete and listings[0].size)):
            shown.set()

    listings.append(Listing(observable, query, tell))
    tell()
    assert shown.wait(300)
    assert listings[0].keys(0, ROWS)
    yield listings[0]
    listings[0].close()


def longest_hold(work: Callable[[], None]) -> float:
    """Seconds for which another thread that wants to run on could not, at the most."""
    worst, over = 0.0, threading.Event()

    def look() -> None:
        nonlocal worst
        last = perf_counter()
        while not over.wait(0.0005):
            now = perf_counter()
            worst, last = max(worst, now - last), now

    thread = threading.Thread(target=look)
    thread.start()
    work()
    over.set()
    thread.join()
    return worst


def beside(
    query: Query, plain: Callable[[dict[str, Any]], Any], *, complete: bool, objects: bool = False
) -> Pair:
    store, observable = filled(objects)

    def forget() -> None:
        latest_of(observable).drop()

    def ours() -> None:
        with made(observable, query, complete=complete):
            pass

    def reference() -> None:
        plain(store._store)

    holds = []
    for _ in range(3):
        forget()
        holds.append(longest_hold(ours))
    note = f"others wait at most {duration(median(holds))} in between (median of 3)"
    return Pair(ours=ours, reference=reference, before_ours=forget, rounds=1 if objects else 5, note=note)


def lower(data: dict[str, Any]) -> list[str]:
    return [key for key in list(data) if "12ab" in key.lower()]


@benchmark("substring filter: first results", goal=0.8)
def _() -> Pair:
    return beside(Query(filter="12ab"), lower, complete=False)


@benchmark("substring filter: complete", goal=1.5)
def _() -> Pair:
    return beside(Query(filter="12ab"), lower, complete=True)


@benchmark("sort by key: first rows, sorted", goal=0.8)
def _() -> Pair:
    return beside(Query(sort="key"), sorted, complete=True)


@benchmark("sort by size: first rows, sorted", goal=1)
def _() -> Pair:
    def plain(data: dict[str, Any]) -> Any:
        return sorted(data, key=lambda key: len(data[key]))

    return beside(Query(sort="size"), plain, complete=True)


@benchmark("sort by size, dicts as values: first rows, sorted", goal=1.3)
def _() -> Pair:
    def plain(data: dict[str, Any]) -> Any:
        return sorted(data, key=lambda key: size_of(data[key])[0] or 0)

    return beside(Query(sort="size"), plain, complete=True, objects=True)


def again(query: Query) -> Pair:
    """An earlier query, the store unchanged."""
    store, observable = filled()
    open_: list[Listing] = [Listing(observable, query, lambda: None)]
    open_[0].all_keys(300)

    def ours() -> None:
        with made(observable, query, complete=True):
            pass

    return Pair(ours=ours, reference=lambda: sorted(store._store), after_ours=lambda: open_[0].size, rounds=5)


@benchmark("sort by key, again: first rows, beside sorting", goal=0.05)
def _() -> Pair:
    return again(Query(sort="key"))


@benchmark("sort by size, again: first rows, beside sorting", goal=0.05)
def _() -> Pair:
    return again(Query(sort="size"))


@benchmark("memory of a filter and three sorts, beside 100 B a key", goal=1)
def _() -> Pair:
    _, observable = filled()
    taken = []
    tracemalloc.start()
    try:
        natural = Listing(observable, Query(), lambda: None)
        natural.keys(0, ROWS)
        taken.append(tracemalloc.get_traced_memory()[0])
        for query in (Query(filter="a"), Query(sort="key"), Query(sort="size"), Query(sort="type")):
            with made(observable, query, complete=True):
                taken.append(tracemalloc.get_traced_memory()[0])
        peak = tracemalloc.get_traced_memory()[1]
        natural.close()
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    each = ", ".join(f"{bytes_ / KEYS:.3g}" for bytes_ in taken)
    note = f"B a key: {each} after each, {peak / KEYS:.3g} at the peak, {left / KEYS:.2g} once closed"
    # not a time, but the harness compares whatever takes its share
    return Pair(ours=lambda: _spin(peak), reference=lambda: _spin(100 * KEYS), rounds=5, note=note)


def _spin(amount: int) -> None:
    end = perf_counter() + amount / 1e9
    while perf_counter() < end:
        pass


def writing(query: Query) -> Pair:
    """Overwrites and inserts one by one for some seconds, while a list of all keys is kept up to date."""
    sides = []
    for _ in range(2):
        store = InMemoryByteStore()
        store.mset([(f"key:{i * 7919 % KEYS:08}", b"value") for i in range(KEYS)])
        sides.append((store, observe(store)))
    listing = Listing(sides[0][1], query, lambda: None)
    listing.all_keys(300)
    stop = sides[0][1].on_changes(listing.touch)
    count = 100_000

    def write(store: Any) -> None:
        mset = store.mset
        for i in range(count):
            mset([(f"key:{i * 31 % (KEYS + 1_000):08}", b"other")])

    return Pair(
        ours=lambda: write(sides[0][0]), reference=lambda: write(sides[1][0]),
        before_reference=lambda: (listing.all_keys(300), sides[1][0].changes.flush()),
        after_ours=lambda: stop and sides[0][0].changes.flush(), per=count, rounds=5,
    )  # fmt: skip


@benchmark("mset of 1 while a filter of 1,000,000 keys is kept up", goal=1.3)
def _() -> Pair:
    return writing(Query(filter="77"))


@benchmark("mset of 1 while a sort by size is kept up", goal=1.3)
def _() -> Pair:
    return writing(Query(sort="size"))

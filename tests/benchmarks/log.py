"""A log of 1,000,000 changes: how it was after one of them, what is found in it, what it costs.

The reference is the plain Python that would be written for it: a list of tuples, gone through.
"""

from __future__ import annotations

import random
from functools import cache
from time import perf_counter, thread_time
from typing import Any

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.core.change import MISSING, Change, change
from inmem_widgets.core.origin import Origin
from inmem_widgets.observables.log import EventLog
from inmem_widgets.observables.log.view import LogView
from inmem_widgets.observables.store import ObservableStore
from tests.benchmarks.harness import Pair, benchmark, duration

CHANGES = 1_000_000
MOMENTS = (0, CHANGES // 4, CHANGES // 2, CHANGES - 1_000)
WHO = [Origin("MainThread", cell, "t1", node, 4) for cell in (1, 2) for node in ("planner", "writer")]

Kept = tuple[InMemoryStore[int], ObservableStore, EventLog, list[Change]]


@cache
def filled(keys: int) -> Kept:
    """A store written to a million times; with as many keys as changes, each key once."""
    rng = random.Random(5)
    names = [f"user:{n}" for n in range(keys)]
    order = names if keys == CHANGES else rng.choices(names, k=CHANGES)
    store = InMemoryStore[int]()
    observable = observe(store)
    log = EventLog(observable, most=CHANGES, most_bytes=1 << 40)
    state: dict[str, Any] = {}
    changes = []
    for n, key in enumerate(order, 1):
        changes.append(
            change(n, "set", (key,), (n,), (state.get(key, MISSING),), n / 1000, by=rng.choice(WHO))
        )
        state[key] = n
    store._store = state
    take(log, changes)
    return store, observable, log, changes


def take(log: EventLog, changes: list[Change]) -> None:
    for start in range(0, len(changes), 2_500):
        log.add(changes[start : start + 2_500])


def moments(keys: int) -> Pair:
    _, _, log, changes = filled(keys)
    told, made = [], []
    for number in MOMENTS * 3:
        began = perf_counter()
        moment = log.at(number)
        told.append(perf_counter() - began)
        assert len(moment.values) <= keys
        made.append(perf_counter() - began)

    def ours() -> None:
        for number in MOMENTS:
            len(log.at(number).values)

    def replayed() -> None:
        for number in MOMENTS:
            state = {}
            for each in changes[:number]:
                state[each.keys[0]] = each.values[0] if each.values else None

    note = f"at(n) takes {duration(max(told))} at most, {duration(max(made))} with its values"
    return Pair(ours=ours, reference=replayed, per=len(MOMENTS), rounds=5, note=note)


@benchmark("at(n), 1,000,000 changes of 10,000 keys", goal=1.0)
def _() -> Pair:
    return moments(10_000)


@benchmark("at(n), 1,000,000 changes of 100,000 keys", goal=1.0)
def _() -> Pair:
    return moments(100_000)


@benchmark("at(n), 1,000,000 changes of as many keys", goal=5.0)
def _() -> Pair:
    return moments(CHANGES)


@benchmark("a filter over all of it, bit by bit", goal=12.0)
def _() -> Pair:
    _, _, log, changes = filled(10_000)

    def ours() -> float:
        view, longest = LogView(log, {"filter": "user:77"}), 0.0
        while True:
            began = thread_time()
            state = view.state()
            longest = max(longest, thread_time() - began)
            if state["progress"] is None:
                return longest

    def plain() -> object:
        return [each for each in changes if "user:77" in each.keys[0].lower()]

    note = f"one push takes {duration(ours())} at most"
    return Pair(ours=ours, reference=plain, per=CHANGES, rounds=3, note=note)


@benchmark("a change logged, beside a tuple appended", goal=40.0)
def _() -> Pair:
    _, observable, _, changes = filled(10_000)
    some = changes[:100_000]
    logs: list[EventLog] = []

    def fresh() -> None:
        logs[:] = [EventLog(observable)]
        logs[0]._last = 0

    def plain() -> object:
        return [(each.number, each.kind, each.keys, each.values, each.old, each.by) for each in some]

    return Pair(
        ours=lambda: take(logs[0], some), reference=plain, before_ours=fresh, per=len(some), rounds=5,
        clock=thread_time,
    )  # fmt: skip

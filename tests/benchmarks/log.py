"""A log of 1,000,000 changes: how it was after one of them, what is found in it, what it costs.

The reference is the plain Python that would be written for it: a list of tuples, gone through.
"""

from __future__ import annotations

import random
from functools import cache
from time import thread_time
from typing import Any

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.core.change import MISSING, Change, change
from inmem_widgets.core.origin import Origin
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.log import EventLog
from inmem_widgets.observables.log.travel.keys import PastKeys
from inmem_widgets.observables.log.view import LogView
from inmem_widgets.observables.store import ObservableStore
from tests.benchmarks.harness import Pair, benchmark, duration

CHANGES = 1_000_000
MOMENTS = (0, CHANGES // 4, CHANGES // 2, CHANGES * 9 // 10, CHANGES - 1_000)
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
    """In the note the worst of some places, each the best of three times, of processor time."""
    _, _, log, changes = filled(keys)

    def took(number: int) -> tuple[float, float]:
        began = thread_time()
        moment = log.at(number)
        told = thread_time() - began
        assert len([*moment.values]) == len([*moment.values.values()]) <= keys
        return told, thread_time() - began

    runs = [[took(number) for _ in range(3)] for number in MOMENTS]
    at, whole = (max(min(each[side] for each in run) for run in runs) for side in (0, 1))

    def ours() -> None:
        for number in MOMENTS:
            took(number)

    def replayed() -> None:
        for number in MOMENTS:
            state = {}
            for each in changes[:number]:
                state[each.keys[0]] = each.values[0] if each.values else None

    note = f"at(n) takes {duration(at)} at most, {duration(whole)} with its values"
    return Pair(ours=ours, reference=replayed, per=len(MOMENTS), rounds=5, clock=thread_time, note=note)


@benchmark("at(n), 1,000,000 changes of 10,000 keys", goal=0.5)
def _() -> Pair:
    return moments(10_000)


@benchmark("at(n), 1,000,000 changes of 100,000 keys", goal=0.7)
def _() -> Pair:
    return moments(100_000)


@benchmark("at(n), 1,000,000 changes of as many keys", goal=1.0)
def _() -> Pair:
    return moments(CHANGES)


def slider(keys: int) -> Pair:
    """From the request to the state to be sent, beside a copy of the dict that is shown."""
    store, observable, log, _ = filled(keys)
    observable._log = log
    live = KeyBrowser(observable)
    past = PastKeys(live, log.at(CHANGES // 2), lambda: None)
    places = [CHANGES // 2 + n for n in (1, 2, 3, 2, 1, 0, 100, 0)]

    def ours() -> None:
        for number in places:
            past.show(past.at(number))
            past.browser.state({"start": 0, "stop": 50})

    def copied() -> None:
        for _ in places:
            store._store.copy()

    return Pair(ours=ours, reference=copied, per=len(places), rounds=11)


@benchmark("a step of the slider, 100,000 keys", goal=8.0)
def _() -> Pair:
    return slider(100_000)


@benchmark("a step of the slider, 1,000,000 keys", goal=1.0)
def _() -> Pair:
    return slider(CHANGES)


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

"""What differs between two moments equals a comparison of all that was held at both."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe
from inmem_widgets.core.change import MISSING, UNKNOWN, change
from inmem_widgets.observables.log.eventlog import EventLog
from inmem_widgets.observables.log.past import differing as module
from inmem_widgets.observables.log.past.differing import differing
from tests.observables.log.filling import CALLS, WRITES, call, few, write
from tests.threads import together

WHERE = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=6)


@pytest.fixture(params=[0, 1_000_000], ids=["by hash", "one by one"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to find first changes, and a table in which other keys' hashes end alike."""
    few(monkeypatch, request.param)
    monkeypatch.setattr(module, "BITS", 1)


def compared(log: EventLog, a: int, b: int) -> dict[Any, tuple[Any, Any]]:
    one, other = log.at(a).values, log.at(b).values
    pairs = {key: (one.get(key, MISSING), other.get(key, MISSING)) for key in {**one, **other}}
    return {key: pair for key, pair in pairs.items() if pair[0] is not pair[1]}


def agrees(log: EventLog, where: list[tuple[int, int]]) -> None:
    log.catch_up()
    numbers = range(log.first - 1, log.last + 1)
    for ends in where:
        a, b = (numbers[place % len(numbers)] for place in ends)
        found = differing(log, a, b)
        assert {key: (old, new) for key, old, new in found} == compared(log, a, b)
        assert len(found) == len({key for key, _, _ in found})


@pytest.mark.usefixtures("ways")
@settings(max_examples=80, deadline=None)
@given(WRITES, WHERE, st.sampled_from([3, 8, 1_000]))
def test_of_a_store(writes: list[tuple[str, Any]], where: list[tuple[int, int]], most: int) -> None:
    store = InMemoryStore[int]()
    store.mset([("a", 1), ("b", 2)])
    log = EventLog(observable := observe(store), most=most)
    for what, arguments in writes:
        write(store, what, arguments)
    agrees(log, where)
    assert observable.source is store


@pytest.mark.usefixtures("ways")
@settings(max_examples=80, deadline=None)
@given(CALLS, WHERE, st.none() | st.integers(1, 4), st.sampled_from(["fifo", "lru"]))
def test_of_a_cache(
    calls: list[tuple[str, str]], where: list[tuple[int, int]], maxsize: int | None, policy: Any
) -> None:
    cache = InMemoryCache(maxsize=maxsize, policy=policy)
    cache.update("x", "m", [Generation(text="x")])
    log = EventLog(observable := observe(cache))
    for number, (what, prompt) in enumerate(calls):
        call(cache, number, what, prompt)
    agrees(log, where)
    assert observable.source is cache


@pytest.mark.usefixtures("ways")
def test_over_many_blocks_the_nearest_change_after_tells() -> None:
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store), most=4_000)
    store.mset([(f"k{n}", n) for n in range(300)])
    for n in range(3_000):
        store.mset([(f"k{n * 7 % 300}", n)])
    agrees(log, [(0, 3_001), (1, 2), (10, 900), (2_000, 1_500), (2_990, 3_000), (7, 7)])
    store.store = {"k1": 5, "other": 6}
    store.mset([("k1", 7)])
    agrees(log, [(10, 900), (2_990, 3_000), (10, 3_002), (3_002, 3_003), (3_003, 5)])
    assert observable.source is store


def test_beside_writers() -> None:
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    store.mset([(f"{name}{n}", 0) for name in "ab" for n in range(10)])
    for n in range(1, 50):
        store.mset([(f"a{n % 10}", n)])
    expected = compared(log, 20, 40)
    stop = threading.Event()

    def writer(name: str) -> None:
        for n in range(3_000):
            store.mset([(f"{name}{n % 10}", -n)])
        stop.set()

    def reader() -> None:
        while not stop.is_set():
            assert {key: (old, new) for key, old, new in differing(log, 20, 40)} == expected

    together(lambda: writer("a"), lambda: writer("b"), reader)
    assert observable.source is store


def test_after_lost_changes_all_is_compared_and_what_nobody_knew_stays_unknown() -> None:
    store = InMemoryStore[int]()
    log = observe(store).log
    store.mset([("a", 1)])
    log.catch_up()
    store._store.update(a=2, b=3)  # what the lost changes did
    log.add([change(5, "set", ("b",), (3,), [MISSING], time.time())])
    assert differing(log, 0, 5) == [("a", MISSING, 2), ("b", MISSING, 3)]
    log.add([change(6, "delete", ("z",), None, [UNKNOWN], 7.0)])
    assert differing(log, 5, 6) == [("z", UNKNOWN, MISSING)]
    log.add([change(7, "reset", (), None, None, 8.0)])
    assert differing(log, 5, 6) == [("z", UNKNOWN, MISSING)]


def test_it_is_refused_as_a_moment_is() -> None:
    store = InMemoryStore[int]()
    observable = observe(store)
    with pytest.raises(TypeError, match="when: got str"):
        observable.difference(0, "noon")
    with pytest.raises(LookupError, match="when: got 7"):
        observable.difference(0, 7)
    with pytest.raises((TypeError, LookupError)):
        observe(InMemorySaver()).difference(0, 0)
    log = observable.log
    del store
    with pytest.raises(LookupError, match="gone"):
        log.difference(0, 0)

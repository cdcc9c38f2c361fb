"""How a store or cache was after any change equals an oracle of snapshots."""

from __future__ import annotations

import threading
import time
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryByteStore, InMemoryCache, InMemorySaver, InMemoryStore, observe
from inmem_widgets.core.change import MISSING, UNKNOWN, change
from inmem_widgets.observables.log.eventlog import EventLog
from tests.observables.log.filling import CALLS, KEYS, WRITES, call, few, write
from tests.threads import together


@pytest.fixture(params=[0, 1_000_000], ids=["firsts", "one by one"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to undo."""
    few(monkeypatch, request.param)


@pytest.mark.usefixtures("ways")
@settings(max_examples=80, deadline=None)
@given(WRITES, st.dictionaries(KEYS, st.integers(), max_size=3), st.sampled_from([1, 3, 8, 1_000]))
def test_a_store_was_as_the_oracle_says(
    writes: list[tuple[str, Any]], before: dict[str, int], most: int
) -> None:
    store = InMemoryStore[int]()
    store.mset(list(before.items()))
    log = EventLog(observable := observe(store), most=most)
    began = log.last
    oracle = {began: dict(store._store)}
    for what, arguments in writes:
        write(store, what, arguments)
        oracle[store.changes.count] = dict(store._store)
    log.catch_up()
    numbers = range(log.first - 1, log.last + 1)
    assert [log.at(number).values for number in numbers] == [oracle[number] for number in numbers]
    assert log.kept == min(most, log.last - began)
    assert [change.number for change in log.changes()] == [*numbers][1:]
    if log.first - 1 > began:
        with pytest.raises(LookupError, match="the log goes from"):
            log.at(began)
    assert observable.source is store


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("policy", ["fifo", "lru"])
@settings(max_examples=60, deadline=None)
@given(CALLS, st.none() | st.integers(1, 4), st.sampled_from([2, 9, 1_000]))
def test_a_cache_was_as_the_oracle_says(
    policy: Literal["fifo", "lru"], calls: list[tuple[str, str]], maxsize: int | None, most: int
) -> None:
    cache = InMemoryCache(maxsize=maxsize, policy=policy)
    for prompt in "xyz":
        cache.lookup(prompt, "m")
        cache.update(prompt, "m", [Generation(text=prompt)])
    observable = observe(cache)
    log = EventLog(observable, most=most)
    oracle = {log.last: (dict(cache._cache), cache.stats())}
    for number, (what, prompt) in enumerate(calls):
        call(cache, number, what, prompt)
        oracle[cache.changes.count] = (dict(cache._cache), cache.stats())
    log.catch_up()
    for number in range(log.first - 1, log.last + 1):
        moment = log.at(number)
        assert (moment.values, moment.stats, moment.note) == (*oracle[number], "")
        if policy == "fifo":
            assert [*moment.values] == [*oracle[number][0]]


def test_threads_write_and_each_of_their_keys_was_as_each_wrote_it() -> None:
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    stop = threading.Event()

    def writer(name: str) -> None:
        for n in range(2_000):
            if n % 7 == 6:
                store.mdelete([f"{name}{n % 10}"])
            else:
                store.mset([(f"{name}{n % 10}", n)])
        stop.set()

    def reader() -> None:  # while they write
        while not stop.is_set():
            log.catch_up()
            log.at(log.last)

    together(*(lambda name=name: writer(name) for name in "abc"), reader)
    log.catch_up()
    assert log.lost == 0
    state: dict[str, int] = {}
    expected: dict[int, dict[str, int]] = {0: {}}
    for each in log.changes():
        if each.kind == "set":
            state.update(zip(each.keys, each.values or (), strict=True))
        else:
            for key in each.keys:
                state.pop(key)
        expected[each.number] = dict(state)
    assert state == store._store
    for number in range(0, log.last + 1, 97):
        assert log.at(number).values == expected[number]
    assert observable.source is store


@pytest.mark.usefixtures("ways")
def test_keys_of_equal_hashes_are_told_apart_and_lookups_change_nothing() -> None:
    cache = InMemoryCache()
    log = EventLog(observable := observe(cache))
    for n in range(200):
        cache.lookup(f"p{n % 20}", "m")
        cache.update(f"p{n % 20}", "m", [Generation(text=str(n))])
    log.catch_up()
    moment = log.at(200)
    assert {key[0]: value[0].text for key, value in moment.values.items()} == {
        f"p{n % 20}": str(n) for n in range(100)
    }
    assert observable.source is cache


def test_at_a_time() -> None:
    store = InMemoryStore[int]()
    before = time.time()
    observable = observe(store)
    log = observable.log
    with pytest.raises(LookupError, match="goes back to change"):
        log.at(before - 100)
    times = []
    for n in range(5):
        store.mset([("a", n)])
        log.catch_up()
        times.append(log.changes()[-1].time)
    assert [log.at(float(moment or 0)).values for moment in times] == [{"a": n} for n in range(5)]
    assert log.at(time.time()).number == log.last == 5
    assert log.at(log.counting.began).values == {}
    assert log.moment_of(times[2] or 0) == 3
    assert observable.at(3).values == {"a": 2}


def test_a_time_of_a_frame_is_that_of_its_change() -> None:
    """Frames round to microseconds, down as well."""
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    began = log.counting.began
    log.add([change(n, "set", ("a",), (n,), [n - 1], began + n * 2.3e-6) for n in range(1, 101)])
    frame = log.frame()
    assert [log.moment_of(moment) for moment in frame["time"]] == frame["number"].tolist()
    assert log.at(frame["number"].iloc[-2]).number == log.at(frame["time"].iloc[-2]).number == 99
    assert observable.source is store


def test_what_was_before_the_log_is_said_to_be_so() -> None:
    store = InMemoryStore[int]()
    store.changes.listen(lambda change: None)
    store.mset([("a", 0)])
    log = EventLog(observable := observe(store), most=2)
    with pytest.raises(LookupError, match=r"got 0, the log goes from 1 to 1; that is when logging began"):
        log.at(0)
    with pytest.raises(LookupError, match=r"got 2, the log goes from 1 to 1$"):
        log.at(2)
    for n in range(5):
        store.mset([("a", n)])
    with pytest.raises(LookupError, match=r"got 1, the log goes from 4 to 6; it keeps 2 changes"):
        log.at(1)
    assert observable.source is store


def test_at_a_time_where_that_of_some_changes_is_not_known() -> None:
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    log.add([change(n, "set", ("a",), (n,), [n - 1], time) for n, time in ((1, None), (2, 20.0), (3, None))])
    assert log.moment_of(25.0) == 2
    assert observable.source is store


def test_what_cannot_be_told_is_refused_in_words() -> None:
    store = InMemoryStore[int]()
    observable = observe(store)
    for wrong in (True, "noon", None):
        with pytest.raises(TypeError, match="when: got"):
            observable.at(wrong)  # type: ignore[arg-type]
    with pytest.raises(LookupError, match="when: got 7"):
        observable.at(7)
    saver = observe(InMemorySaver())
    with pytest.raises((TypeError, LookupError)):
        saver.at(0)
    log = observable.log
    del store
    with pytest.raises(LookupError, match="gone"):
        log.at(0)
    observable.close()
    with pytest.raises(RuntimeError, match="watching has ended"):
        _ = observable.log


def test_inside_a_listener_it_is_refused_and_not_waited_for() -> None:
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    told_: list[Exception] = []
    done = threading.Event()

    def listener(_: Any) -> None:
        try:
            log.at(0)
        except RuntimeError as error:
            told_.append(error)
        done.set()

    store.changes.listen(listener)
    store.mset([("a", 1)])
    assert done.wait(10)
    assert "cannot be waited for" in str(told_[0])
    assert observable.source is store


def test_changes_lost_to_overload_are_said_and_later_moments_are_exact() -> None:
    store = InMemoryStore[int]()
    observable = observe(store)
    log = observable.log
    store.mset([("a", 1)])
    log.catch_up()
    store._store.update(a=2, b=3)  # what the lost changes did
    log.add([change(5, "set", ("b",), (3,), [MISSING], time.time())])
    assert log.lost == 3
    assert log.at(1).note == "3 changes after this came too fast to be logged: it may be wrong"
    assert (log.at(4).values, log.at(4).note) == ({"a": 2}, "")
    assert [each.number for each in log.changes()] == [1, 5]
    assert log.replaced(0, 5)


def test_previous_values_that_nobody_knew_are_unknown() -> None:
    store = InMemoryStore[int]()
    store.mset([("a", 1), ("b", 2)])
    log = EventLog(observable := observe(store))
    number = log.last + 1
    log.add(
        [
            change(number, "set", ("a",), (5,), None, 1.0),
            change(number + 1, "delete", ("z",), None, [UNKNOWN], 2.0),
        ]
    )
    assert log.at(number - 1).values == {"a": UNKNOWN, "b": 2, "z": UNKNOWN}
    log.add([change(number + 2, "reset", (), None, None, 3.0)])
    assert "known in part" in log.at(number).note
    assert observable.source is store


def test_bytes_stores_too() -> None:
    store = InMemoryByteStore()
    log = EventLog(observable := observe(store))
    store.mset([("a", b"1")])
    store.mset([("a", b"2")])
    assert log.at(1).values == {"a": b"1"}
    assert observable.source is store


def test_calls_under_way_when_the_log_begins_are_before_it() -> None:
    store = InMemoryStore[int]()
    observable = observe(store)
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.wait(0):
            store.mset([(f"k{n % 5}", n)])
            n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = []
        for _ in range(4):
            found.append(EventLog(observable))
            assert store.changes.flush(60)
    finally:
        stop.set()
        writer.join()
    for log in found:
        assert log.catch_up(60)
        first = log.at(log.first - 1)
        assert UNKNOWN not in first.values.values()
        assert all(each.old is not None for each in log.changes())
        log.close()


def test_a_change_that_told_no_previous_value_begins_the_log_anew() -> None:
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    for n in range(5):
        store.mset([("a", n)])
    log.catch_up()
    log._take(
        [change(6, "set", ("a",), (9,), None, time.time()), change(7, "set", ("a",), (8,), [9], time.time())]
    )
    assert (log.first, log.last) == (7, 7)
    assert log.at(6).values == {"a": 9}
    assert log.moment_of(time.time()) == 7
    assert observable.source is store

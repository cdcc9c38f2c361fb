"""The log of an object: what it keeps, what it holds, what goes to a file."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryCache, InMemoryStore, observe
from inmem_widgets.core.change import MISSING, change
from inmem_widgets.core.origin import Origin
from inmem_widgets.observables.log import EventLog, logs
from inmem_widgets.observables.log.limits import changes_of
from inmem_widgets.observables.log.rows import key_id
from inmem_widgets.observables.log.view import LogView
from tests.observables.log.filling import filled
from tests.threads import together


class Value:
    """Something that can be referred to weakly."""


# --- bounds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "count"), [(1, 3), (10, 10), (10, 11), (50, 1_234), (1_000, 999)])
def test_it_keeps_the_latest_changes_and_no_more(most: int, count: int) -> None:
    _, log = filled(count, most=most)
    kept = min(most, count)
    assert (log.first, log.last, log.kept) == (count - kept + 1, count, kept)
    assert [each.number for each in log.changes()] == [*range(log.first, count + 1)]
    assert [each.keys[0] for each in log.changes(count, count + 1)] == [f"key {count - 1}"]
    assert len(log.changes(log.first, log.first + 1)) == 1


def test_it_holds_no_more_bytes_than_it_may_however_large_values_are() -> None:
    store = InMemoryStore[Any]()
    log = EventLog(observable := observe(store), most_bytes=1_000_000)
    for n in range(300):
        store.mset([("a", bytes([n % 256]) * 50_000)])
    log.catch_up()
    assert log.bytes <= 1_000_000
    assert 5 < log.kept < 30
    assert log.last == 300
    assert log.at(log.first).values["a"][0] == (log.first - 1) % 256
    store.mset([("b", "x" * 5_000_000)])
    store.mset([("b", "y")])  # holds more than it may on its own
    log.catch_up()
    assert (log.kept, log.bytes, log.first) == (0, 0, log.last + 1)
    assert log.at(log.last).values["b"] == "y"
    store.mset([("c", 1)])
    log.catch_up()
    assert log.kept == 1
    assert observable.source is store


def test_what_it_lets_go_of_is_free() -> None:
    store, log = filled(0, most_bytes=1_000_000)
    gone = weakref.ref(value := Value())
    store.mset([("a", value)])
    del value
    store.mset([("a", 1)])
    log.catch_up()
    assert gone() is not None  # as documented: it holds previous values
    for _ in range(30):
        store.mset([("a", bytes(100_000))])
    log.catch_up()
    gc.collect()
    assert gone() is None


def test_values_of_a_store_replaced_count_as_well() -> None:
    store, log = filled(0, most_bytes=100_000)
    store.mset([(f"k{n}", bytes(1_000)) for n in range(1_000)])
    store.store = {}
    log.catch_up()
    assert log.bytes <= 100_000
    assert log.kept == 0


def test_keys_of_lookups_count_and_equal_ones_are_one() -> None:
    cache = InMemoryCache()
    log = EventLog(observable := observe(cache), most_bytes=1_000_000)
    for n in range(200):
        cache.lookup("x" * 10_000 + str(n), "m")
    log.catch_up()
    assert log.bytes <= 1_000_000
    assert log.kept < 120
    log.limit(most_bytes=2_000_000)
    before = log.kept
    for _ in range(200):
        cache.lookup("".join(["y"] * 10_000), "m")
    log.catch_up()
    assert log.kept >= before + 200 - 100
    assert observable.source is cache


def test_limits_can_be_changed() -> None:
    _, log = filled(100)
    log.limit(most=7)
    assert (log.kept, log.first) == (7, 94)
    with pytest.raises(ValueError, match="most: got 0"):
        log.limit(most=0)
    assert changes_of(True) == 100_000
    assert changes_of(5) == 5
    assert changes_of(False) is None
    with pytest.raises(ValueError, match="log: got 0"):
        changes_of(0)
    with pytest.raises(TypeError, match="log: got 'yes'"):
        changes_of("yes")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, "x", b"yy"])), min_size=1, max_size=60),
    st.sampled_from([8, 40, 1_000]),
)
def test_changes_taken_in_at_once_are_kept_as_one_by_one(writes: list[tuple[str, Any]], most: int) -> None:
    store = InMemoryStore[Any]()
    observable = observe(store)
    state: dict[str, Any] = {}
    changes = []
    for number, (key, value) in enumerate(writes, 1):
        old = [state.get(key, MISSING)]
        changes.append(change(number, "set", (key,), (value,), old, float(number), by=Origin("x")))
        state[key] = value
    together, singly = EventLog(observable, most=most), EventLog(observable, most=most)
    together.add(changes)
    for each in changes:
        # with something to tell, which takes the other way
        singly.add([each._replace(info={"why": ""})])
    assert [each._replace(info={}) for each in together.changes()] == [
        each._replace(info={}) for each in singly.changes()
    ]
    one, other = together.columns(), singly.columns()
    kinds = [[each.kinds[code] for code in each.codes] for each in (one, other)]
    assert kinds[0] == kinds[1]
    assert one._replace(codes=b"", kinds=[]) == other._replace(codes=b"", kinds=[])
    assert observable.source is store


# --- life ---------------------------------------------------------------------------------------


def test_a_log_ends_with_its_observable_and_keeps_neither_it_nor_the_object() -> None:
    store = InMemoryStore[Any]()
    observable = observe(store)
    log = observable.log
    assert log is observable.log
    assert log in logs()
    gone = weakref.ref(observable)
    del observable
    gc.collect()
    assert gone() is None
    assert log.observable is None
    dead = weakref.ref(store)
    del store
    assert dead() is None
    number = log.last
    del log
    gc.collect()
    assert number == 0


def test_nothing_listens_once_it_is_closed() -> None:
    store, log = filled(3)
    observe(store).close()
    log.close()
    assert not store.changes.active
    assert (log.kept, log.bytes) == (0, 0)
    assert log not in logs()
    store.mset([("since", 1)])
    with pytest.raises(RuntimeError, match="the log is closed"):
        log.at(log.last)  # would have what happened since


def test_looking_begins_no_log() -> None:
    store = InMemoryStore[Any]()
    observable = observe(store)
    assert observable.logged is None
    assert not store.changes.wants_old


# --- spilling -----------------------------------------------------------------------------------


def test_what_is_let_go_goes_to_a_file_if_asked(tmp_path: Path) -> None:
    store, log = filled(0, most=10)
    path = tmp_path / "log.jsonl"
    log.spill(path)
    for n in range(25):
        store.mset([(f"k{n}\ud800", "secret " * 100)])
    log.catch_up()
    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    assert [line["number"] for line in lines] == [*range(1, 16)]
    assert log.spilled == 15 == LogView(log).state()["spilled"]
    assert lines[0]["keys"] == ["k0\\ud800"]
    assert len(lines[0]["after"]) == 80
    log.spill(None)
    store.mset([("a", 1)])
    log.catch_up()
    assert len(path.read_text("ascii").splitlines()) == 15
    with pytest.raises(OSError, match="No such file"):
        log.spill(tmp_path / "nowhere" / "log.jsonl")


def test_the_file_is_changed_beside_writers_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, log = filled(0, most=10)
    paths = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    log.spill(paths[0])
    done = threading.Event()

    def write() -> None:
        for n in range(3_000):
            store.mset([("a", n)])
            if n % 100 == 99:
                log.catch_up()
        done.set()

    def switch() -> None:
        while not done.is_set():
            for path in paths:
                log.spill(path)

    together(write, switch)
    log.spill(None)
    assert (log.last, log.lost, log.kept, caplog.records) == (3_000, 0, 10, [])
    lines = [line for path in paths for line in path.read_text("ascii").splitlines()]
    numbers = [json.loads(line)["number"] for line in lines]
    assert len(numbers) == len({*numbers}) == 2_990


def test_what_goes_to_a_file_takes_no_place_among_the_ids_that_views_gave_out(tmp_path: Path) -> None:
    store, log = filled(0, most=1)
    log.spill(tmp_path / "log.jsonl")
    store.mset([("spilled", 1)])
    store.mset([("kept", 1)])
    log.catch_up()
    assert log.spilled == 1
    assert observe(store).key_of(key_id("spilled") or 0) is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_a_full_disk_ends_the_writing_and_not_the_log() -> None:
    store, log = filled(0, most=10)
    log.spill("/dev/full")
    for n in range(3_000):
        store.mset([("a", n)])
    log.catch_up()
    assert log.kept == 10
    problem = LogView(log).state()["problem"]
    assert problem is not None
    assert "no longer written" in problem["message"]

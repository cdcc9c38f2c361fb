"""What changed last: the feed, deleted keys, marks and counts, all bounded."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryByteStore, InMemoryStore, observe
from inmem_widgets.core.change import Change, change
from inmem_widgets.observables.keys import counts, marks, recent
from inmem_widgets.observables.keys.batch import MOST, Batch
from inmem_widgets.observables.keys.counts import ChangeCounts
from inmem_widgets.observables.keys.remembered import Remembered
from inmem_widgets.observables.store import ObservableStore

WAIT = 10.0


def watched(items: dict[str, Any] | None = None) -> tuple[InMemoryStore[Any], ObservableStore]:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(items or {})
    return store, observe(store)


def told(store: InMemoryStore[Any] | InMemoryByteStore) -> None:
    assert store.changes.flush(WAIT)


def feed(observable: ObservableStore) -> list[tuple[str, str, int]]:
    return [(row["kind"], row["key"], row["keys"]) for row in observable.recent.rows()]


def test_the_feed_is_newest_first_with_kinds_times_and_ids() -> None:
    store, observable = watched({"old": 1})
    began = time.time()
    store.mset([("old", 2)])
    store.mset([("new", 1), ("other", 1)])
    store.mset([("new", 2)])
    store.mdelete(["old"])
    told(store)
    assert feed(observable) == [
        ("deleted", "old", 1),
        ("changed", "new", 1),
        ("inserted", "other", 1),
        ("inserted", "new", 1),
        ("changed", "old", 1),
    ]
    rows = observable.recent.rows()
    assert [row["number"] for row in rows] == [4, 3, 2, 2, 1]
    assert all(began <= row["time"] <= time.time() for row in rows)
    assert [observable.key_of(row["id"]) for row in rows] == ["old", "new", "other", "new", "old"]
    assert observable.recent.rows(2) == rows[:2]


def test_a_large_call_is_one_entry() -> None:
    store, observable = watched({"old": 1})
    store.mset([(f"k{i}", i) for i in range(1_000)])
    store.mset([(f"k{i}", i) for i in range(500, 1_500)])
    store.mdelete([f"k{i}" for i in range(100)])
    told(store)
    assert feed(observable) == [("deleted", "k0", 100), ("changed", "k500", 1_000), ("inserted", "k0", 1_000)]


def test_a_reset_is_an_entry_and_forgets_the_rest() -> None:
    store, observable = watched({"a": 1})
    store.mset([("a", 2)])
    store.mdelete(["a"])
    store.store = {"a": 1, "b": 2}
    store.mset([("b", 3)])
    told(store)
    assert feed(observable)[:2] == [("changed", "b", 1), ("reset", "", 2)]
    assert observable.recent.deleted() == []
    assert (observable.recent.count("a"), observable.recent.count("b")) == (0, 1)
    assert observable.mark("a") is None


def test_deleted_and_set_again_it_is_inserted() -> None:
    store, observable = watched({"a": 1, "b": 1})
    store.mdelete(["a"])
    told(store)
    assert observable.recent.deleted() == [observable.key_id("a")]
    store.mset([("a", 2)])
    store.mdelete(["b"])
    store.mset([("b", 2)])
    told(store)
    assert feed(observable)[0] == ("inserted", "b", 1)
    assert observable.recent.deleted() == []
    assert [(observable.mark(key) or (0, False))[1] for key in "ab"] == [True, True]
    store.mset([("a", 3)])
    told(store)
    assert (observable.mark("a") or (0, True))[1] is False


def test_feed_and_deleted_are_bounded() -> None:
    store, observable = watched({f"k{i}": i for i in range(1_000)})
    store.mdelete([f"k{i}" for i in range(400)])
    for i in range(400, 1_000):
        store.mdelete([f"k{i}"])
    told(store)
    assert len(feed(observable)) == recent.FEED
    assert observable.recent.deleted() == [observable.key_id(f"k{i}") for i in range(900, 1_000)]


KEYS = st.sampled_from([f"k{i}" for i in range(6)])
CALLS = st.lists(
    st.tuples(st.just("set"), st.lists(KEYS, min_size=1, max_size=12, unique=True))
    | st.tuples(st.just("delete"), st.lists(KEYS, min_size=1, max_size=3, unique=True))
    | st.tuples(st.just("told"), st.none()),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(CALLS)
def test_whatever_happens_the_last_state_is_right(calls: list[tuple[str, Any]]) -> None:
    store, observable = watched({"k0": 0, "k1": 0})
    counted: Counter[str] = Counter()
    entries: list[tuple[str, str]] = []
    before = set(store.store)
    for what, keys in calls:
        if what == "set":
            entries += [("set", key) for key in keys]
            counted.update(keys)
            store.mset([(key, 1) for key in keys])
        elif what == "delete":
            gone = [key for key in keys if key in store.store]
            entries += [("deleted", key) for key in gone]
            counted.update(gone)
            store.mdelete(keys)
        else:
            told(store)
            before = set(store.store)
    told(store)
    assert before is not None
    assert {key: observable.recent.count(key) for key in counted} == counted
    assert dict(observable.recent.busiest(10)) == counted
    rows = observable.recent.rows()[::-1]
    assert [("deleted" if r["kind"] == "deleted" else "set", r["key"]) for r in rows] == entries
    deleted = {observable.key_of(number) for number in observable.recent.deleted()}
    assert deleted == {key for _, key in entries} - set(store.store)
    for key in store.store:
        assert (observable.mark(key) is not None) == any(key == k for _, k in entries if _ == "set")
    for row in rows:  # what is there was inserted or was there; a change of what was not is never told
        assert row["kind"] in ("inserted", "changed", "deleted")
    there = {"k0", "k1"}
    for row in rows:
        if row["kind"] == "inserted":
            assert row["key"] not in there
        (there.discard if row["kind"] == "deleted" else there.add)(row["key"])


@given(st.lists(st.lists(st.integers(0, 60).map(str), max_size=40), max_size=40))
def test_counts_are_never_too_high_and_lose_little(batches: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "COUNTED", 8)
        patch.setattr(counts, "CHUNK", 8)
        counted, real = ChangeCounts(), Counter[str]()
        for batch in batches:
            counted.add(batch)
            real.update(batch)
            assert len(counted._counts) <= 2 * 8 + 8
        total = sum(real.values())
        for key, n in real.items():
            assert n - total / 8 <= counted.of(key) <= n
        top = counted.busiest(5)
        assert [n for _, n in top] == sorted(counted._counts.values(), reverse=True)[:5]
        if len(real) <= 16:
            assert dict(counted._counts) == real


def test_counts_keep_those_that_change_most_among_very_many() -> None:
    counted, rng = ChangeCounts(), random.Random(4)
    for _ in range(60):
        keys = [f"rare {rng.random()}" for _ in range(4_000)] + ["often"] * 100 + ["more often"] * 200
        counted.add(keys)
    assert [key for key, _ in counted.busiest(2)] == ["more often", "often"]
    assert counted.of("often") <= 6_000
    assert counted.of("often") >= 6_000 - 60 * 4_300 / counts.COUNTED


def batch_of(*calls: tuple[str, tuple[str, ...]]) -> list[Change]:
    return [change(n, kind, keys) for n, (kind, keys) in enumerate(calls, 1)]


def test_a_batch_is_what_its_calls_come_to() -> None:
    batch = Batch(
        batch_of(
            ("set", ("x",)), ("reset", ()), ("set", ("a", "b")), ("delete", ("a", "c")), ("set", ("c",)),
            ("set", ("d",)),
        ),
        5.0,
    )  # fmt: skip
    assert batch.reset is not None
    assert batch.reset.number == 2
    assert batch.keys == ["a", "b", "a", "c", "c", "d"]
    assert batch.written == {"b": 5.0, "c": 5.0, "d": 5.0}
    assert [*batch.deleted] == ["a", "c"]
    assert [*batch.gone] == ["a"]
    assert Batch(batch_of(("reset", ())), 5.0).keys == []


def test_of_a_huge_call_the_last_keys_are_looked_at() -> None:
    keys = tuple(f"k{i}" for i in range(MOST + 10))
    batch = Batch(batch_of(("set", keys)), 5.0)
    assert len(batch.keys) == MOST + 10
    assert [*batch.written] == list(keys[10:])
    mixed = Batch(batch_of(("delete", ("a",)), ("set", keys)), 5.0)
    assert [*mixed.written] == list(keys[10:])
    assert [*mixed.deleted] == ["a"]


def test_what_is_remembered_is_bounded() -> None:
    memory: Remembered[int, int] = Remembered(100)
    for i in range(1_000):
        memory.put(i, i)
        assert len(memory) <= 200
    assert all(memory.get(i) == i for i in range(900, 1_000))
    assert memory.get(0) is None
    memory.pop(999)
    assert memory.get(999) is None


def test_marks_of_keys_written_behind_the_methods_back_do_not_pile_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(marks, "NEW", 50)
    store, observable = watched()
    for i in range(200):
        store.store[f"direct {i}"] = i
        store.mset([("told", i)])
        told(store)
    assert len(observable._marks._news) <= 50
    assert len(store.store) == 201


def test_writers_and_readers_at_the_same_time() -> None:
    store = InMemoryByteStore()
    observable, stop = observe(store), threading.Event()
    errors: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                observable.recent.rows()
                observable.recent.busiest(20)
                observable.recent.deleted()
                observable.total_bytes()
                observable.window(0, 20)
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for i in range(6_000):
        store.mset([(f"k{i % 700}", b"%d" % i)])
        if i % 7 == 0:
            store.mdelete([f"k{i % 100}"])
    told(store)
    stop.set()
    for reader in readers:
        reader.join(WAIT)
    assert errors == []
    assert sum(n for _, n in observable.recent.busiest(1_000)) == observable.changes

"""A census has every key, and of every value what a plain look at it has."""

from __future__ import annotations

import gc
import threading
from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.observables.keys import census as module
from inmem_widgets.observables.keys.census import HOWS, Census
from inmem_widgets.observables.keys.latest import Latest, census_of, latest_of
from inmem_widgets.observables.keys.listing import Listing
from inmem_widgets.observables.keys.live import keys_of
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.keys.task import Task
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=9),
    st.text(max_size=9),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=3),
    st.just(b'{"a": 1}'),
    st.just(np.zeros(3)),
)
KEYS = st.sampled_from([f"k{i}" for i in range(12)])
PAIRS = st.dictionaries(KEYS, VALUES, max_size=12)


def measure(census: Census) -> None:
    for steps in (census.measure_sizes(), census.measure_kinds()):
        assert all(0 <= done <= 1 for done in steps)


def check(census: Census, data: dict[str, Any]) -> None:
    assert census.keys == list(data)
    assert census.sizes is not None
    assert census.hows is not None
    assert census.kinds is not None
    assert census.measured is not None
    expected = [size_of(value) for value in data.values()]
    assert census.sizes.tolist() == [-1 if size is None else size for size, _ in expected]
    assert [HOWS[how] for how in census.hows.tolist()] == [how for _, how in expected]
    assert [census.labels[kind] for kind in census.kinds.tolist()] == [type_label(v) for v in data.values()]


@settings(deadline=None)
@given(PAIRS)
def test_columns_are_what_a_plain_look_gives(data: dict[str, Any]) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(data)
    census = census_of(observe(store))
    assert census is not None
    assert (census.sizes, census.kinds, census.measured) == (None, None, None)
    measure(census)
    check(census, data)


OPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), PAIRS),
        st.tuples(st.just("delete"), st.lists(KEYS, max_size=4)),
        st.tuples(st.just("reset"), PAIRS),
        st.tuples(st.just("measure"), st.none()),
        st.tuples(st.just("some"), st.lists(st.integers(0, 11), max_size=4)),
    ),
    max_size=10,
)


@settings(deadline=None)
@given(PAIRS, OPS)
def test_what_is_carried_over_is_what_measuring_afresh_gives(data: dict[str, Any], ops: Any) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(data)
    observable = observe(store)
    keep = Listing(observable, Query(), lambda: None)
    for op, given_ in ops:
        if op == "set":
            store.mset(given_)
        elif op == "delete":
            store.mdelete(given_)
        elif op == "reset":
            store.store = dict(given_)
        store.changes.flush()
        census = census_of(observable)
        assert census is not None
        assert census_of(observable) is census
        if op == "some":
            at = np.unique(np.array([i for i in given_ if i < len(census.keys)], np.uint32))
            list(census.measure_sizes(at))
            list(census.measure_kinds(at))
        if op == "measure":
            measure(census)
            check(census, dict(store._store))
    census = census_of(observable)
    assert census is not None
    measure(census)
    check(census, dict(store._store))
    keep.close()


def test_only_what_changed_is_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([(f"k{i}", [i]) for i in range(1_000)])
    observable = observe(store)
    keep = Listing(observable, Query(), lambda: None)
    first = census_of(observable)
    assert first is not None
    measure(first)
    seen: list[Any] = []
    monkeypatch.setattr(module, "size_of", lambda value: (seen.append(value), size_of(value))[1])
    store.mset({"k7": [7, 7], "new": [0]})
    store.mdelete(["k3"])
    store.changes.flush()
    second = census_of(observable)
    assert second is not None
    measure(second)
    assert seen == [[7, 7], [0]]
    keep.close()


def test_lost_changes_are_taken_for_changes_of_everything() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset({"a": [1], "b": [2]})
    observable = observe(store)
    keep = Listing(observable, Query(), lambda: None)
    census = census_of(observable)
    assert census is not None
    measure(census)
    latest: Latest = latest_of(observable)
    heard: list[Any] = []
    store.changes.listen_batched(heard.extend)
    store.store["a"] = [1] * 100  # not told
    store.mset({"b": [2, 3]})
    store.changes.flush()
    latest.note([heard[0]._replace(number=heard[0].number + 5)])
    census = census_of(observable)
    assert census is not None
    measure(census)
    check(census, dict(store._store))
    keep.close()


def test_nothing_is_kept_when_no_list_is_open() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset({"a": 1})
    observable = observe(store)
    listing = Listing(observable, Query(sort="key"), lambda: None)
    listing.all_keys(30)
    assert latest_of(observable)._census is not None
    listing.close()
    assert latest_of(observable)._census is None
    census_of(observable)
    assert latest_of(observable)._census is None


def test_the_store_is_not_kept_alive() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset({f"k{i}": [i] for i in range(1_000)})
    observable = observe(store)
    census = census_of(observable)
    assert census is not None
    steps = census.measure_sizes()
    next(steps)
    del store
    gc.collect()
    assert observable.source is None
    assert list(steps) == []
    assert census.measured is None
    assert census_of(observable) is None


class Odd(str):
    """A key that counts what is called of it."""

    calls = 0

    def __eq__(self, other: object) -> bool:
        Odd.calls += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__

    def lower(self) -> str:
        Odd.calls += 1
        return str.lower(self)


def test_keys_written_directly_may_be_anything() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset({"a": 1})
    store.store.update({Odd("odd"): 2, 3: 4, ("t",): 5})  # type: ignore[dict-item]
    assert keys_of(store._store) == ["a", "odd"]
    observable = observe(store)
    Odd.calls = 0
    listing = Listing(observable, Query(filter="o", sort="size"), lambda: None)
    assert listing.all_keys(30) == ["odd"]
    assert Odd.calls == 1  # the lookup of its value, which a dict does so
    listing.close()
    natural = Listing(observable, Query(), lambda: None)
    assert natural.keys(0, 10) == ["a", "odd"]
    assert all(type(key) is str for key in natural.keys(0, 10))


def test_measuring_ends_when_it_is_cancelled() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset({f"k{i}": [i] for i in range(100_000)})
    census = census_of(observe(store))
    assert census is not None
    task = Task(census.measure_sizes())
    task.cancel()
    assert task.wait(30)
    assert census.measured is None


def test_what_is_measured_while_it_is_carried_over_keeps_its_label() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset({"a": 1, "b": "text"})
    old = Census(store, keys_of(store._store))
    deque(old.measure_kinds(np.array([0], np.uint32)))

    class Meanwhile:
        """Another task goes on as soon as the labels are free again."""

        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            old._lock = threading.Lock()
            deque(old.measure_kinds())

    old._lock = Meanwhile()  # type: ignore[assignment]
    new = Census(store, old.keys)
    new.carry(old, set(), set())
    deque(new.measure_kinds())
    assert new.kinds is not None
    assert [new.labels[kind] for kind in new.kinds] == ["int", "str"]

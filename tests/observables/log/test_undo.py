"""The first of each key, and what is left at the beginning of a dict, equal plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets import InMemoryCache, InMemoryStore, observe
from inmem_widgets.core.change import MISSING, change
from inmem_widgets.observables.log.eventlog import EventLog
from inmem_widgets.observables.log.past import first_rows as module
from inmem_widgets.observables.log.past import rearranged as places
from inmem_widgets.observables.log.past.first_rows import first_rows
from inmem_widgets.observables.log.past.firsts import Firsts
from inmem_widgets.observables.log.past.lazy import FEW, Arranged, DictPrefix
from inmem_widgets.observables.log.past.rearranged import places_of, rearranged
from tests.observables.log.filling import few

HASHES = st.one_of(
    st.integers(-3, 3).filter(lambda each: each != -1),  # as no hash is
    st.integers(-(2**63), 2**63 - 1).filter(lambda each: each != -1),
    st.integers(0, 7).map(lambda each: each << 60),
)


def as_python(columns: list[list[int]]) -> list[list[int]]:
    seen: set[int] = set()
    found = []
    for column in columns:
        found.append([row for row, each in enumerate(column) if not (each in seen or seen.add(each))])  # type: ignore[func-returns-value]
    return found


@given(st.lists(st.lists(HASHES, max_size=30), max_size=5), st.none() | st.integers(0, 99))
def test_first_rows(columns: list[list[int]], expected: int | None) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "BITS", 1)
        found = first_rows([np.array(column, np.int64) for column in columns], expected)
    assert [rows.tolist() for rows in found] == as_python(columns)


def test_first_rows_where_no_spreading_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPREADS", (2,))  # all hashes below 2 ** 55 have one slot
    columns = [[5, 7, 5, 9], [], [9, 0, 7, 11]]
    assert [rows.tolist() for rows in first_rows([np.array(each, np.int64) for each in columns])] == [
        [0, 1, 3], [], [1, 3]
    ]  # fmt: skip


@pytest.mark.parametrize("spreads", [module.SPREADS, (2,)])
@given(st.lists(HASHES, max_size=30), st.lists(HASHES, max_size=30, unique=True))
def test_places(spreads: tuple[int, ...], wanted: list[int], hashes: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(places, "SPREADS", spreads)
        found = places_of(np.array(wanted, np.int64), np.array(hashes, np.int64))
    assert found.tolist() == [hashes.index(each) if each in hashes else -1 for each in wanted]


def held(keys: st.SearchStrategy[Any]) -> Any:
    some = st.dictionaries(keys, st.integers())
    return st.tuples(some, st.lists(some, min_size=1, max_size=5))


@given(held(st.text(max_size=2)) | held(st.tuples(st.text(max_size=1), st.text(max_size=1))), st.data())
def test_what_keys_had_takes_the_place_of_what_they_have(
    now: tuple[dict[Any, int], list[dict[Any, int]]], data: st.DataObject
) -> None:
    state, before = now
    count = data.draw(st.integers(0, len(state)))
    expected = dict([*state.items()][:count])
    firsts, hashes, known = [], [], {*[*state][count:]}
    for each in before:  # of each key what is told first
        back = [place for place, key in enumerate(each) if key not in known]
        keys, olds = [*each], [*each.values()]
        firsts.append(Firsts(keys, olds, np.zeros(0, np.int64), np.array(back, np.int64)))
        hashes.append(np.array([hash(keys[place]) for place in back], np.int64))
        expected.update((keys[place], olds[place]) for place in back)
        known.update(each)
    found = rearranged(state, count, firsts, hashes)
    assert found is not None
    assert [*found.items()] == [*expected.items()]
    assert found == expected


def test_keys_that_are_no_texts_are_not_found_by_their_hashes() -> None:
    told = Firsts(["a"], [1], np.zeros(0, np.int64), np.array([0]))
    for other in (hash("a"), (hash("a"),), ("a", 1)):
        assert rearranged({"a": 2, other: 3}, 2, [told], [np.array([hash("a")])]) is None


@given(st.dictionaries(st.text(max_size=2), st.integers(), max_size=12))
def test_keys_and_values_side_by_side_are_as_the_dict_of_them(expected: dict[str, int]) -> None:
    hashes = np.array([*map(hash, expected)], np.int64)
    arranged = Arranged([*expected], [*expected.values()], hashes)
    assert ([*arranged], [*arranged.values()]) == ([*expected], [*expected.values()])
    assert [*arranged.items()] == [*arranged.copy().items()] == [*expected.items()]
    assert len(arranged) == len(arranged.values()) == len(expected)
    keys = [*expected, "none such"]
    for _ in range(2 + FEW // len(keys)):  # from some lookup on a dict is made
        assert [arranged.get(key, MISSING) for key in keys] == [expected.get(key, MISSING) for key in keys]
        assert [key in arranged for key in keys] == [key in expected for key in keys]
    assert arranged.copy() == expected
    copied = arranged.copy()
    copied["another"] = 1
    assert "another" not in arranged


@given(st.dictionaries(st.text(max_size=2), st.integers(), max_size=12), st.data())
def test_the_beginning_of_a_dict_is_as_the_dict_of_it(items: dict[str, int], data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(items)))
    expected = dict([*items.items()][:count])
    after = [*items][count:]
    lazy = DictPrefix(items, count, [np.array([hash(key) for key in after], np.int64)])
    assert ([*lazy], [*lazy.values()], [*lazy.items()]) == (
        [*expected], [*expected.values()], [*expected.items()]
    )  # fmt: skip
    assert [*lazy.copy().items()] == [*expected.items()]
    assert (len(lazy), len(lazy.values()), lazy == expected) == (count, count, True)
    keys = [*items, "none such"]
    for _ in range(2 + FEW // len(keys)):  # from some lookup on a dict is made
        assert [lazy.get(key, MISSING) for key in keys] == [expected.get(key, MISSING) for key in keys]
        assert [key in lazy for key in keys] == [key in expected for key in keys]
    assert lazy.all == expected
    assert [*lazy.items()] == [*expected.items()]


@pytest.mark.parametrize("keys", [0, 1_000_000])
def test_keys_of_equal_hashes_are_told_apart(keys: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hash(-1) == hash(-2)
    few(monkeypatch, keys)
    store: Any = InMemoryStore()
    log = EventLog(observable := observe(store))
    oracle: list[dict[Any, int]] = [{}]
    for n, key in enumerate([-1, -2, (-1, "a"), (-2, "a"), -2, -1], 1):
        log.add([change(n, "set", (key,), (n,), (oracle[-1].get(key, MISSING),), float(n))])
        oracle.append({**oracle[-1], key: n})
    store._store = dict(oracle[-1])
    assert [log.at(n).values for n in range(7)] == oracle
    for block in log._blocks:
        block.seal()
    assert [log.at(n).values for n in range(7)] == oracle
    assert observable.source is store


@pytest.mark.parametrize("keys", [0, 1_000_000])
@pytest.mark.parametrize("calls", ["abbcd", "abca", "abcabca", "abcbdaed", "aabacbda"])
def test_what_was_evicted_since_comes_first_in_its_order(
    keys: int, calls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_core.outputs import Generation

    few(monkeypatch, keys)
    cache = InMemoryCache(maxsize=2, policy="fifo")
    log = EventLog(observable := observe(cache))
    oracle: list[list[str]] = [[]]
    for prompt in calls:
        cache.update(prompt, "m", [Generation(text=prompt)])
        oracle.append([key[0] for key in cache._cache])
    log.catch_up()
    assert [[key[0] for key in log.at(n).values] for n in range(len(oracle))] == oracle
    assert observable.source is cache


@pytest.mark.parametrize("keys", [0, 1_000_000])
def test_keys_keep_the_order_of_now_and_those_deleted_follow(
    keys: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, keys)
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    store.mset([(f"k{n}", n) for n in range(5)])
    store.mset([(f"k{n}", -n) for n in (1, 2)])
    store.mset([("new", 0), ("k0", 7)])
    store.mdelete(["k3", "k1"])
    store.mset([("k3", 9), ("last", 1)])
    log.catch_up()
    assert [*log.at(1).values.items()] == [("k0", 0), ("k2", 2), ("k4", 4), ("k3", 3), ("k1", 1)]
    assert [*log.at(0).values] == []
    assert [*log.at(4).values] == ["k0", "k2", "k4", "new"]
    assert observable.source is store

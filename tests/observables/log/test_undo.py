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
from inmem_widgets.observables.log.past import undo
from inmem_widgets.observables.log.past.first_rows import first_rows
from inmem_widgets.observables.log.past.lazy import FEW, DictPrefix

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


@given(st.lists(st.lists(HASHES, max_size=30), max_size=5))
def test_first_rows(columns: list[list[int]]) -> None:
    found = first_rows([np.array(column, np.int64) for column in columns])
    assert [rows.tolist() for rows in found] == as_python(columns)


def test_first_rows_where_no_spreading_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPREADS", (2,))  # all hashes below 2 ** 55 have one slot
    columns = [[5, 7, 5, 9], [], [9, 0, 7, 11]]
    assert [rows.tolist() for rows in first_rows([np.array(each, np.int64) for each in columns])] == [
        [0, 1, 3], [], [1, 3]
    ]  # fmt: skip


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


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_keys_of_equal_hashes_are_told_apart(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hash(-1) == hash(-2)
    monkeypatch.setattr(undo, "FEW", few)
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


@pytest.mark.parametrize("few", [0, 1_000_000])
@pytest.mark.parametrize("calls", ["abbcd", "abca", "abcabca", "abcbdaed", "aabacbda"])
def test_what_was_evicted_since_comes_first_in_its_order(
    few: int, calls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_core.outputs import Generation

    monkeypatch.setattr(undo, "FEW", few)
    cache = InMemoryCache(maxsize=2, policy="fifo")
    log = EventLog(observable := observe(cache))
    oracle: list[list[str]] = [[]]
    for prompt in calls:
        cache.update(prompt, "m", [Generation(text=prompt)])
        oracle.append([key[0] for key in cache._cache])
    log.catch_up()
    assert [[key[0] for key in log.at(n).values] for n in range(len(oracle))] == oracle
    assert observable.source is cache


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_keys_keep_the_order_of_now_and_those_deleted_follow(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "FEW", few)
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

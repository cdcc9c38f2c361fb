"""Orders are those of `sorted`, in whatever windows they are read; ties keep their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets.observables.keys import order as module
from inmem_widgets.observables.keys.order import (
    Order,
    SampleSorted,
    Stored,
    by_numbers,
    first_by,
    sample_sort,
)
from inmem_widgets.observables.keys.task import Task

WORDS = st.lists(st.text("abß\ud800\U0001f600", max_size=3), max_size=60)
WINDOWS = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 20)), max_size=6)


def check(order: Order, expected: list[int], windows: list[tuple[int, int]]) -> None:
    assert len(order) == len(expected)
    for start, count in windows:
        assert order.at(start, start + count) == expected[start : start + count]
    assert [order.row_of(i) for i in expected] == list(range(len(expected)))
    assert order.row_of(1_000) is None
    assert order.at(0, len(expected)) == expected


def made(positions: np.ndarray, words: list[str], descending: bool) -> SampleSorted:  # type: ignore[type-arg]
    def sort_keys(some: Sequence[int]) -> list[str]:
        return [words[i] for i in some]

    steps = sample_sort(positions, sort_keys, descending=descending)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


@settings(deadline=None)
@given(WORDS, WINDOWS, st.booleans(), st.integers(1, 3))
def test_a_sample_sort_is_a_stable_sort(
    words: list[str], windows: list[tuple[int, int]], descending: bool, step: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BUCKET", 4)
        patch.setattr(module, "CHUNK", 7)
        positions = list(range(0, len(words), step))
        order = made(np.array(positions, np.uint32), words, descending)
    check(order, sorted(positions, key=words.__getitem__, reverse=descending), windows)


def test_only_the_buckets_that_are_read_are_sorted() -> None:
    words = [f"{i * 7919 % 100_003:06}" for i in range(100_000)]
    order = made(np.arange(len(words), dtype=np.uint32), words, False)
    assert len(order._unsorted) == 100_000 // module.BUCKET + 1
    order.at(50_000, 50_100)
    assert 1 <= (~order._unsorted).sum() <= 2
    assert np.diff(order._ends).max() < 8 * module.BUCKET


@given(st.lists(st.integers(-1, 1 << 62), max_size=30), WINDOWS, st.booleans())
def test_numbers_sort_stably(numbers: list[int], windows: list[tuple[int, int]], descending: bool) -> None:
    positions = np.arange(len(numbers), dtype=np.uint32)
    order = by_numbers(positions, np.array(numbers, np.int64), descending=descending)
    check(order, sorted(range(len(numbers)), key=numbers.__getitem__, reverse=descending), windows)


@given(st.dictionaries(st.integers(0, 29), st.sampled_from([1.0, 2.0, 3.0])), WINDOWS, st.booleans())
def test_the_dated_come_first(
    times: dict[int, float], windows: list[tuple[int, int]], descending: bool
) -> None:
    times = dict(sorted(times.items()))
    order = first_by(np.arange(30, dtype=np.uint32), times, descending=descending)
    dated = sorted(times, key=times.__getitem__, reverse=descending)
    check(order, dated + [i for i in range(30) if i not in times], windows)


@given(st.sets(st.integers(0, 50)), WINDOWS, st.booleans())
def test_the_stored_order_either_way(
    some: set[int], windows: list[tuple[int, int]], descending: bool
) -> None:
    positions = sorted(some)
    expected = positions[::-1] if descending else positions
    check(Stored(np.array(positions, np.uint32), len(positions), descending), expected, windows)
    every = list(range(len(positions)))
    check(Stored(None, len(every), descending), every[::-1] if descending else every, windows)


def test_sorting_can_be_cancelled() -> None:
    words = [str(i) for i in range(50_000)]
    steps = sample_sort(
        np.arange(50_000, dtype=np.uint32), lambda some: [words[i] for i in some], descending=False
    )
    task = Task(steps)
    task.cancel()
    assert task.wait(30)
    assert task.state == "cancelled"

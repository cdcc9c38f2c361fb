"""Rates over windows and buckets of a history: nothing is lost, nothing is made up."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets.observables.rates import REACH, Buckets, Meter, Rates

steps = st.lists(st.tuples(st.floats(0, 90), st.integers(0, 50)), max_size=60)
"""Seconds that pass, and how many hits are found then."""


@given(steps, st.sampled_from([1.0, 10.0, 60.0]))
def test_a_window_counts_what_was_found_in_it(steps: list[tuple[float, int]], seconds: float) -> None:
    meter, now, hits = Meter(100.0, (0, 0, 0, 0)), 100.0, 0
    found = [(now, 0)]
    for passed, more in steps:
        now, hits = now + passed, hits + more
        meter.take(now, (hits, 0, 0, 0))
        found.append((now, hits))
    rates = meter.over(seconds)
    counted = rates.hits * rates.seconds
    end, _ = meter.latest
    assert now - 0.05 <= end <= now
    # what was found in a window somewhat shorter is in it, and nothing older than a look before it
    surely = sum(more for when, more in deltas(found) if when > end - seconds + 1e-6)
    perhaps = sum(more for when, more in deltas(found) if when >= end - rates.seconds - 0.06)
    assert counted <= perhaps + 1e-6
    assert counted >= surely - 1e-6
    assert rates.seconds <= seconds + 1.0 + 1e-6
    assert rates.ratio == (1.0 if counted > 1e-9 else None)


def deltas(found: list[tuple[float, int]]) -> list[tuple[float, int]]:
    return [(b[0], b[1] - a[1]) for a, b in pairwise(found)]


def test_a_window_is_empty_once_it_has_passed() -> None:
    meter = Meter(0.0, (0, 0, 0, 0))
    meter.take(1.0, (10, 5, 3, 1))
    assert meter.over(10) == Rates(1.0, 10.0, 5.0, 3.0, 1.0, 10 / 15)  # watched for a second
    meter.take(5.0, (10, 5, 3, 1))
    assert meter.over(1) == Rates(1, 0.0, 0.0, 0.0, 0.0, None)
    assert meter.over(10).hits == pytest.approx(10 / 5)
    meter.take(61.5, (10, 5, 3, 1))
    assert meter.over(60) == Rates(60, 0.0, 0.0, 0.0, 0.0, None)


def test_what_is_found_after_a_pause_is_not_spread_over_it() -> None:
    meter = Meter(0.0, (0, 0, 0, 0))
    meter.take(50.0, (100, 0, 0, 0))
    assert meter.over(1).hits == pytest.approx(100)


def test_a_minute_of_looks_is_bounded() -> None:
    meter = Meter(0.0, (0, 0, 0, 0))
    for i in range(1, 200_000):
        meter.take(i / 1_000, (i, 0, 0, 0))
    assert len(meter._times) <= 2 * REACH / 0.05 + 10
    assert meter.over(60).hits == pytest.approx(1_000)
    assert meter.over(1).hits == pytest.approx(1_000)


adds = st.lists(
    st.tuples(st.floats(-5, 3_000), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=80
)


@given(adds, st.sampled_from([2, 6, 400]))
def test_all_history_loses_no_count(adds: list[tuple[float, int, int, int]], most: int) -> None:
    buckets = Buckets(1_000.0, interval=1.0, most=most, doubling=True)
    times = [1_000.0, *accumulate((passed for passed, *_ in adds), initial=1_000.0)][1:]
    for now, (_, *counts) in zip(times[1:], adds, strict=True):
        buckets.add(now, *counts)
    history = buckets.history()
    for at, name in enumerate(("hits", "misses", "evictions"), 1):
        assert sum(history[name]) == sum(add[at] for add in adds)  # type: ignore[literal-required]
    length = len(history["hits"])
    assert 1 <= length <= most
    began = history["end"] - length * history["interval"]
    assert began == pytest.approx(1_000.0)
    assert history["end"] >= max(times) - 1e-6
    assert history["interval"] <= max(1.0, 4 * (max(times) - 1_000.0) / most + 1)


@given(adds)
def test_two_buckets_become_one(adds: list[tuple[float, int, int, int]]) -> None:
    """What the doubled ones show is what single ones would, added up."""
    few = Buckets(0.0, interval=1.0, most=8, doubling=True)
    many = Buckets(0.0, interval=1.0, most=1_000_000, doubling=False)
    now = 0.0
    for passed, *counts in adds[:20]:
        now += abs(passed) % 40
        few.add(now, *counts)
        many.add(now, *counts)
    short, long = few.history(), many.history()
    width = int(short["interval"])
    for name in ("hits", "misses", "evictions"):
        column = long[name]
        joined = [sum(column[i : i + width]) for i in range(0, len(column), width)]
        shown = short[name]
        assert shown[: len(joined)] == joined
        assert not any(shown[len(joined) :])


def test_the_latest_minutes_let_go_of_older_ones() -> None:
    buckets = Buckets(0.0, interval=1.0, most=300, doubling=False)
    buckets.add(0.5, 7, 0, 0)
    buckets.add(299.5, 1, 2, 3)
    assert (len(buckets.history()["hits"]), sum(buckets.history()["hits"])) == (300, 8)
    buckets.add(300.5, 0, 0, 0)
    history = buckets.history()
    assert (len(history["hits"]), sum(history["hits"]), history["end"]) == (300, 1, 301.0)
    buckets.add(1e6, 0, 1, 0)
    assert (buckets.history()["hits"], buckets.history()["misses"][-1]) == ([0] * 300, 1)

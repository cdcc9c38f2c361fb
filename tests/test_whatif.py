"""`hit_ratios` and `lru_curve`: plain functions on a sequence of keys."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pandas as pd
import pytest

import inmem_widgets.whatif
from inmem_widgets import hit_ratios, lru_curve
from inmem_widgets.observables.whatif.trace import POLICIES

BELADY = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
DTYPES = {
    "policy": "category",
    "maxsize": "int64",
    "lookups": "int64",
    "hits": "int64",
    "hit_ratio": "float64",
}


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def test_the_examples_of_the_docstrings() -> None:
    assert doctest.testmod(inmem_widgets.whatif).attempted == 2
    assert doctest.testmod(inmem_widgets.whatif).failed == 0


def test_beladys_anomaly() -> None:
    frame = hit_ratios(BELADY, sizes=[3, 4], policies=["fifo"])
    assert (len(BELADY) - frame["hits"]).tolist() == [9, 10]


def test_a_row_for_each_policy_and_size() -> None:
    frame = hit_ratios(iter("abcabc"), sizes=(3, 1, 3), policies=("lru", "optimum", "lru"))
    assert dtypes(frame) == DTYPES
    assert list(zip(frame["policy"], frame["maxsize"], frame["hits"], strict=True)) == [
        ("lru", 1, 0), ("lru", 3, 3), ("optimum", 1, 0), ("optimum", 3, 3),
    ]  # fmt: skip
    assert frame["hit_ratio"].tolist() == [0, 0.5, 0, 0.5]


def test_all_by_default() -> None:
    frame = hit_ratios(np.random.default_rng(0).zipf(1.3, 500).tolist())
    assert list(frame["policy"].unique()) == list(POLICIES)
    assert (frame.groupby("policy", observed=True).size() == frame["maxsize"].nunique()).all()


def test_no_lookups() -> None:
    frame = hit_ratios([], sizes=[1], policies=["fifo"], weights={})
    assert dtypes(frame) == {**DTYPES, "saved": "float64"}
    assert frame["lookups"].tolist() == [0] and frame["hit_ratio"].isna().all()
    assert dtypes(hit_ratios([], policies=[])) == DTYPES
    empty = lru_curve([])
    assert dtypes(empty) == {"maxsize": "int64", "hits": "int64", "hit_ratio": "float64"} and not len(empty)


def test_weights() -> None:
    frame = hit_ratios("aabbb", sizes=[1], policies=["lru"], weights={"a": 2, "b": 0.5, "c": 9})
    assert frame["saved"].tolist() == [3.0]


def test_equal_keys_are_one() -> None:
    assert hit_ratios([1, 1.0, True], sizes=[1], policies=["lru"])["hits"].tolist() == [2]


def test_lru_at_all_sizes_is_lru_at_each() -> None:
    keys = (np.random.default_rng(2).zipf(1.2, 2_000) % 60).tolist()
    curve = lru_curve(keys)
    each = hit_ratios(keys, sizes=curve["maxsize"], policies=["lru"])
    assert curve["maxsize"].tolist() == list(range(1, len(set(keys)) + 1))
    assert curve["hits"].tolist() == each["hits"].tolist()
    assert curve["hit_ratio"].tolist() == each["hit_ratio"].tolist()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"keys": 5}, TypeError, "keys must be an iterable of hashable keys: .*int"),
        ({"keys": [[1]]}, TypeError, "keys must be an iterable of hashable keys: .*list"),
        ({"sizes": [0]}, ValueError, "sizes must be ints >= 1, got 0"),
        ({"sizes": [2.5]}, TypeError, "sizes must be ints >= 1, got 2.5"),
        ({"sizes": 5}, TypeError, "sizes must be ints >= 1, got 5"),
        ({"policies": ["mru"]}, ValueError, "policies must be some of fifo, .*, got 'mru'"),
        ({"policies": "lru"}, TypeError, "policies must be some of fifo, .*, got 'lru'"),
        ({"policies": 5}, TypeError, "policies must be some of fifo, .*, got 5"),
        ({"weights": {}}, ValueError, "weights must have one for each key, got none for 'a'"),
        ({"weights": {"a": "x"}}, TypeError, "weights must be numbers, got 'x'"),
        ({"weights": 5}, TypeError, "weights must be a mapping from keys to numbers, got 5"),
    ],
)
def test_bad_input(given: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        hit_ratios(**{"keys": ["a"], **given})

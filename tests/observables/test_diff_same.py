"""Values as something that is equal if and only if they are."""

from __future__ import annotations

import copy
import datetime
import enum
import uuid
from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel

from inmem_widgets.observables.same import Tokens
from tests.observables.hostile import armed, hostile

leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(), st.dates(),
    st.uuids(),
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=3), inner, max_size=5),
        st.tuples(inner, inner), st.frozensets(st.integers(), max_size=4),
        st.builds(lambda text: HumanMessage(text, id="x"), st.text()),
    ),
    max_leaves=20,
)  # fmt: skip


@dataclass
class Plan:
    city: str
    nights: int = 1


class Model(BaseModel):
    city: str


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


Point = namedtuple("Point", "x y")


def same(one: Any, other: Any) -> bool:
    tokens = Tokens()
    return tokens.of(one) == tokens.of(other)


@settings(deadline=None)
@given(values)
def test_a_copy_is_the_same(value: Any) -> None:
    assert same(value, copy.deepcopy(value))


@settings(deadline=None)
@given(values, values)
def test_different_values_are_not(one: Any, other: Any) -> None:
    if repr(one) != repr(other) and one != other:
        assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True), (1, 1.0), (0, False), ("1", 1), (b"a", "a"), ([1], (1,)), ([], {}), ([], ()), (None, ""),
        ([1, 2], [1, True]), ([1.0], [1]), ([0.0, 1.0], [0.0, 2.0]), ({"a": 1}, {"a": 1.0}),
        ({1: "a"}, {"1": "a"}), (Plan("Oslo"), Model(city="Oslo")),
        ({1}, {2}), ({1, 2}, frozenset({1, 2})), (Plan("Oslo"), Plan("Bergen")),
        (Model(city="Oslo"), Model(city="Bergen")), (Colour.RED, Colour.BLUE), (Point(1, 2), Point(1, 3)),
        (deque([1]), deque([2])), (HumanMessage("a", id="1"), AIMessage("a", id="1")),
        (datetime.date(2026, 5, 1), datetime.date(2026, 5, 2)), (uuid.UUID(int=1), uuid.UUID(int=2)),
        (np.arange(3), np.arange(3.0)), (np.arange(6), np.arange(6).reshape(2, 3)), (np.zeros(2), np.ones(2)),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})), ("x" * 100_000 + "a", "x" * 100_000 + "b"),
        (10**400, 10**400 + 1), (float("nan"), 0.0),
    ],
)  # fmt: skip
def test_what_differs(one: Any, other: Any) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (float("nan"), float("nan")), ([float("nan")], [float("nan")]), ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, {2, 1}), (Plan("Oslo"), Plan("Oslo")), (Model(city="Oslo"), Model(city="Oslo")),
        (np.arange(3), np.arange(3)), (Colour.RED, Colour.RED), (OrderedDict(a=1), OrderedDict(a=1)),
        (deque([1, "a"]), deque([1, "a"])), (Point(1, [2]), Point(1, [2])), ([[], {}], [[], {}]),
    ],
)  # fmt: skip
def test_what_does_not(one: Any, other: Any) -> None:
    assert same(one, other)


def test_what_contains_itself_ends() -> None:
    one: list[Any] = []
    one.append(one)
    tokens = Tokens()
    tokens.of(one)
    assert not tokens.whole


def test_of_very_much_only_a_part_is_compared() -> None:
    tokens = Tokens(nodes=100)
    tokens.of([[at] for at in range(1_000)])
    assert not tokens.whole


@pytest.mark.parametrize(
    "kind", [object, dict, list, tuple, set, frozenset, str, int, float, bytes, bytearray]
)
def test_hostile_values_run_no_code(kind: type) -> None:
    trap, other = hostile(kind), hostile(kind)
    with armed():
        tokens = Tokens()
        hash(tokens.of({"a": [trap], "b": (other, 1)}))
        tokens.open(trap)
        tokens.identity(trap)
        hash(tokens.of([trap, other]))

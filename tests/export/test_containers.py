"""Containers and objects measured together are as large as one by one; so is what is read as MessagePack."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import ormsgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.messages import AIMessage

from inmem_widgets.export import containers
from inmem_widgets.export.bulk import facts
from inmem_widgets.export.containers import container_sizes
from inmem_widgets.export.msgpacks import are_msgpack
from inmem_widgets.export.previews import preview_column
from inmem_widgets.observables.kinds import unpack
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.sizes import size_of


@dataclass
class Plain:
    a: Any
    b: Any = None
    _hidden: Any = None


@dataclass(slots=True)
class Slotted:
    a: Any


class Pair(NamedTuple):
    a: Any
    b: Any


SHARED = [1.5, "shared"]
leaves = st.one_of(
    st.integers(), st.just(1 << 70), st.floats(), st.sampled_from(["a", "é", "long" * 9]), st.none(),
    st.booleans(), st.binary(max_size=5), st.just(SHARED[0]), st.just(SHARED[1]),
    st.sampled_from([datetime.datetime(2026, 1, 1), decimal.Decimal(1), uuid.UUID(int=7), range(3), int]),
)  # fmt: skip
nested = st.recursive(
    st.one_of(leaves, st.just(SHARED)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b", "c", "_d", 1]), inner, max_size=4),
        st.frozensets(st.integers(0, 400), max_size=4),
        st.sets(st.text(max_size=2), max_size=3),
        st.lists(inner, max_size=3).map(lambda parts: parts + parts),
        st.builds(Plain, inner, inner),
        st.builds(Slotted, inner),
        st.builds(Pair, inner, inner),
        st.builds(lambda x: OrderedDict(a=x), inner),
        st.builds(lambda x: Document("text", metadata={"x": x}), inner),
    ),
    max_leaves=12,
)
some = st.one_of(
    st.lists(nested, max_size=5),
    st.builds(lambda x, n: [x] * n, nested, st.sampled_from([1, 64, 65])),
    st.builds(lambda n: [[i, *range(20)] for i in range(n)], st.integers(8, 16)),
)


@given(st.lists(some, min_size=1, max_size=12), st.sampled_from([1, 3, 4096]))
@settings(max_examples=200)
def test_sizes_of_what_is_nested(values: list[Any], at_a_time: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(containers, "SLICE", at_a_time)
        assert facts(values).sizes.tolist() == [size_of(value)[0] for value in values]


@pytest.mark.parametrize(
    "make",
    [
        lambda i: {"id": i, "tags": ["a", i % 3], "more": {"x": i % 2, "y": None, "z": None}},
        lambda i: (i, [i] * (i % 4), {i, i + 1}, datetime.datetime(2026, 1, 1 + i % 9)),
        lambda i: Document(f"text {i}", metadata={"i": i, "of": ("a", i % 2)}),
        lambda i: AIMessage(f"text {i}"),
        lambda i: Plain(i, {"x": Plain(i)}),
        lambda i: [i] if i % 3 else [Plain(i), {}, ()],
    ],
)
def test_what_is_common_is_measured_together(make: Any) -> None:
    values = [make(i) for i in range(300)]
    assert container_sizes(values).tolist() == [size_of(value)[0] for value in values]


def test_what_is_deep_or_large_is_measured_alone() -> None:
    deep: list[Any] = []
    for _ in range(50):
        deep = [deep]
    cyclic: list[Any] = []
    cyclic.append(cyclic)
    values = [
        [1],
        deep,
        cyclic,
        [*range(300)],
        [[*range(60)]] * 2 + [[*range(i, 60 + i)] for i in range(5)],
        [2],
    ]
    found = container_sizes(values)
    assert (found >= 0).tolist() == [True, False, False, False, False, True]
    assert facts(values).sizes.tolist() == [size_of(value)[0] for value in values]


packed = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(1 << 63), (1 << 64) - 1), st.floats(allow_nan=False),
              st.text(max_size=40), st.binary(max_size=300)),
    lambda inner: (
        st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=5), inner, max_size=18)
    ),
    max_leaves=30,
).map(ormsgpack.packb)  # fmt: skip
begun = st.sampled_from([*range(0x80, 0xA0), *range(0xDC, 0xE0), *range(0xC0, 0xE0)])
maybe = st.one_of(
    packed,
    st.builds(lambda x, y: x + y, packed, st.binary(min_size=1, max_size=3)),
    st.builds(lambda x, n: x[: 1 + n % len(x)], packed, st.integers(0, 400)),
    st.builds(lambda x, y: bytes([x]) + y, begun, st.binary(max_size=80)),
    st.builds(
        lambda n, x: ormsgpack.packb([ormsgpack.Ext(n, x)]), st.integers(0, 127), st.binary(max_size=300)
    ),
)


@given(st.lists(maybe, max_size=80))
@settings(max_examples=150)
def test_what_is_messagepack(values: list[bytes]) -> None:
    assert are_msgpack(values).tolist() == [unpack(value) is not None for value in values]
    assert are_msgpack(values * 9).tolist() == [unpack(value) is not None for value in values] * 9


@given(st.lists(st.binary(min_size=33, max_size=90).map(lambda data: data + b"\0"), min_size=1, max_size=9))
def test_a_column_of_how_vectors_begin(values: list[bytes]) -> None:
    assert [*preview_column(facts(values), every=True)] == [preview(value) for value in values]

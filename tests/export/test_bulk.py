"""Values looked at by type tell what they tell one by one."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets.core.change import MISSING, UNKNOWN, UNREAD
from inmem_widgets.export.bulk import facts
from inmem_widgets.export.bytekinds import KINDS, bytes_kinds
from inmem_widgets.export.previews import ONE_BY_ONE, previews
from inmem_widgets.observables.kinds import bytes_kind
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.redaction import Redactor, redacting
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.taps.unread import Unread
from inmem_widgets.observables.values import type_label

BEGINNINGS = [
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\x1f\x8b\x08", b"(\xb5/\xfd", b"\x93NUMPY", b"\x80\x04\x95",
    b"x\x9c", b"\x81\xa1a\x01", b"{", b"[", b" {", b"",
]  # fmt: skip
numbers = st.one_of(
    st.lists(st.floats(width=32, allow_nan=False), max_size=40).map(lambda x: struct.pack(f"{len(x)}f", *x)),
    st.lists(st.floats(allow_nan=False), max_size=40).map(lambda x: struct.pack(f"{len(x)}d", *x)),
    st.lists(st.sampled_from(b"\x00\x80\x3f\xbf\x40"), min_size=60, max_size=160).map(bytes),
)
some_bytes = st.one_of(
    numbers,
    st.binary(max_size=600),
    st.text(max_size=300).map(str.encode),
    st.builds(
        lambda begin, x, n: begin + x * n,
        st.sampled_from(BEGINNINGS), st.binary(max_size=9), st.sampled_from([1, 60, 200]),
    ),
    st.builds(
        lambda x, end: b'{"a": "' + x * 80 + b'"}' + end,
        st.sampled_from([b"x", b"1234567", b"\xc3\xa9"]), st.sampled_from([b"", b"\n", b"x", b"\xe9"]),
    ),
)  # fmt: skip
SHARED = 1.5
texts = st.one_of(
    st.text(max_size=300),
    st.builds(lambda x, n: x * n, st.sampled_from("xé\ud800"), st.sampled_from([199, 200, 201, 5000])),
)
leaves = st.one_of(
    texts, some_bytes, st.integers(), st.just(1 << 600), st.floats(), st.booleans(), st.none(),
    st.just(SHARED), st.complex_numbers(), st.builds(bytearray, st.binary(max_size=50)),
)  # fmt: skip
parts = st.one_of(
    st.integers(),
    st.just(SHARED),
    st.sampled_from(["a", "b"]),
    st.none(),
    st.lists(st.integers(), max_size=1),
)
containers = st.one_of(
    st.dictionaries(st.sampled_from("abcdefgh"), parts, max_size=6),
    st.lists(parts, max_size=5),
    st.lists(parts, max_size=5).map(tuple),
    st.sampled_from([[*range(64)], [*range(65)], dict.fromkeys(range(32)), dict.fromkeys(range(33)), {1, 2}]),
)
others = st.sampled_from([object, range(3), memoryview(b"abc"), np.arange(5), np.zeros((2, 2))])
anything = st.one_of(leaves, containers, others)


@given(st.lists(some_bytes, max_size=30))
@settings(max_examples=150)
def test_kinds_of_bytes(values: list[bytes]) -> None:
    assert [KINDS[kind] for kind in bytes_kinds(values)] == [bytes_kind(value) for value in values]


@given(st.lists(anything, max_size=20))
@settings(max_examples=150)
def test_types_sizes_and_previews(values: list[Any]) -> None:
    found = facts(values)
    assert [found.labels[code] for code in found.codes] == [type_label(value) for value in values]
    measured = [size_of(value) for value in values]
    assert found.sizes.tolist() == [size for size, _ in measured]
    assert found.exact.tolist() == [how == "exact" for _, how in measured]
    assert previews(found, every=True) == [preview(value) for value in values]


@given(st.lists(containers, min_size=1, max_size=8), st.integers(1, 3))
def test_sizes_of_many_containers_alike(values: list[Any], times: int) -> None:
    assert facts(values * times).sizes.tolist() == [size_of(value)[0] for value in values] * times


def test_what_is_not_known_is_no_value() -> None:
    values = ["text", MISSING, UNKNOWN, UNREAD, Unread(7)]
    found = facts(values)
    assert found.codes.tolist() == [0, -1, -1, -1, -1]
    assert found.sizes.tolist() == [4, -1, -1, -1, 7]
    assert previews(found, every=True) == ["text", None, None, None, None]


def test_of_many_objects_the_first_have_previews() -> None:
    values: list[Any] = [{"i": i} for i in range(ONE_BY_ONE + 5)]
    found = previews(facts(values), every=False)
    assert [i for i, text in enumerate(found) if text is None] == [*range(ONE_BY_ONE, ONE_BY_ONE + 5)]
    mixed = ["text", *values, "text", [1]]
    found = previews(facts(mixed), every=False)
    assert found[0] == found[-2] == "text"
    assert [i for i, text in enumerate(found) if text is None] == [
        *range(ONE_BY_ONE + 1, ONE_BY_ONE + 6),
        len(mixed) - 1,
    ]
    assert None not in previews(facts(mixed), every=True)


def test_previews_are_redacted() -> None:
    values = ["a secret", b"a secret", 7, {"x": "a secret"}]
    with redacting(Redactor(lambda text: text.replace("secret", "…"))):
        shown = previews(facts(values), every=True)
    assert not any("secret" in (text or "") for text in shown)


class Hostile:
    def __sizeof__(self) -> int:
        raise AssertionError("foreign code was run")

    def __repr__(self) -> str:
        raise AssertionError("foreign code was run")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("foreign code was run")

    def __hash__(self) -> int:
        raise AssertionError("foreign code was run")

    def __len__(self) -> int:
        raise AssertionError("foreign code was run")


class Meta(type):
    def __hash__(cls) -> int:
        raise AssertionError("foreign code was run")

    def __eq__(cls, other: object) -> bool:
        raise AssertionError("foreign code was run")


class HostileType(metaclass=Meta):
    pass


@pytest.mark.parametrize(
    "value", [Hostile(), HostileType(), [Hostile()], {"a": Hostile()}, {"a": HostileType()}]
)
def test_no_code_of_a_value_is_run(value: Any) -> None:
    found = facts([value, 1, value])
    assert found.labels[found.codes[0]] == type_label(value)
    assert previews(found, every=True)[0] == preview(value)

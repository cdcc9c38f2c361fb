"""Previews are bounded, run no foreign code, and survive anything."""

import datetime
import json
import pickle
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.messages import AIMessage

from inmem_widgets.observables.preview import PREVIEW, preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.tree import WIDTH, descend, value_node
from inmem_widgets.observables.values import child_count, type_label


class Hostile:
    """Every way a value could run code while looked at."""

    def __repr__(self) -> str:
        raise AssertionError("repr was called")

    __str__ = __len__ = __iter__ = __getitem__ = __eq__ = __hash__ = __repr__  # type: ignore[assignment]

    @property
    def trap(self) -> str:
        raise AssertionError("a property was read")


class LoudDict(dict):  # type: ignore[type-arg]
    def __repr__(self) -> str:
        raise AssertionError("repr was called")

    __iter__ = items = keys = values = __len__ = __getitem__ = __repr__  # type: ignore[assignment]


@dataclass
class Point:
    x: int
    y: int


@dataclass
class Slotted:
    __slots__ = ("x",)
    x: int


@pytest.mark.parametrize(
    ("value", "label", "text"),
    [
        (None, "None", "None"),
        ("text", "str", "text"),
        (b'{"a": 1}', "json", '{"a": 1}'),
        (b"plain words", "text", "plain words"),
        (b"\x00\x01\xff", "bytes", "00 01 ff"),
        (pickle.dumps([1]), "pickle", None),
        (b"\x1f\x8b\x08\x00", "gzip", "1f 8b 08 00"),
        ({"a": [1, 2]}, "dict", "{'a': [1, 2]}"),
        (Point(1, 2), "Point", "Point(x=1, y=2)"),
        (Slotted(3), "Slotted", "Slotted(x=3)"),
        (np.zeros((3, 4), "float32"), "ndarray", "ndarray(3 × 4 float32)"),
        (pd.DataFrame({"a": [1]}), "DataFrame", "DataFrame(1 × 1)"),
        (datetime.date(2026, 1, 2), "date", "datetime.date(2026, 1, 2)"),
        (1 << 100_000, "int", "int of 100001 bits"),
        ("\ud800", "str", "\\ud800"),
    ],
    ids=[
        "None",
        "str",
        "json",
        "text",
        "bytes",
        "pickle",
        "gzip",
        "dict",
        "dataclass",
        "slots",
        "numpy",
        "pandas",
        "date",
        "int",
        "surrogate",
    ],
)
def test_what_a_value_is_and_how_it_begins(value: Any, label: str, text: str | None) -> None:
    assert type_label(value) == label
    if text is not None:
        assert preview(value) == text


def test_records_of_langchain_show_their_fields() -> None:
    assert preview(Document(page_content="Hi", metadata={"a": 1})).startswith("Document(")
    assert "page_content='Hi'" in preview(Document(page_content="Hi"))
    assert "content='yes'" in preview(AIMessage("yes"))


@pytest.mark.parametrize("value", [Hostile(), [Hostile()], {"k": Hostile()}, LoudDict(a=1), (LoudDict(),)])
def test_looking_runs_no_code_of_the_value(value: Any) -> None:
    assert isinstance(preview(value), str)
    assert size_of(value)[0] is not None
    value_node("v", value, depth=2)


def test_ten_megabytes_cost_a_preview() -> None:
    for value in (
        "é" * 10_000_000,
        b"x" * 10_000_000,
        ["y" * 1000] * 1_000_000,
        {i: i for i in range(200_000)},
    ):
        assert len(preview(value)) <= PREVIEW
        node = value_node("v", value, depth=1)
        assert len(json.dumps(node)) < 200_000


def test_sizes_are_exact_for_content_and_estimates_otherwise() -> None:
    assert size_of("abc") == (3, "exact")
    assert size_of("é") == (2, "exact")
    assert size_of(b"abcd") == (4, "exact")
    assert size_of(np.zeros(10)) == (80, "exact")
    size, how = size_of(["x" * 1000 + str(i) for i in range(10_000)])
    assert how == "sampled"
    assert 8_000_000 < (size or 0) < 16_000_000


def test_a_type_named_like_a_builtin_is_not_treated_as_one() -> None:
    fake = type("dict", (), {})()
    assert preview(fake) == "<dict>"


def test_a_recursive_value_ends() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert preview(loop) == "[[[[...]]]]"
    assert size_of(loop)[0]


plain = st.none() | st.integers() | st.text() | st.binary()


@settings(deadline=None)
@given(st.recursive(plain, lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_plain_value(value: Any) -> None:
    text = preview(value)
    assert (len(text.encode("utf-8")) and len(text) <= PREVIEW) or value in ("", b"")
    json.dumps(value_node("v", value, depth=2)).encode("utf-8")


def test_a_tree_opens_level_by_level_and_says_how_much_there_is() -> None:
    value = {"a": [1, {"b": 2}], "wide": list(range(1000))}
    root = value_node("", value, depth=1)
    assert [c["name"] for c in root["children"] or ()] == ["a", "wide"]
    wide = value_node(*descend(value, [1]), depth=1)
    assert (wide["count"], len(wide["children"] or ())) == (1000, WIDTH)
    assert descend(value, [0, 1, 0]) == ("b", 2)
    with pytest.raises(LookupError, match=r"path: \[0, 9\]"):
        descend(value, [0, 9])


def test_counting_children_reads_no_more_than_it_must() -> None:
    assert child_count(range(10)) is None
    assert child_count({"a": 1}) == 1
    assert child_count("text") is None
    assert sys.getsizeof(1) > 0

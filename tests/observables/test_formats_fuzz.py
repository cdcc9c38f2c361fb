"""Whatever a value is: it is shown, within a bound."""

import gzip
import json
import pickle
import zlib
from typing import Any

import ormsgpack
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.messages import HumanMessage

from tests.observables.checking import check

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(1 << 20_000), 1 << 20_000),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.text(st.characters(codec=None)),
    st.binary(),
    st.binary().map(bytearray),
    st.binary().map(memoryview),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.decimals(),
    st.fractions(),
    st.uuids(),
)
NAMES = [
    "lc",
    "type",
    "id",
    "kwargs",
    "role",
    "content",
    "data",
    "page_content",
    "metadata",
    "tool_calls",
    "messages",
    "name",
    "args",
    "text",
    "usage_metadata",
    "image_url",
    "url",
]
keys = st.text(max_size=20) | st.integers() | st.none() | st.tuples(st.integers())
nested = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=8)
        | st.dictionaries(keys, inner, max_size=8)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner | st.sampled_from(["human", "ai", "constructor", "text", "tool_use", "image", 1]),
            max_size=8,
        )
    ),
    max_leaves=25,
)


@given(nested)
@settings(max_examples=150, deadline=None)
def test_any_nested_value(value: Any) -> None:
    check(value)


magic = st.sampled_from(
    [
        b"",
        b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
        b"x\x9c",
        b"\x28\xb5\x2f\xfd",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0\0\x10",
        b"\x80\x04\x95",
        b"\x80\x02",
        b"\x93NUMPY\1\0",
        b"\x82\xa1a",
        b"{",
        b"[",
        b"# ",
    ]
)


def cut_off(data: bytes) -> bytes:
    return gzip.compress(data)[:-9]


packers = st.sampled_from([bytes, gzip.compress, zlib.compress, zstandard.compress, cut_off])


@given(magic, st.binary(max_size=400), packers)
@settings(max_examples=200, deadline=None)
def test_any_bytes(start: bytes, rest: bytes, pack: Any) -> None:
    check(pack(start + rest))


@given(nested.filter(lambda v: v is not None), st.sampled_from(["json", "pickle", "msgpack"]), packers)
@settings(max_examples=150, deadline=None)
def test_anything_serialized(value: Any, how: str, pack: Any) -> None:
    try:
        if how == "json":
            data = json.dumps(value).encode()
        elif how == "pickle":
            data = pickle.dumps(value)
        else:
            data = ormsgpack.packb(value, option=ormsgpack.OPT_NON_STR_KEYS)
    except (TypeError, ValueError):
        return
    check(pack(data))


MARKS = [*"#*_`[]()<>!|-+\\\n \n1.&;:ab\t~", "```", "**", "](", "<b>", "- ", "> ", "|---|", "https://"]
markdown = st.lists(
    st.sampled_from(MARKS),
    max_size=200,
).map("".join)


@given(markdown)
@settings(max_examples=150, deadline=None)
def test_any_markdown(text: str) -> None:
    check("# Heading\n\n" + text)
    check([HumanMessage(text), Document(text)])
    check(HumanMessage("**b** `c` " + text))

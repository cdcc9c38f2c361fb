"""What is made to do harm is shown within a bound, and does none."""

import base64
import gzip
import json
import os
import pickle
import struct
import zlib
from typing import Any, NamedTuple

import numpy as np
import ormsgpack
import pandas as pd
import pytest
import zstandard
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage

from inmem_widgets.observables.formats import view_value
from tests.observables.checking import MOST, check, weight


class Boom:
    def __reduce__(self) -> Any:
        return os.system, ("touch /tmp/inmem-widgets-was-here",)


def test_a_malicious_pickle_is_named_and_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Any] = []
    datas = [pickle.dumps(Boom(), protocol) for protocol in range(6)]
    monkeypatch.setattr(os, "system", ran.append)
    monkeypatch.setattr(pickle, "loads", ran.append)
    monkeypatch.setattr(pickle, "Unpickler", ran.append)
    for data in datas:
        check(data)
        found = view_value(data)
        assert found["format"] == "pickle"
        notes = [b["text"] for b in found["blocks"] if b["kind"] == "note"]
        assert any(
            note.endswith(f"import {os.system.__module__ or os.name}.system") or ".system" in note
            for note in notes
        )
    assert not ran


def test_a_pickle_cannot_hide_what_it_imports() -> None:
    """Names on the stack that are dropped, and names that come from the memo, do not mislead."""
    hidden = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x8c\x04json0\x8c\x05dumps0\x93."
    memo = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x9400h\x00h\x01\x93."
    marked = b"\x80\x04\x8c\x02os\x8c\x06system(\x8c\x04json\x8c\x05dumps1\x93."
    for data in (hidden, memo, marked):
        text = json.dumps(view_value(data, format="pickle")["blocks"])
        assert "import os.system" in text


def bomb(pack: Any) -> bytes:
    return pack(b"\0" * 200_000_000)


@pytest.mark.parametrize(
    "pack",
    [lambda b: gzip.compress(b, 1), lambda b: zlib.compress(b, 1), zstandard.compress],
    ids=["gzip", "zlib", "zstd"],
)
def test_a_decompression_bomb_is_opened_within_a_bound(pack: Any) -> None:
    data = bomb(pack)
    found = view_value(data)
    assert found["packed"] is not None
    assert found["packed"]["opened"] <= 8_000_000
    assert not found["packed"]["complete"]
    check(data)


def test_streams_that_hold_nothing_end() -> None:
    check(gzip.compress(b"") * 1_000_000)
    stored = zlib.compressobj(0)
    empty_blocks = stored.compress(b"x") + stored.flush(zlib.Z_FULL_FLUSH) + b"\0\0\0\xff\xff" * 4_000_000
    check(empty_blocks)


@pytest.mark.parametrize("start", ["[", '{"a":', '[{"a":'])
def test_deep_json(start: str) -> None:
    ends = {"[": "]", '{"a":': "}", '[{"a":': "}]"}
    for depth in (50, 900, 100_000):
        check(start * depth + "1" + ends[start] * depth)
        check((start * depth).encode())


def test_deep_msgpack_and_nested_extensions() -> None:
    for depth in (50, 500, 100_000):
        check(b"\x91" * depth + b"\x01")
        check(b"\x81\xa1a" * depth + b"\x01")
    inner = b"\x92\x01\x02"
    for _ in range(50):
        inner = ormsgpack.packb([ormsgpack.Ext(5, inner), 1])
    check(inner)


def test_deep_objects() -> None:
    value: Any = 1
    for _ in range(5_000):
        value = [value]
    check(value)
    loop: dict[str, Any] = {}
    loop["again"] = [loop, loop]
    check(loop)


def test_numbers_beyond_all_floats() -> None:
    check([10**400] * 20)
    check("[" + ",".join(["1" * 5_000] * 20) + "]")
    check("[1e999, -1e999, NaN, Infinity, 1, 2, 3, 4, 5]")
    check([1.7e308, -1.7e308] * 10)
    check([5e-324, 1e-323, 0.0] * 5)
    check([float("nan")] * 10)
    check([1.0, 1.0 + 2**-52] * 10)
    check(np.array([np.inf, -np.inf, np.nan] * 5, "f4"))
    check(np.array([1, 2, 3] * 5, "f2"))
    check(np.arange(20).astype("u8") + 2**63)
    check(1 << 5_000_000)


def test_an_image_bomb_is_not_drawn() -> None:
    png = base64.b64decode(PNG)
    wide = png[:16] + struct.pack(">II", 100_000, 100_000) + png[24:]
    found = view_value(wide)
    assert found["format"] == "image"
    assert [b["kind"] for b in found["blocks"]] == ["facts", "note", "hex"]
    jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03"
    assert "image" not in [b["kind"] for b in view_value(jpeg)["blocks"]]
    check(wide)
    check(jpeg)
    check(png + b"\0" * 5_000_000)
    check({"role": "human", "content": [{"type": "image", "base64": base64.b64encode(wide).decode()}]})
    check(b"\xff\xd8" + b"\xff\xff" * 100_000)


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "> " * 30_000,
        "*a " * 20_000,
        "`" * 9 + "a`" * 20_000,
        "![" * 20_000,
        "- " * 20_000,
        "<" * 50_000,
        "[a](" * 10_000,
        "|a" * 10_000 + "\n" + "|-" * 10_000,
        "&" * 50_000,
        "**a" * 20_000,
        "[a](b) " * 8_000,
        "\n- x" * 9_000,
        "[a](<b" * 8_000,
        "# x\n" * 9_000,
        "_(" * 20_000,
        "\\" * 50_000,
        "1. " * 9_000,
        "```\n" * 5_001,
    ],
    ids=range(19),
)
def test_pathological_markdown_is_bounded(text: str) -> None:
    found = view_value("# T\n\n" + text, format="Markdown")
    assert found["format"] == "Markdown"
    assert weight(found) <= MOST


class Wide(NamedTuple):
    names: str
    more: str


def test_the_largest_answers_are_bounded() -> None:
    ugly = "\x01" * 100_000
    many = {f"{i}" + ugly: [ugly] * 300 for i in range(300)}
    check(many)
    check([many, many])
    check(ugly)
    check("# x\n\n" + "**\x01** " * 100_000)
    check([HumanMessage(ugly)] * 500)
    check([HumanMessage("x", name=ugly, id=ugly, **{ugly: ugly})] * 100)
    check([AIMessage("x", tool_calls=[{"name": ugly, "args": many, "id": ugly}] * 30)] * 100)
    check([Document(ugly, metadata={f"{i}" + ugly: ugly for i in range(10)})] * 100)
    check(pd.DataFrame({f"{i}" + ugly: [ugly] * 100 for i in range(40)}))
    check(np.array([["\x01" * 100] * 60] * 60))
    check(np.zeros(10, [(f"f{i}" + "x" * 1000, "i4") for i in range(100)]))
    check(Wide(ugly, ugly))
    check(type("N" * 100_000, (), {"x": 1})())
    check([10**4_000] * 300)
    check(pickle.dumps([ugly + str(i) for i in range(600)]))
    check(b"\xff" * 100_000)
    check("\ud800" * 100_000)


@pytest.mark.parametrize(
    "value",
    [
        memoryview(b"x" * 10)[::2],
        memoryview(np.zeros((3, 4))),
        memoryview(np.zeros((0, 4))),
        memoryview(np.zeros((4, 4)))[::2],
    ],
    ids=["strided", "2-D", "empty", "rows"],
)
def test_any_memoryview(value: Any) -> None:
    check(value)


def test_a_released_memoryview() -> None:
    view = memoryview(b"abc")
    view.release()
    check(view)


def test_looking_leaves_a_bytearray_free_to_grow() -> None:
    data = bytearray(b"\x82\xa1a\x01\xa1b\x02" * 100)
    check(data)
    data += b"more"  # would raise while its memory is looked at

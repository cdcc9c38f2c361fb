"""Each format shows what it is for, and is chosen for what it shows best."""

import base64
import datetime
import gzip
import json
import pickle
import random
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import ormsgpack
import pandas as pd
import pydantic
import pytest
import zstandard

from inmem_widgets.observables.formats import child_node, view_value

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080010002001011100ffd9")
FLOATS = [random.Random(0).gauss(0, 1) for _ in range(1000)]
EMBEDDING = np.array(FLOATS, "<f4").tobytes()
MARKDOWN = "# Title\n\nSome **bold** text\n\n- one\n- two\n"
ISO = "2026-11-20T10:00:00Z"


@dataclass(slots=True)
class Point:
    x: int
    y: list[int]


class Pair(NamedTuple):
    left: int
    right: int


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    a: int
    b: list[str]


class Plain:
    def __init__(self) -> None:
        self.shown = 1
        self._hidden = 2


CHOSEN: dict[str, tuple[Any, list[str]]] = {
    "text": ("hello", ["text"]),
    "text in bytes": (b"hello", ["text", "hex", "base64"]),
    "number": (1, ["text"]),
    "None": (None, ["text"]),
    "JSON": ('{"a": 1}', ["JSON", "text"]),
    "JSON in bytes": (b' [{"a": 1}] ', ["JSON", "text", "hex", "base64"]),
    "broken JSON": ('{"a": 1', ["text"]),
    "bytes": (b"\x00\x01\xff" * 5, ["hex", "base64", "text"]),
    "no bytes": (b"", ["hex"]),
    "JSON of floats": (json.dumps(FLOATS), ["vector", "JSON", "text"]),
    "floats": (FLOATS, ["vector", "fields"]),
    "three numbers": ([1, 2, 3], ["fields", "vector"]),
    "numbers and more": ([*FLOATS, "x"], ["fields"]),
    "truths": ([True] * 10, ["fields"]),
    "float32": (EMBEDDING, ["float32", "hex", "base64", "text"]),
    "float64": (np.array(FLOATS).tobytes(), ["float64", "hex", "base64", "text"]),
    "array": (np.zeros((3, 4)), ["array", "text"]),
    "1-D array": (np.array(FLOATS), ["vector", "array", "text"]),
    "DataFrame": (pd.DataFrame({"a": [1]}), ["table", "text"]),
    "Series": (pd.Series(["a"]), ["table", "text"]),
    "PNG": (PNG, ["image", "hex", "base64", "text"]),
    "JPEG": (JPEG, ["image", "hex", "base64", "text"]),
    "datetime": (datetime.datetime(2026, 1, 2), ["date-time", "text"]),
    "Timestamp": (pd.Timestamp("2026-01-02"), ["date-time", "text"]),
    "ISO": (ISO, ["date-time", "text"]),
    "epoch": (1_780_000_000, ["text", "date-time"]),
    "epoch as text": ("1780000000123", ["text", "date-time"]),
    "Markdown": (MARKDOWN, ["Markdown", "text"]),
    "Markdown in bytes": (MARKDOWN.encode(), ["Markdown", "text", "hex", "base64"]),
    "a little Markdown": ("see `code`", ["text", "Markdown"]),
    "Python is no Markdown": ("# a comment\nx = a * b * c\n", ["text"]),
    "pickle": (pickle.dumps({"a": 1}), ["pickle", "hex", "base64", "text"]),
    "old pickle": (pickle.dumps(Point, 0), ["pickle", "text", "hex", "base64"]),
    "msgpack": (ormsgpack.packb({"a": [1]}), ["msgpack", "hex", "base64", "text"]),
    "dict": ({"a": 1}, ["fields"]),
    "dataclass": (Point(1, [2]), ["fields"]),
    "pydantic": (Model(a=1, b=[]), ["fields"]),
    "object": (Plain(), ["fields"]),
}


@pytest.mark.parametrize(("value", "formats"), CHOSEN.values(), ids=CHOSEN)
def test_the_best_format_comes_first(value: Any, formats: list[str]) -> None:
    found = view_value(value)
    assert found["formats"] == formats
    assert found["format"] == formats[0]
    assert found["packed"] is None


@pytest.mark.parametrize(
    ("name", "pack"), [("gzip", gzip.compress), ("zlib", zlib.compress), ("zstd", zstandard.compress)]
)
def test_what_is_compressed_is_opened_and_then_shown_as_what_it_is(name: str, pack: Any) -> None:
    for value, formats in CHOSEN.values():
        if isinstance(value, bytes) and value:
            data = pack(value)
            found = view_value(data)
            size = {"name": name, "size": len(data), "opened": len(value), "complete": True}
            assert (found["packed"], found["formats"]) == (size, formats)
            assert found["blocks"] == view_value(value)["blocks"]
    node = child_node(pack(b'{"a": [1, 2]}'), [0, 1], format="JSON")
    assert (node["name"], node["preview"]) == ("1", "2")


def test_broken_and_cut_compressed_data() -> None:
    data = gzip.compress(random.Random(0).randbytes(1000).hex().encode())
    for end in (20, 200, len(data) - 3):
        found = view_value(data[:end])
        packed = found["packed"]
        if packed is not None:
            assert not packed["complete"]
        assert found["blocks"][0]["kind"] == "note"
    found = view_value(b"\x1f\x8b\x08 nothing of the kind")
    assert (found["packed"], found["format"]) == (None, "hex")
    assert "cannot be opened" in found["blocks"][0]["text"]  # type: ignore[typeddict-item]
    joined = view_value(gzip.compress(b"a") + gzip.compress(b"b"))
    assert joined["blocks"][0]["text"] == "ab"  # type: ignore[typeddict-item]


def all_of(value: Any, format: str, kind: str, key: str) -> tuple[Any, int]:
    """(the parts of a block, joined; how many there were)."""
    blocks = [b for b in view_value(value, format=format)["blocks"] if b["kind"] == kind]
    block: Any = blocks[-1]
    found, parts, offset = block[key], 1, 0
    while block["more"] is not None:
        assert block["more"] > offset
        offset = block["more"]
        (block,) = view_value(value, format=format, offset=offset)["blocks"]  # type: ignore[assignment]
        assert (block["kind"], block["offset"]) == (kind, offset)
        found, parts = found + block[key], parts + 1
    return found, parts


def test_load_more_yields_all_of_it() -> None:
    text = "".join(random.Random(1).choices("aäß€😀\n", k=90_000))
    assert all_of(text, "text", "text", "text") == (text, 5)
    whole, parts = all_of(text.encode(), "text", "text", "text")
    assert whole == text
    assert parts > 5
    broken = text.encode()[:50_001] + b"\xff" + text.encode()[50_001:]
    assert "\\xff" in all_of(broken, "text", "text", "text")[0]
    data = random.Random(2).randbytes(40_000)
    whole, parts = all_of(data, "base64", "text", "text")
    assert (base64.b64decode(whole), parts) == (data, 3)
    rows, parts = all_of(pd.DataFrame({"a": range(120)}), "table", "table", "rows")
    assert ([row[1] for row in rows], parts) == ([str(i) for i in range(120)], 3)
    rows, parts = all_of(np.arange(200).reshape(100, 2), "array", "table", "rows")
    assert (rows[99], parts) == (["99", "198", "199"], 2)
    assert len(all_of(pickle.dumps(list(range(2000))), "pickle", "text", "text")[0].splitlines()) > 2000
    figures, _ = all_of(EMBEDDING, "float32", "text", "text")
    assert figures.startswith(f"{np.float32(FLOATS[0]):.9g}\n")


def test_hex_a_part_at_a_time() -> None:
    data = random.Random(2).randbytes(10_000)
    found, offset = b"", 0
    while True:
        block: Any = view_value(data, format="hex", offset=offset)["blocks"][0]
        found += base64.b64decode(block["data"])
        assert block["total"] == 10_000
        if block["more"] is None:
            break
        offset = block["more"]
    assert found == data


def test_json_is_put_as_json() -> None:
    text = '{"name": "Ada \\"A\\"", "on": true, "none": null, "cart": [{"sku": "K", "n": [1]}], "x": 1.5}'
    node = view_value(text)["blocks"][0]["node"]
    put = {child["name"]: (child["type"], child["preview"]) for child in node["children"]}
    assert put == {
        "name": ("string", '"Ada \\"A\\""'),
        "on": ("boolean", "true"),
        "none": ("null", "null"),
        "cart": ("array", '[{"sku": "K", "n": […]}]'),
        "x": ("number", "1.5"),
    }
    assert child_node(text, [3, 0], format="JSON")["children"][0]["preview"] == '"K"'


def test_json_over_the_bound_is_text() -> None:
    text = json.dumps(["x" * 100] * 30_000)
    found = view_value(text)
    assert found["formats"] == ["text"]
    assert [b["kind"] for b in found["blocks"]] == ["note", "text"]


def test_msgpack_is_a_tree_whose_extensions_are_codes_and_bytes() -> None:
    class_call = ormsgpack.packb(["os", "system", ["x"]])
    data = ormsgpack.packb(
        {"a": [1, {"b": b"\x00"}], "e": ormsgpack.Ext(5, class_call), "f": ormsgpack.Ext(9, b"\xff")}
    )
    assert child_node(data, [0, 1, 0], format="msgpack")["name"] == "b"
    extension = child_node(data, [1], format="msgpack")
    code, inside = extension["children"] or []
    assert (extension["type"], code["preview"], inside["preview"]) == ("Ext", "5", "['os', 'system', ['x']]")
    assert child_node(data, [2, 1], format="msgpack")["preview"] == "ff"


def test_a_pickle_is_disassembled_up_to_an_error() -> None:
    data = pickle.dumps(Point(1, [2]))
    notes = [b["text"] for b in view_value(data)["blocks"] if b["kind"] == "note"]
    assert any("import" in note and "Point" in note for note in notes)
    cut = view_value(data[:-5])["blocks"]
    assert cut[-1]["kind"] == "note"
    assert cut[-1]["tone"] == "error"
    assert any(b["kind"] == "text" and "PROTO" in b["text"] for b in cut)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (Point(1, [2]), ["x", "y"]),
        (Pair(1, 2), ["left", "right"]),
        (Model(a=1, b=["x"], c=3), ["a", "b", "c"]),  # type: ignore[call-arg]
        (Plain(), ["shown"]),
        ({"k": 1, 2: 3}, ["k", "2"]),
        ([5, 6], ["0", "1"]),
        ({7}, ["0"]),
    ],
    ids=["dataclass", "namedtuple", "pydantic", "object", "dict", "list", "set"],
)
def test_fields(value: Any, names: list[str]) -> None:
    (tree,) = view_value(value, format="fields")["blocks"]
    assert tree["kind"] == "tree"
    assert tree["loads"]
    assert [child["name"] for child in tree["node"]["children"] or []] == names


def test_a_tree_is_open_as_far_as_it_is_small_and_pages_where_it_is_wide() -> None:
    value = {"a": {"b": {"c": 1}}, "wide": list(range(1_000))}
    (tree,) = view_value(json.dumps(value))["blocks"]
    assert tree["kind"] == "tree"
    a, wide = tree["node"]["children"] or []
    assert a["children"][0]["children"][0]["name"] == "c"  # type: ignore[index]
    assert (wide["count"], wide["children"]) == (1_000, None)
    for start, names in (
        (0, range(200)),
        (200, range(200, 400)),
        (950, range(950, 1_000)),
        (2_000, range(0)),
    ):
        node = child_node(json.dumps(value), [1], start, format="JSON")
        assert [child["name"] for child in node["children"] or []] == [str(i) for i in names]


def test_a_path_that_leads_nowhere() -> None:
    for path, format in (([5], "JSON"), ([0, 0], "JSON"), ([-1], "JSON"), ([0], "hex"), ([0], "nothing")):
        with pytest.raises(LookupError):
            child_node('{"a": 1}', path, format=format)


def test_a_format_that_no_longer_fits_gives_way_to_the_best() -> None:
    assert view_value("{", format="JSON")["format"] == "text"

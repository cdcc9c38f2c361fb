"""What bytes look like: certain where it is said, `bytes` where it is not."""

import gzip
import json
import pickle
import random
import zlib
from typing import Any

import numpy as np
import ormsgpack
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets.observables.kinds import SAMPLE, bytes_kind, unpack

RANDOM = random.Random(0)
NORMAL = np.random.default_rng(0).normal(0, 0.05, 384)
KINDS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "bytes"),
    "json": (b' {"a": 1}\n', "json"),
    "json list": (b"[1]", "json"),
    "cut json": (b'{"a": 1', "text"),
    "mixed ends": (b"{1]", "text"),
    "text": ("Tee für 2 €".encode(), "text"),
    "colours": (b"\x1b[31mred\x1b[0m", "text"),
    "x^2": (b"x^2 + y", "text"),
    "latin-1": ("Tee für".encode("latin-1"), "bytes"),
    "zero byte": (b"text\0", "bytes"),
    "pickle 2": (pickle.dumps({"a": 1}, 2), "pickle"),
    "pickle 5": (pickle.dumps({"a": 1}, 5), "pickle"),
    "cut pickle": (pickle.dumps({"a": [1] * 99}, 5)[:-9], "pickle"),
    "gzip": (gzip.compress(b"x"), "gzip"),
    "zstd": (zstandard.compress(b"x"), "zstd"),
    "zlib": (zlib.compress(b"tea"), "zlib"),
    "zlib 0": (zlib.compress(RANDOM.randbytes(3000), 0), "zlib"),
    "no zlib": (b"x\x9c" + b"\xff" * 50, "bytes"),
    "npy": (b"\x93NUMPY\1\0", "npy"),
    "msgpack map": (ormsgpack.packb({"a": 1.5, "b": None}), "msgpack"),
    "msgpack list": (ormsgpack.packb([1.5, "x"]), "msgpack"),
    "large map": (ormsgpack.packb({"name": "x" * 9_000}), "msgpack"),
    "large list of maps": (ormsgpack.packb([{"id": i, "t": "x" * 50} for i in range(90)]), "msgpack"),
    "large list of floats": (ormsgpack.packb(NORMAL.tolist()), "msgpack"),
    "msgpack and more": (ormsgpack.packb({"a": 1}) + b"\xff\xff", "bytes"),
    "float32": (NORMAL.astype("<f4").tobytes(), "float32"),
    "float64": (NORMAL.tobytes(), "float64"),
    "whole float64": (np.arange(1.0, 100).tobytes(), "float64"),
    "few float32": (NORMAL[:8].astype("<f4").tobytes(), "bytes"),
    "int64": (np.arange(100).tobytes(), "bytes"),
    "random": (RANDOM.randbytes(1000), "bytes"),
}


@pytest.mark.parametrize(("data", "kind"), KINDS.values(), ids=KINDS)
def test_kind(data: bytes, kind: str) -> None:
    assert bytes_kind(data) == kind
    if len(data) > 4096:
        assert bytes_kind(data[:4096], len(data), data[-16:]) == kind


@pytest.mark.parametrize("shift", range(4))
def test_a_sample_may_end_within_a_character(shift: int) -> None:
    assert bytes_kind(b"a" * shift + "😀".encode() * SAMPLE) == "text"
    assert bytes_kind(b"a" * (SAMPLE - shift) + b"\xf0\x9f") == ("text" if shift < 2 else "bytes")


def test_random_bytes_are_hardly_ever_taken_for_something() -> None:
    kinds = [bytes_kind(RANDOM.randbytes(256)) for _ in range(5_000)]
    assert kinds.count("bytes") > 4_950


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    labels = "bytes json text pickle msgpack gzip zstd zlib png jpeg npy float32 float64"
    assert bytes_kind(data) in labels.split()


leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False)
plain: Any = st.recursive(
    leaves | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(plain, st.binary(min_size=1, max_size=20))
def test_msgpack_is_unpacked_whole_or_not_at_all(value: Any, more: bytes) -> None:
    data = ormsgpack.packb(value)
    assert unpack(data) == [value]
    assert unpack(data + more) is None
    assert unpack(data[:-1]) is None


def test_json_text_is_what_json_made() -> None:
    for value in ({}, [], {"a": ["ä" * 2_000]}, [1.5] * 500):
        assert bytes_kind(json.dumps(value, ensure_ascii=False).encode()) == "json"

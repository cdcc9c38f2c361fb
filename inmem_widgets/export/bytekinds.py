"""What many bytes look like, by columns: each as `bytes_kind` says, in some tenth of the time."""

from __future__ import annotations

from contextlib import suppress
from operator import itemgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.export.msgpacks import are_msgpack
from inmem_widgets.observables.kinds import CONTROL, DOUBLE, SAMPLE, SINGLE, SMALL, bytes_kind, is_text

SLICE = 1 << 15
"""Values at a time."""
KINDS: Final = ("bytes", "text", "json", "float32", "float64", "pickle", "msgpack", "png", "jpeg", "gzip",
                "zstd", "npy", "zlib")  # fmt: skip
"""All that `bytes_kind` gives."""
_BYTES, _TEXT, _JSON, _FLOAT32, _FLOAT64, _PICKLE, _MSGPACK = range(7)

_HAS_CONTROL, _NOT_ASCII = 1, 2
_CLASS = bytes(_NOT_ASCII * (c >= 128) | _HAS_CONTROL * (c in CONTROL) for c in range(256))
_OPENS = np.zeros(256, dtype=np.uint8)
_OPENS[[*b"{["]] = [*b"}]"]
_MAGIC = np.zeros(256, dtype=bool)
"""First bytes of known formats."""
_MAGIC[[0x89, 0xFF, 0x1F, 0x28, 0x78]] = True
_PACKED = np.zeros(256, dtype=bool)
"""Those of MessagePack's maps and arrays."""
_PACKED[[*range(0x80, 0xA0), *range(0xDC, 0xE0)]] = True
_UNUSUAL = np.ones((2, 256), dtype=bool)
_UNUSUAL[0, [*SINGLE]] = _UNUSUAL[1, [*DOUBLE]] = False


def bytes_kinds(values: list[bytes]) -> NDArray[np.int64]:
    """The kind of each, among `KINDS`; all are exactly of the type bytes."""
    found = np.zeros(len(values), dtype=np.int64)
    for start in range(0, len(values), SLICE):
        _kinds(values[start : start + SLICE], found[start : start + SLICE])
    return found


def _kinds(values: list[bytes], found: NDArray[np.int64]) -> None:
    sizes = np.fromiter(map(len, values), np.int64, len(values))
    rows = np.flatnonzero(sizes)
    if not len(rows):
        return
    heads = [*map(itemgetter(slice(SAMPLE)), values)]
    joined = b"".join(heads)
    data = np.frombuffer(joined, dtype=np.uint8)
    sizes = sizes[rows]
    seen = np.minimum(sizes, SAMPLE)
    begins = np.concatenate(([0], np.cumsum(seen)[:-1]))
    if joined.isascii() and len(joined.translate(None, CONTROL)) == len(joined):
        content = np.zeros(len(rows), np.uint8)
    else:
        classes = np.frombuffer(joined.translate(_CLASS), dtype=np.uint8)
        content = np.bitwise_or.reduceat(classes, begins)
    first, last = data[begins], data[begins + seen - 1].copy()
    for i in np.flatnonzero(sizes > SAMPLE).tolist():
        last[i] = values[rows[i]][-1]
    second, third = (data[np.minimum(begins + at, len(data) - 1)] for at in (1, 2))
    control = content & _HAS_CONTROL != 0
    text = ~control & (first > 32) & ((last > 32) | (_OPENS[first] == 0))
    if (other := np.flatnonzero(text & (content != 0))).size:  # beyond ASCII
        text[other] = _are_text([heads[i] for i in rows[other].tolist()], sizes[other] > SAMPLE)
    found[rows[text]] = _TEXT
    found[rows[text & (_OPENS[first] == last)]] = _JSON  # what is text is none of the other kinds
    pickled = (first == 0x80) & (second >= 2) & (second <= 5) & (seen > 2)
    found[rows[pickled & (third == 0x95)]] = _PICKLE
    known = text | (pickled & (third == 0x95))
    alone = _MAGIC[first] | (pickled & ~known) | (seen <= 2) | ((first == 0x93) & (second == ord("N")))
    packed = ~known & ~alone & _PACKED[first]
    alone |= packed & (sizes > SMALL)
    if (some := np.flatnonzero(packed & ~alone)).size:
        are = are_msgpack([values[i] for i in rows[some].tolist()])
        found[rows[some[are]]] = _MSGPACK
        known[some[are]] = True
    alone |= ~control
    numbers = ~known & ~alone
    for width, kind in ((1, _FLOAT64), (0, _FLOAT32)):  # what is either is a float32
        some = numbers & (sizes % (4 << width) == 0) & (seen >= 64)
        some[some] = _usual(data, begins[some], seen[some], width)
        found[rows[some]] = kind
    for i in rows[alone & ~known].tolist():
        found[i] = KINDS.index(bytes_kind(values[i]))


def _are_text(heads: list[bytes], cut: NDArray[np.bool_]) -> list[bool]:
    """Which are UTF-8, the last character of those that are cut perhaps not whole."""
    if not cut.any() and not any(head[0] & 0xC0 == 0x80 for head in heads):  # a character ends where it began
        with suppress(UnicodeDecodeError):
            b"".join(heads).decode()
            return [True] * len(heads)
    return [*map(is_text, heads, cut.tolist())]


def _usual(data: Any, begins: Any, seen: Any, width: int) -> NDArray[np.bool_]:
    """Whether the top bytes of the first 16 numbers are usual, but for some zeros."""
    size = 4 << width
    at = np.arange(size - 1, 16 * size, size)
    there = at < seen[:, None]
    tops = data[np.minimum(begins[:, None] + at, len(data) - 1)]
    unusual = _UNUSUAL[width][tops] & there
    few = unusual.sum(axis=1) * 4 <= there.sum(axis=1)
    found: NDArray[np.bool_] = few & ~(unusual & (tops & 0x7F != 0)).any(axis=1)
    return found

"""What many bytes look like, by columns: each as `bytes_kind` says, in some tenth of the time."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.observables.kinds import CONTROL, DOUBLE, SAMPLE, SINGLE, bytes_kind

SLICE = 1 << 16
"""Values at a time."""

_HAS_CONTROL, _NOT_ASCII = 1, 2
_CLASS = np.zeros(256, dtype=np.uint8)
_CLASS[128:] = _NOT_ASCII
_CLASS[[*CONTROL]] |= _HAS_CONTROL
_OPENS = np.zeros(256, dtype=np.uint8)
_OPENS[[*b"{["]] = [*b"}]"]
_OTHER = np.zeros(256, dtype=bool)
"""First bytes after which data without control characters in sight may be of another kind than numbers: the
beginnings of known formats, of MessagePack's maps and arrays."""
_OTHER[[0x89, 0xFF, 0x1F, 0x28, 0x78, *range(0x80, 0xA0), *range(0xDC, 0xE0)]] = True
_UNUSUAL = np.ones((2, 256), dtype=bool)
_UNUSUAL[0, [*SINGLE]] = _UNUSUAL[1, [*DOUBLE]] = False


def bytes_kinds(values: list[bytes]) -> list[str]:
    """The kind of each; all are exactly of the type bytes."""
    found: list[str] = []
    for start in range(0, len(values), SLICE):
        found += _kinds(values[start : start + SLICE])
    return found


def _kinds(values: list[bytes]) -> list[str]:
    kinds = np.full(len(values), "bytes", dtype=object)
    sizes = np.fromiter(map(len, values), np.int64, len(values))
    rows = np.flatnonzero(sizes)
    if not len(rows):
        return kinds.tolist()
    heads = [*map(itemgetter(slice(SAMPLE)), values)]
    joined = b"".join(heads)
    data = np.frombuffer(joined, dtype=np.uint8)
    sizes = sizes[rows]
    seen = np.minimum(sizes, SAMPLE)
    begins = np.concatenate(([0], np.cumsum(seen)[:-1]))
    plain = joined.isascii() and len(joined.translate(None, CONTROL)) == len(joined)
    content = np.zeros(len(rows), np.uint8) if plain else np.bitwise_or.reduceat(_CLASS[data], begins)
    first, last = data[begins], data[begins + seen - 1].copy()
    for i in np.flatnonzero(sizes > SAMPLE).tolist():
        last[i] = values[rows[i]][-1]
    text = (content == 0) & (first > 32) & (last > 32)  # what is ASCII is none of the other kinds
    kinds[rows[text]] = "text"
    kinds[rows[text & (_OPENS[first] == last)]] = "json"
    numbers = (content & _HAS_CONTROL != 0) & ~_OTHER[first]
    for width, name in ((1, "float64"), (0, "float32")):  # what is either is a float32
        some = numbers & (sizes % (4 << width) == 0) & (seen >= 64)
        some[some] = _usual(data, begins[some], seen[some], width)
        kinds[rows[some]] = name
    for i in rows[~(text | numbers)].tolist():
        kinds[i] = bytes_kind(values[i])
    return kinds.tolist()


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

"""Which of many bytes are MessagePack: each as `unpack` says."""

from __future__ import annotations

import os
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.observables.kinds import unpack

TOGETHER: Final = 256
"""Values read in one go."""
FEW: Final = 32
"""With less than one in so many left, these are read one by one."""

_LAST: Final = os.urandom(16)
"""Follows each of several values: nobody can make one up that swallows it."""
_END: Final = b"\xc4\x10" + _LAST

_TAKES = np.ones(256, dtype=np.int64)
"""Bytes of an item by its first one, but for what its length adds; …"""
_LENGTH = np.zeros(256, dtype=np.int64)
"""… bytes that the length takes; …"""
_EACH = np.zeros(256, dtype=np.int64)
"""… items that each of that length adds, where it counts no bytes."""
_INSIDE = np.zeros(256, dtype=np.int64)
"""Items in small arrays and maps."""
_INSIDE[0x90:0xA0] = range(16)
_INSIDE[0x80:0x90] = range(0, 32, 2)
_TAKES[0xA0:0xC0] = range(1, 33)
for _first, _takes in {
    0xCA: 5,
    0xCB: 9,
    0xC7: 3,
    0xC8: 4,
    0xC9: 6,
    0xD4: 3,
    0xD5: 4,
    0xD6: 6,
    0xD7: 10,
    0xD8: 18,
}.items():
    _TAKES[_first] = _takes
for _first, _length in {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4,
                        0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}.items():  # fmt: skip
    _LENGTH[_first] = _length
    if _first not in (0xC7, 0xC8, 0xC9):
        _TAKES[_first] += _length
_TAKES[[*range(0xCC, 0xD4)]] = [2, 3, 5, 9] * 2
_EACH[[0xDC, 0xDD, 0xDE, 0xDF]] = [1, 1, 2, 2]


def are_msgpack(values: list[bytes]) -> NDArray[np.bool_]:
    """Which are; none is empty."""
    found = np.zeros(len(values), dtype=bool)
    for start in range(0, len(values), TOGETHER):
        found[start : start + TOGETHER] = _all_are(values[start : start + TOGETHER])
    left = np.flatnonzero(~found)
    left = left[_may_be([values[i] for i in left.tolist()])]
    found[left] = [unpack(values[i]) is not None for i in left.tolist()]
    return found


def _all_are(values: list[bytes]) -> bool:
    several = unpack(b"\xdc" + (2 * len(values)).to_bytes(2) + _END.join([*values, b""]))
    return several is not None and several[0][1::2] == [_LAST] * len(values)


def _may_be(values: list[bytes]) -> NDArray[np.bool_]:
    """Which end where their items do, whatever these are."""
    found = np.zeros(len(values), dtype=bool)
    sizes = np.fromiter(map(len, values), np.int64, len(values))
    data = np.frombuffer(b"".join(values) + bytes(4), dtype=np.uint8)
    ends = np.cumsum(sizes)
    at, wanted, rows = ends - sizes, np.ones_like(sizes), np.arange(len(sizes))
    while len(rows) * FEW > len(values):
        kinds = data[at]
        adds = _INSIDE[kinds]
        takes = _TAKES[kinds]
        if (some := np.flatnonzero(widths := _LENGTH[kinds])).size:
            length = np.zeros(len(some), dtype=np.int64)
            for i in range(4):
                more = widths[some] > i
                length[more] = length[more] << 8 | data[at[some[more]] + 1 + i]
            each = _EACH[kinds[some]]
            adds[some] += each * length
            takes[some] += np.where(each > 0, 0, length)
        at = at + takes
        wanted = wanted + adds - 1
        found[rows[(wanted == 0) & (at == ends)]] = True
        goes_on = (wanted > 0) & (at < ends) & (kinds != 0xC1)
        at, wanted, rows, ends = at[goes_on], wanted[goes_on], rows[goes_on], ends[goes_on]
    found[rows] = True
    return found

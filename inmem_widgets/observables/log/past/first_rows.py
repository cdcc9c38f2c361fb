"""The first of each key among very many changes, found by the hashes of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

SPREADS: Final = (
    0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB,
)  # fmt: skip
"""Odd numbers that spread hashes over a table, each in another way."""
BITS: Final = 16
"""Of the first table, at least, where hashes are many."""


def slots(hashes: Any, spread: int, bits: int) -> Any:
    """Of each hash the place in a table of `1 << bits`: NumPy arrays of int64."""
    import numpy as np

    found = hashes.view(np.uint64) * np.uint64(spread)
    found >>= np.uint64(64 - bits)
    return found.view(np.int64)


def first_rows(columns: Sequence[Any], expected: int | None = None) -> list[Any]:
    """Of each column of hashes, the rows whose hash stands neither further up nor in a column before.

    In a table a hash has one slot, which belongs to the first one that comes; those that find another
    there are looked at once more, in a table of their own.

    Args:
        columns: NumPy arrays of int64.
        expected: How many different hashes there may be: a table that is no larger than these need is
            quicker.

    Returns:
        As many such arrays, ascending.
    """
    import numpy as np

    found: list[list[Any]] = [[] for _ in columns]
    todo = [(place, np.arange(len(hashes)), hashes) for place, hashes in enumerate(columns)]
    for spread in SPREADS:
        bits = sum(len(rows) for _, rows, _ in todo).bit_length() + 1
        if expected is not None:
            bits, expected = min(bits, max(BITS, expected.bit_length() + 1)), None
        table = np.zeros(1 << bits, np.int64)  # the hashes, inverted: none is 0 then, as no hash is -1
        earliest = np.empty(1 << bits, np.int32)
        others = []
        for place, rows, hashes in todo:
            marks = ~hashes
            places = slots(hashes, spread, bits)
            there = table[places]
            new = np.flatnonzero(there != marks)
            if not len(new):
                continue
            free = new[there[new] == 0]
            at, order = places[free], np.arange(len(free), dtype=np.int32)
            earliest[at[::-1]] = order[::-1]
            first = free[earliest[at] == order]
            table[places[first]] = marks[first]
            found[place].append(rows[first])
            other = new[table[places[new]] != marks[new]]
            if len(other):
                others.append((place, rows[other], hashes[other]))
        todo = others
        if not todo:
            break
    seen: dict[int, tuple[int, int]] = {}
    for place, rows, hashes in todo:
        for row, each in zip(rows.tolist(), hashes.tolist(), strict=True):
            if seen.setdefault(each, (place, row)) == (place, row):
                found[place].append(np.array([row]))
    return [np.sort(np.concatenate(rows), kind="stable") if rows else np.zeros(0, np.int64) for rows in found]

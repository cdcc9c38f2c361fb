"""The longest common subsequence of two short sequences."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

MOST = 1_500
"""Items of each sequence: 1,500 take some 20 ms and 5 MB."""


def matches(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs (i, j) of a longest common subsequence: before[i] == after[j], both rising.

    Takes len(before) rows of a table, each made by NumPy at once: the same time whatever the items are,
    which difflib cannot say.

    Raises:
        ValueError: A sequence is longer than `MOST`.
    """
    import numpy as np

    if max(len(before), len(after)) > MOST:
        raise ValueError(f"at most {MOST} items can be compared")
    numbers: dict[Hashable, int] = {}
    mine = [numbers.setdefault(item, len(numbers)) for item in before]
    theirs = np.array([numbers.setdefault(item, len(numbers)) for item in after], np.int32)
    table = np.zeros((len(mine) + 1, len(theirs) + 1), np.int16)  # lengths for the rest from i, j on
    for i in range(len(mine) - 1, -1, -1):
        below = table[i + 1]
        row = np.where(theirs == mine[i], below[1:] + 1, below[:-1])
        table[i, :-1] = np.maximum.accumulate(row[::-1])[::-1]
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(mine) and j < len(theirs):
        if mine[i] == theirs[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif table[i + 1, j] >= table[i, j + 1]:
            i += 1
        else:
            j += 1
    return pairs

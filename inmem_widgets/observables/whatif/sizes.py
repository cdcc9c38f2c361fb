"""The sizes a curve is drawn through."""

from __future__ import annotations

from math import log

COUNT = 20
"""Sizes of a curve."""


def nice(size: float) -> int:
    """With two significant digits."""
    unit: int = 10 ** max(0, len(str(round(size))) - 2)
    return max(1, round(size / unit) * unit)


def default_sizes(most: int, present: int | None = None, count: int = COUNT) -> list[int]:
    """At most `count` sizes, evenly by ratio from 1 to `most`, and the present one for the nearest.

    Where there are no more whole numbers, all of them. A present size beyond `most` is one more.
    """
    top = max(1, most)
    inner, last = list[int](), 1
    for left in range(count - 1, 1, -1):
        last = max(last + 1, nice(last * (top / last) ** (1 / left)))
        if last >= top:
            break
        inner.append(last)
    if present is not None and 1 < present < top and present not in inner:
        nearest = min(inner, key=lambda size: abs(log(size / present)))
        inner[inner.index(nearest)] = present
    return sorted({1, *inner, top, present or top})

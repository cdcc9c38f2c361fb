"""Which size to choose, by the hit ratios of some."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np

from inmem_widgets.wire.cache import Suggestion

LEAST = 200
"""Lookups from which something can be said at all …"""
EACH = 4
"""… and of a smaller size, lookups for each of its entries."""
WORTH = 0.01
"""Of hit ratio: what a size must gain, by each doubling."""
SLIGHT = 0.001
"""Of hit ratio: what a smaller size may lose."""


def knee(
    sizes: Sequence[int], ratios: Sequence[float], present: int | None, lookups: int
) -> Suggestion | None:
    """The size beyond which more buys little; None where it is the present one, or the log too short.

    - Larger than the present one: the smallest size beyond which none gains a point of hit ratio, or a
      point by each doubling where it is more than one away. It must itself gain a point.
    - Else a smaller one, at most half of the present: the smallest that loses under a tenth of a point.

    Args:
        sizes: Ascending, the present one among them.
        ratios: Hits by lookups for each.
        present: None without a limit: then as the largest.
        lookups: From how many the ratios are.
    """
    if lookups < LEAST:
        return None
    now = len(sizes) - 1 if present is None else sizes.index(present)
    chosen = _enough(sizes, ratios)
    if chosen > now and ratios[chosen] - ratios[now] >= WORTH:
        text = _of_more(sizes, ratios, now, chosen)
    else:
        chosen = now
        while chosen and ratios[chosen - 1] > ratios[now] - SLIGHT:
            chosen -= 1
        if 2 * sizes[chosen] > sizes[now] or EACH * sizes[chosen] > lookups or not ratios[now]:
            return None
        text = _of_less(ratios, now, chosen, present)
    return {"maxsize": sizes[chosen], "ratio": ratios[chosen], "text": text}


def _enough(sizes: Sequence[int], ratios: Sequence[float]) -> int:
    """The first size beyond which none is worth it."""
    doublings, gains = np.log2(sizes), np.array(ratios)
    for at in range(len(sizes)):
        worth = WORTH * np.maximum(1, doublings[at + 1 :] - doublings[at])
        if not np.any(gains[at + 1 :] - gains[at] >= worth):
            return at
    raise AssertionError("unreachable")


def _of_more(sizes: Sequence[int], ratios: Sequence[float], now: int, chosen: int) -> str:
    gain = ratios[chosen] - ratios[now]
    doubled = float(np.interp(log2(sizes[chosen]) + 1, np.log2(sizes), ratios))
    share = gain / (max(ratios) - ratios[now])
    return (
        f"{_points(gain)} more than now, {share * 100:.0f}\u2009% of what is to be gained; "
        f"doubling again gains {_points(doubled - ratios[chosen])}"
    )


def _of_less(ratios: Sequence[float], now: int, chosen: int, present: int | None) -> str:
    than = "no limit" if present is None else f"{present:,}"
    lost = ratios[now] - ratios[chosen]
    return f"as good as {than}" if lost <= 0 else f"loses {_points(lost)} against {than}"


def _points(ratio: float) -> str:
    points = 100 * ratio
    if points <= 0:
        return "nothing"
    if points < 0.1:
        return "under 0.1 points"
    return "1 point" if f"{points:.1f}" == "1.0" else f"{points:.1f} points"

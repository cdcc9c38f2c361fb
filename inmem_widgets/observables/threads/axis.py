"""Where a thread's checkpoints are in real time, idle stretches collapsed."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest
from itertools import accumulate
from math import fsum
from operator import sub

from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.wire import Axis

ROWS = 200
"""Rows that are placed, at most; those in between lie on lines."""
STRETCHES = 40
"""Idle stretches that are told, the longest ones."""
WIDTH, ALL = 0.03, 0.3
"""What a collapsed stretch takes of the axis, and all of them at most."""
DIGITS = 5


def axis(history: ThreadHistory) -> Axis:
    """The axis of a thread; see `wire.Axis`."""
    size = history.size
    if size < 2:
        return {"rows": [0] * size, "x": [1.0] * size, "idle": [], "seconds": 0.0}
    times = history.grown.times[:size]
    gaps = list(map(sub, times[1:], times))
    if not times[0]:  # those before did not tell
        gaps = [gap if since else 0.0 for gap, since in zip(gaps, times, strict=False)]
    over = history.idle_over
    idle = [i for i, gap in enumerate(gaps) if gap > over]
    seconds = fsum(gaps)
    active = seconds - fsum([gaps[i] for i in idle])
    width = min(WIDTH, ALL / len(idle)) if idle else 0.0
    if active > 0:
        scale = (1 - width * len(idle)) / active
        widths = [gap * scale for gap in gaps]
        for i in idle:
            widths[i] = width
    else:
        widths = [1.0] * (size - 1)
    x = list(accumulate(widths, initial=0.0))
    whole = x[-1]

    told = sorted(nlargest(STRETCHES, idle, key=gaps.__getitem__))
    places: Sequence[int] = range(size)
    if size > ROWS:
        even = ROWS - 2 * len(told) - 1  # stretches between rows
        spread = (round(i * (size - 1) / even) for i in range(even + 1))
        places = sorted({*spread, *told, *(i + 1 for i in told)})
    return {
        "rows": [size - 1 - place for place in places],
        "x": [round(x[place] / whole, DIGITS) for place in places],
        "idle": [
            {"x": round((x[i] + x[i + 1]) / 2 / whole, DIGITS), "seconds": round(gaps[i], 1)} for i in told
        ],
        "seconds": round(seconds, 3),
    }

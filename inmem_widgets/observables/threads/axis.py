"""Where a thread's checkpoints are in real time, idle stretches collapsed."""

from __future__ import annotations

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
    import numpy as np

    times = np.array(history.grown.times[:size])
    gaps = np.diff(times)
    gaps[times[:-1] == 0] = 0  # those before did not tell
    idle = np.flatnonzero(gaps > history.idle_over)
    active = float(gaps.sum() - gaps[idle].sum())
    width = min(WIDTH, ALL / len(idle)) if len(idle) else 0.0
    if active > 0:
        widths = gaps * ((1 - width * len(idle)) / active)
        widths[idle] = width
    else:
        widths = np.full(size - 1, 1 / (size - 1))
    x = np.concatenate(([0.0], np.cumsum(widths)))
    x /= x[-1]

    told = np.sort(idle[np.argsort(-gaps[idle], kind="stable")[:STRETCHES]])
    if size <= ROWS:
        places = np.arange(size)
    else:
        even = np.linspace(0, size - 1, ROWS - 2 * len(told)).round().astype(int)
        places = np.array(sorted({*even.tolist(), *told.tolist(), *(told + 1).tolist()}))
    return {
        "rows": (size - 1 - places).tolist(),
        "x": x[places].round(DIGITS).tolist(),
        "idle": [
            {"x": round(float(x[i] + x[i + 1]) / 2, DIGITS), "seconds": round(float(gaps[i]), 1)}
            for i in told
        ],
        "seconds": round(float(gaps.sum()), 3),
    }

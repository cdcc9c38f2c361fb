"""The window of rows that a view wants to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inmem_widgets.observables.session import State

FIRST_ROWS = 40
"""Rows of a window when the view has not asked for any yet."""
MOST_ROWS = 400
"""Rows a view may ask for at once."""


def windowed(fetch: Callable[[int, int], tuple[int, list[Any]]], params: Mapping[str, Any]) -> State:
    """`size`, `start` and `rows` of the window asked for; the last one if the rows ended before it."""
    start = max(0, int(params.get("start", 0)))
    most = min(max(0, int(params.get("stop", start + FIRST_ROWS)) - start), MOST_ROWS)
    size, rows = fetch(start, start + most)
    if start and start >= size:
        start = max(0, size - most)
        size, rows = fetch(start, start + most)
    return {"size": size, "start": start, "rows": rows}

"""Who did something, for a report: what all rows would say is left out."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.log.rows import by_row
from inmem_widgets.wire import By


def who(origin: Any, cell: int | None, thread: str) -> By | None:
    """As in the log, but for the report's own cell, and Python's thread that began to watch."""
    found = by_row(origin)
    if found is None:
        return None
    own = origin._replace(cell=None) if origin.cell == cell else origin
    if (own.node, own.step, own.thread_id, own.cell) == (None, None, None, None) and own.os_thread == thread:
        return {**found, "text": ""}
    return by_row(own) if own is not origin else found

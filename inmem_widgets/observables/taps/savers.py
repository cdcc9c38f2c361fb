"""Checkpointers that are not ours: tapped, and read by polling."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.foreignsaver import ForeignSaver


def tapped(saver: Any) -> ForeignSaver:
    """The observable of any `BaseCheckpointSaver`."""
    return ForeignSaver(saver)

"""What is worth saying of a checkpoint beside its row."""

from __future__ import annotations

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.threads.headers import edited_channels, source_of
from inmem_widgets.observables.threads.status import (
    ERROR,
    INTERRUPT,
    PATH,
    Marks,
    asks,
    error_class,
    finished,
    in_short,
)
from inmem_widgets.wire import Badge

NAMES = 3
"""Names that a badge tells."""
NAME = 40
"""Characters of a name."""


def badges(
    header: CheckpointHeader, parent: CheckpointHeader | None, told: Marks, went_on: bool
) -> list[Badge]:
    """The badges of a checkpoint.

    Args:
        header, parent: Its own, and its parent's.
        told: What it says beyond its header.
        went_on: Whether a step was made from it.
    """
    found: list[Badge] = []
    channels = {channel for _, channel, _ in header.writes}
    if ERROR in channels:
        found.append(
            {"kind": "error", "text": ", ".join(filter(None, map(error_class, told.errors))) or "error"}
        )
    if INTERRUPT in channels:
        word = "interrupt" if asks(told, header) else "resumed"
        question = "; ".join(filter(None, map(in_short, told.waiting or told.answered)))
        found.append({"kind": "interrupt", "text": f"{word}: {question}" if question else word})
    if not went_on and (done := _done(header)):
        found.append({"kind": "pending", "text": f"{done} done"})
    if source_of(header) == "update":
        edited = _listed(list(told.edited) or edited_channels(header, parent))
        found.append({"kind": "note", "text": f"edited {edited}" if edited else "edited"})
    return found


def _done(header: CheckpointHeader) -> str:
    """The nodes, or how many tasks, that are done."""
    tasks = finished(header)
    if not tasks:
        return ""
    paths = {task: PATH.fullmatch(path) for task, _, path in header.writes if task in tasks}
    named = [found["node"] for found in paths.values() if found and found["node"]]
    if len(named) == len(tasks):
        return _listed(named)
    return f"{len(tasks):,} task{'s' if len(tasks) > 1 else ''}"


def _listed(names: list[str]) -> str:
    some = ", ".join(cut(clean(name), NAME) for name in names[:NAMES])
    return f"{some} and {len(names) - NAMES:,} more" if len(names) > NAMES else some

"""The log of one observable: bounded columns of what happened."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from inmem_widgets.core.change import Change
from inmem_widgets.observables.log.past import Moment
from inmem_widgets.wire import LogGroup, LogRow, LogState

if TYPE_CHECKING:
    import pandas as pd

MOST = 100_000
"""Changes kept, unless told otherwise."""
MOST_BYTES = 64_000_000
"""Bytes that the values kept hold, estimated, unless told otherwise."""


class Columns(NamedTuple):
    """All changes kept, oldest first, as parallel lists (copies): for frames."""

    numbers: list[int]
    times: list[float]
    """NaN where not known."""
    kinds: list[str]
    """As `LogRow.kind`: "insert" and "change" for a store's "set"."""
    keys: list[Any]
    """The first key of each; None where there is none."""
    counts: list[int]
    """Keys of each."""
    sizes: list[int]
    """Bytes written; -1 where nothing was."""
    bys: list[Any]
    """`Origin` or None; equal ones are mostly one object."""


class EventLog:
    """What happened to one object, the latest changes of it.

    Attributes:
        first, last: Numbers of the oldest and latest change kept; last < first while there is none.
        kept: Changes kept.
        bytes: Held by it, estimated.
        lost: Changes that came too fast to be logged.
        spilled: Changes written to the file that was asked for.
    """

    first: int
    last: int
    kept: int
    bytes: int
    lost: int
    spilled: int

    def changes(self, start: int | None = None, stop: int | None = None) -> list[Change]:
        """The changes kept whose numbers are start … stop - 1, oldest first."""
        raise NotImplementedError

    def columns(self) -> Columns:
        """All changes kept."""
        raise NotImplementedError

    def rows(self, query: Mapping[str, Any], limit: int, before: int | None = None) -> list[LogRow]:
        """The newest that match (and are older than `before`), newest first."""
        raise NotImplementedError

    def groups(self, query: Mapping[str, Any]) -> list[LogGroup]:
        """What matches, by `query["group"]`."""
        raise NotImplementedError

    def state(self, query: Mapping[str, Any]) -> LogState:
        """For the wire, all of it at once: views use `LogView`, which goes on from what it knows."""
        raise NotImplementedError

    def at(self, moment: int | float | datetime) -> Moment:
        """How it was right after the change of that number (int), or at that time (float, datetime).

        Raises:
            LookupError: the log does not reach back so far, or the object is gone.
        """
        raise NotImplementedError

    def moment_of(self, time: float | datetime) -> int:
        """The number of the last change at or before a time."""
        raise NotImplementedError

    def keys_touched(self, after: int, until: int) -> set[Any]:
        """Keys of the changes after + 1 … until."""
        raise NotImplementedError

    def spill(self, path: str | Path | None) -> None:
        """Write changes that are let go to a file of JSON lines from now on; None: no longer."""
        raise NotImplementedError

    def frame(self) -> pd.DataFrame:
        """`events_frame`."""
        from inmem_widgets.export.events import events_frame

        return events_frame(self)

    def close(self) -> None:
        """Stop logging and let go of all."""
        raise NotImplementedError


_logs: weakref.WeakSet[EventLog] = weakref.WeakSet()


def logs() -> list[EventLog]:
    """All logs alive in this kernel."""
    return list(_logs)

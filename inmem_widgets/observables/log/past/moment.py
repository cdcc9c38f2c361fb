"""How a store or cache was right after one of its changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.log.frames import frame_of
from inmem_widgets.observables.log.kept import Part
from inmem_widgets.observables.log.past.lazy import LazyValues
from inmem_widgets.observables.log.past.now import contents, source_of
from inmem_widgets.observables.log.past.undo import replaced_by, undone, within
from inmem_widgets.observables.taps.abilities import namespaced

if TYPE_CHECKING:
    from inmem_widgets.observables.log.eventlog import EventLog
    from inmem_widgets.observables.redaction import Redactor

MANY: Final = 100_000
"""Changes up to which a moment is made at once; of more, when its values are first looked at."""


@dataclass(frozen=True)
class Moment:
    """How a store or cache was right after a change.

    Attributes:
        number: Of the change.
        time: Of the change; None where it is not known.
        values: What was held then: of a store key → value, of a cache (prompt, llm_string) → generations.
            They are the very objects: what changed inside them since shows. `UNKNOWN` stands for values
            that were never known. In the order of now, keys deleted since last; of a cache those evicted
            since first, which with "fifo" is the order of then.
        stats: Of caches: all counts.
        note: What is not certain about it; "" for nothing.
        namespaced: Whether keys are the texts of places in one of LangGraph's stores.
        redactor: Of the widget that was asked, if it has one: for frames.
    """

    number: int
    time: float | None
    values: Mapping[Any, Any]
    stats: CacheStats | None
    note: str
    namespaced: bool = False
    redactor: Redactor | None = None

    def __repr__(self) -> str:
        told = f"after change {self.number:,}"
        if self.time is not None:
            told += f", {datetime.fromtimestamp(self.time).isoformat(' ', 'milliseconds')}"
        return f"<Moment {told}; {self.note}>" if self.note else f"<Moment {told}>"

    def frame(self) -> Any:
        """A DataFrame as `to_frame` makes of the store or cache, as it was."""
        return frame_of("to_frame", self, module="inmem_widgets.export")


def moment(log: EventLog, number: int) -> Moment:
    """See `EventLog.at`."""
    now = contents(log)
    parts = reaching(log, number)
    later = within(parts, number, log.last)
    stats = log.counting.at(number, parts, log.gaps, log.whats)
    evicts = stats is not None
    values: Mapping[Any, Any] = LazyValues(lambda: undone(now, log, later, evicts=evicts))
    if stats is not None or sum(part.stop - part.start for part in later) <= MANY:
        values = cast(LazyValues, values).made
    if stats is not None:
        stats = replace(stats, size=len(values))
    return replace(_outline(log, number, parts), values=values, stats=stats)


def outline(log: EventLog, number: int) -> Moment:
    """A moment of a store without its values.

    Raises:
        As `EventLog.at`.
    """
    source_of(log)
    return _outline(log, number, reaching(log, number))


def reaching(log: EventLog, number: int) -> list[Part]:
    """All changes kept, those after that number among them, once all that happened before is logged.

    Raises:
        LookupError, RuntimeError: as `EventLog.at`.
    """
    if log.closed:
        raise RuntimeError("the log is closed: what happened since is not in it")
    if not log.catch_up():
        raise RuntimeError("what happened last is not logged yet, and cannot be waited for here")
    first, parts = log.parts()
    if not first - 1 <= number <= log.last:
        why = f"; {log.keeps(first)}" if number < first else ""
        raise LookupError(f"when: got {number:,}, the log goes from {first - 1:,} to {log.last:,}{why}")
    return parts


def _outline(log: EventLog, number: int, parts: list[Part]) -> Moment:
    later, observable = within(parts, number, log.last), log.observable
    of_places = observable is not None and namespaced(observable)
    return Moment(number, _time(parts, number), {}, None, _note(log, later, number), of_places)


def _note(log: EventLog, later: list[Part], number: int) -> str:
    notes = []
    if lost := sum(missed for after, missed in log.gaps if after >= number):
        notes.append(f"{lost:,} changes after this came too fast to be logged: it may be wrong")
    found = replaced_by(log, later)
    if found is not None and not found[1]:
        notes.append(f"what was there before change {found[0]:,} is known in part only")
    return "; ".join(notes)


def _time(parts: list[Part], number: int) -> float | None:
    for block, start, stop in parts:
        if start <= number - block.first < stop:
            time: float = block.times[number - block.first]
            return None if time != time else time
    return None

"""How a store or cache was right after one of its changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, cast

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.keys.live import steadily

if TYPE_CHECKING:
    from inmem_widgets.observables.log.eventlog import EventLog
    from inmem_widgets.observables.redaction import Redactor
from inmem_widgets.observables.log.frames import frame_of
from inmem_widgets.observables.log.kept import Part
from inmem_widgets.observables.log.undo import replaced_by, undone
from inmem_widgets.observables.taps.abilities import namespaced

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
    values: Mapping[Any, Any] = field(repr=False)
    stats: CacheStats | None
    note: str
    namespaced: bool = field(default=False, repr=False)
    redactor: Redactor | None = field(default=None, repr=False)

    def frame(self) -> Any:
        """A DataFrame as `to_frame` makes of the store or cache, as it was."""
        return frame_of("to_frame", self, module="inmem_widgets.export")


def moment(log: EventLog, number: int) -> Moment:
    """See `EventLog.at`."""
    now = contents(log)
    found, parts = _outline(log, number)
    later = [part for part in parts if part.block.first + part.stop - 1 > number]
    stats = log.counting.at(number, parts, log.gaps, log.whats)
    evicts = stats is not None
    values: Mapping[Any, Any] = Values(lambda: undone(now, log, later, number, evicts=evicts))
    if stats is not None or sum(part.stop - part.start for part in later) <= MANY:
        values = cast(Values, values).made
    if stats is not None:
        stats = replace(stats, size=len(values))
    return replace(found, values=values, stats=stats)


def outline(log: EventLog, number: int) -> Moment:
    """A moment of a store without its values.

    Raises:
        As `EventLog.at`.
    """
    _source(log)
    return _outline(log, number)[0]


def _source(log: EventLog) -> Any:
    source = log.source
    if source is None:
        raise LookupError("the object is gone: nothing in the kernel holds it any more")
    return source


def reaching(log: EventLog, number: int) -> list[Part]:
    """All changes kept, those after that number among them, once all that happened before is logged.

    Raises:
        LookupError, RuntimeError: as `EventLog.at`.
    """
    if not log.catch_up():
        raise RuntimeError("what happened last is not logged yet, and cannot be waited for here")
    first, parts = log.parts()
    if not first - 1 <= number <= log.last:
        raise LookupError(
            f"when: got {number:,}, the log goes from {first - 1:,} to {log.last:,}; {log.keeps()}"
        )
    return parts


def _outline(log: EventLog, number: int) -> tuple[Moment, list[Part]]:
    parts = reaching(log, number)
    later = [part for part in parts if part.block.first + part.stop - 1 > number]
    time, note, observable = _time(parts, number), _note(log, later, number), log.observable
    return Moment(number, time, {}, None, note, observable is not None and namespaced(observable)), parts


def _note(log: EventLog, parts: list[Part], number: int) -> str:
    notes = []
    if lost := sum(missed for after, missed in log.gaps if after >= number):
        notes.append(f"{lost:,} changes after this came too fast to be logged: it may be wrong")
    found = replaced_by(log, parts, number)
    if found is not None and not found[1]:
        notes.append(f"what was there before change {found[0]:,} is known in part only")
    return "; ".join(notes)


def held_by(log: EventLog) -> dict[Any, Any]:
    """What a store or cache holds: the very dict.

    Raises:
        TypeError: it is neither.
        LookupError: it is gone.
    """
    source = _source(log)
    held = getattr(source, "_store", None)
    if held is None:
        held = getattr(source, "_cache", None)
    if not isinstance(held, dict):
        raise TypeError(f"obj: got {type(source).__name__}, a store's or a cache's past can be told only")
    return held


def contents(log: EventLog) -> dict[Any, Any]:
    """What a store or cache holds: a copy made beside its writers.

    Raises:
        As `held_by`.
    """
    held = held_by(log)
    if type(held) is dict:
        return held.copy()
    keys: list[Any] = steadily(lambda: list(held))
    pairs = zip(keys, map(dict.get, repeat(held), keys, repeat(MISSING)), strict=True)
    return {key: value for key, value in pairs if value is not MISSING}


class Values(Mapping[Any, Any]):
    """What was held at a moment, undone from what is held now when it is first looked at."""

    def __init__(self, make: Callable[[], Mapping[Any, Any]]) -> None:
        self._make: Callable[[], Mapping[Any, Any]] | None = make
        self._made: Mapping[Any, Any] = {}
        self._lock = threading.Lock()

    @property
    def made(self) -> Mapping[Any, Any]:
        """As it was made, a dict or a `Beginning`: not a copy."""
        with self._lock:
            if self._make is not None:
                self._made, self._make = self._make(), None
            return self._made

    def __getitem__(self, key: Any) -> Any:
        return self.made[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)

    def values(self) -> ValuesView[Any]:
        return self.made.values()

    def items(self) -> ItemsView[Any, Any]:
        return self.made.items()

    def __repr__(self) -> str:
        return f"<{len(self):,} values>"


def held(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """The values of a moment as a dict of one's own."""
    made = values.made if isinstance(values, Values) else values
    return cast("dict[Any, Any]", made).copy()  # as a `Beginning` does


def _time(parts: list[Part], number: int) -> float | None:
    for block, start, stop in parts:
        if start <= number - block.first < stop:
            time: float = block.times[number - block.first]
            return None if time != time else time
    return None

"""From one moment of a store to one near it: only what is between them is undone, or done again."""

from __future__ import annotations

from collections.abc import Collection
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from inmem_widgets.core.change import MISSING, UNKNOWN
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.log.columns import LOOKUPS
from inmem_widgets.observables.log.kept import Part
from inmem_widgets.observables.log.past.firsts import values_before
from inmem_widgets.observables.log.past.undo import replaced_by, within
from inmem_widgets.observables.taps.standin import StandIn

if TYPE_CHECKING:
    from inmem_widgets.observables.log.eventlog import EventLog

FAR: Final = 50_000
"""Keys of changes from which on the whole moment is made anew."""
KNOWN: Final = LOOKUPS | {"set", "delete"}
"""Kinds of changes that can be gone along."""


def seek(log: EventLog, shown: dict[Any, Any], number: int, to: int) -> bool:
    """Change `shown`, what was held after change `number`, to what was held after change `to`.

    Returns:
        Whether that could be done, and in the order of `EventLog.at`; otherwise nothing is changed.
    """
    low, high = sorted((number, to))
    spans = within(log.parts(low)[1], low, high)
    whats = log.whats.all
    if (
        sum(block.starts[stop] - block.starts[start] for block, start, stop in spans) > FAR
        or sum(stop - start for _, start, stop in spans) != high - low
        or _has(spans, [code for code, what in enumerate(whats) if what.kind not in KNOWN])
    ):
        return False
    told = values_before(spans, whats) if to < number else _on(log, spans)
    if told is None or not _in_order(log, shown, told, back=to < number, low=low, high=high):
        return False
    for key, value in told.items():
        if value is MISSING:
            shown.pop(key, None)
        else:
            shown[key] = value
    return True


def _has(spans: list[Part], codes: list[int]) -> bool:
    return any(block.codes.find(code, start, stop) >= 0 for block, start, stop in spans for code in codes)


def _on(log: EventLog, spans: list[Part]) -> dict[Any, Any] | None:
    """The value of each key after its last change; None where what was written need not be what was held."""
    source = log.source
    if isinstance(source, StandIn) or not isinstance(source, InMemoryBaseStore):
        return None
    told: dict[Any, Any] = {}
    for block, start, stop in spans:
        for at in range(start, stop):
            kind = log.whats.all[block.codes[at]].kind
            if kind in LOOKUPS:
                continue
            span = slice(block.starts[at], block.starts[at + 1])
            values = repeat(MISSING) if kind == "delete" else block.values[span]
            told.update(zip(block.keys[span], values, strict=False))
    return None if any(value is UNKNOWN for value in told.values()) else told


def _in_order(
    log: EventLog, shown: dict[Any, Any], told: dict[Any, Any], *, back: bool, low: int, high: int
) -> bool:
    """Whether the keys that come belong at the end: those that are not there now do; of those that are, the
    ones inserted last, where none was ever deleted."""
    now = _end(log, high)
    come = [key for key, value in told.items() if value is not MISSING and key not in shown]
    if not any(key in now for key in come):
        return True
    deleting = [code for code, what in enumerate(log.whats.all) if what.kind not in LOOKUPS | {"set"}]
    return not back and not _has(log.parts(low)[1], deleting)


def _end(log: EventLog, after: int) -> Collection[Any]:
    """The keys whose order is that of `EventLog.at`: of now, or of what was replaced as a whole."""
    replaced = replaced_by(log, log.parts(after)[1])
    if replaced is not None:
        (change,) = log.changes(replaced[0], replaced[0] + 1) or (None,)
        return () if change is None else change.info.get("before", ())
    source = log.source
    return () if source is None else source._store

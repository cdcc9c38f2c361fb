"""When keys were last written, and which of them are new."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from inmem_widgets.observables.keys.batch import Batch
from inmem_widgets.observables.keys.live import newest
from inmem_widgets.observables.keys.remembered import Remembered

REMEMBERED = 50_000
"""Keys whose last change is remembered at the least."""
NEW = 65_536
"""Keys told apart as new rather than changed, of one batch and those not told of yet."""
TAIL = 256
"""Keys at the end of the dict that are remembered as known."""

Mark = tuple[float, bool]
"""(when last written, in seconds since the epoch; whether that made the key)."""


class Marks:
    """The last change of keys that are in a store: at least the `REMEMBERED` last ones.

    Attributes:
        since: All that was written after that moment is remembered.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self._written: Remembered[str, float] = Remembered(REMEMBERED)
        self._made: Remembered[str, float] = Remembered(REMEMBERED)
        self.since = 0.0
        self._turned = (0, 0.0)
        self._tail = set(newest(data, TAIL))
        self._news: set[str] = set()  # in the store and not told of yet

    def of(self, key: str) -> Mark | None:
        made, written = self._made.get(key), self._written.get(key)
        return None if written is None else (written, written == made)

    def written(self) -> dict[str, float]:
        """When keys were last written, as far as that is remembered."""
        return self._written.copy()

    def made(self) -> dict[str, float]:
        """When keys were added that have not gone since, likewise."""
        written = self._written.copy()
        return {key: time for key, time in self._made.copy().items() if key in written}

    def take(self, batch: Batch, data: dict[str, Any]) -> Set[str]:
        """Note what changed; returns those of `batch.written` that are new."""
        if batch.reset is not None:  # which of the other dict's keys are new is not known
            self.clear()
            self._tail, news = set(newest(data, TAIL)), set()
        else:
            news = self._news | self._added(data, batch.deleted)
        for key in batch.gone:
            self._written.pop(key)
        fresh = batch.written.keys() & (news | batch.deleted.keys())
        self._made.update(
            {key: batch.written[key] for key in fresh}
        )  # first: `of` never sees a new key as changed
        self._written.update(batch.written)
        self._note_forgotten(batch)
        news -= fresh
        news -= batch.gone.keys()
        # what was written behind the methods' back is never told of
        self._news = news if len(news) <= NEW else set()
        return fresh

    def clear(self) -> None:
        self._written.clear()
        self._made.clear()

    def _note_forgotten(self, batch: Batch) -> None:
        turns, last = self._turned
        if self._written.turns > turns:  # dropped what was put in before the last turn
            self.since, self._turned = max(self.since, last), (self._written.turns, batch.time)
        if not batch.whole:
            self.since = batch.time

    def _added(self, data: dict[str, Any], deleted: dict[str, None]) -> set[str]:
        """Keys added since the last batch: a dict keeps them at its end, after those known to be old."""
        known = self._tail.difference(deleted)
        last: list[str] = []
        end: int | None = None
        for reach in (TAIL, 16 * TAIL, NEW):
            last = newest(data, reach)
            end = None if known.isdisjoint(last) else next(i for i, key in enumerate(last) if key in known)
            if end is not None or len(last) < reach:
                break
        self._tail = set(last[:TAIL])
        return set(last[:end])

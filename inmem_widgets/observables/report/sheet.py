"""What became of each key: one line a key, made of the first and the last change that touched it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import MISSING, UNKNOWN, Change
from inmem_widgets.observables.preview import cut

MOST: Final = 100_000
"""Keys of a sheet; what is done to others is counted."""
NAMED, NAME = 2, 40
"""Keys named beside a section, and their characters."""
ADDED, CHANGED, DELETED, SAME, BRIEF, WRITTEN = range(6)
"""What became of a key, all in all: see `wire.ReportSort`."""
_SAFE: Final = frozenset((str, bytes, int, float, bool))
"""Whose `==` is Python's own."""


class Line(NamedTuple):
    """One key: its value before, and the last thing that was done to it."""

    key: Any
    before: Any
    after: Any
    times: int
    number: int
    time: float | None
    by: Any


class Sheet:
    """Keys in the order in which they were first touched.

    Attributes:
        touched: How often any of them was.
        sums: How many keys became what: by `ADDED` … `WRITTEN`.
    """

    def __init__(self, most: int = MOST) -> None:
        self.touched = 0
        self.sums = [0] * 6
        self._most = most
        # value before, value after, change; or only a change of this one key, which has them
        self._first: dict[Hashable, tuple[Any, Any, Change] | Change] = {}
        self._last: dict[Hashable, tuple[Any, Change, int, int]] = {}  # of keys touched again, and how often
        self._became = bytearray()
        self._places: dict[Hashable, int] = {}  # of those touched again

    def __len__(self) -> int:
        return len(self._first)

    def write(self, key: Any, before: Any, after: Any, change: Change, *, alone: bool = False) -> None:
        """A key has another value, or none (`MISSING`); `alone` if the change is of no other key."""
        self.touched += 1
        first = self._first.get(key)
        if first is None:
            became = ADDED if before is MISSING and after is not MISSING else outcome(before, after)
            self.sums[became] += 1
            if len(self._became) < self._most:
                self._first[key] = change if alone else (before, after, change)
                self._became.append(became)
            return
        self._again(key, first, after, change)

    def touch(self, key: Any, value: Any, change: Change, *, alone: bool = False) -> None:
        """A key was looked at: `value` is what was found; `alone` if the change is of no other key."""
        self.touched += 1
        first = self._first
        if key in first:
            times = self._last[key][3] if key in self._last else 1
            self._last[key] = value, change, SAME, times + 1
        elif len(first) < self._most:
            first[key] = change if alone else (MISSING, value, change)

    def _again(self, key: Any, found: tuple[Any, Any, Change] | Change, after: Any, change: Change) -> None:
        first = _whole(found)
        last = self._last.get(key)
        if last is None:
            was, times = outcome(first[0], first[1]), 1
        else:
            _, _, was, times = last
        became = outcome(first[0], after)
        self._last[key] = after, change, became, times + 1
        if became != was:
            self.sums[was] -= 1
            self.sums[became] += 1
            place = self._places.get(key)
            if place is None:
                self._index()
                place = self._places[key]
            self._became[place] = became

    def _index(self) -> None:
        """Places of the keys that have come since."""
        known = len(self._places)
        self._places.update(
            zip(islice(self._first, known, None), range(known, len(self._first)), strict=False)
        )

    def lines(self, start: int, count: int, became: int | None = None) -> tuple[list[Line], int]:
        """Lines from the start-th on, of those that became something; how many follow."""
        if became is None:
            keys = [*islice(self._first, start, start + count)]
            return [self._line(key) for key in keys], max(0, len(self) - start - len(keys))
        wanted = [*islice(_places(self._became, became), start, start + count)]
        keys, at, found = iter(self._first), -1, []  # type: ignore[assignment]
        for place in wanted:
            found.append(next(islice(keys, place - at - 1, None)))
            at = place
        return [self._line(key) for key in found], max(0, self._became.count(became) - start - len(found))

    def first(self, text: Callable[[Any], str], became: int | None = None) -> str:
        """The first keys, as texts: "doc:1, doc:2, …"."""
        lines, more = self.lines(0, NAMED, became)
        return ", ".join([*(cut(text(line.key), NAME) for line in lines), *(["…"] if more > 0 else [])])

    def _line(self, key: Any) -> Line:
        before, after, change = _whole(self._first[key])
        times = 1
        if key in self._last:
            after, change, _, times = self._last[key]
        return Line(key, before, after, times, change.number, change.time, change.by)


def _whole(first: tuple[Any, Any, Change] | Change) -> tuple[Any, Any, Change]:
    """Value before, value after, and the change."""
    if not isinstance(first, Change):
        return first
    after = first.values[0] if first.values else MISSING if first.kind == "delete" else None
    return first.old[0] if first.old else MISSING, after, first


def outcome(before: Any, after: Any) -> int:
    """What became of a key whose first and last values these are."""
    if before is UNKNOWN:
        return DELETED if after is MISSING else WRITTEN
    if before is MISSING:
        return BRIEF if after is MISSING else ADDED
    if after is MISSING:
        return DELETED
    if after is before:
        return SAME
    kind = after.__class__
    return SAME if kind is before.__class__ and kind in _SAFE and after == before else CHANGED


def _places(flags: bytearray, wanted: int) -> Iterator[int]:
    """Where these are."""
    at = flags.find(wanted)
    while at >= 0:
        yield at
        at = flags.find(wanted, at + 1)

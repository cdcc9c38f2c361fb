"""What became of each key: one line a key, in columns."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import MISSING, UNKNOWN
from inmem_widgets.observables.preview import cut
from inmem_widgets.observables.report.held import MOST_BYTES, Scale, brief

MOST: Final = 100_000
"""Keys of a sheet; what is done to others is counted."""
NAMED, NAME = 2, 40
"""Keys named beside a section, and their characters."""
ADDED, CHANGED, DELETED, SAME, BRIEF, WRITTEN = range(6)
"""What became of a key, all in all: see `wire.ReportSort`."""
_SAFE: Final = (str, bytes, int, float, bool)
"""Whose `==` is Python's own."""


class Line(NamedTuple):
    """One key, and the last thing that was done to it."""

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
        left_out: How often keys were touched that there was no room for.
    """

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self.touched = self.left_out = 0
        self.sums = [0] * 6
        self._most, self._room = most, most_bytes
        self._slots: dict[Hashable, int] = {}
        self._keys: list[Any] = []
        self._before: list[Any] = []
        self._after: list[Any] = []
        self._by: list[Any] = []
        self._counts = array("l")
        self._numbers = array("q")
        self._times = array("d")
        self._became = bytearray()
        self._scale = Scale()

    def __len__(self) -> int:
        return len(self._keys)

    def write(self, key: Any, before: Any, after: Any, number: int, time: float | None, by: Any) -> None:
        """A key has another value, or none (`MISSING`)."""
        self.touched += 1
        slot = self._slots.get(key)
        if slot is None:
            slot = self._new(key)
            became = outcome(before, after)
            self.sums[became] += 1
            if slot is None:
                return
            weigh = self._scale.of
            if (weight := weigh(before) + weigh(after)) > self._room:
                before, after = brief(before), brief(after)
            else:
                self._room -= weight
            self._before.append(before)
            self._after.append(after)
            self._by.append(by)
            self._counts.append(1)
            self._numbers.append(number)
            self._times.append(time or 0.0)
            self._became.append(became)
            return
        first = self._before[slot]
        self._counts[slot] += 1
        self._numbers[slot] = number
        self._times[slot] = time or 0.0
        self._by[slot] = by
        was = self._after[slot]
        if after is not was:
            weigh = self._scale.of
            if (weight := weigh(after) - weigh(was)) > self._room:
                after = brief(after)
            else:
                self._room -= weight
            self._after[slot] = after
        became = outcome(first, after)
        before_that = self._became[slot]
        if became != before_that:
            self._became[slot] = became
            self.sums[became] += 1
            self.sums[before_that] -= 1

    def touch(self, key: Any, value: Any, number: int, time: float | None, by: Any) -> None:
        """A key was looked at: `value` is what was found or said about it."""
        self.touched += 1
        slot = self._slots.get(key)
        if slot is None:
            slot = self._new(key)
            if slot is None:
                return
            if (weight := self._scale.of(value)) > self._room:
                value = brief(value)
            else:
                self._room -= weight
            self._after.append(value)
            self._by.append(by)
            self._counts.append(1)
            self._numbers.append(number)
            self._times.append(time or 0.0)
            return
        self._counts[slot] += 1
        self._numbers[slot] = number
        self._times[slot] = time or 0.0
        self._by[slot] = by

    def _new(self, key: Any) -> int | None:
        slot = len(self._keys)
        if slot >= self._most:
            self.left_out += 1
            return None
        self._slots[key] = slot
        self._keys.append(key)
        return slot

    def lines(self, start: int, count: int, became: int | None = None) -> tuple[list[Line], int]:
        """Lines from the start-th on, of those that became something; how many follow."""
        if became is None:
            slots: range | list[int] = range(start, min(start + count, len(self)))
            more = len(self) - start - len(slots)
        else:
            slots = [*islice(_places(self._became, became), start, start + count)]
            more = self._became.count(became) - start - len(slots)
        return [self._line(slot) for slot in slots], max(0, more)

    def first(self, text: Callable[[Any], str], became: int | None = None) -> str:
        """The first keys, as texts: "doc:1, doc:2, …"."""
        lines, more = self.lines(0, NAMED, became)
        return ", ".join([*(cut(text(line.key), NAME) for line in lines), *(["…"] if more > 0 else [])])

    def _line(self, slot: int) -> Line:
        before = self._before[slot] if self._before else MISSING
        time = self._times[slot] or None
        return Line(
            self._keys[slot], before, self._after[slot], self._counts[slot], self._numbers[slot], time,
            self._by[slot],
        )  # fmt: skip


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

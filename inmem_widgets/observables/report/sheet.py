"""What became of each key: one line a key, of what was there before the first change of it, and the last.

Changes are taken in as columns, and kept as they come, in parts; what they come to is found when somebody
looks, from where the last look ended.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import chain, compress, count, islice, repeat
from operator import is_, is_not
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import MISSING, UNKNOWN, UNTOLD
from inmem_widgets.core.records import Columns
from inmem_widgets.observables.preview import cut

MOST: Final = 100_000
"""Keys of a sheet; what is done to others is counted."""
SPARE: Final = 4_096
"""Rows kept beside the two for each key."""
FEW: Final = 64
"""Rows of which no part of their own is made."""
NAMED, NAME = 2, 40
"""Keys named beside a section, and their characters."""
ADDED, CHANGED, DELETED, SAME, BRIEF, WRITTEN = range(6)
"""What became of a key, all in all: see `wire.ReportSort`."""
_SAFE: Final = frozenset((str, bytes, int, float, bool))
"""Whose `==` is Python's own."""


class Line(NamedTuple):
    """One key: its value before (of one that was added and deleted again: in between), and the last thing
    that was done to it."""

    key: Any
    before: Any
    after: Any
    times: int
    number: int
    time: float | None
    by: Any


class Rows(NamedTuple):
    """What was done to keys, oldest first: parallel columns. A value is `MISSING` where there is none."""

    keys: Sequence[Any]
    befores: Sequence[Any]
    afters: Sequence[Any]
    numbers: Sequence[int]
    times: Sequence[float | None]
    bys: Sequence[Any]

    def where(self, flags: Sequence[bool]) -> Rows:
        """Some of them."""
        return Rows(*([*compress(column, flags)] for column in self))


_KEYS: Final = Rows._fields.index("keys")
_AFTERS: Final = Rows._fields.index("afters")


def rows_of(given: Columns) -> Rows:
    """Of changes that are of one key each."""
    return Rows(given.keys, given.befores, given.values, given.numbers, given.times, given.bys)


class Sheet:
    """Keys in the order in which they were first touched.

    Attributes:
        touched: How often any of them was.
    """

    def __init__(self, most: int = MOST) -> None:
        self.touched = 0
        self._most = most
        self._lasts: dict[Hashable, int] = {}  # the last row of each key
        self._firsts: list[Any] = []  # what was before, of each
        self._parts: list[Rows] = []
        self._starts: list[int] = []  # the first row of each part
        self._count = 0  # rows
        self._open = False  # whether the last part may be written to, and grows by a few rows
        # of the rows looked at:
        self._looked = 0
        self._sums = [0] * 6
        self._became = bytearray()  # of each key
        self._again: dict[Hashable, int] = {}  # how often more than once
        self._places: dict[Hashable, int] = {}  # of keys in the order above, as far as they were needed

    def __len__(self) -> int:
        return len(self._firsts)

    @property
    def sums(self) -> list[int]:
        """How many keys became what: by `ADDED` … `WRITTEN`."""
        self._look()
        return self._sums

    def write(self, rows: Rows) -> None:
        """Keys have other values, or none; or they were looked at: `afters` is what was found."""
        self.touched += len(rows.keys)
        lasts, known, begin = self._lasts, len(self._lasts), self._count
        if known + len(rows.keys) > self._most:
            rows = self._with_room(rows)
        lasts.update(zip(rows.keys, range(begin, begin + len(rows.keys)), strict=True))
        if (new := len(lasts) - known) == len(rows.keys):
            self._firsts += rows.befores
        elif new:
            firsts = dict(zip(reversed(rows.keys), reversed(rows.befores), strict=True))
            self._firsts += map(firsts.__getitem__, reversed([*islice(reversed(lasts), new)]))
        self._keep(rows)
        if self._count > 2 * len(lasts) + SPARE:
            self._look()
            self._shorten()

    def _keep(self, rows: Rows) -> None:
        few = len(rows.keys) < FEW
        if few and self._open:
            for column, more in zip(self._parts[-1], rows, strict=True):
                column += more  # type: ignore[operator]
        else:
            self._starts.append(self._count)
            self._parts.append(Rows(*([*column] for column in rows)) if few else rows)
            self._open = few
        self._count += len(rows.keys)

    def _column(self, which: int, begin: int = 0) -> list[Any]:
        """One column, of all rows from one on."""
        at = bisect_right(self._starts, begin) - 1
        first = self._parts[at][which][begin - self._starts[at] :]
        return [*chain(first, *(part[which] for part in self._parts[at + 1 :]))]

    def add(
        self, key: Any, before: Any, after: Any, number: int, time: float | None = None, by: Any = None
    ) -> None:
        """As `write`, of one key."""
        self.write(Rows((key,), (before,), (after,), (number,), (time,), (by,)))

    def _with_room(self, rows: Rows) -> Rows:
        """Those there is room for; the others are counted."""
        new = [key for key in dict.fromkeys(rows.keys) if key not in self._lasts]
        if not (beyond := {*new[self._most - len(self._lasts) :]}):
            return rows
        flags = [key in beyond for key in rows.keys]
        uncounted = rows.where(flags)
        self._sum(outcomes(uncounted.befores, uncounted.afters))
        return rows.where([not flag for flag in flags])

    def _sum(self, became: bytes, sign: int = 1) -> None:
        for which in range(6):
            self._sums[which] += sign * became.count(which)

    def _look(self) -> None:
        """Find what the rows since the last look come to."""
        if self._looked == self._count:
            return
        known, begin = len(self._became), self._looked
        keys, afters = self._column(_KEYS, begin), self._column(_AFTERS, begin)
        self._looked = self._count
        if len(self._lasts) - known == len(keys):  # each is new
            became = outcomes(self._firsts[known:], afters)
            self._sum(became)
            self._became += became
            return
        self._places.update(
            zip(islice(self._lasts, len(self._places), None), count(len(self._places)), strict=False)
        )
        touched = Counter(keys)
        places = [*map(self._places.__getitem__, touched)]
        self._sum(bytes(self._became[place] for place in places if place < known), -1)
        self._became += bytes(len(self._lasts) - known)
        latest = [afters[self._lasts[key] - begin] for key in touched]
        became = outcomes([*map(self._firsts.__getitem__, places)], latest)
        self._sum(became)
        again = self._again
        for (key, times), place, each in zip(touched.items(), places, became, strict=True):
            self._became[place] = each
            if more := times - (place >= known):
                again[key] = again.get(key, 0) + more

    def _shorten(self) -> None:
        """Let go of all rows but the last of each key."""
        kept = [*self._lasts.values()]
        columns: Any = ([*map(self._column(which).__getitem__, kept)] for which in range(len(Rows._fields)))
        self._parts = [Rows(*columns)]
        self._starts, self._count, self._open = [0], len(kept), True
        self._lasts = dict(zip(self._lasts, range(len(kept)), strict=True))
        self._looked = len(kept)

    def lines(self, start: int, many: int, became: int | None = None) -> tuple[list[Line], int]:
        """Lines from the start-th on, of those that became something; how many follow."""
        self._look()
        if became is None:
            keys = [*islice(self._lasts, start, start + many)]
            found = [self._line(*each) for each in enumerate(keys, start)]
            return found, max(0, len(self) - start - len(keys))
        wanted = [*islice(_places(self._became, became), start, start + many)]
        rest, at, found = iter(self._lasts), -1, []
        for place in wanted:
            found.append(self._line(place, next(islice(rest, place - at - 1, None))))
            at = place
        return found, max(0, self._became.count(became) - start - len(found))

    def first(self, text: Callable[[Any], str], became: int | None = None) -> str:
        """The first keys, as texts: "doc:1, doc:2, …"."""
        lines, more = self.lines(0, NAMED, became)
        return ", ".join([*(cut(text(line.key), NAME) for line in lines), *(["…"] if more > 0 else [])])

    def _line(self, place: int, key: Any) -> Line:
        row = self._lasts[key]
        at = bisect_right(self._starts, row) - 1
        last: Any = [column[row - self._starts[at]] for column in self._parts[at]]
        _, before, after, number, time, by = last
        first = self._firsts[place]
        if first is not MISSING or after is not MISSING:  # else it is brief
            before = UNKNOWN if first is UNTOLD else first
        return Line(key, before, after, 1 + self._again.get(key, 0), number, time, by)


def outcomes(befores: Sequence[Any], afters: Sequence[Any]) -> bytes:
    """What became of keys whose first and last values these are."""
    gone = [*map(is_, afters, repeat(MISSING))]
    if not any(gone) and all(map(is_, befores, repeat(MISSING))):
        return bytes([ADDED]) * len(gone)
    if all(gone) and all(map(is_not, befores, repeat(MISSING))):
        return bytes([DELETED]) * len(gone)
    return bytes(map(outcome, befores, afters))


def outcome(before: Any, after: Any) -> int:
    """What became of a key whose first and last values these are."""
    if before is UNKNOWN or before is UNTOLD:
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

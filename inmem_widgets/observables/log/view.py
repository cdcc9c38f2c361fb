"""What a view of a log shows: kept up to date by looking at each change once."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from time import thread_time
from typing import Any, Final

from inmem_widgets.observables.log.columns import Block
from inmem_widgets.observables.log.eventlog import EventLog
from inmem_widgets.observables.log.groups import Groups
from inmem_widgets.observables.log.kept import Part
from inmem_widgets.observables.log.query import EMPTY, Matcher, changed
from inmem_widgets.observables.log.rows import log_row
from inmem_widgets.wire import LogGroup, LogQuery, LogRow, LogState

ROWS: Final = 100
"""Rows of a state."""
BUDGET: Final = 0.012
"""Seconds of processor time that a state may take to look at changes."""
STEP: Final = 512
"""Changes looked at in one go."""


class LogView:
    """The changes of a log that match a query. One caller at a time.

    Attributes:
        query: What is listed.
    """

    def __init__(self, log: EventLog, query: Mapping[str, Any] = EMPTY) -> None:
        self.query: LogQuery = changed(EMPTY, query)
        self._log = log
        self._rows: dict[int, LogRow] = {}
        self._begin()

    def _begin(self) -> None:
        self._matcher = Matcher(self.query)
        self._groups = Groups(self.query["group"]) if self.query["group"] else None
        self._next = self._down = self._log.last + 1  # what is looked at next: up, and down from there
        self._newer, self._older = _Found(), _Found()  # ascending; descending

    def show(self, changes: Mapping[str, Any]) -> None:
        """Change some fields of the query.

        Raises:
            TypeError, ValueError: a field is not accepted; nothing is changed.
        """
        new = changed(self.query, changes)
        if new != self.query:
            self.query = new
            self._begin()

    def whole(self) -> LogView:
        """Look at all there is."""
        self._log.catch_up()
        self._look(math.inf)
        return self

    @property
    def progress(self) -> float | None:
        """0 to 1 while there are changes that were not looked at; None when there are none."""
        first, last = self._log.first, self._log.last
        if self._idle or (self._next > last and self._down <= first):
            return None
        return max(0, self._next - max(first, self._down)) / max(1, last + 1 - first)

    def state(self) -> LogState:
        """For the wire; in bounded time, however many changes there are."""
        log = self._log
        self._look(BUDGET)
        first, kept = log.first, log.kept
        return {
            "first": first,
            "last": log.last,
            "kept": kept,
            "most": log.most,
            "bytes": log.bytes,
            "most_bytes": log.most_bytes,
            "spilled": log.spilled,
            "lost": log.lost,
            "matching": kept if self._matcher.everything else len(self._newer) + len(self._older),
            "progress": self.progress,
            "rows": self.rows(ROWS),
            "groups": self.groups(),
            "kinds": sorted({what.shown for what in log.whats.all}),
            "query": self.query,
            "problem": {"field": "spill", "message": log.problem, "at": None} if log.problem else None,
        }

    def groups(self) -> list[LogGroup] | None:
        """Where the query groups."""
        return None if self._groups is None else self._groups.told()

    def rows(self, limit: int, before: int | None = None) -> list[LogRow]:
        """The newest that were found (and are older than `before`), newest first."""
        log = self._log
        numbers = list(islice(self._numbers(math.inf if before is None else before), limit))
        observable = log.observable
        if not numbers:
            return []
        known = self._rows
        missing = [number for number in numbers if number not in known]
        if missing:
            made = {}
            for block, start, stop in log.parts(missing[-1] - 1)[1]:
                for number in reversed(missing):
                    if start <= number - block.first < stop:
                        made[number] = log_row(block.change(number - block.first, log.whats), observable)
            known = {**known, **made}
        if before is None:
            self._rows = {number: known[number] for number in numbers if number in known}
        return [known[number] for number in numbers if number in known]

    def row(self, number: int) -> LogRow | None:
        """Of one change; None where it is not kept."""
        found = self._log.changes(number, number + 1)
        return log_row(found[0], self._log.observable) if found else None

    def _numbers(self, before: float) -> Iterator[int]:
        if self._matcher.everything:
            first, last = self._log.first, self._log.last
            return iter(range(int(min(before - 1, last)), first - 1, -1))
        newer, older = self._newer.numbers, self._older.numbers
        up = range(bisect_left(newer, before) - 1, self._newer.head - 1, -1)
        down = range(bisect_left(older, 1 - before, key=lambda number: -number), len(older))
        return chain(map(newer.__getitem__, up), map(older.__getitem__, down))

    @property
    def _idle(self) -> bool:
        return self._matcher.everything and self._groups is None

    # -- looking --

    def _look(self, budget: float) -> None:
        if self._idle:
            return
        if self._groups is not None and self._groups.labels > 2 * self._log.most + 1000:
            self._begin()  # labels of changes long gone
        first, parts = self._log.parts()
        self._newer.drop_first(first, self._groups)
        self._older.drop_last(first, self._groups)
        until = thread_time() + budget
        for part in parts:
            if not self._up(part, until):
                return
        self._next = max(self._next, self._log.first)
        for part in reversed(parts):
            if not self._lower(part, until):
                return
        self._down = min(self._down, first)

    def _up(self, part: Part, until: float) -> bool:
        """Look at the new ones of a part; whether there was the time."""
        block, start, stop = part
        start = max(start, self._next - block.first)
        for begin in range(start, stop, STEP):
            end = min(stop, begin + STEP)
            self._take(block, self._matcher.find(block, begin, end, self._log.whats), self._newer)
            self._next = block.first + end
            if thread_time() > until:
                return False
        return True

    def _lower(self, part: Part, until: float) -> bool:
        """Look at the older ones of a part, from its end."""
        block, start, stop = part
        stop = min(stop, self._down - block.first)
        for end in range(stop, start, -STEP):
            begin = max(start, end - STEP)
            places = self._matcher.find(block, begin, end, self._log.whats)
            self._take(block, places[::-1], self._older)
            self._down = block.first + begin
            if thread_time() > until:
                return False
        return True

    def _take(self, block: Block, places: list[int], found: _Found) -> None:
        whats, groups = self._log.whats, self._groups
        found.numbers.extend(block.first + at for at in places)
        if groups is not None:
            for at in places:
                found.labels.append(groups.add(block, at, whats))
                found.kinds.append(whats.all[block.codes[at]].kind)
                found.sizes.append(block.sizes[at])


class _Found:
    """Numbers of changes that match, and what they count in their groups."""

    def __init__(self) -> None:
        self.numbers = array("q")
        self.labels = array("I")
        self.kinds: list[str] = []
        self.sizes = array("q")
        self.head = 0  # of them were let go of

    def __len__(self) -> int:
        return len(self.numbers) - self.head

    def drop_first(self, first: int, groups: Groups | None) -> None:
        """Let go of numbers below `first`; they ascend."""
        upto = bisect_left(self.numbers, first)
        for place in range(self.head, upto):
            if groups is not None:
                groups.count(self.labels[place], self.kinds[place], self.sizes[place], -1)
        self.head = max(self.head, upto)
        if self.head > 4096 and self.head > len(self.numbers) // 2:
            for column in (self.numbers, self.labels, self.kinds, self.sizes):
                del column[: self.head]
            self.head = 0

    def drop_last(self, first: int, groups: Groups | None) -> None:
        """Let go of numbers below `first`; they descend."""
        upto = bisect_left(self.numbers, 1 - first, key=lambda number: -number)
        for place in range(upto, len(self.numbers)):
            if groups is not None:
                groups.count(self.labels[place], self.kinds[place], self.sizes[place], -1)
        for column in (self.numbers, self.labels, self.kinds, self.sizes):
            del column[upto:]

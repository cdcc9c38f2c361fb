"""One watched object in a report: listens while the code runs, and keeps what there is room for."""

from __future__ import annotations

import threading
import weakref
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from itertools import chain
from typing import Any, ClassVar, Final, Literal

from inmem_widgets.core.change import NO_INFO, Change
from inmem_widgets.core.records import Records
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.report.held import MOST_BYTES, brief, weight
from inmem_widgets.observables.report.sheet import MOST, Line, Sheet
from inmem_widgets.observables.report.unobserved import Unobserved
from inmem_widgets.observables.report.who import who
from inmem_widgets.wire import ReportFact, ReportPart, ReportRow, ReportSection, ReportSort

INTERVAL: Final = 0.1
"""Seconds between two looks at what changed."""
LATEST: Final = 0.5
"""Seconds after which what happened is taken in, whoever else is busy."""
PAGE: Final = 100
"""Rows of a section that are given out at once."""
READING: Final = 2.0
"""Seconds to wait for one that is read, before and after."""
PATIENCE: Final = 30.0
"""Seconds to wait at the end for what is under way."""
_FIGURES: Final = {"inserted": "inserts", "evicted": "evictions"}
"""What abilities call them."""
GONE: Final = "nothing held it any more at the end: what another one of its name saw is not told"


class Part:
    """What was done to one object.

    Attributes:
        name: What to call it.
        observable: What is known of the object, which it holds weakly.
        lost: Changes that came too fast to be looked at.
        left_out: Changes that are counted, and were kept no longer: `changes` lacks them.
        cell: Of the report.
        told_of: Called after each look.
    """

    kind: ClassVar[Literal["store", "cache", "saver"]]

    def __init__(self, observable: Observable[Any] | Unobserved, name: str | None) -> None:
        self.observable = observable
        self.type_name = observable.type_name
        self.name = name or self.type_name
        self.lost = self.left_out = 0
        self.cell: int | None = None
        self._begun_on = ""  # Python's thread
        self.told_of: Callable[[], None] = _nobody
        self._lock = threading.RLock()
        self._kept: deque[tuple[Records, int]] = deque()  # with their estimated bytes
        self._count = self._bytes = 0
        self._room = MOST_BYTES  # for values of lines
        self._next = 0
        self._stop: Callable[[], None] | None = None
        self._outlived = False

    # -- for subclasses --

    def digest(self, changes: Records) -> None:
        """Take in changes, oldest first."""
        raise NotImplementedError

    def facts(self) -> list[ReportFact]:
        """The headline."""
        raise NotImplementedError

    def sections(self) -> list[ReportSection]:
        """What can be expanded: only what there is."""
        raise NotImplementedError

    def rows(self, section: str, start: int, count: int) -> tuple[list[ReportRow], int]:
        """Some rows of a section, and how many follow."""
        raise NotImplementedError

    def note(self) -> str:
        """What else there is to say."""
        return ""

    def row(
        self,
        line: Line,
        key: str,
        *,
        type: str = "",
        before: str = "",
        after: str = "",
        size: int | None = None,
        note: str = "",
    ) -> ReportRow:
        """A line of a sheet, for the wire."""
        return {
            "key": key, "type": type, "size": size, "before": before, "after": after, "note": note,
            "count": line.times, "time": line.time, "number": line.number,
            "by": who(line.by, self.cell, self._begun_on),
        }  # fmt: skip

    # -- listening --

    def begin(self) -> None:
        """Listen from now on.

        Raises:
            ReferenceError: the object is gone.
        """
        feed = self.observable.feed
        if feed is None:
            raise ReferenceError(f"{self.name}: the object is gone")
        self._begun_on = threading.current_thread().name
        self._read()
        with self._lock:  # nothing is taken in until it is known what to expect
            self._stop = feed.listen_batched(
                _weakly(self), interval=INTERVAL, latest=LATEST, lazy=True,
                old=True, time=True, origin=True, reads=True,
            )  # fmt: skip
            self._next = feed.count + 1  # the first may be an earlier one, if somebody is writing

    def end(self) -> None:
        """Take in what is under way, and listen no longer."""
        if self._stop is None:
            return
        try:
            self._read()
            feed = self.observable.feed
            whole, last = (True, 0) if feed is None else (_flushed(feed), feed.count)
            self._outlived = feed is None
        finally:  # whoever waits may be interrupted
            self._stop()
            self._stop = None
        if not whole:
            with self._lock:
                self.lost += max(0, last + 1 - self._next)

    def _read(self) -> None:
        """One that tells of nothing is read."""
        source: Any = self.observable.source
        if self.observable.abilities.how == "read" and hasattr(source, "refresh"):
            source.refresh().wait(READING)

    def __del__(self) -> None:
        if stop := self.__dict__.get("_stop"):  # its code never ended, and nobody asks any more
            stop()

    def settle(self) -> None:
        """Wait for what is under way, if the code still runs."""
        feed = self.observable.feed
        if self._stop is not None and feed is not None:
            _flushed(feed)

    def _take(self, given: Records) -> None:
        with self._lock:
            told = given.changed()
            if len(told) and (last := told.columns.numbers[-1]) >= self._next:
                first = bisect_left(told.columns.numbers, self._next)  # earlier ones were not expected
                self.lost += last + 1 - self._next - (len(told) - first)
                self._next = last + 1
            held = sum(map(weight, _held(given)))
            if held > self._room:
                given = _briefly(given)
                held = 0
            self._room -= held
            self.digest(given)
            self._kept.append((given, held))
            self._count += len(given)
            self._bytes += held
            while self._count > MOST or self._bytes > MOST_BYTES:
                self._let_go()
        self.told_of()

    def _let_go(self) -> None:
        oldest, held = self._kept.popleft()
        excess = self._count - MOST
        if 0 < excess < len(oldest) and self._bytes <= MOST_BYTES:
            self._kept.appendleft((oldest[excess:], held))
            self._count -= excess
            self.left_out += excess
            return
        self._count -= len(oldest)
        self._bytes -= held
        self.left_out += len(oldest)

    def changes(self) -> list[Change]:
        """All that is kept: the latest ones, oldest first."""
        with self._lock:
            return [*chain.from_iterable(changes for changes, _ in self._kept)]

    # -- telling --

    def summary(self) -> dict[str, int]:
        """The figures of the headline."""
        with self._lock:
            figures = {fact["label"]: fact["count"] for fact in self.facts() if fact["count"] is not None}
            return {**figures, "lost": self.lost}

    def told(self) -> ReportPart:
        """For the wire."""
        with self._lock:
            facts, sections = self.facts(), self.sections()
            unknown = self.observable.abilities.unknown
            return {
                "name": clean(self.name),
                "type": clean(self.type_name),
                "kind": self.kind,
                "quiet": not (
                    self._outlived or sections or self.lost or any(fact["count"] for fact in facts)
                ),
                "facts": facts,
                "sections": sections,
                "lost": self.lost,
                "unknown": {
                    fact["label"]: unknown.get(_FIGURES.get(fact["sort"], ""), "it cannot be known")
                    for fact in facts
                    if fact["count"] is None
                },
                "note": GONE if self._outlived else self.note(),
            }

    def page(self, section: str, start: int, count: int = PAGE) -> tuple[list[ReportRow], int]:
        """Rows of a section, and how many follow."""
        with self._lock:
            return self.rows(section, start, count)


def fact(label: str, count: int | None, sort: ReportSort) -> ReportFact:
    return {"label": label, "count": count, "sort": sort}


def section(
    id: str, label: str, count: int, sort: ReportSort, *, note: str = "", names: str = ""
) -> ReportSection:
    return {"id": id, "label": label, "count": count, "note": note, "names": names, "sort": sort}


def of_sheet(
    id: str, label: str, sheet: Sheet, sort: ReportSort, name: Callable[[Any], str]
) -> ReportSection:
    """All of a sheet."""
    note = "" if sheet.touched == len(sheet) else f"{sheet.touched:,} times"
    return section(id, label, len(sheet), sort, note=note, names=sheet.first(name))


def _nobody() -> None:
    pass


def _held(given: Records) -> list[list[Any]]:
    """All values there are, by sorts."""
    columns = given.columns
    found = [[*columns.values], [*columns.befores]]
    if columns.more is not None:
        wholes = [each for each in columns.more if isinstance(each, Change)]
        found += [[v for w in wholes for v in w.values or ()], [v for w in wholes for v in w.old or ()]]
    return found


def _briefly(given: Records) -> Records:
    """Without the values, but for how they begin."""
    columns = given.columns
    more = None if columns.more is None else [*map(_brief, columns.more)]
    values, befores = ([*map(brief, column)] for column in (columns.values, columns.befores))
    return Records(columns._replace(values=values, befores=befores, more=more))


def _brief(more: Any) -> Any:
    if not isinstance(more, Change):
        return more
    values, old = (None if some is None else [*map(brief, some)] for some in (more.values, more.old))
    return more._replace(values=values, old=old, info=NO_INFO)


def _flushed(feed: Any) -> bool:
    return bool(feed.flush(PATIENCE))


def _weakly(part: Part) -> Callable[[Records], None]:
    """A report that nobody holds any more ends, even if its code never does."""
    held = weakref.ref(part)

    def take(changes: Records) -> None:
        if (found := held()) is not None:
            found._take(changes)

    return take

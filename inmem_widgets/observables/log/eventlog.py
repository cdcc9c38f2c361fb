"""The log of one observable: bounded columns of what happened."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import repeat
from math import inf, nextafter
from numbers import Integral
from operator import is_
from pathlib import Path
from typing import Any, Final

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import UNTOLD, Change
from inmem_widgets.core.records import Records
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.log.columns import Block
from inmem_widgets.observables.log.frames import frame_of
from inmem_widgets.observables.log.kept import Kept
from inmem_widgets.observables.log.limits import MOST, MOST_BYTES
from inmem_widgets.observables.log.past.counting import Counting
from inmem_widgets.observables.log.past.differing import differing
from inmem_widgets.observables.log.past.moment import Moment, moment
from inmem_widgets.observables.log.spill import Spill
from inmem_widgets.observables.redaction import Redact, Redactor, redactor_of
from inmem_widgets.observables.taps.standin import StandIn

CHANGES: Final = frozenset({"set", "delete", "insert", "refresh"})
"""Kinds that our own stores and caches tell previous values of."""
SETTLED: Final = 10.0
"""Seconds after which no call is under way that began before the log."""
LATEST: Final = 0.2
"""Seconds after which what happened is logged, whoever else is busy: of a burst nothing is to be lost."""
PATIENCE: Final = 10.0
"""Seconds that are waited for what is not logged yet."""


class EventLog(Kept):
    """What happened to one object, the latest changes of it.

    It holds the values that were there before each change, so that `at` can tell how it was: as many
    changes as it keeps, and not more bytes than it may. A change that alone holds more is let go at
    once, and with it all before.

    Args:
        observable: Whose object is logged from now on; held weakly.
        most: Changes kept at most.
        most_bytes: Bytes held at most, estimated.

    Attributes:
        closed: Whether logging was stopped.
    """

    def __init__(self, observable: Any, *, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        feed = observable.feed
        super().__init__(feed.count, most, most_bytes)
        self._observable = weakref.ref(observable)
        self._source = weakref.ref(observable.source)
        self._feed = weakref.ref(feed)
        self._spill: Spill | None = None
        self.closed = False
        self._settled = time.monotonic() + SETTLED
        self._exact = isinstance(observable.source, InMemoryBaseStore | InMemoryCache)
        self.counting = Counting(observable.source, self._last)
        alive = weakref.ref(self)

        def deliver(changes: Sequence[Change]) -> None:
            log = alive()
            if log is not None:
                log._take(changes)

        self._unlisten: Callable[[], None] = feed.listen_batched(
            deliver, lazy=True, old=True, time=True, origin=True, latest=LATEST
        )
        self.counting.anchor(observable.source)
        _logs.add(self)

    def __del__(self) -> None:
        if unlisten := self.__dict__.get("_unlisten"):
            unlisten()

    def __repr__(self) -> str:
        kept = f"changes {self.first:,} to {self.last:,}" if self.kept else "no changes yet"
        return f"<EventLog: {kept}>"

    # -- what there is --

    @property
    def observable(self) -> Any:
        """Whose log it is; None once nobody holds it."""
        return self._observable()

    @property
    def source(self) -> Any:
        """What is read of the object; None once it is gone."""
        source = self._source()
        return None if isinstance(source, StandIn) and source.object is None else source

    @property
    def spilled(self) -> int:
        """Changes in the file that was asked for."""
        return 0 if (spill := self._spill) is None else spill.count

    @property
    def problem(self) -> str:
        """Why what is let go is not written to the file; "" if it is, or none was asked for."""
        return "" if (spill := self._spill) is None else spill.problem

    def frame(self) -> Any:
        """All that is kept as a DataFrame, one row a change; the columns are in docs/frames.md."""
        return frame_of("events_frame", self)

    # -- as it was --

    def at(self, when: int | float | datetime) -> Moment:
        """How the object was right after the change of that number (int), or at that time (seconds as
        of `time.time()` (float), or a datetime).

        Raises:
            TypeError: `when` is none of these, or the object is a checkpointer, which keeps its history
                itself.
            LookupError: the log does not reach back so far, or the object is gone.
            RuntimeError: what happened last cannot be waited for, in a listener or under overload; or the
                log is closed.
        """
        return moment(self, self._number(when))

    def difference(self, a: int | float | datetime, b: int | float | datetime) -> Any:
        """A DataFrame of what changed between two moments, each given as for `at`: one row a key.

        Raises:
            As `at`.
        """
        found = differing(self, self._number(a), self._number(b))
        return frame_of("difference_frame", found, self.counting.counts)

    def _number(self, when: object) -> int:
        if isinstance(when, float | datetime):
            return self.moment_of(when)
        if isinstance(when, bool) or not isinstance(when, int | Integral):  # NumPy's, of a frame, too
            raise TypeError(
                f"when: got {type(when).__name__}, accepted is a change's number (int), a time in seconds "
                "(float) or a datetime"
            )
        return int(when)

    def moment_of(self, time: float | datetime) -> int:
        """The number of the last change at or before a time.

        Raises:
            LookupError: the log does not reach back so far.
        """
        self.catch_up()
        seconds = _rounded_to(time) if isinstance(time, datetime) else float(time)
        first, parts = self.parts()
        for block, start, stop in reversed(parts):
            times = block.times[start:stop]
            for place in () if times[0] > seconds else range(len(times) - 1, -1, -1):
                if times[place] <= seconds:
                    return block.first + start + place
        if seconds >= self.counting.began and first == self.counting.begun + 1:
            return first - 1
        raise LookupError(f"time: the log goes back to change {first:,} only; {self.keeps(first)}")

    def catch_up(self, timeout: float = PATIENCE) -> bool:
        """Wait until all that happened before is logged; whether it is."""
        feed = self._feed()
        return feed is None or bool(feed.flush(timeout))

    def keeps(self, first: int) -> str:
        """Why there is nothing before its first change, in words."""
        if first == self.counting.begun + 1:
            return "that is when logging began, as with the object's first inspect(…)"
        return (
            f"it keeps {self.most:,} changes and {self.most_bytes / 1e6:,.0f} MB of values: "
            "inspect(…, log=200_000) keeps more changes"
        )

    # -- limits --

    def limit(self, most: int | None = None, most_bytes: int | None = None) -> None:
        """Keep more or less from now on.

        Raises:
            ValueError: less than 1.
        """
        for name, given in (("most", most), ("most_bytes", most_bytes)):
            if given is not None and given < 1:
                raise ValueError(f"{name}: got {given}, accepted is at least 1")
        self.most = self.most if most is None else most
        self.most_bytes = self.most_bytes if most_bytes is None else most_bytes
        self.shorten()

    def spill(self, path: str | Path | None, *, redact: Redact | Redactor | None = None) -> None:
        """Write the changes that are let go to a file of JSON lines from now on; None: no longer.

        A line has number, time, kind, keys (texts, the first 100), how many keys there are, bytes written,
        who did it, and of the values only how they begin: they cannot be travelled to any more. `redact` gets
        each text, whole, and gives the one to write in its place.

        Raises:
            TypeError: `redact` is no function.
            OSError: the file cannot be written.
        """
        masks = redactor_of(redact)
        new = None if path is None else Spill(Path(path), masks)
        with self._lock:  # nobody is writing to the old one
            old, self._spill = self._spill, new
        if old is not None:
            old.close()

    def close(self) -> None:
        """Stop logging, and let go of all."""
        self.closed = True
        self._unlisten()
        self.spill(None)
        self.forget()
        _logs.discard(self)

    # -- on the feed's thread --

    def _take(self, changes: Sequence[Change]) -> None:
        given = changes
        late = 0
        if self._exact and time.monotonic() < self._settled and not _all_told(given):
            # of a call that was under way when the log began nobody asked what was there before
            late = next((i for i in range(len(given), 0, -1) if _untold(given[i - 1])), 0)
            if late:
                self.add(given[:late])
                self.forget()
                self.counting.begun, self.counting.began = self.last, time.time()
        self.add(given[late:])
        with self._lock:
            if self._spill is not None:
                self._spill.flush()

    def let_go(self, block: Block, start: int, stop: int) -> None:
        self.counting.passed(self.whats, block, start, stop)
        if self._spill is not None:
            self._spill.write(block, start, stop, self.whats)

    def lost_some(self) -> None:
        self.counting.anchor(self.source)


def _rounded_to(moment: datetime) -> float:
    """The last time in seconds that frames, which have whole microseconds, tell as this one."""
    last = round(moment.timestamp() * 1e6) + 0.5
    seconds = nextafter(last / 1e6, inf)
    while seconds * 1e6 > last:
        seconds = nextafter(seconds, 0.0)
    return seconds


def _all_told(changes: Sequence[Change]) -> bool:
    """Whether it is plain to see that none is `_untold`."""
    if not isinstance(changes, Records) or (columns := changes.columns).more is not None:
        return False
    return CHANGES.isdisjoint(columns.kinds) or not any(map(is_, columns.befores, repeat(UNTOLD)))


def _untold(change: Change) -> bool:
    return change.old is None and change.kind in CHANGES


_logs: weakref.WeakSet[EventLog] = weakref.WeakSet()


def logs() -> list[EventLog]:
    """All logs alive in this kernel."""
    return list(_logs)

"""Reads a checkpointer that tells of no changes: once from the newest to the oldest, then what is new."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from typing import Any

from inmem_widgets.core.change import Change
from inmem_widgets.observables.reading.access import Access, Read
from inmem_widgets.observables.reading.lenient import error_text
from inmem_widgets.observables.reading.readcatalog import ReadCatalog
from inmem_widgets.wire import Reading

REFRESH = 1.0
"""Seconds between two looks for what is new."""
PACE = 6
"""Times what a look took that passes before the next one."""
RESCAN, RESCAN_PACE = 30.0, 60
"""Seconds, and times what it took, after which all is read again: what was copied, pruned or imported."""
PAGE, MOST = 32, 2_048
"""Checkpoints read at a time: at first, and at the most."""
SHORT, LONG = 0.25, 1.0
"""Seconds: pages grow until reading one takes the first, since each may sort all there is, and shrink when
it takes the second, since a checkpointer may be locked meanwhile."""
NEW, SHOWN = 4, 8
"""Checkpoints that a look for what is new begins with, of all threads, and of a thread shown."""

_log = logging.getLogger("inmem_widgets")


class Polling:
    """What has been read of a checkpointer, and the reading of what is new.

    Args:
        access: The checkpointer.
        tell: Called with what has changed, if only the progress.
        shown: Gives the threads that are looked at more closely.

    Attributes:
        readings: How often all has been read.
    """

    def __init__(
        self, access: Access, tell: Callable[[list[Change]], None], shown: Callable[[], list[Any]]
    ) -> None:
        self.catalog = ReadCatalog(access.tables)
        self.problem = ""
        self.readings = 0
        self._access, self._tell, self._shown = access, tell, shown
        self._progress: float | None = 0.0
        self._read: float | None = None
        self.every: float | None = REFRESH
        self._began = self._took = self._looked = self._rested = 0.0
        self._whole = False
        self._news: dict[Any, bool] = {}
        self._scan: Generator[list[Change], None, None] | None = self._all()

    @property
    def reading(self) -> Reading:
        """How it is read, for the wire."""
        return {
            "progress": self._progress,
            "every": self.every,
            "read": self._read,
            "problem": self.problem,
        }

    @property
    def complete(self) -> bool:
        """Whether it was read whole."""
        return self._read is not None

    @property
    def scanning(self) -> bool:
        """Whether all is being read."""
        return self._scan is not None

    def again(self) -> None:
        """See to it that all is read again, from the next step on."""
        self._scan = self._scan or self._all()

    def soon(self) -> None:
        """See to it that the next step takes in what is new, whatever else it does."""
        self._looked = -REFRESH

    def told(self, thread_id: Any, *, whole: bool) -> None:
        """Something is new in a thread: the next step reads its newest checkpoints, or all of it."""
        self._news[thread_id] = whole or self._news.get(thread_id, False)

    @property
    def rest(self) -> float:
        """Seconds until the next step, if there is news: whoever uses the checkpointer keeps their time."""
        return max(0.0, self._rested - time.monotonic())

    def step(self) -> float | None:
        """Read some; gives the seconds to wait until the next step, None for not before there is news. On
        the worker's thread.

        Raises:
            ReferenceError: The checkpointer is gone.
        """
        began, before = time.monotonic(), (self.problem, self._progress)
        try:
            changes = self._step()
            self.problem = ""
        except ReferenceError:
            raise
        except BaseException as error:  # that a coroutine was cancelled, too
            self._scan = self._scan and self._all()  # from the beginning; what was read stays
            self.problem, changes = error_text(error, 300), []
        if changes or before != (self.problem, self._progress):
            self._tell(changes)
        took = time.monotonic() - began
        self._rested = time.monotonic() + PACE * took
        if self._scan is not None and not self.problem:
            return 0.0
        if self._news and not self.problem:
            return PACE * took
        return None if self.every is None else max(self.every, PACE * took)

    def _step(self) -> list[Change]:
        changes = self._of_news()
        if changes and self._scan is None and time.monotonic() - self._looked < (self.every or REFRESH):
            return changes
        return changes + self._next_step()

    def _of_news(self) -> list[Change]:
        """Take in threads that something was told of."""
        changes: list[Change] = []
        until = time.monotonic() + SHORT
        for thread_id in list(self._news):
            if self._whole or time.monotonic() > until:
                break
            whole = self._news.pop(thread_id)
            try:
                if whole:
                    changes += self.catalog.take(self._access.page(thread_id), thread_id=thread_id)
                else:
                    changes += self._latest(thread_id, NEW)
            except BaseException:
                self.told(thread_id, whole=whole)
                raise
        if self._whole:
            self._news.clear()
        return changes

    def _next_step(self) -> list[Change]:
        if self._scan is None:
            if time.monotonic() - self._began < max(RESCAN, RESCAN_PACE * self._took):
                return self._newest()
            self._scan = self._all()
        changes = next(self._scan, None)
        if changes is None:
            self._scan, self._progress, self._read = None, None, time.time()
            self.readings += 1
            self._took = time.monotonic() - self._began
        elif time.monotonic() - self._looked > (self.every or REFRESH):
            changes += self._newest()
        return changes or []

    def _all(self) -> Generator[list[Change], None, None]:
        """Take in everything, page by page."""
        self._began = self._looked = time.monotonic()
        access, take = self._access, self.catalog.take
        below, size = None, PAGE
        while not self._whole:
            began = time.monotonic()
            page = access.page(before=below, limit=size)
            took = time.monotonic() - began
            ids = [_id(read) for read in page]
            if ids != sorted(ids, reverse=True):
                self._whole = True  # it lists in another order
                break
            if len(page) < size:
                yield take(page, below=below)
                return
            # of copied threads several have the same id: the last one of a page may not be all
            last = next((id for id in reversed(ids) if id != ids[-1]), None)
            if last is not None:
                changes = take(page, above=last, below=below)
                below, self._progress = last, self._estimate()
                yield changes
            if last is None or (took < SHORT and size < MOST):
                size *= 2
            elif took > LONG:
                size = max(size // 2, 4)
        yield take(access.page())

    def _newest(self) -> list[Change]:
        """Take in what is new: of all threads, and of those shown."""
        if self._whole:
            changes = self.catalog.take(self._access.page())
        else:
            changes = self._latest(None, NEW)
            for thread_id in self._shown():
                changes += self._latest(thread_id, SHOWN)
        self._looked = time.monotonic()
        if self._scan is None or self._read is not None:
            self._read = time.time()
        return changes

    def _latest(self, thread_id: Any, size: int) -> list[Change]:
        """Of a thread, or of all: the newest down to what is known."""
        known = self.catalog
        while True:
            page = self._access.page(thread_id, limit=size)
            if len(page) < size:
                return known.take(page, thread_id=thread_id)
            oldest = page[-1][0].config["configurable"]
            key = oldest.get("checkpoint_ns", ""), oldest["checkpoint_id"]
            if known.entry(oldest["thread_id"], key) is not None or size >= MOST:
                above = next((id for id in map(_id, reversed(page)) if id > key[1]), None)
                return [] if above is None else known.take(page, thread_id=thread_id, above=above)
            size *= 4

    def _estimate(self) -> float | None:
        """How much of all has been read, told by the step numbers of the threads met so far."""
        if self._read is not None:
            return None
        expected = found = 0
        for entries in list(self.catalog.threads.values()):
            roots = [entry.header for entry in entries.values() if not entry.header.checkpoint_ns]
            steps = [step for header in roots if isinstance(step := header.metadata.get("step"), int)]
            found += len(roots)
            expected += max(len(roots), max(steps, default=0) + 2)
        return min(0.99, found / expected) if expected else 0.0


def _id(read: Read) -> str:
    found: str = read[0].config["configurable"]["checkpoint_id"]
    return found

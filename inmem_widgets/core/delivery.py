"""Delivery of changes to one listener: its own bounded queue, its own thread, its own pace."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from itertools import chain
from time import monotonic, thread_time
from typing import Any, Final

from inmem_widgets.core.records import Records

LIMIT: Final = 100_000
"""Changes that wait for a slow listener at most; beyond that the oldest are dropped."""
MANY: Final = 1_000_000
"""The same of a listener with a `latest`. As columns they take some 60 bytes each, beside their values."""
CROWD: Final = 10_000
"""Changes that, if so many wait for a listener with a `latest`, are delivered at once."""
LINGER: Final = 0.5
"""Seconds an idle thread waits for more before it ends."""
PATIENCE: Final = 6
"""Times a batched call's own processor time that passes before the next."""

_log = logging.getLogger("inmem_widgets")
_here = threading.local()


def delivering() -> bool:
    """Whether the caller runs inside a listener."""
    return getattr(_here, "delivering", False)


def start_thread(run: Callable[[], None], name: str) -> threading.Thread | None:
    """A started daemon thread, or None where the system has none left to give."""
    thread = threading.Thread(target=run, name=f"inmem-widgets {name}", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


class Flush:
    """A mark that travels behind the changes; done when every listener has passed it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._left = 0

    def expect(self, listeners: int) -> None:
        self._left = listeners
        if not listeners:
            self._event.set()

    def done(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._event.set()

    def wait(self, timeout: float | None) -> bool:
        return self._event.wait(timeout)


class Listener:
    """One listening function. `interval` None: called per change; else with lists, at that pace. With a
    `latest` it is to lose nothing, and is called sooner where much waits."""

    def __init__(
        self,
        fn: Callable[[Any], object],
        *,
        interval: float | None,
        records: bool,
        old: bool,
        time: bool,
        lazy: bool = False,
        origin: bool = False,
        reads: bool = False,
        latest: float | None = None,
    ) -> None:
        if not callable(fn):
            raise TypeError(f"fn: expected a callable, got {type(fn).__name__}")
        self.fn, self.interval, self.records, self.old, self.time = fn, interval, records, old, time
        self.lazy, self.origin, self.reads, self.latest = lazy, origin, reads, latest
        self.limit = LIMIT if latest is None else MANY
        self._reported = False
        self._closed = False
        self._due = 0.0
        self.prepare()

    def prepare(self) -> None:
        """Start afresh with nothing waiting."""
        self._cond = threading.Condition()
        self._queue: deque[Records | Flush] = deque()
        self._length = 0  # changes in the queue
        self._since = 0.0  # when it began to fill
        self._dirty = False  # only where records are not wanted: something happened
        self._flushes = 0
        self._thread: threading.Thread | None = None

    def offer(self, batch: Records, anything: bool, flushes: list[Flush]) -> None:
        with self._cond:
            if self._closed:
                for flush in flushes:
                    flush.done()
                return
            idle = not self._waiting()
            if idle:
                self._since = monotonic()
            if self.records and batch:
                self._queue.append(batch)  # shared with other listeners
                self._length += len(batch)
            self._dirty = not self.records and (self._dirty or anything)
            self._queue.extend(flushes)
            self._flushes += len(flushes)
            while (excess := self._length - self.limit) > 0:
                oldest = self._queue.popleft()
                if not isinstance(oldest, Flush) and len(oldest) > excess:
                    self._queue.appendleft(oldest[excess:])
                    self._length = self.limit
                else:
                    self._pass(oldest)
            if self._thread is None:
                self._thread = start_thread(self._run, "listener")
            elif idle or self._hurried():  # else it knows already, or waits for its time
                self._cond.notify()

    def close(self) -> None:
        with self._cond:
            self._closed = True
            self._dirty = False
            while self._queue:
                self._pass(self._queue.popleft())
            self._cond.notify()

    def _pass(self, item: Records | Flush) -> None:
        if isinstance(item, Flush):
            self._flushes -= 1
            item.done()
        else:
            self._length -= len(item)

    def _run(self) -> None:
        _here.delivering = True
        while (items := self._take()) is not None:
            batches = [item for item in items if not isinstance(item, Flush)]
            if self.interval is None:
                for change in chain.from_iterable(batches):
                    if self._closed:
                        break
                    self._call(change)
            else:
                self._due = monotonic() + self.interval
                if (batches or not self.records) and not self._closed:
                    started = thread_time()
                    lazy = self.lazy and batches
                    self._call(Records.joined(batches) if lazy else [*chain.from_iterable(batches)])
                    # one that works long is called less often, and leaves the writers their time
                    self._due = max(self._due, monotonic() + PATIENCE * (thread_time() - started))
            for item in items:
                if isinstance(item, Flush):
                    item.done()

    def _take(self) -> list[Records | Flush] | None:
        """What is to be delivered next; None when nothing came for a while or the listener was closed."""
        with self._cond:
            if not self._cond.wait_for(self._waiting, LINGER) or self._closed:
                self._thread = None
                return None
            if self.interval is not None:
                due = self._due if self.latest is None else min(self._due, self._since + self.latest)
                self._cond.wait_for(self._hurried, max(0.0, due - monotonic()))
            number = len(self._queue) if self.interval is not None else 1
            items = [self._queue.popleft() for _ in range(number)]
            self._length -= sum(len(item) for item in items if not isinstance(item, Flush))
            self._flushes -= sum(isinstance(item, Flush) for item in items)
            self._dirty = False
            return items

    def _waiting(self) -> bool:
        return bool(self._queue) or self._dirty or self._closed

    def _hurried(self) -> bool:
        crowded = self.latest is not None and self._length >= CROWD
        return self._flushes > 0 or self._closed or crowded

    def _call(self, argument: object) -> None:
        try:
            self.fn(argument)
        except BaseException:  # even SystemExit must not end the deliveries
            if not self._reported:
                self._reported = True
                _log.exception(
                    "a listener raised; it stays connected, and this is reported once: %r", self.fn
                )

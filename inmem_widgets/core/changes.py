"""Change events: `obj.changes.listen(print)`.

A writer appends a raw tuple to a queue and goes on; everything else happens on other threads.
One *pump* per feed numbers the raw tuples and hands them, as `Records`, to each listener's own queue
and thread (`delivery`). Threads live only while changes arrive, so an idle feed is held by nobody but
its owner.

For owners of a feed. The order of events is the order of writes, without a lock, because CPython
switches threads only at calls and loops, and there is none between the write and the event. (Before
3.12 the garbage collector may run at an allocation, and other threads in its callbacks: so the raw
tuple is made first.)

    raw = (make, *args)
    ...  # the write
    if feed.active:
        feed.append(raw)
        if feed.asleep:
            feed.wake()

`make(number, raw)` runs on the pump and returns the `Change`: see `change` and `told` in `core.change`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import thread_time
from typing import Any, Final
from weakref import ref

from inmem_widgets.core import exits
from inmem_widgets.core import origin as origins
from inmem_widgets.core.backlog import Backlog, Tuples
from inmem_widgets.core.change import Change
from inmem_widgets.core.delivery import LIMIT, LINGER, MANY, Flush, Listener, delivering, start_thread
from inmem_widgets.core.records import Records

PAUSE: Final = 0.005
"""Seconds between two looks at the queue while changes arrive, at least: each look interrupts writers."""
LONG_PAUSE: Final = 0.05
"""At most, of a patient backlog: half of the shortest interval of its listeners, where all get lists."""
REST: Final = 6
"""Times its own processor time that the pump leaves the interpreter to others, writers above all."""
SLICE: Final = 5_000
"""Records built in one go under the feed's lock."""

_log = logging.getLogger("inmem_widgets")


class Changes:
    """The feed of one watched object.

    Copying or pickling gives a fresh feed without listeners.

    Args:
        owner: An object whose attribute `_watched` is to mirror `active`, for a hot path to read.
        tells: Whether instead its attribute `_tell` is to be None while nobody listens, else `append`, or
            False while `asleep` or if origins are asked for. It has to be read, and called, with no call
            or loop in between.
        pair: The kind of change of a raw tuple that does not begin with its `make` but with a str:
            a caller's own (key, value) can be queued as it is.
        backlog: The queue, if not one of raw tuples.

    Attributes:
        active: Whether anybody listens.
        asleep: Whether a writer has to call `wake` after appending.
        append: Takes a raw tuple; see the module's text.
        wants_old: Whether some listener asked for previous values.
        wants_time: Whether some listener asked for times.
        wants_origin: Whether some listener asked who did it.
        wants_reads: Whether some listener asked for reads.
        rich: Whether old values, times or origins are asked for.
    """

    __slots__ = (
        "__weakref__", "_bell", "_flushes", "_gate", "_keeps_all", "_listeners", "_lock", "_number", "_owner",
        "_pause", "_queue", "_taken", "_tells", "_thread", "_wants_records", "active", "append", "asleep",
        "rich", "wants_old", "wants_origin", "wants_reads", "wants_time",
    )  # fmt: skip

    def __init__(
        self, owner: object = None, pair: str = "set", *, tells: bool = False, backlog: Backlog | None = None
    ) -> None:
        self._owner = None if owner is None else ref(owner)
        self._tells = tells
        self._queue = Tuples(pair) if backlog is None else backlog
        self.append = self._queue.append
        self._listeners: tuple[Listener, ...] = ()
        self._pause = PAUSE
        self._number = 0  # the latest change's that was taken from the queue
        self._taken = 0  # raw tuples taken from the queue, reads as well
        self.active = self.rich = self.wants_old = self.wants_time = False
        self.wants_origin = self.wants_reads = self._keeps_all = self._wants_records = False
        self._prepare()

    def _prepare(self) -> None:
        self._lock = threading.RLock()  # listeners, flushes and numbering
        self._gate = threading.RLock()  # start and end of the pump; nothing else is taken inside
        self._bell = threading.Event()
        self._flushes: list[tuple[int, Flush]] = []
        self._thread: threading.Thread | None = None
        self._set_asleep(True)

    def __reduce__(self) -> tuple[type[Changes], tuple[()]]:
        return Changes, ()

    def listen(
        self,
        fn: Callable[[Change], object],
        *,
        old: bool = False,
        time: bool = False,
        origin: bool = False,
        reads: bool = False,
    ) -> Callable[[], None]:
        """Call `fn` with every change from now on, in order, on a thread of its own.

        Up to 100,000 changes wait for a slow `fn`; beyond that the oldest are lost, which shows as
        a jump in `Change.number`. An exception is logged once (logger "inmem_widgets"), and `fn`
        goes on being called.

        Args:
            fn: Called with one `Change`.
            old: Ask for previous values.
            time: Ask for the time of each call.
            origin: Ask who made each call: `Change.by`.
            reads: Ask for reads of stores as well: "get".

        Returns:
            A function that ends it; calling it again does nothing.

        Raises:
            TypeError: If `fn` is not callable.
        """
        asked = {"old": old, "time": time, "origin": origin, "reads": reads}
        return self._add(Listener(fn, interval=None, records=True, **asked))

    def listen_batched(
        self,
        fn: Callable[[list[Change]], object] | Callable[[Records], object],
        *,
        interval: float = 0.05,
        records: bool = True,
        lazy: bool = False,
        old: bool = False,
        time: bool = False,
        origin: bool = False,
        reads: bool = False,
        latest: float | None = None,
    ) -> Callable[[], None]:
        """Call `fn` with lists of changes: the first at once, then one list per `interval` at most.

        The last change is always delivered. Otherwise as `listen`.

        Args:
            fn: Called with a list of changes, oldest first.
            interval: Seconds from one call to the next.
            records: If false, `fn` gets an empty list meaning "something happened", and nothing is kept.
            lazy: Whether `fn` gets a `Records` instead: a sequence that builds a change when it is
                looked at, for who does not look at all of them.
            old, time, origin, reads: As of `listen`.
            latest: Seconds that changes are kept back at most to leave the writers their time; None: any.
                Who gives it is to lose nothing of a burst: 1,000,000 changes may wait, and it gets as much of
                the interpreter's time as it needs.

        Returns:
            A function that ends it; calling it again does nothing.

        Raises:
            TypeError: If `fn` is not callable.
            ValueError: If `interval` is negative.
        """
        if not interval >= 0:
            raise ValueError(f"interval: expected seconds >= 0, got {interval!r}")
        asked = {"old": old, "time": time, "origin": origin, "reads": reads}
        return self._add(Listener(fn, interval=interval, records=records, lazy=lazy, latest=latest, **asked))

    @property
    def count(self) -> int:
        """Changes so far, delivered or not: the number of the latest."""
        with self._lock:
            return self._number + len(self._queue) - self._queue.reads()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that happened before this call was delivered to every listener.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.

        Returns:
            Whether all was delivered. Always false inside a listener, which cannot wait for itself.
        """
        if delivering():
            return False
        with self._lock:
            if not self._listeners:
                return True
            token = Flush()
            self._flushes.append((self._taken + len(self._queue), token))
        self.wake()
        self._bell.set()
        return token.wait(timeout)

    def wake(self) -> None:
        """Set the pump going. Owners call this after `append` if the feed is `asleep`."""
        with self._gate:
            if self.asleep:
                self._set_asleep(False)
                if self._thread is not None:
                    self._bell.set()
                else:
                    self._thread = start_thread(self._run, "changes")
                    if self._thread is None:  # none to be had: the next write tries again
                        self._set_asleep(True)
            stuck = self._thread is None
        if stuck and len(self._queue) > MANY:
            with self._lock:
                self._drop(MANY)

    def _add(self, listener: Listener) -> Callable[[], None]:
        exits.follow(self)
        if listener.origin:
            origins.follow_cells()
        with self._lock:
            before = self.count
            while self._number < before and self._sweep():  # what happened before is not for the new one
                pass
            self._set_listeners((*self._listeners, listener))

        def unlisten() -> None:
            with self._lock:
                self._set_listeners(tuple(each for each in self._listeners if each is not listener))
            listener.close()

        return unlisten

    def _set_listeners(self, listeners: tuple[Listener, ...]) -> None:
        self._listeners = listeners
        self.wants_old = any(each.old for each in listeners)
        self.wants_time = any(each.time for each in listeners)
        self.wants_origin = any(each.origin for each in listeners)
        self.wants_reads = any(each.reads for each in listeners)
        shortest = min((each.interval or 0.0 for each in listeners), default=0.0)
        self._pause = min(max(PAUSE, shortest / 2), LONG_PAUSE) if self._queue.patient else PAUSE
        self._wants_records = any(each.records for each in listeners)
        self._keeps_all = any(each.latest is not None for each in listeners)
        self.rich = self.wants_old or self.wants_time or self.wants_origin
        self.active = bool(listeners)
        self._mirror()

    def _set_asleep(self, asleep: bool) -> None:
        self.asleep = asleep
        self._mirror()

    def _mirror(self) -> None:
        owner: Any = None if self._owner is None else self._owner()
        if owner is None:
            return
        # without a call: whichever thread comes last has seen what all have set
        if self._tells:
            owner._tell = (
                None if not self.active else False if self.asleep or self.wants_origin else self.append
            )
        else:
            owner._watched = self.active

    def _run(self) -> None:
        while True:
            began = thread_time()
            if self._sweep():
                # who must not lose any is not made to wait while more come than are taken
                if not self._flushes and not (self._keeps_all and len(self._queue) > SLICE):
                    self._bell.wait(max(self._pause, REST * (thread_time() - began)))
                    self._bell.clear()
                continue
            self._set_asleep(True)
            if self._queue or self._flushes:  # came in before `asleep` could be seen
                self._set_asleep(False)
                continue
            rung = self._bell.wait(LINGER)
            self._bell.clear()
            if not rung and not self._queue:
                with self._gate:
                    if self.asleep:
                        self._thread = None
                        return

    def _sweep(self) -> bool:
        """Number a slice of the queue and hand it out; whether there was anything to do."""
        with self._lock:
            queue, listeners = self._queue, self._listeners
            if not len(queue) and not self._flushes:
                return False
            self._number += queue.full  # it dropped an unknown number: one more makes the jump certain
            self._drop(MANY if self._keeps_all else LIMIT)
            count = min(len(queue), SLICE)
            taken = queue.take(count)
            batch = queue.records(self._number + 1, taken) if self._wants_records else _NONE
            reads = batch.columns.kinds.count("get") if batch else queue.reads_in(taken)
            changed = batch.changed() if reads else batch
            self._number += count - reads
            self._taken += count
            flushed = [token for mark, token in self._flushes if mark <= self._taken]
            self._flushes = [(mark, token) for mark, token in self._flushes if mark > self._taken]
            for token in flushed:
                token.expect(len(listeners))
            for each in listeners:
                each.offer(batch if each.reads else changed, count > reads, flushed)
            origins.forget()
            return True

    def _drop(self, most: int) -> None:
        """Lose the oldest of more than these."""
        if (lost := len(self._queue) - most) > 0:
            self._number += lost - self._queue.reads_in(self._queue.take(lost))
            self._taken += lost

    def after_fork(self) -> None:
        """In a forked child, which has no threads but may have inherited held locks."""
        self._prepare()
        self._queue.clear()
        for each in self._listeners:
            each.prepare()


_NONE: Final = Records.of_changes(())

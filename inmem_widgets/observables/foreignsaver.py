"""Any other checkpointer: tapped, and read by polling for what others do with what it stores."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

from inmem_widgets.core.change import Change
from inmem_widgets.core.changes import Changes
from inmem_widgets.observables.base import INTERVAL
from inmem_widgets.observables.reading.access import Access
from inmem_widgets.observables.reading.foreign import ForeignReader
from inmem_widgets.observables.reading.polling import Polling
from inmem_widgets.observables.reading.worker import Job, Worker
from inmem_widgets.observables.saver import ON_ITS_LOOP, ObservableSaver
from inmem_widgets.observables.taps.savertap import ELSEWHERE, saver_tap
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.wire import How, Reading, Thread

FIRST = 0.3
"""Seconds that are spent reading for somebody who waits, before the rest is left to the background."""
WAIT = 1.0
"""Seconds that somebody waits at the most."""


class ForeignSaver(ObservableSaver):
    """Threads and checkpoints of any `BaseCheckpointSaver`: read once, then what is new when it is told of,
    and every second while attended."""

    ability = "savers"

    def _prepare(self, source: Any) -> None:
        me = weakref.ref(self)
        access = Access(weakref.ref(source), partial(_waiting, me))
        self.told = saver_tap(source)
        self.told.forget()
        self._heard = self.told.feed.count
        self.polling = Polling(access, partial(_take, me), partial(_shown, me))
        self.catalog = self.polling.catalog
        self._worker = Worker(partial(_tick, me, self.polling))
        self._access = access
        self._looked = -inf
        self._catching: Job[None] | None = None
        self.reader = ForeignReader(access, self._worker, self.catalog, partial(_tell, me))

    def _listen(self, source: Any, records: bool) -> Callable[[], None]:
        # as a feed would: an observable with an observed trait lives as long as its object
        keeper = weakref.finalize(source, self._held.clear)
        keeper.atexit = False
        access, worker = self._access, self._worker
        if not self.told.tapped:
            self.abilities = self.abilities._replace(how="read", note=self.told.why_not)
        me = weakref.ref(self)
        stop = self.told.feed.listen_batched(partial(_hear, me), interval=INTERVAL)

        def unlisten() -> None:
            stop()
            access.closed = True
            worker.close()
            keeper.detach()

        return unlisten

    @property
    def feed(self) -> Changes | None:
        return None if self.source is None else self.told.feed

    @property
    def reading(self) -> Reading | None:
        return None if self.closed else self.polling.reading

    @property
    def interval(self) -> float | None:
        return self.polling.every

    @interval.setter
    def interval(self, seconds: float | None) -> None:
        self.polling.every = seconds
        self._worker.wake()

    def refresh(self, timeout: float | None = None) -> bool:
        if self._access.on_its_loop:
            self.look_again()
            return False
        self.polling.again()
        done = self._worker.ask(partial(_read_on, self.polling, inf)).wait(timeout)
        if done and self.polling.problem:
            raise RuntimeError(f"the checkpointer cannot be read: {self.polling.problem}")
        return done

    def detach(self) -> None:
        super().detach()
        self.told.detach()

    def look_again(self, *, whole: bool = True) -> None:
        if whole:
            self.polling.again()
        self.polling.soon()
        self._looked = -inf
        self._catch_up()

    @property
    def on_its_loop(self) -> bool:
        return self._access.on_its_loop

    def read_whole(self) -> None:
        if self._access.on_its_loop:
            raise RuntimeError(ON_ITS_LOOP)
        self.refresh()

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        stop = super().on_update(fn)
        self._worker.wake()
        return stop

    def observe(self, *args: Any, **kwargs: Any) -> None:
        super().observe(*args, **kwargs)
        self._worker.wake()

    def sync(self) -> None:
        self._catch_up()
        super().sync()

    def history(self, thread: str) -> ThreadHistory:
        self._catch_up()
        return super().history(thread)

    def thread_list(self, find: str = "") -> tuple[list[Thread], int]:
        self._catch_up()
        return super().thread_list(find)

    def total_bytes(self) -> tuple[int | None, How]:
        self._catch_up()
        return super().total_bytes()

    def _catch_up(self) -> None:
        """Read what is new if nobody else sees to it; waits a little for that, where it may."""
        if self._worker.here or self.closed or self.source is None:
            return
        count, began = self.told.feed.count, self._looked >= 0
        news = count != self._heard and self.told.feed.flush(FIRST)
        self._heard = count
        every = self.polling.every
        old = every is not None and time.monotonic() - self._looked >= every and not self.attended
        if began and not old and not news:
            return
        self._looked = time.monotonic()
        if began and self._catching is not None and not self._catching.done:
            return  # there is no answer
        job = self._catching = self._worker.ask(partial(_read_on, self.polling, FIRST))
        self._worker.wake()
        if not self._access.on_its_loop and not self.polling.problem:
            job.wait(WAIT)


Me = weakref.ref[ForeignSaver]


def _read_on(polled: Polling, seconds: float) -> None:
    """Read until there is nothing more, or for so many seconds."""
    until = time.monotonic() + seconds
    try:
        while polled.step() == 0.0 and time.monotonic() < until:
            pass
    except ReferenceError:
        pass


def _hear(me: Me, changes: list[Change]) -> None:
    """What users of the checkpointer did in this process: read it when somebody looks."""
    found = me()
    if found is None or found.closed:
        return
    for change in changes:
        if change.info is not ELSEWHERE:
            whole = change.kind not in ("put", "put_writes")
            if whole:
                found.told.awaited(change, found.polling.readings + 1 + found.polling.scanning)
            for key in change.keys[change.kind == "copy_thread" :]:
                found.polling.told(key if whole else key[0], whole=whole)
            if not change.keys:  # runs were deleted: of which threads is not known
                found.polling.again()
    if found.attended:
        found._worker.wake()


def _tick(me: Me, polled: Polling) -> float | None:
    """Reads on, for as long as somebody looks, or for the first time."""
    found = me()
    if found is None or found.closed or not (found.attended or not polled.complete):
        return None
    if polled.complete and (rest := polled.rest):
        return rest
    del found  # nothing is held while a checkpointer answers
    try:
        return polled.step()
    except ReferenceError:
        return None


def _take(me: Me, changes: list[Change]) -> None:
    if (found := me()) is not None:
        if found.polling.complete:
            found.told.found(changes, found.polling.readings)
        found._changed(changes)


def _shown(me: Me) -> list[Any]:
    found = me()
    if found is None:
        return []
    with found._lock:
        return [found.thread_id(thread) for thread, history in found._histories.items() if history.size]


def _waiting(me: Me, problem: str) -> None:
    if (found := me()) is not None:
        found.polling.problem = found.reader.busy = problem  # type: ignore[attr-defined]
        found.tell()


def _tell(me: Me) -> None:
    if (found := me()) is not None:
        found.tell()

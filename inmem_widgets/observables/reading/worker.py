"""One thread that does what may take long, so that nobody else has to wait for longer than they want."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, Generic, TypeVar

LINGER = 5.0
"""Seconds without work after which the thread ends; it begins again with the next job."""

R = TypeVar("R")
_log = logging.getLogger("inmem_widgets")


class Job(Generic[R]):
    """Something to be done, and what came of it."""

    def __init__(self, work: Callable[[], R]) -> None:
        self._work: Callable[[], R] | None = work
        self._ended = threading.Event()
        self.result: R = None  # type: ignore[assignment]  # until it is done
        self.error: BaseException | None = None
        self._then: Callable[[], None] | None = None

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    def wait(self, timeout: float | None) -> bool:
        """Whether it is done, within so many seconds."""
        return self._ended.wait(timeout)

    def when_done(self, fn: Callable[[], None]) -> None:
        """Call `fn` when it is done, on whatever thread."""
        self._then = fn
        if self.done:
            self._call()

    def run(self) -> None:
        work, self._work = self._work, None
        try:
            if work is not None:
                self.result = work()
        except BaseException as error:
            self.error = error
        self._ended.set()
        self._call()

    def _call(self) -> None:
        fn, self._then = self._then, None
        if fn is not None:
            try:
                fn()
            except Exception:
                _log.exception("news of a checkpointer could not be told")


class Worker:
    """Does jobs one after the other on a daemon thread, those asked for by somebody first.

    Args:
        tick: Called on the thread when it is due; returns in how many seconds again, None for not
            before `wake`.
    """

    def __init__(self, tick: Callable[[], float | None]) -> None:
        self._tick = tick
        self._bell = threading.Condition()
        self._jobs: deque[Job[Any]] = deque()
        self._due: float | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def here(self) -> bool:
        """Whether this is its thread."""
        return self._thread is threading.current_thread()

    def ask(self, work: Callable[[], R]) -> Job[R]:
        """Have something done, before what is due."""
        job = Job(work)
        if self.here or self._closed:
            job.run()
            return job
        with self._bell:
            self._jobs.append(job)
            self._begin()
        return job

    def wake(self) -> None:
        """Let `tick` be called now."""
        with self._bell:
            if not self._closed:
                self._due = monotonic()
                self._begin()

    def close(self) -> None:
        """Do nothing more; without a lock, since it may run in the midst of anything."""
        self._closed = True
        self._due = None

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="inmem-widgets reader", daemon=True)
            self._thread.start()
        self._bell.notify_all()

    def _run(self) -> None:
        while True:
            with self._bell:
                job = self._next()
                if job is None:
                    self._thread = None
                    return
            job.run()
            if job.error is not None and isinstance(job, _Tick):
                _log.error("reading a checkpointer failed", exc_info=job.error)
            if isinstance(job, _Tick) and job.result is not None and not self._closed:
                with self._bell:
                    if self._due is None:
                        self._due = monotonic() + job.result

    def _next(self) -> Job[Any] | None:
        idle = monotonic() + LINGER
        while not self._closed:
            now = monotonic()
            if self._jobs:
                return self._jobs.popleft()
            if self._due is not None and self._due <= now:
                self._due = None
                return _Tick(self._tick)
            if self._due is None and idle <= now:
                break
            # short, since `close` does not ring
            self._bell.wait(min(self._due if self._due is not None else idle, now + 1.0) - now)
        while self._closed and self._jobs:
            return self._jobs.popleft()
        return None


class _Tick(Job[float | None]):
    """What is due."""

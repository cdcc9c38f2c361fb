"""A result that is made in the background, and again when something else is wanted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator
from time import monotonic, thread_time
from typing import Any, Generic, TypeVar

from inmem_widgets.observables.keys.task import Steps, Task

PACE = 6
"""Times its own processor time that passes before the next making: the writers keep their time."""

R = TypeVar("R")
Making = Generator[float, None, R]
"""Yields its progress after each step of at most some milliseconds, and returns the result."""

_log = logging.getLogger("inmem_widgets")


class Background(Generic[R]):
    """The last result of work in steps, and the making of the next one; one at a time.

    Args:
        tell: Called on the task's thread when there is more to see. Whoever wants a result asks for it
            again then: what was wanted meanwhile is only begun at that time.
        pace: Times its own processor time that passes before the next making.

    Attributes:
        result: The last one; it may be about something wanted earlier.
    """

    def __init__(self, tell: Callable[[], None], pace: float = PACE) -> None:
        self.result: R | None = None
        self._tell, self._pace = tell, pace
        self._lock = threading.Lock()
        self._about: tuple[Any, ...] = ()
        self._task: Task | None = None
        self._making: tuple[Any, ...] = ()
        self._wake = threading.Event()
        self._due = 0.0
        self._waited_for = True  # somebody looks at nothing, or at something else
        self._closed = False

    @property
    def progress(self) -> float | None:
        """0 to 1 while something newly asked for is being made; None during renewals."""
        task = self._task
        return task.progress if task is not None and task.running and self._waited_for else None

    def want(self, about: tuple[Any, ...], make: Callable[[], Making[R]], *, at_once: bool = False) -> None:
        """See to it that there will be a result about that.

        Args:
            about: What it is made of; compared by identity, but text and sets by content.
            make: Begins the work.
            at_once: Somebody asked for it: without the rest between two makings, ending one under way.
        """
        with self._lock:
            if self._closed or same(about, self._about):
                return
            if self._task is not None and self._task.running:
                if same(about, self._making) or not at_once:
                    return
                self._end()
            rest = 0.0 if at_once else self._due - monotonic()
            self._waited_for = at_once or self.result is None
            self._making, self._wake = about, threading.Event()
            self._task = Task(self._steps(about, make, rest, self._wake), self._tell)

    def show(self, result: R) -> None:
        """Let a result be seen that the rest of the making adds to."""
        with self._lock:
            if not self._closed:
                self.result = result

    def wait(self, timeout: float) -> bool:
        """Whether nothing is being made, within so many seconds."""
        task = self._task
        return task is None or task.wait(timeout)

    def forget(self) -> None:
        """End the work and let go of what it was about; the result stays."""
        with self._lock:
            self._end()
            self._about = ()

    def let_go(self) -> None:
        """As `forget`, for good; without a lock, since it may run in the midst of anything."""
        self._closed = True
        self._wake.set()
        if (task := self._task) is not None:
            task.cancel()
        self._task, self._about, self._making = None, (), ()

    def close(self) -> None:
        """Let go of everything, for good."""
        self.forget()
        with self._lock:
            self._closed = True
            self.result = None

    def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._wake.set()
        self._task, self._making = None, ()

    def _steps(
        self, about: tuple[Any, ...], make: Callable[[], Making[R]], rest: float, wake: threading.Event
    ) -> Steps:
        wake.wait(max(0.0, rest))
        yield 0.0
        began = thread_time()
        result = None
        try:
            result = yield from make()
        except Exception:
            _log.exception("making %s failed", make)  # not tried again for the same
        with self._lock:
            if self._wake is wake and not self._closed and not wake.is_set():
                self._about = about
                self.result = self.result if result is None else result
                self._due = monotonic() + self._pace * (thread_time() - began)


def same(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two results are about the same; arrays are compared by identity."""
    return len(a) == len(b) and all(
        x is y or (isinstance(x, str | frozenset) and x == y) for x, y in zip(a, b, strict=True)
    )

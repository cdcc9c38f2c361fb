"""Work in small steps on a thread of its own: cancellable, with progress, at the writers' pleasure."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import Literal

from inmem_widgets.observables.redaction import redacting, redactor

Steps = Generator[float, None, None]
"""Yields its progress, 0 to 1, after each step of at most some milliseconds."""

TELL = 0.1
"""Seconds between two reports of progress; the first one and the end are reported at once."""

_log = logging.getLogger("inmem_widgets")


class Task:
    """Runs steps to their end on a thread, or until cancelled.

    Attributes:
        progress: 0 to 1.
        state: "running", then "done", "cancelled" or "failed".
        error: what ended it, where it failed.
        took: seconds, once ended.
    """

    def __init__(self, steps: Steps, tell: Callable[[], None] = lambda: None) -> None:
        self.progress = 0.0
        self.state: Literal["running", "done", "cancelled", "failed"] = "running"
        self.error: Exception | None = None
        self.took = 0.0
        self._redactor = redactor()
        self._steps = steps
        self._tell = tell
        self._cancelled = False
        self._ended = threading.Event()
        threading.Thread(target=self._work, name="inmem-widgets task", daemon=True).start()

    @property
    def running(self) -> bool:
        return self.state == "running"

    def cancel(self) -> None:
        """End it after the step it is at; does not wait."""
        self._cancelled = True

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it has ended, within the time given."""
        return self._ended.wait(timeout)

    def _work(self) -> None:
        with redacting(self._redactor):  # for whoever began it
            self._run()

    def _run(self) -> None:
        began = told = time.monotonic()
        told -= TELL
        state: Literal["done", "cancelled", "failed"] = "done"
        try:
            for progress in self._steps:
                self.progress = progress
                if self._cancelled:
                    self._steps.close()
                    state = "cancelled"
                    break
                now = time.monotonic()
                if now - told >= TELL:
                    told = now
                    self._report()
                time.sleep(0)  # whoever waits for the interpreter goes first
        except Exception as error:
            self.error, state = error, "failed"
        self.took = time.monotonic() - began
        self.state = state
        self._ended.set()
        self._report()

    def _report(self) -> None:
        try:
            self._tell()
        except Exception:
            _log.exception("a report of progress failed")

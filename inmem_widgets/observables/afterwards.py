"""Figures over a window change though nothing happens: they are told of for a while afterwards."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Final

from inmem_widgets.core.delivery import start_thread

TICK: Final = 1.0
"""Seconds between two calls, the first one after what happened last."""


class Afterwards:
    """Calls a method each `TICK` until something happens again, on a thread that lives no longer.

    Args:
        tell: A bound method, held weakly; whether it is to be called again.
        seconds: How long at the most.
    """

    def __init__(self, tell: Callable[[], bool], seconds: float) -> None:
        self._stop = threading.Event()
        stop = self._stop.set
        self._tell = weakref.WeakMethod(tell, lambda _: stop())
        self._seconds = seconds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._last = 0.0

    def happened(self) -> None:
        """Something did."""
        self._last = monotonic()
        if self._thread is None:
            with self._lock:
                if self._thread is None and not self._stop.is_set():
                    self._thread = start_thread(self._run, "figures")

    def close(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(TICK):
            passed = monotonic() - self._last
            if passed < TICK:
                continue
            tell = self._tell()
            wanted = tell is not None and tell()
            del tell
            with self._lock:
                if not wanted or monotonic() - self._last > self._seconds:
                    self._thread = None
                    return

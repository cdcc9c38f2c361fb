"""Telling somebody of news: at once, or a little later where it was told just before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from inmem_widgets.observables.listeners import Listeners

SPACING = 0.06
"""Seconds between news of background work; longer than between those of a store's changes."""


class Pace:
    """Calls functions; of what is told soon after another the last is told, a little later."""

    def __init__(self) -> None:
        self._told = -SPACING
        self._timer: threading.Timer | None = None
        self._later: threading.Timer | None = None
        self._lock = threading.Lock()
        self._listeners: Listeners[[]] = Listeners()
        self._closed = False

    def listen(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` when there is news; returns the way to stop."""
        token = self._listeners.add(fn)
        return lambda: self._listeners.remove(token)

    def tell(self) -> None:
        """Tell of it now."""
        self._cancel()
        self._told = monotonic()
        self._listeners.tell()

    def tell_soon(self) -> None:
        """Tell of it now or soon; of several, once."""
        with self._lock:
            wait = self._told + SPACING - monotonic()
            if self._timer is not None or self._closed:
                return
            if wait > 0:
                self._timer = threading.Timer(wait, self.tell)
                self._timer.daemon = True
                self._timer.start()
                return
        self.tell()

    def tell_in(self, wait: float) -> None:
        """Tell in so many seconds, whatever is told meanwhile; of several, the first."""
        with self._lock:
            if self._later is None and not self._closed:
                self._later = threading.Timer(wait, self._tell_later)
                self._later.daemon = True
                self._later.start()

    def _tell_later(self) -> None:
        self._later = None
        self.tell()

    def close(self) -> None:
        """Tell nobody any more."""
        self._closed = True
        self._listeners.clear()
        self._cancel()
        if (later := self._later) is not None:
            later.cancel()

    def _cancel(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

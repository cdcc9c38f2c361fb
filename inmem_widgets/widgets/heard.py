"""Views that went without a word: a tab that was closed or lost its network cannot say so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

BEAT = 10.0
"""Seconds between two looks for views that were not heard of; open ones send a ping every five."""
SILENT = 6
"""Looks in a row at which one was not heard of, and is taken for gone."""


class Heard:
    """Which views were heard of lately.

    Looks are made by the event loop that views are heard on: while a cell keeps it busy, nobody can be heard,
    and nobody is taken for gone.

    Args:
        lost: Called with those that are taken for gone.
    """

    def __init__(self, lost: Callable[[list[str]], None]) -> None:
        self._lost = lost
        self._silent: dict[str, int] = {}
        self._lock = threading.Lock()
        self._cancel: Callable[[], None] | None = None
        self._alive: Callable[[], bool] = lambda: False

    def hear(self, view: str) -> None:
        """This one was heard of; looks are made from now on."""
        with self._lock:
            self._silent[view] = 0
            if self._cancel is None or not self._alive():
                self._begin()

    def forget(self, view: str) -> None:
        """This one has closed."""
        with self._lock:
            self._silent.pop(view, None)
            if not self._silent:
                self._end()

    def close(self) -> None:
        with self._lock:
            self._silent.clear()
            self._end()

    def look(self) -> None:
        """Count those that were not heard of since the last look."""
        with self._lock:
            for view in self._silent:
                self._silent[view] += 1
            gone = [view for view, looks in self._silent.items() if looks > SILENT]
            for view in gone:
                del self._silent[view]
            self._end()
            if self._silent:
                self._begin()
        if gone:
            self._lost(gone)

    def _begin(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            timer = threading.Timer(BEAT, self.look)
            timer.daemon = True
            timer.start()
            self._cancel, self._alive = timer.cancel, timer.is_alive
        else:
            self._cancel, self._alive = loop.call_later(BEAT, self.look).cancel, loop.is_running

    def _end(self) -> None:
        if self._cancel is not None:
            self._cancel()
        self._cancel = None

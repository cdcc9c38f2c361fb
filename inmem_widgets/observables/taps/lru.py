"""Functions under `functools.lru_cache`: their counters, which is all that Python tells of them."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Any

from inmem_widgets.core.changes import Changes
from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.reading.worker import Worker
from inmem_widgets.observables.tappedcache import TappedCache
from inmem_widgets.observables.taps.abilities import ABILITIES
from inmem_widgets.observables.taps.cachestandin import CacheStandIn
from inmem_widgets.wire import Reading

EVERY = 1.0
"""Seconds between two readings."""


def tapped(function: Any) -> CountedFunction:
    """The observable of a function under `lru_cache`."""
    return CountedFunction(Function(function))


class Function(CacheStandIn):
    """A function's counters; nothing is done to it. Counts go on where `cache_clear` sets them to zero."""

    policy = "lru"

    def __init__(self, function: Any) -> None:
        super().__init__(function, ABILITIES["lru functions"])
        self._held = weakref.ref(function)
        self._type_name = "lru_cache"
        self.changes = Changes()
        self._last = CacheStats()
        self._before = (0, 0)  # hits and misses before the cache was last cleared
        self.every: float | None = EVERY
        self.read: float | None = None

    @property
    def _cache(self) -> dict[Any, Any]:
        return {}

    @property
    def no_whatif(self) -> str:
        return "What other sizes would do cannot be told: single calls are not seen"

    @property
    def object(self) -> Any:
        return self._held()

    @property
    def maxsize(self) -> int | None:
        return self._last.maxsize

    @property
    def reading(self) -> Reading:
        return {"progress": None, "every": self.every, "read": self.read, "problem": ""}

    def stats(self) -> CacheStats:
        function = self._held()
        if function is None:
            return self._last
        with self._lock:
            info, last, (hits, misses) = function.cache_info(), self._last, self._before
            if info.hits + hits < last.hits or info.misses + misses < last.misses:
                hits, misses = self._before = last.hits, last.misses
            self._last = CacheStats(
                info.hits + hits, info.misses + misses, size=info.currsize, maxsize=info.maxsize
            )
            self.read = time.time()
            return self._last

    def detach(self) -> None:
        """There is nothing to take off."""


class CountedFunction(TappedCache):
    """Read when a figure is, and every second while attended."""

    def __init__(self, source: Function) -> None:
        self._kept = source  # nobody else keeps it: it holds the function weakly
        self._worker = Worker(_ticker(weakref.ref(self)))
        super().__init__(source)

    def _listen(self, source: Any, records: bool) -> Callable[[], None]:
        worker, keeper = self._worker, weakref.finalize(source.object, self._held.clear)
        keeper.atexit = False

        def unlisten() -> None:
            worker.close()
            keeper.detach()

        return unlisten

    @property
    def interval(self) -> float | None:
        return self._kept.every

    @interval.setter
    def interval(self, seconds: float | None) -> None:
        self._kept.every = seconds
        self._worker.wake()

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        stop = super().on_update(fn)
        self._worker.wake()
        return stop

    def observe(self, *args: Any, **kwargs: Any) -> None:
        super().observe(*args, **kwargs)
        self._worker.wake()


def _ticker(me: weakref.ref[CountedFunction]) -> Callable[[], float | None]:
    def tick() -> float | None:
        found = me()
        if found is None or found.closed or not found.attended or found.object is None:
            return None
        if found.interval is not None:
            found.tell()
        return found.interval

    return tick

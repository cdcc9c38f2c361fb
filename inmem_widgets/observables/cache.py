"""The counters of a cache as traits, and their history."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import Change
from inmem_widgets.observables.base import Fresh, Observable
from inmem_widgets.wire import History

BUCKET = 1.0
"""Seconds a bucket of the history lasts."""
BUCKETS = 300
"""Buckets kept: the last five minutes."""


class ObservableCache(Observable[InMemoryCache]):
    """Counters of an `InMemoryCache`; each is a trait to observe or to link to any ipywidget."""

    hits = Fresh(0, read_only=True)
    misses = Fresh(0, read_only=True)
    inserts = Fresh(0, read_only=True)
    refreshes = Fresh(0, read_only=True)
    evictions = Fresh(0, read_only=True)
    clears = Fresh(0, read_only=True)
    size = Fresh(0, read_only=True)
    maxsize = Fresh(None, read_only=True, allow_none=True)
    hit_ratio = Fresh(None, read_only=True, allow_none=True)
    """Hits by lookups, 0 to 1; None before the first lookup."""

    def __init__(self, source: InMemoryCache) -> None:
        self._lock = threading.Lock()
        self._history: deque[list[int]] = deque([[0, 0, 0]], maxlen=BUCKETS)
        self._seen = source.stats()
        self._end = time.time() + BUCKET
        self.policy: str = source.policy
        super().__init__(source, records=False)
        self.sync()

    def figures(self, source: InMemoryCache) -> dict[str, Any]:
        now = source.stats()
        return {**asdict(now), "hit_ratio": now.hit_ratio}

    def digest(self, changes: Sequence[Change]) -> None:
        self.history()

    def history(self) -> History:
        """Hits, misses and evictions per second, up to now (a copy)."""
        source = self.source
        with self._lock:
            now = time.time()
            passed = int((now - self._end) // BUCKET) + 1
            if passed > 0:
                self._history.extend([0, 0, 0] for _ in range(min(passed, BUCKETS)))
                self._end += passed * BUCKET
            if source is not None:
                stats = source.stats()
                bucket = self._history[-1]
                for i, name in enumerate(("hits", "misses", "evictions")):
                    bucket[i] += getattr(stats, name) - getattr(self._seen, name)
                self._seen = stats
            hits, misses, evictions = (list(column) for column in zip(*self._history, strict=True))
            return {
                "interval": BUCKET,
                "end": self._end,
                "hits": hits,
                "misses": misses,
                "evictions": evictions,
            }

"""The cache counters."""

from __future__ import annotations

from typing import TypedDict

from inmem_widgets.wire.values import Title


class History(TypedDict):
    """Counts per bucket, oldest first; the last bucket is still filling."""

    interval: float
    end: float
    """End of the last bucket."""
    hits: list[int]
    misses: list[int]
    evictions: list[int]


class CacheState(TypedDict):
    seq: int
    now: float
    title: Title
    policy: str
    hits: int
    misses: int
    inserts: int
    refreshes: int
    evictions: int
    clears: int
    size: int
    maxsize: int | None
    since: float
    """When watching began: the history reaches no further back."""
    history: History

"""How much memory the entries of a cache take: keys and values, estimated from some of them."""

from __future__ import annotations

from collections.abc import ItemsView
from time import monotonic, thread_time
from typing import Any

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.observables.keys.total import TotalBytes
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.wire import How

QUICK = 0.001
"""Seconds of processor time within which it may be measured whenever it is asked for …"""
PATIENCE = 10
"""… else this many times as many pass before the next: writers keep their time."""


def entry_size(key: Any, value: Any) -> tuple[int | None, How]:
    """(bytes, how measured) of one entry, key and value."""
    return size_of((key, value))


class EntryBytes:
    """The size of all keys and values together, measured anew when entries were written."""

    def __init__(self) -> None:
        self._total = TotalBytes()
        self._writes = -1
        self._size = self._bytes = 0
        self._how: How = "exact"
        self._due = 0.0

    def of(self, source: InMemoryCache) -> tuple[int | None, How]:
        """Bytes, and how they were measured."""
        stats, began = source.stats(), thread_time()
        writes = stats.inserts + stats.refreshes + stats.clears
        known = writes == self._writes and stats.size == self._size
        if not known and (monotonic() >= self._due or not stats.size):
            found, self._how = self._total.of(_Entries(source._cache), writes)
            self._writes, self._size, self._bytes = writes, stats.size, found or 0
            took = thread_time() - began
            self._due = 0.0 if took <= QUICK else monotonic() + PATIENCE * took
            known = True
        if known:
            return self._bytes, self._how
        return round(self._bytes * stats.size / self._size) if self._size else None, "sampled"


class _Entries:
    """Key and value of an entry as one."""

    def __init__(self, entries: dict[Any, Any]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def values(self) -> ItemsView[Any, Any]:
        return self._entries.items()

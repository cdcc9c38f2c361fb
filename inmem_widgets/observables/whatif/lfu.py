"""Least frequently used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappush, heapreplace


class Lfu:
    """The key used least often since its insertion goes; of several, the one not used for longest.

    Insertion, hits and refreshes are uses. The same as `cachetools.LFUCache`.
    """

    def __init__(self, keys: int, maxsize: int) -> None:
        self._uses = [0] * keys  # 0: not held
        self._used = [0] * keys
        self._now = 0
        self._maxsize = maxsize
        # An entry a key held, maybe of an earlier use: uses only become more and later, so that an
        # entry that is up to date and comes first is the least one.
        self._heap: list[tuple[int, int, int]] = []

    def access(self, keys: Sequence[int], miss: Callable[[int], None]) -> None:
        uses, used, now, insert = self._uses, self._used, self._now, self._insert
        for key in keys:
            now += 1
            if count := uses[key]:
                uses[key] = count + 1
                used[key] = now
            else:
                miss(key)
                insert(key, now)
        self._now = now

    def hit(self, key: int) -> bool:
        found = self._uses[key] > 0
        if found:
            self.update(key)
        return found

    def update(self, key: int) -> None:
        self._now += 1
        if self._uses[key]:
            self._uses[key] += 1
            self._used[key] = self._now
        else:
            self._insert(key, self._now)

    def _insert(self, key: int, now: int) -> None:
        uses, used, heap = self._uses, self._used, self._heap
        if len(heap) < self._maxsize:
            heappush(heap, (1, now, key))
        else:
            _, time, least = heap[0]
            while used[least] != time:
                heapreplace(heap, (uses[least], used[least], least))
                _, time, least = heap[0]
            uses[least] = 0
            heapreplace(heap, (1, now, key))
        uses[key], used[key] = 1, now

    def clear(self) -> None:
        for _, _, key in self._heap:
            self._uses[key] = 0
        self._heap.clear()

"""SIEVE."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

ABSENT, HELD, VISITED = range(3)


class Sieve:
    """The next unvisited key the hand comes to goes; visited ones stay in place, unvisited again.

    Zhang, Yang, Yue, Vigfusson and Rashmi, "SIEVE is Simpler than LRU: an Efficient Turn-Key Eviction
    Algorithm for Web Caches", NSDI 2024. The hand moves from the oldest to the newest and round again;
    new keys come in as the newest. A refresh is a visit.
    """

    def __init__(self, keys: int, maxsize: int) -> None:
        self._state = [ABSENT] * keys
        self._maxsize = maxsize
        self._size = 0
        # the queue, oldest first: what the hand has passed, then what is before it
        self._passed: deque[int] = deque()
        self._ahead: deque[int] = deque()

    def access(self, keys: Sequence[int], miss: Callable[[int], None]) -> None:
        state, insert = self._state, self._insert
        for key in keys:
            if state[key]:
                state[key] = VISITED
            else:
                miss(key)
                insert(key)

    def hit(self, key: int) -> bool:
        found = self._state[key] != ABSENT
        if found:
            self._state[key] = VISITED
        return found

    def update(self, key: int) -> None:
        if not self.hit(key):
            self._insert(key)

    def _insert(self, key: int) -> None:
        if self._size == self._maxsize:
            self._evict()
        else:
            self._size += 1
        self._ahead.append(key)
        self._state[key] = HELD

    def _evict(self) -> None:
        state, ahead, passed = self._state, self._ahead, self._passed
        while state[key := ahead.popleft()] == VISITED:
            state[key] = HELD
            passed.append(key)
            if not ahead:
                ahead, passed = passed, ahead
        state[key] = ABSENT
        if not ahead:
            ahead, passed = passed, ahead
        self._ahead, self._passed = ahead, passed

    def clear(self) -> None:
        for queue in (self._passed, self._ahead):
            for key in queue:
                self._state[key] = ABSENT
            queue.clear()
        self._size = 0

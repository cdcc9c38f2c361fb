"""First in, first out."""

from __future__ import annotations

from collections.abc import Callable, Sequence


class Fifo:
    """The key inserted longest ago goes, as in `InMemoryCache(policy="fifo")`.

    Insertions are numbered, and what is held are the last ones: those from `first` on.

    Args:
        upstream: As langchain-core's `InMemoryCache` (langchain issue 36750): at a full cache a refresh,
            too, makes the oldest go.
    """

    def __init__(self, keys: int, maxsize: int, *, upstream: bool = False) -> None:
        self._number = [-1] * keys
        self._first = self._next = 0
        self._maxsize = maxsize
        self._upstream = upstream

    def access(self, keys: Sequence[int], miss: Callable[[int], None]) -> None:
        number, first, next_, maxsize = self._number, self._first, self._next, self._maxsize
        for key in keys:
            if number[key] < first:
                miss(key)
                number[key] = next_
                next_ += 1
                if next_ - first > maxsize:
                    first += 1
        self._first, self._next = first, next_

    def hit(self, key: int) -> bool:
        return self._number[key] >= self._first

    def update(self, key: int) -> None:
        if self._number[key] >= self._first and not self._upstream:
            return
        if self._next - self._first == self._maxsize:
            self._first += 1
        if self._number[key] < self._first:
            self._number[key] = self._next
            self._next += 1

    def clear(self) -> None:
        self._first = self._next

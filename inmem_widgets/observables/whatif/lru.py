"""Least recently used."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence


class Lru:
    """The key neither looked up nor updated for longest goes, as in `InMemoryCache(policy="lru")`."""

    def __init__(self, keys: int, maxsize: int) -> None:
        self._order: OrderedDict[int, None] = OrderedDict()
        self._maxsize = maxsize

    def access(self, keys: Sequence[int], miss: Callable[[int], None]) -> None:
        order, update = self._order, self.update
        move_to_end = order.move_to_end
        for key in keys:
            if key in order:
                move_to_end(key)
            else:
                miss(key)
                update(key)

    def hit(self, key: int) -> bool:
        found = key in self._order
        if found:
            self._order.move_to_end(key)
        return found

    def update(self, key: int) -> None:
        order = self._order
        order[key] = None
        order.move_to_end(key)
        if len(order) > self._maxsize:
            order.popitem(last=False)

    def clear(self) -> None:
        self._order.clear()

"""A mapping that forgets what was put in long ago, so that its memory is bounded."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Holds at least the last `least` keys put in, at most twice as many and one `update` more.

    Two generations: when the younger is full the older is dropped, which costs nothing per key.
    Any thread may put and get.

    Attributes:
        turns: How often the older generation was dropped.
    """

    def __init__(self, least: int) -> None:
        self.least = least
        self.turns = 0
        self._turning = threading.Lock()
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        found = self._young.get(key)
        return self._old.get(key) if found is None else found

    def put(self, key: K, value: V) -> None:
        self._turn()
        self._young[key] = value

    def update(self, items: Mapping[K, V]) -> None:
        self._turn()
        self._young.update(items)

    def pop(self, key: K) -> None:
        self._young.pop(key, None)
        self._old.pop(key, None)

    def copy(self) -> dict[K, V]:
        """All that is remembered."""
        return self._old | self._young

    def clear(self) -> None:
        self._young, self._old = {}, {}

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def _turn(self) -> None:
        young = self._young
        if len(young) >= self.least:
            with self._turning:
                if self._young is young:
                    self._old, self._young = young, {}
                    self.turns += 1

"""Caches reduced to which keys they hold: what decides whether a lookup hits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol


class Simulator(Protocol):
    """A cache of a size, for keys numbered from 0 on."""

    def access(self, keys: Sequence[int], miss: Callable[[int], None]) -> None:
        """Lookups, one after the other; each that misses is told, and answered at once."""

    def hit(self, key: int) -> bool:
        """A lookup by itself."""

    def update(self, key: int) -> None:
        """Insert the key, or refresh it."""

    def clear(self) -> None:
        """Remove all keys."""

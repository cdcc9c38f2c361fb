"""Values that were read: so many bytes of them are kept, those read longest ago go first."""

from __future__ import annotations

from collections import deque
from typing import Any

from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.taps.unread import Unread, is_unread

MOST = 32 << 20
"""Bytes of values that are kept."""
OVERHEAD = 100
"""Bytes that each of them takes besides, about."""


class Kept:
    """Which of a mirror's values are to be let go of, in which order."""

    def __init__(self) -> None:
        self._keys: deque[tuple[str, int]] = deque()
        self._bytes = 0

    def add(self, mirror: dict[str, Any], key: str, value: Any) -> None:
        """Count a value that was put into the mirror, and make room for it."""
        size = size_of(value)[0] or 0
        self._keys.append((key, size))
        self._bytes += size + OVERHEAD
        while self._bytes > MOST and len(self._keys) > 1:
            oldest, bytes_ = self._keys.popleft()
            self._bytes -= bytes_ + OVERHEAD
            if oldest != key:
                _forget(mirror, oldest, bytes_)

    def let_go(self, mirror: dict[str, Any]) -> None:
        """Let go of all, to be read again when they are asked for."""
        while self._keys:
            _forget(mirror, *self._keys.popleft())
        self._bytes = 0


def _forget(mirror: dict[str, Any], key: str, size: int) -> None:
    value = mirror.get(key)
    if key in mirror and not is_unread(value):
        mirror[key] = Unread(size)

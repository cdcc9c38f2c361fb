"""How often keys changed, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from heapq import nlargest
from operator import itemgetter

COUNTED = 10_000
"""Keys that keep their count when there are too many."""
CHUNK = 10_000
"""Keys counted in one C call, half a millisecond."""


class ChangeCounts:
    """Counts of changes per key, never too high.

    Exact while at most 2 x `COUNTED` keys change; beyond that the counts of all are lowered by as
    much as makes room (Misra and Gries, Finding repeated elements, 1982): a count is then too low by
    at most (all changes / `COUNTED`), and a key with more changes than that is always among them.
    Memory: at most 3 x `COUNTED` counts of some 100 bytes, beside keys that may be the store's own.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._exact = True  # none was lowered
        self._top: tuple[int, list[tuple[str, int]]] | None = None

    def add(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), CHUNK):
            self._counts.update(keys[start : start + CHUNK])
            if len(self._counts) > 2 * COUNTED:
                self._exact = False
                floor = sorted(self._counts.values())[-COUNTED - 1]
                kept = {key: n - floor for key, n in self._counts.items() if n > floor}
                self._counts = Counter(kept)
        self._top = None

    def of(self, key: str) -> int:
        """At least so many changes."""
        return self._counts.get(key, 0)

    def all(self) -> dict[str, int] | None:
        """The counts of all keys that changed; None if some are too low."""
        return dict(self._counts.copy()) if self._exact else None

    def busiest(self, n: int) -> list[tuple[str, int]]:
        """The n keys with the most, and how many at least."""
        top = self._top
        if top is None or top[0] < n:
            self._top = top = (n, nlargest(n, self._counts.copy().items(), key=itemgetter(1)))
        return top[1][:n]

    def clear(self) -> None:
        self._counts, self._top, self._exact = Counter(), None, True

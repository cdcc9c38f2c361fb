"""The counts of a cache."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What a cache has done so far, at one moment.

    `later - earlier` gives the counts of the time between, with the later size and maxsize.

    Attributes:
        hits: Lookups that found a value.
        misses: Lookups that did not.
        inserts: Updates of a key that was not there.
        refreshes: Updates of a key that was.
        evictions: Entries that had to go to make room.
        clears: Calls of `clear`.
        size: Entries now.
        maxsize: Entries at most; None without a limit.
    """

    hits: int = 0
    misses: int = 0
    inserts: int = 0
    refreshes: int = 0
    evictions: int = 0
    clears: int = 0
    size: int = 0
    maxsize: int | None = None

    @property
    def lookups(self) -> int:
        return self.hits + self.misses

    @property
    def hit_ratio(self) -> float | None:
        """Hits per lookup, 0 to 1; None where there was no lookup."""
        return self.hits / self.lookups if self.lookups else None

    def __sub__(self, earlier: CacheStats) -> CacheStats:
        if not isinstance(earlier, CacheStats):
            return NotImplemented
        counts = [field.name for field in fields(self) if field.name not in {"size", "maxsize"}]
        differences = {name: getattr(self, name) - getattr(earlier, name) for name in counts}
        return CacheStats(**differences, size=self.size, maxsize=self.maxsize)

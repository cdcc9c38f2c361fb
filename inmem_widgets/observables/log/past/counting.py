"""The counts of a cache at any moment of its log."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any, Final

from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.log.columns import Block, What, Whats

TRIES: Final = 100
"""How often counts are read again because something happened meanwhile."""
COUNTS: Final = {
    "hit": "hits", "miss": "misses", "insert": "inserts", "refresh": "refreshes", "clear": "clears",
    "evict": "evictions",
}  # fmt: skip


class Counting:
    """Counts read at some moments; those of others are these and what happened between.

    Attributes:
        begun: The number of the last change before the log, …
        began: … and when that was.
    """

    def __init__(self, source: Any, number: int) -> None:
        self.begun, self.began = number, time.time()
        self._anchors: list[tuple[int, CacheStats]] = []
        self._counted = hasattr(source, "stats")

    @property
    def counts(self) -> bool:
        """Whether there is anything to count: only caches do."""
        return self._counted

    def anchor(self, source: Any) -> None:
        """Read the counts, at a moment when nothing happens."""
        if not self._counted or source is None:
            return
        feed, before, stats = source.changes, -1, CacheStats()
        for _ in range(TRIES):
            number = feed.count
            if number == before:
                break
            stats = source.stats()
            before = feed.count
            if number == before:
                break
        self._anchors.append((before, stats))

    def passed(self, whats: Whats, block: Block, start: int, stop: int) -> None:
        """Changes are let go: counts read before them go on to after them."""
        end = block.first + stop - 1
        for place, (number, stats) in enumerate(self._anchors):
            if number < end:
                begin = max(start, number + 1 - block.first)
                self._anchors[place] = end, _plus(stats, _counted(whats, block, begin, stop), 1)
        while len(self._anchors) > 1 and self._anchors[1][0] <= end:
            del self._anchors[0]

    def at(
        self, moment: int, parts: list[Any], gaps: list[tuple[int, int]], whats: Whats
    ) -> CacheStats | None:
        """The counts right after a change; of no cache None."""
        if not self._anchors:
            return None
        number, stats = next(
            (
                anchor
                for anchor in reversed(self._anchors)
                if not any(min(moment, anchor[0]) <= gap < max(moment, anchor[0]) for gap, _ in gaps)
            ),
            self._anchors[-1],
        )
        low, high, sign = (number, moment, 1) if number <= moment else (moment, number, -1)
        for block, start, stop in parts:
            begin, end = max(start, low + 1 - block.first), min(stop, high + 1 - block.first)
            if begin < end:
                stats = _plus(stats, _counted(whats, block, begin, end), sign)
        return stats


def _counted(whats: Whats, block: Block, start: int, stop: int) -> dict[str, int]:
    codes = block.codes[start:stop]
    found: dict[str, int] = {}
    for code, what in enumerate(whats.all):
        times = codes.count(code)
        for name in _names(what) if times else ():
            found[name] = found.get(name, 0) + times
    return found


def _names(what: What) -> list[str]:
    return [*filter(None, [COUNTS.get(what.kind)]), *(["evictions"] if what.evicted else [])]


def _plus(stats: CacheStats, counts: dict[str, int], sign: int) -> CacheStats:
    return CacheStats(**{name: count + sign * counts.get(name, 0) for name, count in asdict(stats).items()
                         if name != "maxsize"}, maxsize=stats.maxsize)  # fmt: skip

"""How often something happens: counts per second over windows that end now, and per bucket of a history."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from operator import sub
from typing import Final

from inmem_widgets.core.cache import CacheStats
from inmem_widgets.wire import History

REACH: Final = 60.0
"""Seconds of the longest window."""
STEP: Final = 0.05
"""Seconds between two moments of which the totals are kept."""
GAP: Final = 1.0
"""Seconds without a look after which what is found happened just now: else it would have been told of."""

Totals = tuple[int, int, int, int]
"""Hits, misses, inserts and evictions."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What happened in a window, per second.

    Attributes:
        seconds: How long the window really is: shorter where watching has just begun (`STEP` at least),
            and up to a look longer, since both ends are moments at which the counts were read.
        hits: Lookups that found a value.
        misses: Lookups that did not.
        inserts: Updates of a key that was not there.
        evictions: Entries that had to go to make room.
        ratio: Hits by lookups, 0 to 1; None without lookups.
    """

    seconds: float
    hits: float
    misses: float
    inserts: float
    evictions: float
    ratio: float | None

    @classmethod
    def of(cls, seconds: float, before: Totals, after: Totals) -> Rates:
        hits, misses, inserts, evictions = map(sub, after, before)
        ratio = hits / (hits + misses) if hits + misses else None
        seconds = max(seconds, STEP)
        per = 1 / seconds
        return cls(seconds, hits * per, misses * per, inserts * per, evictions * per, ratio)


def totals(stats: CacheStats) -> Totals:
    return stats.hits, stats.misses, stats.inserts, stats.evictions


class Meter:
    """Totals at the moments of the last minute. Not thread-safe.

    Args:
        now: Seconds on a clock that only goes forward.
    """

    def __init__(self, now: float, counts: Totals) -> None:
        self._times, self._counts = deque([now]), deque([counts])

    @property
    def latest(self) -> tuple[float, Totals]:
        return self._times[-1], self._counts[-1]

    def take(self, now: float, counts: Totals) -> None:
        """The totals now."""
        times, kept = self._times, self._counts
        last = times[-1]
        if counts == kept[-1]:
            if now - last < STEP:
                return
            if len(kept) > 1 and kept[-2] == counts:  # of a pause both ends are enough
                times[-1] = now
                return
        elif now - last > GAP:
            self.take(now - STEP, kept[-1])
        elif len(times) > 1 and now - times[-2] < STEP:
            times[-1], kept[-1] = now, counts
            return
        times.append(now)
        kept.append(counts)
        while len(times) > 2 and times[1] <= now - REACH:
            times.popleft()
            kept.popleft()

    def over(self, seconds: float) -> Rates:
        """The rates of a window up to the last moment."""
        end, counts = self.latest
        at = bisect_right(self._times, end - seconds) - 1
        if at < 0:
            return Rates.of(end - self._times[0], self._counts[0], counts)
        if at + 1 < len(self._counts) and self._counts[at + 1] == self._counts[at]:
            return Rates.of(seconds, self._counts[at], counts)  # it begins within a pause
        return Rates.of(end - self._times[at], self._counts[at], counts)


class Buckets:
    """Hits, misses and evictions per bucket of time. Not thread-safe.

    Args:
        now: Seconds since the epoch: the first bucket begins.
        interval: Seconds of a bucket.
        most: Buckets kept; even.
        doubling: Whether two buckets become one where there are more; else the oldest are let go.
    """

    def __init__(self, now: float, *, interval: float, most: int, doubling: bool) -> None:
        self._interval, self._most, self._doubling = interval, most, doubling
        self._end = now + interval
        self._rows: list[tuple[int, int, int]] = [(0, 0, 0)]

    def add(self, now: float, hits: int, misses: int, evictions: int) -> None:
        """What happened lately. A clock put back adds to the last bucket."""
        passed = int((now - self._end) // self._interval) + 1
        while self._doubling and passed > self._most - len(self._rows):
            self._double()
            passed = int((now - self._end) // self._interval) + 1
        if passed > 0:
            self._end += passed * self._interval
            self._rows += [(0, 0, 0)] * min(passed, self._most)
            del self._rows[: -self._most]
        last = self._rows[-1]
        self._rows[-1] = last[0] + hits, last[1] + misses, last[2] + evictions

    def history(self) -> History:
        """A copy."""
        hits, misses, evictions = map(list, zip(*self._rows, strict=True))
        return {
            "interval": self._interval,
            "end": self._end,
            "hits": hits,
            "misses": misses,
            "evictions": evictions,
        }

    def _double(self) -> None:
        rows = self._rows
        if len(rows) % 2:
            rows.append((0, 0, 0))
            self._end += self._interval
        self._rows = [(a[0] + b[0], a[1] + b[1], a[2] + b[2]) for a, b in _pairs(rows)]
        self._interval *= 2


def _pairs(rows: Sequence[tuple[int, int, int]]) -> zip[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    return zip(rows[::2], rows[1::2], strict=True)

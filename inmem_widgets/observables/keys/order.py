"""Orders of keys: positions in a census, of which any window can be had."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Generator, Sequence
from functools import partial
from itertools import chain
from typing import Any, Protocol

from inmem_widgets.observables.keys.arrays import Array, np

CHUNK = 8_192
BUCKET = 2_048
"""Keys of a bucket on average: sorted in a few milliseconds."""
SAMPLE = 16
"""Keys of the sample for each bucket."""
MOST_BUCKETS = 60_000

SortKeys = Callable[[Sequence[int]], list[Any]]
"""What some positions are sorted by."""


class Order(Protocol):
    """A sequence of positions."""

    def __len__(self) -> int: ...

    def at(self, start: int, stop: int) -> list[int]:
        """The positions in the rows start … stop - 1; 0 <= start <= stop."""

    def row_of(self, position: int) -> int | None:
        """The row in which a position is."""


class Stored:
    """The positions given, ascending, or the first `count`; or the other way round."""

    def __init__(self, positions: Sequence[int] | Array | None, count: int, descending: bool = False) -> None:
        self._positions = range(count) if positions is None else positions
        self._count, self._descending = count, descending

    def __len__(self) -> int:
        return self._count

    def at(self, start: int, stop: int) -> list[int]:
        stop = min(stop, self._count)
        if self._descending:
            return _list(self._positions[self._count - stop : max(0, self._count - start)])[::-1]
        return _list(self._positions[start:stop])

    def row_of(self, position: int) -> int | None:
        row = bisect_right(self._positions, position, hi=self._count) - 1
        if row < 0 or self._positions[row] != position:
            return None
        return self._count - 1 - row if self._descending else row


class Sorted:
    """Positions in the order they are given."""

    def __init__(self, positions: Array) -> None:
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    def at(self, start: int, stop: int) -> list[int]:
        return _list(self._positions[start:stop])

    def row_of(self, position: int) -> int | None:
        found = np.flatnonzero(self._positions == position)
        return int(found[0]) if len(found) else None


class SampleSorted:
    """Positions parted into buckets by a sample of what they are sorted by; a bucket is sorted when
    one of its rows is asked for. Ties keep their order."""

    def __init__(self, positions: Array, counts: Array, sort_keys: SortKeys, descending: bool) -> None:
        self._positions = positions
        self._ends = np.cumsum(counts)
        self._unsorted = np.ones(len(counts), bool)
        self._sort_keys, self._descending = sort_keys, descending
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._positions)

    def at(self, start: int, stop: int) -> list[int]:
        stop = min(stop, len(self))
        if start >= stop:
            return []
        first, last = np.searchsorted(self._ends, (start, stop - 1), "right").tolist()
        for bucket in (np.flatnonzero(self._unsorted[first : last + 1]) + first).tolist():
            self._sort(bucket)
        return _list(self._positions[start:stop])

    def row_of(self, position: int) -> int | None:
        with self._lock:  # no bucket is half sorted
            found = np.flatnonzero(self._positions == position)
        if not len(found):
            return None
        bucket = int(np.searchsorted(self._ends, found[0], "right"))
        if self._unsorted[bucket]:
            self._sort(bucket)
        start = int(self._ends[bucket - 1]) if bucket else 0
        rows = np.flatnonzero(self._positions[start : int(self._ends[bucket])] == position)
        return start + int(rows[0])

    def _sort(self, bucket: int) -> None:
        with self._lock:
            if not self._unsorted[bucket]:
                return
            start = int(self._ends[bucket - 1]) if bucket else 0
            part = self._positions[start : self._ends[bucket]]
            positions = part.tolist()
            by = self._sort_keys(positions)
            order = sorted(range(len(by)), key=by.__getitem__, reverse=self._descending)
            part[:] = part[order]
            self._unsorted[bucket] = False


def sample_sort(
    positions: Array, sort_keys: SortKeys, *, descending: bool
) -> Generator[float, None, SampleSorted]:
    """The order of positions by what `sort_keys` gives for them; yields its progress."""
    count = len(positions)
    buckets = min(count // BUCKET + 1, MOST_BUCKETS)
    sample = np.random.default_rng(0).integers(0, max(1, count), (buckets - 1) * SAMPLE)
    picked: list[Any] = []
    for start in range(0, len(sample), CHUNK):
        picked += sort_keys(positions[sample[start : start + CHUNK]].tolist())
        yield 0.0
    splitters = sorted(picked)[SAMPLE - 1 :: SAMPLE]
    find = partial(bisect_right, splitters)
    numbers = np.zeros(count, np.uint16)
    if splitters:
        for start in range(0, count, CHUNK):
            by = sort_keys(positions[start : start + CHUNK].tolist())
            numbers[start : start + CHUNK] = np.fromiter(map(find, by), np.uint16, len(by))
            yield start / count
    if descending:
        np.subtract(len(splitters), numbers, out=numbers)
    counts = np.bincount(numbers, minlength=buckets)
    return SampleSorted(positions[np.argsort(numbers, kind="stable")], counts, sort_keys, descending)


def by_numbers(positions: Array, numbers: Array, *, descending: bool) -> Sorted:
    """Positions by a number each; ties keep their order."""
    order = np.argsort(-numbers.astype(np.int64) if descending else numbers, kind="stable")
    return Sorted(positions[order])


def first_by(positions: Array, times: dict[int, float], *, descending: bool) -> Sorted:
    """Positions that have a time by it, those that have none after them."""
    known = sorted(times, key=times.__getitem__, reverse=descending)
    rest = positions[~np.isin(positions, np.fromiter(known, np.uint32, len(known)))]
    return Sorted(np.fromiter(chain(known, rest.tolist()), np.uint32, len(known) + len(rest)))


def _list(positions: Any) -> list[int]:
    return positions.tolist() if hasattr(positions, "tolist") else list(positions)

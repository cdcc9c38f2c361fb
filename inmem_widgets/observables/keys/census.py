"""The keys of a store at one moment, and the types and sizes of their values as columns."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Iterator
from itertools import compress, repeat
from operator import is_
from sys import getsizeof
from typing import Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.keys.arrays import Array, np
from inmem_widgets.observables.keys.task import Steps
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label

HOWS = ("exact", "sampled", "shallow")
"""What `Census.hows` are indices into."""
STEP = 0.003
"""Seconds that reading a piece of the values should take."""
CHUNK = 16_384
"""Keys looked up in one go."""


_GONE = MISSING
_TO_SIZE = -2
_UNKNOWN = -1
_TO_LABEL = 0xFFFF
_OTHER = 0xFFFE
_BYTES, _STR, _NONE = id(bytes), id(str), id(type(_GONE))
_NUMBERS = frozenset(map(id, (int, float, complex, bool, type(None))))
"""Types whose objects `size_of` measures as `getsizeof` does."""


class Census:
    """Which keys there were, in the store's order; 8 bytes for each, and 11 more once measured.

    Attributes:
        keys: The keys. A position is an index into them.
        labels: Labels of the values' types.
        measured: When the last size was measured, in seconds since the epoch; None while one is missing.
    """

    def __init__(self, source: InMemoryBaseStore[Any], keys: list[str]) -> None:
        self.keys = keys
        self.labels: list[str] = []
        self.measured: float | None = None
        self._numbers: dict[str, int] = {}
        self._lock = threading.Lock()
        self._source = weakref.ref(source)
        self._sizes: Array | None = None
        self._hows: Array | None = None
        self._kinds: Array | None = None
        self._kinds_done = False

    @property
    def measuring(self) -> bool:
        """Whether any value was measured."""
        return self._sizes is not None or self._kinds is not None

    @property
    def sizes(self) -> Array | None:
        """Bytes of each value (int64), -1 where unknown; None until all are measured."""
        return None if self.measured is None else self._sizes

    @property
    def hows(self) -> Array | None:
        """How each size was measured (uint8, an index into `HOWS`); None until all are measured."""
        return None if self.measured is None else self._hows

    @property
    def kinds(self) -> Array | None:
        """The type of each value (uint16, an index into `labels`); None until all are known."""
        return self._kinds if self._kinds_done else None

    def sizes_at(self, positions: Array) -> Array:
        """Sizes of positions that were measured."""
        assert self._sizes is not None
        return self._sizes[positions]

    def kinds_at(self, positions: Array) -> Array:
        """Types of positions that were measured."""
        assert self._kinds is not None
        return self._kinds[positions]

    def measure_sizes(self, at: Array | None = None) -> Steps:
        """Measure the values at some positions, or all; those measured before are passed over."""
        if self._sizes is None or self._hows is None:
            self._hows = np.zeros(len(self.keys), np.uint8)
            self._sizes = np.full(len(self.keys), _TO_SIZE, np.int64)
        sizes, hows = self._sizes, self._hows
        todo = _where(sizes, _TO_SIZE, at)
        for done, positions, values in self._pieces(todo):
            found, how = _sizes(values)
            hows[positions] = how  # first, see `carry`
            sizes[positions] = found
            yield done
        if at is None and self._source() is not None:
            self.measured = time.time()

    def measure_kinds(self, at: Array | None = None) -> Steps:
        """Label the types of the values at some positions, or all; as `measure_sizes`."""
        if self._kinds is None:
            self._kinds = np.full(len(self.keys), _TO_LABEL, np.uint16)
        kinds = self._kinds
        todo = _where(kinds, _TO_LABEL, at)
        for done, positions, values in self._pieces(todo):
            labels = ["" if value is _GONE else type_label(value) for value in values]
            numbers = self._number(set(labels))
            kinds[positions] = [numbers[label] for label in labels]
            yield done
        if at is None and self._source() is not None:
            self._kinds_done = True

    def _number(self, labels: set[str]) -> dict[str, int]:
        numbers = self._numbers
        with self._lock:
            for label in labels - numbers.keys():
                # whoever has more types than that sees the last ones as one
                label = label if len(self.labels) < _OTHER else "other"
                if label not in numbers:
                    numbers[label] = len(self.labels)
                    self.labels.append(label)
        return {label: numbers.get(label, numbers.get("other", 0)) for label in labels}

    def _pieces(self, todo: Array) -> Iterator[tuple[float, Array, list[Any]]]:
        """(share done, positions, their values), in pieces that take about `STEP` to deal with."""
        start, length = 0, 256
        while start < len(todo):
            source = self._source()
            if source is None:
                return
            data, began = source._store, time.perf_counter()
            del source
            positions = todo[start : start + length]
            keys = map(self.keys.__getitem__, positions.tolist())
            values = list(map(data.get, keys, repeat(_GONE)))
            del data
            start += len(positions)
            yield start / len(todo), positions, values
            pace = STEP / max(time.perf_counter() - began, 1e-6)
            length = int(min(max(length * min(pace, 2.0), 64), CHUNK))

    def carry(self, old: Census, changed: set[str] | None, gone: set[str]) -> Array | None:
        """Take over what an older census measured of keys that are still where they were.

        Args:
            changed: keys written to since; None if that is not known.
            gone: keys deleted since (and perhaps inserted again, at the end).

        Returns:
            The positions in `old` of this one's first keys, or None where the keys differ otherwise.
        """
        kept = _kept(old.keys, self.keys, gone)
        if kept is None or changed is None:
            return kept
        count = len(kept)
        stale = _among(self.keys[:count], changed) if changed else np.zeros(0, np.intp)
        # another task may be measuring the older one: sizes are taken before the hows it writes before
        # them, kinds before the labels
        if old._sizes is not None and old._hows is not None:
            self._sizes = np.full(len(self.keys), _TO_SIZE, np.int64)
            self._hows = np.zeros(len(self.keys), np.uint8)
            self._sizes[:count], self._hows[:count] = old._sizes[kept], old._hows[kept]
            self._sizes[stale] = _TO_SIZE
        if old._kinds is not None:
            self._kinds = np.full(len(self.keys), _TO_LABEL, np.uint16)
            self._kinds[:count] = old._kinds[kept]
            self._kinds[stale] = _TO_LABEL
        with old._lock:
            self.labels, self._numbers = old.labels.copy(), old._numbers.copy()
        return kept


def _kept(old: list[str], new: list[str], gone: set[str]) -> Array | None:
    if new[: len(old)] == old:
        return np.arange(len(old), dtype=np.uint32)
    stays = np.ones(len(old), bool)
    stays[_among(old, gone)] = False
    kept = np.flatnonzero(stays).astype(np.uint32)
    return kept if new[: len(kept)] == list(compress(old, stays.tolist())) else None


def _among(keys: list[str], wanted: set[str]) -> Array:
    """The positions of keys that are in the set."""
    found: list[Array] = []
    for start in range(0, len(keys), CHUNK):  # in chunks: other threads may run in between
        chunk = keys[start : start + CHUNK]
        if not wanted.isdisjoint(chunk):
            hits = np.fromiter(map(wanted.__contains__, chunk), bool, len(chunk))
            found.append(np.flatnonzero(hits) + start)
    return np.concatenate(found) if found else np.zeros(0, np.intp)


def _where(column: Array, value: int, at: Array | None) -> Array:
    """The positions, of some or of all, at which the column has that value."""
    if at is None:
        return np.flatnonzero(column == value).astype(np.uint32)
    missing: Array = at[column[at] == value]
    return missing


def _sizes(values: list[Any]) -> tuple[Any, Any]:
    """(their sizes, indices into `HOWS`): those of a plain type together, which is ten times as fast."""
    sizes = np.full(len(values), _UNKNOWN, np.int64)
    hows = np.full(len(values), HOWS.index("shallow"), np.uint8)
    for kind, of_kind, same in _by_type(values):
        if kind == _BYTES or (kind == _STR and all(map(str.isascii, same))):
            sizes[of_kind] = np.fromiter(map(len, same), np.int64, len(same))
            hows[of_kind] = HOWS.index("exact")
        elif kind in _NUMBERS:
            sizes[of_kind] = np.fromiter(map(getsizeof, same), np.int64, len(same))
        elif kind != _NONE:
            found = [size_of(value) for value in same]
            sizes[of_kind] = [_UNKNOWN if size is None else min(size, 1 << 62) for size, _ in found]
            hows[of_kind] = [HOWS.index(how) for _, how in found]
    return sizes, hows


def _by_type(values: list[Any]) -> Iterator[tuple[int, Array, list[Any]]]:
    """(the id of a type, which values are of it, these); by id, since a foreign type may have a
    `__hash__` of its own."""
    if all(map(is_, map(type, values), repeat(type(values[0])))):
        yield id(type(values[0])), np.arange(len(values)), values
        return
    kinds = np.fromiter(map(id, map(type, values)), np.uintp, len(values))
    for kind in set(kinds.tolist()):
        of_kind = np.flatnonzero(kinds == kind)
        yield kind, of_kind, [values[i] for i in of_kind.tolist()]

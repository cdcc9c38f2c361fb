"""Which keys of a dict begin with a prefix, without looking at them all.

The dict stays a plain dict that anybody may write into. A dict keeps insertion order, so whatever
was added since the last query stands at its end; keys removed through the store are reported in
`removed`. Everything else (somebody deleted from the dict directly) shows in the dict's length or in
its last keys, and then the index is thrown away.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import is_
from typing import Any, Final

SMALL: Final = 4_096
"""Below this many keys a scan is as good as an index."""
RUN: Final = 131_072
"""Keys sorted in one go (some 0.1 s without a thread switch)."""
TAIL: Final = 16
"""Known keys whose identity is checked at the end of the dict."""
MAX_REMOVED: Final = 4_096
"""Removals remembered until the next query; beyond that the index is thrown away."""
FEW: Final = 8
"""A prefix that matches more than one key in `FEW` is scanned for."""


def _after(prefix: str) -> str | None:
    """The first string after all those that begin with `prefix`; None where there is no such."""
    if not prefix or prefix[-1] == "\U0010ffff":
        return None
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


class PrefixIndex:
    """Built at the third query, and then kept up to date at each; 12 bytes per key.

    Attributes:
        live: Whether removals have to be reported.
        removed: Where they are reported: directly after the removal, `index.removed += keys`.
        suspect: Set when the dict was handed out: the next query compares the whole.
    """

    __slots__ = (
        "_dead", "_keys", "_lock", "_patience", "_runs", "_scans", "_store", "live", "removed", "suspect",
    )  # fmt: skip

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._patience = 2
        self.suspect = False
        self.drop()

    def drop(self) -> None:
        """Forget all; the next queries scan."""
        self.live = False
        self.removed: list[str] = []
        self._store: dict[str, Any] = {}
        self._keys: list[str] = []  # in the dict's order; a key's place here is its position
        self._dead: set[int] = set()  # positions of keys removed since
        self._runs: list[array[int]] = []  # positions, each run sorted by key
        self._scans = 0

    def matches(self, store: dict[str, Any], prefix: str) -> Iterable[str]:
        """The keys of `store` that begin with `prefix`, in the dict's order, as of now."""
        if len(store) >= SMALL and self._lock.acquire(blocking=False):
            try:
                found = self._find(store, prefix)
            finally:
                self._lock.release()
            if found is not None:
                return found
        keys = list(store)
        after = _after(prefix)
        if after is None:
            return (key for key in keys if key.startswith(prefix))
        return (key for key in keys if prefix <= key < after)

    def _find(self, store: dict[str, Any], prefix: str) -> list[str] | None:
        if self.live and not self._sync(store):
            self.drop()
            self._patience = min(64, 2 * self._patience)  # do not build again and again in vain
        if not self.live:
            self._scans += 1
            if self._scans <= self._patience:
                return None
            self._build(store)
        after = _after(prefix)
        if after is None:
            return None
        spans = [(run, *self._span(run, prefix, after)) for run in self._runs]
        if sum(end - start for _, start, end in spans) * FEW > len(self._keys):
            return None
        positions: list[int] = []
        for run, start, end in spans:
            positions += run[start:end]
        positions.sort()
        if self._dead:
            positions = [position for position in positions if position not in self._dead]
        return [*map(self._keys.__getitem__, positions)]

    def _span(self, run: array[int], prefix: str, after: str) -> tuple[int, int]:
        """Where in a run the keys from `prefix` to `after` stand."""
        keys = self._keys
        get = keys.__getitem__
        start = bisect_left(run, prefix, key=get)
        step = 1  # the end is near: double the stride until beyond it
        while (end := start + step) < len(run) and keys[run[end]] < after:
            step *= 8
        return start, bisect_left(run, after, lo=start, hi=min(end, len(run)), key=get)

    def _build(self, store: dict[str, Any]) -> None:
        self.drop()
        self._store = store
        # No call, hence no thread switch, from here to the list: a removal is in one or the other.
        self.live = True
        self.suspect = False
        self._keys = [*store]
        self._sort_in(0)

    def _sort_in(self, start: int) -> None:
        """Add the positions from `start` on to the runs, whose sizes fall by half or more."""
        get, runs = self._keys.__getitem__, self._runs
        while start < len(self._keys):
            end = min(len(self._keys), start + RUN)
            new = array("I", sorted(range(start, end), key=get))
            while runs and len(runs[-1]) < 2 * len(new) and len(runs[-1]) + len(new) <= RUN:
                new = array("I", sorted(runs.pop() + new, key=get))
            runs.append(new)
            start = end

    def _sync(self, store: dict[str, Any]) -> bool:
        """Take in what happened since the last query; false if that cannot be told."""
        if store is not self._store:
            return False
        look = 4 * TAIL
        while True:
            latest = islice(reversed(store), look)
            try:  # no thread switch from here to `size`: one moment's view
                tail = [*latest]
            except RuntimeError:  # written to since `reversed`
                continue
            removed = [*self.removed]
            size = len(store)
            if not self.live:
                return False
            del self.removed[: len(removed)]
            self._bury(removed)
            known = [*islice(self._newest(), TAIL)]
            if not known:
                return False
            added = next((place for place, key in enumerate(tail) if key is known[0]), None)
            if added is None or added + len(known) > len(tail):
                if look >= size:
                    return False
                look *= 4
                continue
            if not all(map(is_, known, tail[added:])):
                return False
            break
        start = len(self._keys)
        if size != start - len(self._dead) + added:
            return False
        if self.suspect:
            self.suspect = False
            try:
                if [*reversed(tail[:added])] != [*islice(store, size - added, size)]:
                    return False
                if [*self._oldest()] != [*islice(store, size - added)]:
                    return False
            except RuntimeError:  # written to meanwhile
                return False
        self._keys.extend(reversed(tail[:added]))
        self._sort_in(start)
        if len(self._dead) * 4 > len(self._keys):
            self._build(store)
        return True

    def _bury(self, removed: list[str]) -> None:
        keys = self._keys
        for key in removed:
            for run in self._runs:
                place = bisect_left(run, key, key=keys.__getitem__)
                while place < len(run) and keys[run[place]] == key:
                    self._dead.add(run[place])
                    place += 1

    def _newest(self) -> Iterator[str]:
        """Known keys that are still there, newest first."""
        for position in range(len(self._keys) - 1, -1, -1):
            if position not in self._dead:
                yield self._keys[position]

    def _oldest(self) -> Iterator[str]:
        return (key for position, key in enumerate(self._keys) if position not in self._dead)

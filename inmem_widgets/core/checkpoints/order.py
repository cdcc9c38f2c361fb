"""Sorted entries with an index over checkpoint metadata."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, Generic, Protocol, TypeVar

from inmem_widgets.core.checkpoints.codec import PLAIN_SCALARS


class Sortable(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...
    def __gt__(self, other: Any, /) -> bool: ...


E = TypeVar("E", bound=Sortable)
Filter = Mapping[str, Any]

CHUNKS: Final = (8, 64)
"""Entries looked up at a time while scanning: first, and from then on."""


class _Always(Enum):
    """The key of the bucket with what is not plain and may equal anything."""

    ALWAYS = "always"


def insert(entries: list[E], entry: E) -> None:
    """Add to a sorted list without repetition; quick at its end."""
    if not entries or entry > entries[-1]:
        entries.append(entry)
        return
    at = bisect_left(entries, entry)
    if entries[at] != entry:
        entries.insert(at, entry)


def descending(entries: list[E], below: Any = None) -> Iterator[E]:
    """From the greatest entry (below `below`) down, unharmed by insertions and removals meanwhile."""
    first, chunk = CHUNKS
    while True:
        size = len(entries)
        end = size if below is None else bisect_left(entries, below)
        found = entries[end - first if end > first else 0 : end]
        if len(entries) != size:
            continue  # another thread inserted between the two lines above
        if not found:
            return
        found.reverse()
        yield from found
        below, first = found[-1], chunk


class Order(Generic[E]):
    """Entries in ascending order, and for each metadata key asked for, entries by its value.

    An index is built when a key is first asked for and kept up from then on. It answers with
    candidates: entries removed or saved again may linger in it, so a caller checks each.
    """

    __slots__ = ("buckets", "entries")

    def __init__(self, entries: list[E]) -> None:
        self.entries = entries
        self.buckets: dict[str, dict[Any, list[E]]] = {}

    def add(self, entry: E, metadata: Filter | None) -> None:
        """`metadata` is None where it is not plain data."""
        entries = self.entries
        if not entries or entry > entries[-1]:
            entries.append(entry)
        else:
            insert(entries, entry)
        for key, buckets in self.buckets.items():
            _enter(buckets, key, entry, metadata)

    def replace(self, entries: list[E]) -> None:
        """Take other entries; indexes are built anew when asked for."""
        self.entries = entries
        self.buckets = {}

    def missing(self, filter: Filter) -> str | None:
        """A key whose index would be used for the filter but is not there."""
        for key, value in filter.items():
            if type(value) in PLAIN_SCALARS and key not in self.buckets:
                return key
        return None

    def build(self, key: str, metadata_of: Callable[[E], Filter | None]) -> None:
        """Index a key. The caller keeps others from adding meanwhile."""
        buckets: dict[Any, list[E]] = {}
        for entry in self.entries:
            _enter(buckets, key, entry, metadata_of(entry))
        self.buckets[key] = buckets

    def candidates(self, filter: Filter) -> list[list[E]]:
        """Ascending lists that hold every entry that may match, some of them perhaps twice."""
        best: list[list[E]] = [self.entries]
        for key, value in filter.items():
            buckets = self.buckets.get(key) if type(value) in PLAIN_SCALARS else None
            if buckets is not None:
                found = [buckets[at] for at in (value, _Always.ALWAYS) if at in buckets]
                if sum(map(len, found)) < sum(map(len, best)):
                    best = found
        return best


def _enter(buckets: dict[Any, list[E]], key: str, entry: E, metadata: Filter | None) -> None:
    at: Any = _Always.ALWAYS
    if metadata is not None:
        value = metadata.get(key)
        if type(value) in PLAIN_SCALARS:
            at = value
        elif not isinstance(value, (str, int, float)):
            return
    insert(buckets.setdefault(at, []), entry)

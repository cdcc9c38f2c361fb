"""Checkpoints, writes and blobs by thread and namespace.

Everything that belongs to a thread hangs on it, so a thread is found, listed and deleted without
touching others. Changes are made under `Tables.lock`; reads take no lock. A reader gets a row, then
its blobs, then looks whether the row is still the same object: rows go before their blobs do.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from heapq import merge
from itertools import count
from typing import Any, TypeAlias

from langgraph.checkpoint.serde.base import SerializerProtocol

from inmem_widgets.core.checkpoints.codec import EMPTY, Stored, load, load_plain
from inmem_widgets.core.checkpoints.order import Filter, Order, descending

Row: TypeAlias = tuple[Stored, Stored, str | None]
"""Checkpoint, metadata, parent's id."""
Write: TypeAlias = tuple[str, str, int, str, Stored]
"""Task path, task id, index, channel, value: sorts as upstream's `writes_sort_key`."""
Blob: TypeAlias = tuple[str, Any, Stored]
"""Channel, version, value."""
Entry: TypeAlias = tuple[str, int, "Namespace"]
"""Checkpoint id, then what makes it unique among namespaces."""

_serial = count()


class Namespace:
    """One checkpoint namespace of one thread."""

    __slots__ = ("blobs", "name", "order", "rows", "serial", "thread_id", "versions_known", "writes")

    def __init__(self, thread_id: str, name: str) -> None:
        self.thread_id, self.name, self.serial = thread_id, name, next(_serial)
        self.clear()

    def clear(self) -> None:
        self.rows: dict[str, Row] = {}
        self.order: Order[str] = Order([])
        self.writes: dict[str, dict[tuple[str, int], Write]] = {}
        self.blobs: dict[str, dict[Any, Stored]] = {}  # by channel, then version
        self.versions_known: dict[str, tuple[Row, Mapping[str, Any]]] = {}  # valid for that row only

    # --- reading ---------------------------------------------------------------------------------

    def row(self, checkpoint_id: str) -> Row | None:
        return self.rows.get(checkpoint_id)

    def size(self) -> int:
        return len(self.rows)

    def latest(self) -> str | None:
        entries = self.order.entries
        return entries[-1] if entries else None

    def ids(self) -> list[str]:
        """Ascending."""
        return self.order.entries.copy()

    def snapshot(self) -> dict[str, Row]:
        return self.rows.copy()

    def candidates(self, filter: Filter, lock: threading.RLock) -> list[list[str]]:
        """See `Order.candidates`."""
        while (key := self.order.missing(filter)) is not None:
            with lock:
                self.order.build(key, lambda checkpoint_id: plain_metadata(self.rows.get(checkpoint_id)))
        return self.order.candidates(filter)

    def blob(self, channel: str, version: Any) -> Stored:
        """`EMPTY` where there is none."""
        versions = self.blobs.get(channel)
        return EMPTY if versions is None else versions.get(version, EMPTY)

    def blob_keys(self) -> list[tuple[str, Any]]:
        return [(channel, ver) for channel, versions in list(self.blobs.items()) for ver in list(versions)]

    def pending(self, checkpoint_id: str) -> list[Write]:
        """A checkpoint's writes in replay order."""
        found = self.writes.get(checkpoint_id)
        return sorted(found.values()) if found else []

    def write_keys(self, checkpoint_id: str) -> Container[tuple[str, int]]:
        """(Task id, index) of a checkpoint's writes."""
        return self.writes.get(checkpoint_id, ())

    def written(self) -> list[str]:
        """Ids of checkpoints, saved or not, that have writes."""
        return list(self.writes)

    def versions(self, checkpoint_id: str, row: Row, serde: SerializerProtocol) -> Mapping[str, Any]:
        """A checkpoint's channel versions; not to be changed."""
        known = self.versions_known.get(checkpoint_id)
        if known is None or known[0] is not row:
            known = self.versions_known[checkpoint_id] = row, load(serde, row[0]).get("channel_versions", {})
        return known[1]

    # --- writing, under the lock -----------------------------------------------------------------

    def put(self, checkpoint_id: str, row: Row, metadata: Filter | None) -> None:
        self.order.add(checkpoint_id, metadata)
        self.rows[checkpoint_id] = row

    def put_blob(self, channel: str, version: Any, stored: Stored) -> None:
        self.blobs.setdefault(channel, {})[version] = stored

    def put_write(self, checkpoint_id: str, key: tuple[str, int], write: Write) -> None:
        self.writes.setdefault(checkpoint_id, {})[key] = write

    def set_parent(self, checkpoint_id: str, parent: str | None) -> None:
        checkpoint, metadata, _ = self.rows[checkpoint_id]
        self.rows[checkpoint_id] = (checkpoint, metadata, parent)

    def remove(self, checkpoint_ids: Iterable[str]) -> None:
        for checkpoint_id in checkpoint_ids:
            self.rows.pop(checkpoint_id, None)
            self.versions_known.pop(checkpoint_id, None)
        self.order.replace(sorted(self.rows))

    def remove_writes(self, checkpoint_ids: Iterable[str]) -> None:
        for checkpoint_id in checkpoint_ids:
            self.writes.pop(checkpoint_id, None)

    def remove_blobs(self, keys: Iterable[tuple[str, Any]]) -> None:
        for channel, version in keys:
            versions = self.blobs.get(channel, {})
            versions.pop(version, None)
            if not versions:
                self.blobs.pop(channel, None)


class Tables:
    """All threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()  # reentrant: the collector may run a finaliser that saves
        self.threads: dict[str, dict[str, Namespace]] = {}
        self.everything: Order[Entry] | None = None  # made when all threads are first listed
        self._gone = 0  # entries of `everything` that lead nowhere

    def __deepcopy__(self, memo: dict[int, Any]) -> Tables:
        copied = type(self)()
        with self.lock:
            for thread_id, spaces in self.threads.items():
                for name, space in spaces.items():
                    copied.absorb(space, copied.space(thread_id, name))
        return copied

    def find(self, thread_id: str, name: str) -> Namespace | None:
        spaces = self.threads.get(thread_id)
        return None if spaces is None else spaces.get(name)

    def spaces(self, thread_id: str) -> list[Namespace]:
        return list(self.threads.get(thread_id, {}).values())

    def all_spaces(self) -> list[Namespace]:
        return [space for thread_id in list(self.threads) for space in self.spaces(thread_id)]

    def thread_ids(self) -> list[str]:
        """Those with checkpoints."""
        return [thread for thread in list(self.threads) if any(each.size() for each in self.spaces(thread))]

    # --- newest first ----------------------------------------------------------------------------

    def newest(
        self, spaces: list[Namespace], filter: Filter, below: str | None
    ) -> Iterator[tuple[Namespace, str]]:
        """Candidates for a filter: newest first over the namespaces, only ids less than `below`."""
        if len(spaces) == 1:
            space = spaces[0]
            for checkpoint_id in _descending(space.candidates(filter, self.lock), below):
                yield space, checkpoint_id
            return
        entries = merge(*(self._entries(space, filter, below) for space in spaces), reverse=True)
        for checkpoint_id, _, space in entries:
            yield space, checkpoint_id

    def _entries(self, space: Namespace, filter: Filter, below: str | None) -> Iterator[Entry]:
        for checkpoint_id in _descending(space.candidates(filter, self.lock), below):
            yield checkpoint_id, space.serial, space

    def newest_of_all(self, filter: Filter, below: str | None) -> Iterator[tuple[Namespace, str]]:
        """The same over all threads."""
        with self.lock:
            order = self.everything
            if order is None:
                order = self.everything = Order(
                    sorted((id, space.serial, space) for space in self.all_spaces() for id in space.rows)
                )
                self._gone = 0
            while (key := order.missing(filter)) is not None:
                order.build(key, lambda entry: plain_metadata(entry[2].rows.get(entry[0])))
        bound = None if below is None else (below,)
        for checkpoint_id, _, space in _descending(order.candidates(filter), bound):
            yield space, checkpoint_id

    # --- writing, under the lock -----------------------------------------------------------------

    def space(self, thread_id: str, name: str) -> Namespace:
        """A namespace, made if it is not there."""
        try:
            return self.threads[thread_id][name]
        except KeyError:
            return self.threads.setdefault(thread_id, {}).setdefault(name, Namespace(thread_id, name))

    def put(self, space: Namespace, checkpoint_id: str, row: Row, metadata: Filter | None) -> None:
        """`metadata` is None where it is not plain data."""
        space.put(checkpoint_id, row, metadata)
        if self.everything is not None:
            self.everything.add((checkpoint_id, space.serial, space), metadata)

    def remove_rows(self, space: Namespace, checkpoint_ids: Collection[str]) -> None:
        """Remove rows, not what belongs to them."""
        space.remove(checkpoint_ids)
        self._forget(len(checkpoint_ids))

    def absorb(self, source: Namespace, target: Namespace) -> None:
        """Copy blobs, writes and rows; values are shared, being immutable."""
        for channel, version in source.blob_keys():
            target.put_blob(channel, version, source.blob(channel, version))
        for checkpoint_id in source.written():
            for write in source.pending(checkpoint_id):
                target.put_write(checkpoint_id, (write[1], write[2]), write)
        for checkpoint_id in source.ids():
            if (row := source.row(checkpoint_id)) is not None:
                self.put(target, checkpoint_id, row, plain_metadata(row))

    def _forget(self, rows: int) -> None:
        """Note that many rows are gone: once half of `everything` is, it is made anew when needed."""
        if self.everything is not None:
            self._gone += rows
            if 2 * self._gone > len(self.everything.entries):
                self.everything = None

    def drop(self, space: Namespace) -> None:
        """Remove a namespace with all it holds."""
        self._forget(len(space.rows))
        spaces = self.threads[space.thread_id]
        del spaces[space.name]
        if not spaces:
            del self.threads[space.thread_id]
        space.clear()

    def delete_thread(self, thread_id: str) -> bool:
        """Whether there was anything."""
        spaces = self.threads.pop(thread_id, None)
        if spaces is None:
            return False
        for space in spaces.values():
            self._forget(len(space.rows))
            space.clear()
        return True


def plain_metadata(row: Row | None) -> Filter | None:
    """Metadata that can be read without the serializer, else None."""
    return None if row is None else load_plain(row[1])


def _descending(lists: list[list[Any]], below: Any) -> Iterator[Any]:
    if len(lists) == 1:
        return descending(lists[0], below)
    return _unique(merge(*(descending(each, below) for each in lists), reverse=True))


def _unique(entries: Iterable[Any]) -> Iterator[Any]:
    last = None
    for entry in entries:
        if entry != last:
            yield entry
            last = entry

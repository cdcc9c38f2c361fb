"""Checkpoints, writes and blobs by thread and namespace.

Everything that belongs to a thread hangs on it, so a thread is found, listed and deleted without
touching others. Changes are made under `Tables.lock`; reads take no lock. A reader gets a row, then
its blobs, then looks whether the row is still the same object: rows go before their blobs do.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from itertools import count
from typing import Any, TypeAlias

from inmem_widgets.core.checkpoints.codec import Blob, Row, Stored, load_plain
from inmem_widgets.core.checkpoints.order import Filter, Order, descending

Write: TypeAlias = tuple[str, str, int, str, Stored]
"""Task path, task id, index, channel, value: sorts as upstream's `writes_sort_key`."""
Entry: TypeAlias = tuple[str, int, "Namespace"]
"""Checkpoint id, then what makes it unique among namespaces."""

_serial = count()


class Namespace:
    """One checkpoint namespace of one thread."""

    __slots__ = ("blobs", "name", "order", "rows", "serial", "thread_id", "writes")

    def __init__(self, thread_id: str, name: str) -> None:
        self.thread_id, self.name, self.serial = thread_id, name, next(_serial)
        self.clear()

    def clear(self) -> None:
        """Let go of everything, for those who still hold this when it is gone."""
        self.order: Order[str] = Order([])
        self.rows: dict[str, Row] = {}
        self.writes: dict[str, dict[str, list[Write]]] = {}  # by checkpoint, then task
        self.blobs: dict[str, dict[Any, Stored]] = {}  # by channel, then version

    # --- reading ---------------------------------------------------------------------------------

    def latest(self) -> str | None:
        entries = self.order.entries
        return entries[-1] if entries else None

    def ids(self) -> list[str]:
        """Ascending."""
        return self.order.entries.copy()

    def candidates(self, filter: Filter, lock: threading.RLock) -> list[list[str]]:
        """See `Order.candidates`."""
        order = self.order
        if not filter:
            return [order.entries]
        while (key := order.missing(filter)) is not None:
            with lock:
                order.build(key, lambda checkpoint_id: plain_metadata(self.rows.get(checkpoint_id)))
        return order.candidates(filter)

    def stored_blobs(self) -> dict[tuple[str, Any], Stored]:
        """By (channel, version)."""
        return {  # a list of a dict's items may set off a collection, in which others write; a copy does not
            (channel, version): stored
            for channel, versions in self.blobs.copy().items()
            for version, stored in versions.copy().items()
        }

    def pending(self, checkpoint_id: str) -> list[Write]:
        """A checkpoint's writes in replay order."""
        tasks = self.writes.get(checkpoint_id)
        if not tasks:
            return []
        found = [write for writes in list(tasks.values()) for write in writes]
        if len(found) > 1:
            found.sort()
        return found

    def written(self) -> list[str]:
        """Ids of checkpoints, saved or not, that have writes."""
        return list(self.writes)

    # --- writing, under the lock -----------------------------------------------------------------

    def put_writes(
        self, checkpoint_id: str, task_id: str, writes: list[Write], lock: threading.RLock
    ) -> list[Write]:
        """Add a task's writes, each with an index of its own; gives those that were not there before.

        Special writes have indexes below 0 and replace what is there. Needs no lock where the
        checkpoint has no writes yet: a dict's `setdefault` is atomic.
        """
        added = {task_id: writes}
        tasks = self.writes.setdefault(checkpoint_id, added)
        if tasks is added:
            return writes
        with lock:
            present = tasks.get(task_id, [])
            taken = {write[2] for write in present}
            new = {write[2]: write for write in writes if write[2] < 0 or write[2] not in taken}
            tasks[task_id] = [*(write for write in present if write[2] not in new), *new.values()]
            return list(new.values())

    def replace_writes(
        self, checkpoint_id: str, tasks: dict[str, list[Write]], lock: threading.RLock
    ) -> None:
        """Take other writes of a checkpoint in place of what is there."""
        if tasks:
            self.writes[checkpoint_id] = tasks
        else:
            self.writes.pop(checkpoint_id, None)

    def put_blob(self, channel: str, version: Any, stored: Stored) -> None:
        self.blobs.setdefault(channel, {})[version] = stored

    def set_parent(self, checkpoint_id: str, parent: str | None) -> None:
        row = self.rows[checkpoint_id]
        self.rows[checkpoint_id] = row[0], row[1], parent, row[3]

    def remove(self, checkpoint_ids: Iterable[str]) -> None:
        for checkpoint_id in checkpoint_ids:
            self.rows.pop(checkpoint_id, None)
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
        self._rows = 0
        self._filled: dict[str, int] = {}  # how many of a thread's namespaces have rows, where any has

    def __deepcopy__(self, memo: dict[int, Any]) -> Tables:
        copied = type(self)()
        with self.lock:
            for space in self.all_spaces():
                copied.absorb(space, copied.space(space.thread_id, space.name))
        return copied

    def find(self, thread_id: str, name: str) -> Namespace | None:
        spaces = self.threads.get(thread_id)
        return None if spaces is None else spaces.get(name)

    def spaces(self, thread_id: str) -> list[Namespace]:
        return list(self.threads.get(thread_id, {}).values())

    def holdings(self, thread_id: str) -> list[Namespace]:
        """Namespaces with checkpoints, writes or blobs."""
        return self.spaces(thread_id)

    def all_spaces(self) -> list[Namespace]:
        return [space for thread_id in list(self.threads) for space in self.spaces(thread_id)]

    def thread_ids(self) -> list[str]:
        """Those with checkpoints."""
        return list(self._filled)

    def thread_count(self) -> int:
        """How many `thread_ids` there are."""
        return len(self._filled)

    def row_count(self) -> int:
        """Checkpoints of all threads."""
        return self._rows

    # --- newest first ----------------------------------------------------------------------------

    def newest_in(self, space: Namespace, filter: Filter, below: str | None) -> Iterator[str]:
        """Candidates for a filter: newest first, only ids less than `below`."""
        lists = space.candidates(filter, self.lock)
        return descending(lists[0], below) if len(lists) == 1 else _several(lists, below)

    def newest(
        self, spaces: list[Namespace], filter: Filter, below: str | None
    ) -> Iterator[tuple[Namespace, str]]:
        """The same over several namespaces."""
        entries = merge(*(self._entries(space, filter, below) for space in spaces), reverse=True)
        return ((space, checkpoint_id) for checkpoint_id, _, space in entries)

    def _entries(self, space: Namespace, filter: Filter, below: str | None) -> Iterator[Entry]:
        for checkpoint_id in self.newest_in(space, filter, below):
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
        entries = _several(order.candidates(filter), bound)
        return ((space, checkpoint_id) for checkpoint_id, _, space in entries)

    # --- writing, under the lock -----------------------------------------------------------------

    def space(self, thread_id: str, name: str) -> Namespace:
        """A namespace, made if it is not there."""
        try:
            return self.threads[thread_id][name]
        except KeyError:
            return self.threads.setdefault(thread_id, {}).setdefault(name, Namespace(thread_id, name))

    def put(
        self,
        thread_id: str,
        name: str,
        checkpoint_id: str,
        row: Row,
        blobs: Iterable[Blob] = (),
        metadata: Filter | None = None,
    ) -> Row | None:
        """Save a checkpoint; gives the one it replaces. `metadata` is None where it is not plain data."""
        try:
            space = self.threads[thread_id][name]
        except KeyError:
            space = self.space(thread_id, name)
        stored_blobs, rows, order = space.blobs, space.rows, space.order
        for channel, version, stored in blobs:
            if channel in stored_blobs:
                stored_blobs[channel][version] = stored
            else:
                stored_blobs[channel] = {version: stored}
        entries = order.entries
        if entries and checkpoint_id > entries[-1] and not order.buckets:
            entries.append(checkpoint_id)  # `add`, without the call
        else:
            order.add(checkpoint_id, metadata)
        if checkpoint_id in rows:
            replaced = rows[checkpoint_id]
        else:
            replaced = None
            self._rows += 1
            if not rows:
                if thread_id in self._filled:
                    self._filled[thread_id] += 1
                else:
                    self._filled[thread_id] = 1
        rows[checkpoint_id] = row
        if self.everything is not None:
            self.everything.add((checkpoint_id, space.serial, space), metadata)
        return replaced

    def remove_rows(self, space: Namespace, checkpoint_ids: Collection[str]) -> None:
        """Remove rows, not what belongs to them."""
        before = len(space.rows)
        space.remove(checkpoint_ids)
        self._count_out(space.thread_id, before, len(space.rows))

    def absorb(self, source: Namespace, target: Namespace) -> list[Row]:
        """Copy blobs, writes and rows; the values, being immutable, are shared. Gives the rows replaced."""
        for (channel, version), stored in source.stored_blobs().items():
            target.put_blob(channel, version, stored)
        rows = dict(source.rows)
        for checkpoint_id in {*rows, *source.written()}:
            target.replace_writes(checkpoint_id, dict(source.writes.get(checkpoint_id) or {}), self.lock)
        replaced = []
        for checkpoint_id, row in rows.items():
            before = self.put(target.thread_id, target.name, checkpoint_id, row, metadata=plain_metadata(row))
            if before is not None:
                replaced.append(before)
        return replaced

    def _count_out(self, thread_id: str, before: int, after: int) -> None:
        """Note that a namespace has fewer rows now."""
        self._rows -= before - after
        if before and not after:
            self._filled[thread_id] -= 1
            if not self._filled[thread_id]:
                del self._filled[thread_id]
        self._forget(before - after)

    def _forget(self, rows: int) -> None:
        """Once half of `everything` is gone, it is made anew when needed."""
        if self.everything is not None:
            self._gone += rows
            if 2 * self._gone > len(self.everything.entries):
                self.everything = None

    def drop(self, space: Namespace) -> None:
        """Remove a namespace with all it holds."""
        self._count_out(space.thread_id, len(space.rows), 0)
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
        gone = 0
        for space in list(spaces.values()):
            gone += len(space.rows)
            if self.everything is not None:  # which holds it
                space.clear()
            else:
                space.rows, space.order.entries = {}, []
        self._rows -= gone
        self._filled.pop(thread_id, None)
        self._forget(gone)
        return True


def plain_metadata(row: Row | None) -> Filter | None:
    """Metadata that can be read without the serializer, else None."""
    return None if row is None else load_plain(row[1])


def _several(lists: list[list[Any]], below: Any) -> Iterator[Any]:
    """Descending over all the lists; an entry in several of them comes once."""
    last = None
    for entry in merge(*(descending(each, below) for each in lists), reverse=True):
        if entry != last:
            yield entry
            last = entry

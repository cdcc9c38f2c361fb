"""Tables over mappings of the caller's: what a `factory` made, or what was assigned to `storage`.

Everything is kept in upstream's shape in those mappings and nowhere else, since they may be filled,
saved and emptied by others at any time. So there is no index: reads cost what they cost upstream.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from copy import deepcopy
from typing import Any

from inmem_widgets.core.checkpoints.codec import Blob, Row, Stored, typed, typed_row
from inmem_widgets.core.checkpoints.order import Filter
from inmem_widgets.core.checkpoints.tables import Namespace, Tables, Write


class _Rows(MutableMapping[str, Row]):
    """A namespace's rows by checkpoint, as `Namespace` has them."""

    def __init__(self, mapping: MutableMapping[str, Any]) -> None:
        self._mapping = mapping

    def __getitem__(self, checkpoint_id: str) -> Row:
        checkpoint, metadata, parent = self._mapping[checkpoint_id]
        return checkpoint, metadata, parent, None

    def __setitem__(self, checkpoint_id: str, row: Row) -> None:
        self._mapping[checkpoint_id] = typed_row(row)

    def __delitem__(self, checkpoint_id: str) -> None:
        del self._mapping[checkpoint_id]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._mapping))

    def __len__(self) -> int:
        return len(self._mapping)


class _Writes:
    """A namespace's writes by checkpoint, then task, as `Namespace` has them."""

    def __init__(self, mapping: Mapping[Any, Any], key: tuple[str, str]) -> None:
        self._mapping, self._key = mapping, key

    def __getitem__(self, checkpoint_id: str) -> dict[str, list[Write]]:
        return self.get(checkpoint_id) or {}

    def get(self, checkpoint_id: str) -> dict[str, list[Write]] | None:
        found = self._mapping.get((*self._key, checkpoint_id))
        if not found:
            return None
        tasks: dict[str, list[Write]] = {}
        for (task_id, index), (shown, channel, stored, path) in found.copy().items():
            tasks.setdefault(task_id, []).append((path, shown, index, channel, stored))
        return tasks

    def __contains__(self, checkpoint_id: str) -> bool:
        return (*self._key, checkpoint_id) in self._mapping


class _Blobs:
    """A namespace's blobs by channel, and a channel's by version."""

    def __init__(self, mapping: Mapping[Any, Any], key: tuple[str, ...]) -> None:
        self._mapping, self._key = mapping, key

    def __contains__(self, key: Any) -> bool:
        return True

    def __getitem__(self, key: Any) -> Any:
        return self.get(key)

    def get(self, key: Any, default: Any = None) -> Any:
        if len(self._key) == 2:
            return _Blobs(self._mapping, (*self._key, key))
        return self._mapping.get((*self._key, key), default)


class MappedNamespace(Namespace):
    """One namespace, looked up afresh at each call."""

    __slots__ = ("_key", "_tables")

    def __init__(self, tables: MappedTables, thread_id: str, name: str) -> None:
        self._tables, self._key = tables, (thread_id, name)
        super().__init__(thread_id, name)

    def clear(self) -> None:
        pass

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MappedNamespace) and (self._tables, self._key) == (other._tables, other._key)

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def rows(self) -> MutableMapping[str, Row]:  # type: ignore[override]
        spaces = self._tables.storage.get(self.thread_id)
        rows = None if spaces is None else spaces.get(self.name)
        return _Rows({} if rows is None else rows)

    @property
    def writes(self) -> _Writes:  # type: ignore[override]
        return _Writes(self._tables.writes, self._key)

    @property
    def blobs(self) -> _Blobs:  # type: ignore[override]
        return _Blobs(self._tables.blobs, self._key)

    def latest(self) -> str | None:
        return max(list(self.rows), default=None)

    def ids(self) -> list[str]:
        return sorted(self.rows)

    def snapshot(self) -> dict[str, Row]:
        return dict(self.rows)

    def candidates(self, filter: Filter, lock: threading.RLock) -> list[list[str]]:
        return [self.ids()]

    def stored_blobs(self) -> dict[tuple[str, Any], Stored]:
        return {key[2:]: stored for key, stored in dict(self._tables.blobs).items() if key[:2] == self._key}

    def written(self) -> list[str]:
        return [key[2] for key in list(self._tables.writes) if key[:2] == self._key]

    def put_writes(
        self, checkpoint_id: str, task_id: str, writes: list[Write], lock: threading.RLock
    ) -> list[Write]:
        with lock:
            found = _at(self._tables.writes, (*self._key, checkpoint_id))
            new = [write for write in writes if write[2] < 0 or (task_id, write[2]) not in found]
            for path, shown, index, channel, stored in new:
                found[(task_id, index)] = (shown, channel, typed(stored), path)
            return new

    def replace_writes(
        self, checkpoint_id: str, tasks: dict[str, list[Write]], lock: threading.RLock
    ) -> None:
        self.remove_writes([checkpoint_id])
        for task_id, writes in tasks.items():
            self.put_writes(checkpoint_id, task_id, writes, lock)

    def put_blob(self, channel: str, version: Any, stored: Stored) -> None:
        self._tables.blobs[(*self._key, channel, version)] = typed(stored)

    def remove(self, checkpoint_ids: Iterable[str]) -> None:
        rows = self.rows
        for checkpoint_id in checkpoint_ids:
            rows.pop(checkpoint_id, None)

    def remove_writes(self, checkpoint_ids: Iterable[str]) -> None:
        for checkpoint_id in checkpoint_ids:
            self._tables.writes.pop((*self._key, checkpoint_id), None)

    def remove_blobs(self, keys: Iterable[tuple[str, Any]]) -> None:
        for key in keys:
            self._tables.blobs.pop((*self._key, *key), None)


class _Threads:
    """Threads and their namespaces as `Tables` has them, each made when asked for."""

    def __init__(self, tables: MappedTables, thread_id: str | None = None) -> None:
        self._tables, self._thread_id = tables, thread_id

    def get(self, key: str) -> _Threads | MappedNamespace:
        if self._thread_id is None:
            return _Threads(self._tables, key)
        return MappedNamespace(self._tables, self._thread_id, key)


class MappedTables(Tables):
    """`storage`, `writes` and `blobs` as given."""

    def __init__(
        self,
        storage: MutableMapping[str, Any],
        writes: MutableMapping[tuple[str, str, str], Any],
        blobs: MutableMapping[tuple[str, str, str, Any], Any],
    ) -> None:
        super().__init__()
        self.storage, self.writes, self.blobs = storage, writes, blobs
        self.threads = _Threads(self)  # type: ignore[assignment]

    def __deepcopy__(self, memo: dict[int, Any]) -> MappedTables:
        with self.lock:
            return MappedTables(*deepcopy((self.storage, self.writes, self.blobs), memo))

    def space(self, thread_id: str, name: str) -> Namespace:
        return MappedNamespace(self, thread_id, name)

    def spaces(self, thread_id: str) -> list[Namespace]:
        return [MappedNamespace(self, thread_id, name) for name in list(self.storage.get(thread_id) or ())]

    def holdings(self, thread_id: str) -> list[Namespace]:
        keys = [*self.writes, *self.blobs]
        names = [*(self.storage.get(thread_id) or ()), *(key[1] for key in keys if key[0] == thread_id)]
        return [MappedNamespace(self, thread_id, name) for name in dict.fromkeys(names)]

    def all_spaces(self) -> list[Namespace]:
        return [space for thread_id in list(self.storage) for space in self.spaces(thread_id)]

    def thread_ids(self) -> list[str]:
        return [thread for thread in list(self.storage) if any(each.rows for each in self.spaces(thread))]

    def thread_count(self) -> int:
        return len(self.thread_ids())

    def row_count(self) -> int:
        return sum(len(space.rows) for space in self.all_spaces())

    def newest_of_all(self, filter: Filter, below: str | None) -> Iterator[tuple[Namespace, str]]:
        return self.newest(self.all_spaces(), filter, below)

    def put(
        self,
        thread_id: str,
        name: str,
        checkpoint_id: str,
        row: Row,
        blobs: Iterable[Blob] = (),
        metadata: Filter | None = None,
    ) -> Row | None:
        for channel, version, stored in blobs:
            self.blobs[(thread_id, name, channel, version)] = typed(stored)
        rows = _Rows(_at(_at(self.storage, thread_id), name))
        replaced = rows.get(checkpoint_id)
        rows[checkpoint_id] = row
        return replaced

    def remove_rows(self, space: Namespace, checkpoint_ids: Collection[str]) -> None:
        space.remove(checkpoint_ids)

    def drop(self, space: Namespace) -> None:
        space.remove_writes(space.written())
        space.remove_blobs(space.stored_blobs())
        spaces = self.storage.get(space.thread_id)
        if spaces is not None:
            spaces.pop(space.name, None)
            if not spaces:
                del self.storage[space.thread_id]

    def delete_thread(self, thread_id: str) -> bool:
        had = self.storage.pop(thread_id, None) is not None
        mappings: list[MutableMapping[Any, Any]] = [self.writes, self.blobs]
        for mapping in mappings:
            for key in [key for key in list(mapping) if key[0] == thread_id]:
                del mapping[key]
                had = True
        return had


def _at(mapping: MutableMapping[Any, Any], key: Any) -> MutableMapping[Any, Any]:
    """The mapping at a key, made if it is not there."""
    try:
        found: MutableMapping[Any, Any] = mapping[key]
    except KeyError:
        mapping[key] = {}
        found = mapping[key]
    return found

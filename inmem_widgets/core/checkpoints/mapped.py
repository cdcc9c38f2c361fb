"""Tables over mappings of the caller's: what a `factory` made, or what was assigned to `storage`.

Everything is kept in upstream's shape in those mappings and nowhere else, since they may be filled,
saved and emptied by others at any time. So there is no index: reads cost what they cost upstream.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, MutableMapping
from copy import deepcopy
from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol

from inmem_widgets.core.checkpoints.codec import EMPTY, Stored, load, typed
from inmem_widgets.core.checkpoints.order import Filter
from inmem_widgets.core.checkpoints.tables import Namespace, Row, Tables, Write


class MappedNamespace(Namespace):
    """One namespace, looked up afresh at each call."""

    __slots__ = ("_key", "_tables")

    def __init__(self, tables: MappedTables, thread_id: str, name: str) -> None:
        super().__init__(thread_id, name)
        self._tables, self._key = tables, (thread_id, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MappedNamespace) and (self._tables, self._key) == (other._tables, other._key)

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _rows(self) -> MutableMapping[str, Row]:
        spaces = self._tables.storage.get(self.thread_id)
        rows = None if spaces is None else spaces.get(self.name)
        return {} if rows is None else rows

    def row(self, checkpoint_id: str) -> Row | None:
        return self._rows.get(checkpoint_id)

    def size(self) -> int:
        return len(self._rows)

    def latest(self) -> str | None:
        return max(list(self._rows), default=None)

    def ids(self) -> list[str]:
        return sorted(self._rows)

    def snapshot(self) -> dict[str, Row]:
        return dict(self._rows)

    def candidates(self, filter: Filter, lock: threading.RLock) -> list[list[str]]:
        return [self.ids()]

    def blob(self, channel: str, version: Any) -> Stored:
        stored: Stored = self._tables.blobs.get((*self._key, channel, version), EMPTY)
        return EMPTY if stored[0] == "empty" else stored

    def blob_keys(self) -> list[tuple[str, Any]]:
        return [key[2:] for key in list(self._tables.blobs) if key[:2] == self._key]

    def pending(self, checkpoint_id: str) -> list[Write]:
        found = self._tables.writes.get((*self._key, checkpoint_id)) or {}
        return sorted(
            (path, task_id, key[1], channel, stored)
            for key, (task_id, channel, stored, path) in list(found.items())
        )

    def write_keys(self, checkpoint_id: str) -> Container[tuple[str, int]]:
        return self._tables.writes.get((*self._key, checkpoint_id)) or ()

    def written(self) -> list[str]:
        return [key[2] for key in list(self._tables.writes) if key[:2] == self._key]

    def versions(self, checkpoint_id: str, row: Row, serde: SerializerProtocol) -> Mapping[str, Any]:
        versions: Mapping[str, Any] = load(serde, row[0]).get("channel_versions", {})
        return versions

    def put(self, checkpoint_id: str, row: Row, metadata: Filter | None) -> None:
        spaces = _at(self._tables.storage, self.thread_id)
        _at(spaces, self.name)[checkpoint_id] = (typed(row[0]), typed(row[1]), row[2])

    def put_blob(self, channel: str, version: Any, stored: Stored) -> None:
        self._tables.blobs[(*self._key, channel, version)] = typed(stored)

    def put_write(self, checkpoint_id: str, key: tuple[str, int], write: Write) -> None:
        path, task_id, _, channel, stored = write
        _at(self._tables.writes, (*self._key, checkpoint_id))[key] = (task_id, channel, typed(stored), path)

    def set_parent(self, checkpoint_id: str, parent: str | None) -> None:
        checkpoint, metadata, _ = self._rows[checkpoint_id]
        self._rows[checkpoint_id] = (checkpoint, metadata, parent)

    def remove(self, checkpoint_ids: Iterable[str]) -> None:
        rows = self._rows
        for checkpoint_id in checkpoint_ids:
            rows.pop(checkpoint_id, None)

    def remove_writes(self, checkpoint_ids: Iterable[str]) -> None:
        for checkpoint_id in checkpoint_ids:
            self._tables.writes.pop((*self._key, checkpoint_id), None)

    def remove_blobs(self, keys: Iterable[tuple[str, Any]]) -> None:
        for key in keys:
            self._tables.blobs.pop((*self._key, *key), None)


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

    def __deepcopy__(self, memo: dict[int, Any]) -> MappedTables:
        with self.lock:
            return MappedTables(*deepcopy((self.storage, self.writes, self.blobs), memo))

    def find(self, thread_id: str, name: str) -> Namespace | None:
        return MappedNamespace(self, thread_id, name)

    def space(self, thread_id: str, name: str) -> Namespace:
        return MappedNamespace(self, thread_id, name)

    def spaces(self, thread_id: str) -> list[Namespace]:
        return [MappedNamespace(self, thread_id, name) for name in list(self.storage.get(thread_id) or ())]

    def all_spaces(self) -> list[Namespace]:
        return [space for thread_id in list(self.storage) for space in self.spaces(thread_id)]

    def thread_ids(self) -> list[str]:
        return [thread for thread in list(self.storage) if any(each.size() for each in self.spaces(thread))]

    def newest_of_all(self, filter: Filter, below: str | None) -> Iterator[tuple[Namespace, str]]:
        return self.newest(self.all_spaces(), filter, below)

    def put(self, space: Namespace, checkpoint_id: str, row: Row, metadata: Filter | None) -> None:
        space.put(checkpoint_id, row, metadata)

    def remove_rows(self, space: Namespace, checkpoint_ids: Collection[str]) -> None:
        space.remove(checkpoint_ids)

    def drop(self, space: Namespace) -> None:
        space.remove_writes(space.written())
        space.remove_blobs(space.blob_keys())
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

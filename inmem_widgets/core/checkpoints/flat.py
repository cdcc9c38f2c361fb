"""`writes` and `blobs` in upstream's shape: live mappings over `Tables`, as `storage` is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from inmem_widgets.core.checkpoints.codec import EMPTY, Stored, Typed, typed
from inmem_widgets.core.checkpoints.live import LiveMapping
from inmem_widgets.core.checkpoints.tables import Namespace, Tables, Write

TypedWrite: TypeAlias = tuple[str, str, Typed, str]
WritesKey: TypeAlias = tuple[str, str, str]
BlobKey: TypeAlias = tuple[str, str, str, Any]


class Writes(LiveMapping[WritesKey, "WritesView"]):
    """(Thread id, namespace, checkpoint id) to `WritesView`."""

    __slots__ = ()

    def __getitem__(self, key: WritesKey) -> WritesView:
        return WritesView(self._tables, key)

    def __setitem__(self, key: WritesKey, writes: Mapping[tuple[str, int], TypedWrite]) -> None:
        view, given = WritesView(self._tables, key), dict(writes)
        with self._tables.lock:
            view.clear()
            view.update(given)

    def __delitem__(self, key: WritesKey) -> None:
        if key not in self:
            raise KeyError(key)
        WritesView(self._tables, key).clear()

    def __iter__(self) -> Iterator[WritesKey]:
        for space in self._tables.all_spaces():
            for checkpoint_id in space.written():
                yield space.thread_id, space.name, checkpoint_id

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and len(key) == 3 and bool(WritesView(self._tables, key)._tasks())


class WritesView(LiveMapping[tuple[str, int], TypedWrite]):
    """(Task id, index) to (task id, channel, value, task path)."""

    __slots__ = ("_key",)

    def __init__(self, tables: Tables, key: WritesKey) -> None:
        super().__init__(tables)
        self._key = key

    def _tasks(self) -> dict[str, list[Write]]:
        thread_id, name, checkpoint_id = self._key
        space = self._tables.find(thread_id, name)
        return {} if space is None else space.writes.get(checkpoint_id, {})

    def _set(self, key: tuple[str, int], write: Write | None) -> None:
        """Replace a write, or remove it if `write` is None."""
        thread_id, name, checkpoint_id = self._key
        task_id, index = key
        with self._tables.lock:
            space = self._tables.space(thread_id, name)
            tasks = space.writes.setdefault(checkpoint_id, {})
            writes = [each for each in tasks.get(task_id, ()) if each[2] != index]
            if write is not None:
                writes.append(write)
            tasks[task_id] = writes
            if not writes:
                del tasks[task_id]
            if not tasks:
                space.remove_writes([checkpoint_id])

    def clear(self) -> None:
        thread_id, name, checkpoint_id = self._key
        with self._tables.lock:
            if space := self._tables.find(thread_id, name):
                space.remove_writes([checkpoint_id])

    def __getitem__(self, key: tuple[str, int]) -> TypedWrite:
        for path, task_id, index, channel, stored in self._tasks().get(key[0], ()):
            if index == key[1]:
                return task_id, channel, typed(stored), path
        raise KeyError(key)

    def __setitem__(self, key: tuple[str, int], value: TypedWrite) -> None:
        task_id, channel, stored, path = value
        self._set(key, (path, task_id, key[1], channel, stored))

    def __delitem__(self, key: tuple[str, int]) -> None:
        if key not in self:
            raise KeyError(key)
        self._set(key, None)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        for task_id, writes in list(self._tasks().items()):
            for write in writes:
                yield task_id, write[2]


class Blobs(LiveMapping[BlobKey, Typed]):
    """(Thread id, namespace, channel, version) to a value."""

    __slots__ = ()

    def _find(self, key: BlobKey) -> tuple[Namespace, Stored]:
        thread_id, name, channel, version = key
        space = self._tables.find(thread_id, name)
        if space is None or version not in (versions := space.blobs.get(channel, {})):
            raise KeyError(key)
        return space, versions[version]

    def __getitem__(self, key: BlobKey) -> Typed:
        return typed(self._find(key)[1])

    def __setitem__(self, key: BlobKey, value: Typed) -> None:
        thread_id, name, channel, version = key
        kind, data = value
        stored = EMPTY if kind == "empty" else (kind, data)
        with self._tables.lock:
            self._tables.space(thread_id, name).put_blob(channel, version, stored)

    def __delitem__(self, key: BlobKey) -> None:
        with self._tables.lock:
            self._find(key)[0].remove_blobs([key[2:]])

    def __iter__(self) -> Iterator[BlobKey]:
        for space in self._tables.all_spaces():
            for channel, version in space.stored_blobs():
                yield space.thread_id, space.name, channel, version

    def __contains__(self, key: object) -> bool:
        try:
            self._find(key)  # type: ignore[arg-type]
        except (KeyError, ValueError, TypeError):
            return False
        return True

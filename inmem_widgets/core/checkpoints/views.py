"""`storage`, `writes` and `blobs` in upstream's shape: live mappings over `Tables`.

Reading gives `(type, bytes)` pairs; what is set is taken into the tables, so a dict that was
assigned is copied. Iteration works on a snapshot of the keys. Copies and pickles are plain dicts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import ItemsView, Iterator, Mapping, MutableMapping, ValuesView
from typing import Any, Generic, TypeAlias, TypeVar

from inmem_widgets.core.checkpoints.codec import EMPTY, Row, Stored, Typed, typed, typed_row
from inmem_widgets.core.checkpoints.tables import Namespace, Tables, Write

K = TypeVar("K")
V = TypeVar("V")
TypedRow: TypeAlias = tuple[Typed, Typed, str | None]
TypedWrite: TypeAlias = tuple[str, str, Typed, str]
WritesKey: TypeAlias = tuple[str, str, str]
BlobKey: TypeAlias = tuple[str, str, str, Any]


class _Items(ItemsView[K, V]):
    """Leaves out what is deleted meanwhile."""

    def __init__(self, view: _View[K, V]) -> None:
        super().__init__(view)
        self._view = view

    def __iter__(self) -> Iterator[tuple[K, V]]:
        for key in self._view:
            try:
                yield key, self._view[key]
            except KeyError:
                continue


class _Values(ValuesView[V]):
    def __init__(self, view: _View[Any, V]) -> None:
        super().__init__(view)
        self._view = view

    def __iter__(self) -> Iterator[V]:
        return (value for _, value in self._view.items())


class _View(MutableMapping[K, V], Generic[K, V]):
    """What all have in common. `self[key]` never fails in those that stand for a defaultdict."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(self.copy())

    def copy(self) -> dict[K, Any]:
        return {key: value.copy() if isinstance(value, _View) else value for key, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.copy(),)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[K, Any]:
        return self.copy()

    def items(self) -> ItemsView[K, V]:
        return _Items(self)

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def get(self, key: K, default: Any = None) -> Any:
        try:
            return self[key] if key in self else default  # noqa: SIM401
        except KeyError:
            return default

    def setdefault(self, key: K, default: Any = None) -> Any:
        if key not in self and default is not None:
            self[key] = default
        return self[key]

    def pop(self, key: K, *default: Any) -> Any:
        if key not in self:
            if default:
                return default[0]
            raise KeyError(key)
        value = self[key]
        plain = value.copy() if isinstance(value, _View) else value
        del self[key]
        return plain

    def popitem(self) -> tuple[K, Any]:
        keys = list(self)
        if not keys:
            raise KeyError("popitem(): mapping is empty")
        return keys[-1], self.pop(keys[-1])


class Storage(_View[str, "ThreadView"]):
    """Thread id to `ThreadView`."""

    __slots__ = ()

    def __getitem__(self, thread_id: str) -> ThreadView:
        return ThreadView(self._tables, thread_id)

    def __setitem__(self, thread_id: str, spaces: Mapping[str, Mapping[str, TypedRow]]) -> None:
        ThreadView(self._tables, thread_id)._assign(spaces)

    def __delitem__(self, thread_id: str) -> None:
        if thread_id not in self:
            raise KeyError(thread_id)
        ThreadView(self._tables, thread_id)._assign({})

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables.thread_ids())

    def __contains__(self, thread_id: object) -> bool:
        return any(space.rows for space in self._tables.spaces(thread_id))  # type: ignore[arg-type]


class ThreadView(_View[str, "RowsView"]):
    """Namespace to `RowsView`."""

    __slots__ = ("_thread_id",)

    def __init__(self, tables: Tables, thread_id: str) -> None:
        super().__init__(tables)
        self._thread_id = thread_id

    def __reduce__(self) -> tuple[Any, ...]:
        return defaultdict, (dict, self.copy())

    def _assign(self, spaces: Mapping[str, Mapping[str, TypedRow]]) -> None:
        given = {name: dict(rows) for name, rows in spaces.items()}
        with self._tables.lock:
            for name in {*self, *given}:
                self[name] = given.get(name, {})

    def __getitem__(self, name: str) -> RowsView:
        return RowsView(self._tables, self._thread_id, name)

    def __setitem__(self, name: str, rows: Mapping[str, TypedRow]) -> None:
        RowsView(self._tables, self._thread_id, name)._assign(rows)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        RowsView(self._tables, self._thread_id, name)._assign({})

    def __iter__(self) -> Iterator[str]:
        return iter([space.name for space in self._tables.spaces(self._thread_id) if space.rows])

    def __contains__(self, name: object) -> bool:
        space = self._tables.find(self._thread_id, name)  # type: ignore[arg-type]
        return space is not None and bool(space.rows)


class RowsView(_View[str, TypedRow]):
    """Checkpoint id to (checkpoint, metadata, parent's id)."""

    __slots__ = ("_name", "_thread_id")

    def __init__(self, tables: Tables, thread_id: str, name: str) -> None:
        super().__init__(tables)
        self._thread_id, self._name = thread_id, name

    def _rows(self) -> dict[str, Row]:
        space = self._tables.find(self._thread_id, self._name)
        return {} if space is None else space.rows

    def _assign(self, rows: Mapping[str, TypedRow]) -> None:
        given = {key: _row(key, value) for key, value in rows.items()}
        tables = self._tables
        with tables.lock:
            if space := tables.find(self._thread_id, self._name):
                tables.remove_rows(space, list(space.rows))
            for key, row in given.items():
                tables.put(self._thread_id, self._name, key, row)

    def __getitem__(self, checkpoint_id: str) -> TypedRow:
        return typed_row(self._rows()[checkpoint_id])

    def __setitem__(self, checkpoint_id: str, value: TypedRow) -> None:
        row = _row(checkpoint_id, value)
        tables = self._tables
        with tables.lock:
            tables.put(self._thread_id, self._name, checkpoint_id, row)

    def __delitem__(self, checkpoint_id: str) -> None:
        with self._tables.lock:
            if checkpoint_id not in self._rows():
                raise KeyError(checkpoint_id)
            space = self._tables.space(self._thread_id, self._name)
            self._tables.remove_rows(space, [checkpoint_id])

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._rows()))

    def __contains__(self, checkpoint_id: object) -> bool:
        return checkpoint_id in self._rows()


class Writes(_View[WritesKey, "WritesView"]):
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


class WritesView(_View[tuple[str, int], TypedWrite]):
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


class Blobs(_View[BlobKey, Typed]):
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
            self._tables.space(thread_id, name).blobs.setdefault(channel, {})[version] = stored

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


def _row(checkpoint_id: str, value: TypedRow) -> Row:
    if not isinstance(checkpoint_id, str):
        raise TypeError(f"checkpoint id: expected a str, got {type(checkpoint_id).__name__}")
    checkpoint, metadata, parent = value
    return checkpoint, metadata, parent, None

"""`storage` in upstream's shape: a live mapping over `Tables`.

Reading gives `(type, bytes)` pairs; what is set is taken into the tables, so a dict that was
assigned is copied. Iteration works on a snapshot of the keys. Copies and pickles are plain dicts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from inmem_widgets.core.checkpoints.codec import Row, Typed, typed_row
from inmem_widgets.core.checkpoints.live import LiveMapping
from inmem_widgets.core.checkpoints.tables import Tables

TypedRow: TypeAlias = tuple[Typed, Typed, str | None]


class Storage(LiveMapping[str, "ThreadView"]):
    """Thread id to `ThreadView`."""

    __slots__ = ()

    def __getitem__(self, thread_id: str) -> ThreadView:
        return ThreadView(self._tables, thread_id)

    def __setitem__(self, thread_id: str, spaces: Mapping[str, Mapping[str, TypedRow]]) -> None:
        ThreadView(self._tables, thread_id)._assign(spaces)

    def __delitem__(self, thread_id: str) -> None:
        tables = self._tables
        with tables.lock:
            spaces = [space for space in tables.spaces(thread_id) if space.rows]
            if not spaces:
                raise KeyError(thread_id)
            for space in spaces:
                tables.remove_rows(space, list(space.rows))

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables.thread_ids())

    def __len__(self) -> int:
        return self._tables.thread_count()

    def __contains__(self, thread_id: object) -> bool:
        return any(space.rows for space in self._tables.spaces(thread_id))  # type: ignore[arg-type]


class ThreadView(LiveMapping[str, "RowsView"]):
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


class RowsView(LiveMapping[str, TypedRow]):
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

    def clear(self) -> None:
        self._assign({})

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


def _row(checkpoint_id: str, value: TypedRow) -> Row:
    if not isinstance(checkpoint_id, str):
        raise TypeError(f"checkpoint id: expected a str, got {type(checkpoint_id).__name__}")
    checkpoint, metadata, parent = value
    return checkpoint, metadata, parent, None

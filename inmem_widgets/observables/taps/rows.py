"""LangGraph's stores in a database: which rows are new is asked for, never all of them again."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from inmem_widgets.core.change import MISSING, UNREAD
from inmem_widgets.observables.taps.items import place, place_of
from inmem_widgets.observables.taps.reader import News, Reader, Times
from inmem_widgets.observables.taps.running import Runner

SETTLED = 0.05
"""Seconds after which a file that is written again has another time."""


class RowItems(Reader):
    """Items as rows of the table `store`, each with a mark that is higher when it was written later."""

    delimiters = "/"
    newer = ""
    every = ""
    count = "SELECT COUNT(*) AS n FROM store"
    value = ""

    def __init__(self, store: Any) -> None:
        self._runner = Runner(store)
        self._marks: dict[str, Any] = {}
        self._times: dict[str, Times] = {}
        self._last: Any = None

    @property
    def on_its_loop(self) -> bool:
        return self._runner.here

    def rows(self, obj: Any, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """What a statement that changes nothing finds."""
        raise NotImplementedError

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        first = self._last is None
        found = self.rows(obj, self.every) if first else self.rows(obj, self.newer, (self._last,))
        written = self._taken(found, known)
        if self.rows(obj, self.count)[0][0] == len(known.keys() | written.keys()) and self._follows(found):
            return News(written)
        # something was deleted, maybe behind another one's back: all keys, no values
        found = self.rows(obj, self.every)
        written.update(self._taken(found, known))
        there = {_place(row) for row in found}
        gone = [key for key in list(known) if key not in there]
        for key in gone:
            self._marks.pop(key, None)
            self._times.pop(key, None)
        return News({key: value for key, value in written.items() if key in there}, gone)

    def _nothing(self, known: Mapping[str, Any]) -> News:
        """There is no table: it was not made yet, or is gone."""
        self._last = None
        self._marks.clear()
        self._times.clear()
        return News({}, list(known))

    def _follows(self, found: Sequence[Any]) -> bool:
        """Whether rows found as newer begin with the one that was the last, as it was."""
        return True

    def _taken(self, found: Sequence[Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the rows (mark, prefix, key, created, updated) that are new or changed."""
        written: dict[str, Any] = {}
        for row in found:
            key, mark = _place(row), row[0]
            # a rowid may be given again: to a key that was deleted in between, or at another time
            if key not in known or self._marks.get(key) != (mark, row[4]):
                written[key] = UNREAD
                self._marks[key] = (mark, row[4])
            self._times[key] = (_seconds(row[3]), _seconds(row[4]))
            self._last = mark if self._last is None else max(self._last, mark)
        return written

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        values = []
        for text in keys:
            namespace, key = place_of(text)
            found = self.rows(obj, self.value, (".".join(namespace), key))
            values.append(_decoded(found[0][0]) if found else MISSING)
        return values

    def times(self, obj: Any, key: str) -> Times | None:
        return self._times.get(key)


class SqliteItems(RowItems):
    """`SqliteStore` and `AsyncSqliteStore` on a file: read over a connection of our own that cannot write.

    It is open while it is read only, as the file's log stays for as long as somebody has it open. A
    database in memory is read over the store's own connection: by its queue where it has one, else when
    whoever uses it calls us, since that may not be used while it is being closed. A row that is written
    again is a new one with a higher rowid.
    """

    newer = "SELECT rowid, prefix, key, created_at, updated_at FROM store WHERE rowid >= ? ORDER BY rowid"
    every = "SELECT rowid, prefix, key, created_at, updated_at FROM store ORDER BY rowid"
    value = "SELECT value FROM store WHERE prefix = ? AND key = ?"

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self._file: str | None = None
        self._which: tuple[int, int] | None = None
        self._own: sqlite3.Connection | None = None
        self._version: Any = None
        self._newest: Any = None
        if isinstance(store.conn, sqlite3.Connection):
            with store.lock:
                self._found(_file_of(store.conn))
            if not self._file:
                self.by_caller, self.interval = True, None

    @property
    def on_its_loop(self) -> bool:
        return self._runner.here and not self._file

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        version = self._written(obj)
        if version is not None and version == self._version:
            return News({})
        with self._opened():
            if not self.rows(obj, "SELECT 1 FROM sqlite_master WHERE name = 'store' AND type = 'table'"):
                return self._nothing(known)
            found = super().news(obj, known)
        self._version = version
        if not self.by_caller:
            return found
        keys = [*found.written]
        return News(dict(zip(keys, self.read(obj, keys), strict=True)), found.gone)

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        with self._opened():
            return super().read(obj, keys)

    def rows(self, obj: Any, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        if self._own is not None:
            return self._own.execute(sql, parameters).fetchall()
        conn = obj.conn
        if isinstance(conn, sqlite3.Connection):
            with obj.lock:
                return conn.execute(sql, parameters).fetchall()
        found: list[Any] = self._queued(obj, lambda conn: conn.execute(sql, parameters).fetchall())
        return found

    def _follows(self, found: Sequence[Any]) -> bool:
        # the highest rowid is given again where its row was deleted
        newest, self._newest = self._newest, tuple(found[-1]) if found else None
        return newest is None or any(tuple(row) == newest for row in found[:1])

    def _found(self, file: str) -> None:
        self._file, self._which = file, _which(file)

    def _written(self, obj: Any) -> Any:
        """What differs once something was written; None if that is not known."""
        if self._file is None:
            self._found(self._queued(obj, _file_of))
        if not self._file:
            return None
        stamps = [_stamp(self._file + end) for end in ("", "-wal")]
        settled = time.time() - max(at for at, _, _ in stamps) > SETTLED
        return stamps if settled else None

    @contextmanager
    def _opened(self) -> Iterator[None]:
        if not self._file or self._own is not None:
            yield
            return
        if _which(self._file) != self._which:
            raise FileNotFoundError(f"{self._file} is not the file any more that the store has opened")
        address = f"file:{quote(self._file)}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as self._own:
            try:
                yield
            finally:
                self._own = None

    def _queued(self, obj: Any, fn: Any) -> Any:
        """What a function finds over an asynchronous store's own connection, when it is its turn."""

        async def between() -> Any:
            async with obj.lock:
                return await obj.conn._execute(fn, obj.conn._conn)

        return self._runner.run(between)


def _file_of(conn: sqlite3.Connection) -> str:
    """The file of a database; "" if it is in memory."""
    databases = conn.execute("PRAGMA database_list").fetchall()
    return next((file or "" for _, name, file in databases if name == "main"), "")


def _stamp(path: str) -> tuple[float, int, int]:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return (0.0, 0, 0)
    return (found.st_mtime, found.st_size, found.st_ino)


def _which(path: str) -> tuple[int, int] | None:
    """Which file it is, by whatever name; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class PostgresItems(RowItems):
    """`PostgresStore` and `AsyncPostgresStore`, by their own cursors. What is written later is found by its
    time; transactions are expected to take no longer than the time by which readings overlap."""

    columns = "SELECT updated_at, prefix, key, created_at, updated_at FROM store"
    newer = f"{columns} WHERE updated_at >= %s::timestamptz - interval '10 s' ORDER BY updated_at"
    every = f"{columns} ORDER BY updated_at"
    value = "SELECT value FROM store WHERE prefix = %s AND key = %s"

    def rows(self, obj: Any, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        from psycopg.rows import tuple_row

        if hasattr(obj, "_loop"):

            async def asked() -> list[Any]:
                async with obj._cursor() as cursor:
                    cursor.row_factory = tuple_row
                    await cursor.execute(sql, parameters)
                    rows: list[Any] = await cursor.fetchall()
                    return rows

            return self._runner.run(asked)
        with obj._cursor() as cursor:
            cursor.row_factory = tuple_row
            cursor.execute(sql, parameters)
            rows: list[Any] = cursor.fetchall()
            return rows


def _place(row: Sequence[Any]) -> str:
    return place(row[1].split("."), row[2])


def _seconds(when: Any) -> float:
    """Seconds since the epoch of a time as the database tells it."""
    if isinstance(when, datetime):
        return when.timestamp()
    return datetime.fromisoformat(str(when)).replace(tzinfo=UTC).timestamp()


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str | bytes) else value

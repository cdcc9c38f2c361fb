"""LangGraph's stores in a database: which rows are new is asked for, never all of them again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from inmem_widgets.core.change import MISSING, UNREAD
from inmem_widgets.observables.taps.items import place, place_of
from inmem_widgets.observables.taps.reader import News, Reader, Times
from inmem_widgets.observables.taps.running import Runner


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

    def unchanged(self, obj: Any) -> bool:
        """Whether it is certain, and cheap to know, that nothing was written since the last time."""
        return False

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        if self.unchanged(obj):
            return News({})
        first = self._last is None
        found = self.rows(
            obj, self.every if first else self.newer, () if first else (self.overlap(self._last),)
        )
        written = self._taken(found)
        if self.rows(obj, self.count)[0][0] == len(known.keys() | written.keys()) and self._follows(found):
            return News(written)
        # something was deleted, maybe behind another one's back: all keys, no values
        found = self.rows(obj, self.every)
        written.update(self._taken(found))
        there = {_place(row) for row in found}
        gone = [key for key in list(known) if key not in there]
        for key in gone:
            self._marks.pop(key, None)
            self._times.pop(key, None)
        return News({key: value for key, value in written.items() if key in there}, gone)

    def _follows(self, found: Sequence[Any]) -> bool:
        """Whether rows found as newer begin with the one that was the last, as it was."""
        return True

    def _taken(self, found: Sequence[Any]) -> dict[str, Any]:
        """Those of the rows (mark, prefix, key, created, updated) that are new or changed."""
        written: dict[str, Any] = {}
        for row in found:
            key, mark = _place(row), row[0]
            if self._marks.get(key) != mark:
                written[key] = UNREAD
                self._marks[key] = mark
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
    """`SqliteStore` and `AsyncSqliteStore`: read over a connection that cannot write, where there is a file.

    A row written again is a new one with a higher rowid.
    """

    newer = "SELECT rowid, prefix, key, created_at, updated_at FROM store WHERE rowid >= ? ORDER BY rowid"
    every = "SELECT rowid, prefix, key, created_at, updated_at FROM store ORDER BY rowid"
    value = "SELECT value FROM store WHERE prefix = ? AND key = ?"

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self._own: sqlite3.Connection | None = None
        self._file: str | None = None
        self._version: Any = None
        self._newest: Any = None

    @property
    def on_its_loop(self) -> bool:
        return self._runner.here and not self._file

    def unchanged(self, obj: Any) -> bool:
        own = self._opened(obj)
        version = (
            self._through(obj, lambda conn: conn.total_changes)
            if own is None
            else own.execute("PRAGMA data_version").fetchone()[0]
        )
        if version == self._version:
            return True
        if not self.rows(obj, "SELECT 1 FROM sqlite_master WHERE name = 'store' AND type = 'table'"):
            return True
        self._version = version
        return False

    def rows(self, obj: Any, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        own = self._opened(obj)
        if own is not None:
            return own.execute(sql, parameters).fetchall()
        found: list[Any] = self._through(obj, lambda conn: conn.execute(sql, parameters).fetchall())
        return found

    def _follows(self, found: Sequence[Any]) -> bool:
        # the highest rowid is given again where its row was deleted
        newest, self._newest = self._newest, tuple(found[-1]) if found else None
        return newest is None or any(tuple(row) == newest for row in found[:1])

    def close(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            own.close()

    def _opened(self, obj: Any) -> sqlite3.Connection | None:
        if self._file is None:
            databases = self._through(obj, lambda conn: conn.execute("PRAGMA database_list").fetchall())
            self._file = next((file for _, name, file in databases if name == "main"), "") or ""
        if self._own is None and self._file:
            address = f"file:{quote(self._file)}?mode=ro"
            self._own = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        return self._own

    def _through(self, obj: Any, fn: Any) -> Any:
        """What a function finds over the store's own connection, between what the store does over it."""
        conn = obj.conn
        if isinstance(conn, sqlite3.Connection):
            with obj.lock:
                return fn(conn)

        async def between() -> Any:
            async with obj.lock:
                return await conn._execute(fn, conn._conn)

        return self._runner.run(between)


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

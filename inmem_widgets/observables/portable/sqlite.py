"""SQLite's checkpointers: what their methods do not tell, or only by reading all values."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

from inmem_widgets.observables.portable.savers import Access, Write, ordered
from inmem_widgets.observables.threads.lanes import Key


class Sqlite(Access):
    """Threads of `SqliteSaver` and `AsyncSqliteSaver`."""

    by_version = False

    def _query(self, sql: str, *args: Any) -> list[Any]:
        saver = self.saver
        if not hasattr(saver, "cursor"):  # the asynchronous one

            async def fetched() -> Any:
                await saver.setup()
                async with saver.lock, saver.conn.execute(sql, args) as cursor:
                    return await cursor.fetchall()

            return list(asyncio.run_coroutine_threadsafe(fetched(), saver.loop).result())
        with saver.cursor(transaction=False) as cursor:
            cursor.execute(sql, args)
            return list(cursor.fetchall())

    def threads(self) -> list[Any]:
        return [
            each[0] for each in self._query("SELECT DISTINCT thread_id FROM checkpoints ORDER BY thread_id")
        ]

    def has(self, thread_id: Any) -> bool:
        return any(
            self._query(f"SELECT 1 FROM {table} WHERE thread_id = ? LIMIT 1", str(thread_id))
            for table in ("checkpoints", "writes")
        )

    def keys(self, thread_id: Any) -> list[Key]:
        return self._query(
            "SELECT checkpoint_ns, checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY 2, 1",
            str(thread_id),
        )

    def orphans(self, thread_id: Any) -> list[tuple[Key, list[Write]]]:
        found: dict[Key, list[Write]] = {}
        path = self._path()
        for ns, id, task, place, at, channel, kind, value in self._query(
            f"SELECT checkpoint_ns, checkpoint_id, task_id, {path}, idx, channel, type, value FROM writes w "
            "WHERE thread_id = ? AND NOT EXISTS (SELECT 1 FROM checkpoints c WHERE c.thread_id = w.thread_id "
            "AND c.checkpoint_ns = w.checkpoint_ns AND c.checkpoint_id = w.checkpoint_id) ORDER BY 1, 2",
            str(thread_id),
        ):
            found.setdefault((ns, id), []).append(Write(task, place, at, channel, (kind, value or b"")))
        return [(key, ordered(writes)) for key, writes in found.items()]

    def _places(self, thread_id: Any, key: Key, pending: Sequence[Any]) -> list[tuple[str, int | None]]:
        if not pending:
            return []
        path = self._path()
        found = self._query(
            f"SELECT {path}, task_id, idx, channel FROM writes WHERE thread_id = ? AND checkpoint_ns = ? "
            "AND checkpoint_id = ?",
            str(thread_id),
            *key,
        )
        found.sort(key=lambda each: each[:3])
        if [(each[0], each[1]) for each in pending] != [(each[1], each[3]) for each in found]:
            return super()._places(thread_id, key, pending)  # changed between the two looks
        return [(each[0], each[2]) for each in found]

    def fingerprint(self, thread_id: Any) -> bytes:
        digest = hashlib.sha256()
        for sql in (
            "SELECT checkpoint_ns, checkpoint_id, parent_checkpoint_id, length(checkpoint) FROM checkpoints "
            "WHERE thread_id = ? ORDER BY 1, 2",
            "SELECT checkpoint_ns, checkpoint_id, task_id, idx, length(value) FROM writes "
            "WHERE thread_id = ? ORDER BY 1, 2, 3, 4",
        ):
            for row in self._query(sql, str(thread_id)):
                digest.update(repr(tuple(row)).encode("utf-8", "replace"))
        return digest.digest()

    def _path(self) -> str:
        """Databases of old that can only be read have no task paths."""
        return "task_path" if getattr(self.saver, "_has_task_path", True) else "''"

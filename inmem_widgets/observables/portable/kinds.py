"""Checkpointers whose holdings can be read closer than by the public interface."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.core.checkpoints.codec import Typed
from inmem_widgets.core.checkpoints.tables import Tables
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.portable.savers import Access, Saved, Write, ordered
from inmem_widgets.observables.portable.sqlite import Sqlite
from inmem_widgets.observables.threads.lanes import Key

ATTEMPTS = 5


class Mapped(Access):
    """`storage`, `writes` and `blobs`, ours and upstream's: bytes as they are; looking makes nothing."""

    texts = False

    def _rows(self, thread_id: Any, ns: str) -> Any:
        spaces = self.saver.storage.get(thread_id)
        rows = None if spaces is None else spaces.get(ns)
        return {} if rows is None else rows  # whether there are some is costly to ask

    def threads(self) -> list[Any]:
        return [thread_id for thread_id in list(self.saver.storage) if self.keys(thread_id)]

    def has(self, thread_id: Any) -> bool:
        return bool(self.keys(thread_id)) or any(key[0] == thread_id for key in self._written())

    def keys(self, thread_id: Any) -> list[Key]:
        spaces = self.saver.storage.get(thread_id)
        names = [] if spaces is None else list(spaces)
        found = [(ns, id) for ns in names for id in list(self._rows(thread_id, ns))]
        return sorted(found, key=lambda key: (key[1], key[0]))

    def _written(self) -> list[tuple[Any, str, str]]:
        return list(self.saver.writes)

    def orphans(self, thread_id: Any) -> list[tuple[Key, list[Write]]]:
        there = set(self.keys(thread_id))
        found = [key[1:] for key in self._written() if key[0] == thread_id and key[1:] not in there]
        return [(key, writes) for key in sorted(found) if (writes := self._writes(thread_id, key))]

    def saved(self, thread_id: Any, key: Key) -> Saved | None:
        rows = self._rows(thread_id, key[0])
        for _ in range(ATTEMPTS):
            row = rows.get(key[1])
            if row is None:
                break
            checkpoint, metadata, parent = row
            versions = self.serde.loads_typed(checkpoint).get("channel_versions") or {}
            values = {}
            for channel, version in versions.items():
                found = self.saver.blobs.get((thread_id, key[0], channel, version))
                if found is not None and found[0] != "empty":
                    values[channel] = found
            writes = self._writes(thread_id, key)
            if rows.get(key[1]) == row:  # else changed meanwhile: its values may be gone
                return Saved(parent or None, checkpoint, metadata, versions, values, writes)
        return None

    def _writes(self, thread_id: Any, key: Key) -> list[Write]:
        found = self.saver.writes.get((thread_id, *key)) or {}
        made = []
        for place in list(found):
            if (each := found.get(place)) is not None:
                task, channel, value, path = each
                made.append(Write(task, path, place[1], channel, value))
        return ordered(made)

    def dump(self, value: Any) -> Typed:
        kind, data = value
        return kind, bytes(data)

    def fingerprint(self, thread_id: Any) -> bytes:
        digest = hashlib.sha256()
        for key in self.keys(thread_id):
            digest.update(repr((key, self._rows(thread_id, key[0]).get(key[1]))).encode("utf-8", "replace"))
        for place in sorted(each for each in self._written() if each[0] == thread_id):
            found = self.saver.writes.get(place) or {}
            digest.update(repr((place, sorted(found))).encode("utf-8", "replace"))
        return digest.digest()

    def keep(self, thread_ids: Iterable[Any]) -> Callable[[], None]:
        ids = list(thread_ids)
        saver = self.saver
        storage = {
            id: {ns: dict(rows) for ns, rows in saver.storage[id].items()}
            for id in ids
            if id in saver.storage
        }
        writes = {key: dict(saver.writes[key]) for key in self._written() if key[0] in ids}
        blobs = {key: saver.blobs[key] for key in list(saver.blobs) if key[0] in ids}

        def restore() -> None:
            for id, spaces in storage.items():
                saver.storage[id] = defaultdict(dict, spaces)
            for key, found in writes.items():
                saver.writes[key] = found
            saver.blobs.update(blobs)

        return restore


class Own(Mapped):
    """Ours: its tables are copied as they are, and listeners told."""

    def keep(self, thread_ids: Iterable[Any]) -> Callable[[], None]:
        tables, kept, ids = self.saver._tables, Tables(), list(thread_ids)
        with tables.lock:
            for space in [space for id in ids for space in tables.holdings(id)]:
                kept.absorb(space, kept.space(space.thread_id, space.name))

        def restore() -> None:
            with tables.lock:
                for space in kept.all_spaces():
                    tables.absorb(space, tables.space(space.thread_id, space.name))
                for id in ids:
                    self.saver._note("copy_thread", [id, id])
            self.saver._wake()

        return restore

    def fingerprint(self, thread_id: Any) -> bytes:
        found: list[Any] = []  # bytes keep their hashes: quick, under the lock
        for space in self.saver._tables.holdings(thread_id):
            found += [(space.name, id, *row[:3]) for id, row in dict(space.rows).items()]
            for id in space.written():
                tasks = (space.writes.get(id) or {}).items()
                found += [(space.name, id, task, each[2], each[4]) for task, some in tasks for each in some]
        return hash(frozenset(found)).to_bytes(8, "big", signed=True)

    def lock(self) -> AbstractContextManager[Any]:
        lock: AbstractContextManager[Any] = self.saver._tables.lock
        return lock


def access(saver: BaseCheckpointSaver[Any], loop: asyncio.AbstractEventLoop | None = None) -> Access:
    """See `Access`.

    Raises:
        TypeError: this is no checkpointer.
    """
    if isinstance(saver, InMemorySaver):
        return Own(saver)
    if not isinstance(saver, BaseCheckpointSaver):
        raise TypeError(f"saver: got {type(saver).__qualname__}, accepted is a LangGraph checkpointer")
    for kind in type(saver).__mro__:
        if kind.__module__ == "langgraph.checkpoint.memory" and kind.__name__ == "InMemorySaver":
            return Mapped(saver)
        if kind.__module__.startswith("langgraph.checkpoint.sqlite"):
            return Sqlite(saver, loop)
    return Access(saver, loop)

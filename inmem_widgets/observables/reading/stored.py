"""What is stored for a thread, in bytes: in our tables, or in upstream's mappings seen as such."""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol
from ormsgpack import packb

from inmem_widgets.core.checkpoints.codec import OPTION, Row, Stored, typed
from inmem_widgets.core.checkpoints.mapped import MappedTables
from inmem_widgets.core.checkpoints.tables import Namespace, Tables
from inmem_widgets.observables.reading.lenient import load_leniently
from inmem_widgets.observables.reading.reader import Held, Orphan, SavedWrite
from inmem_widgets.observables.threads.lanes import Key


def writes_in(tables: Tables, thread_id: Any, key: Key, serde: SerializerProtocol) -> list[SavedWrite] | None:
    """See `Reader.writes`."""
    space = next((each for each in tables.holdings(thread_id) if each.name == key[0]), None)
    if space is None or not (key[1] in space.rows or key[1] in space.writes):
        return None
    return [
        SavedWrite(task, path, channel, load_leniently(serde, stored), size_of_stored(stored))
        for path, task, _, channel, stored in space.pending(key[1])
    ]


def held_in(tables: Tables, thread_id: Any) -> Held:
    """See `Reader.held`."""
    held = Held()
    for space in tables.holdings(thread_id):
        for checkpoint_id, row in list(space.rows.items()):
            held.rows[space.name, checkpoint_id] = _row_size(row)
        for (channel, version), stored in space.stored_blobs().items():
            if size := size_of_stored(stored):
                held.blobs[space.name, channel, version] = size
        for checkpoint_id in space.written():
            held.writes[space.name, checkpoint_id] = _writes_size(space, checkpoint_id)
    return held


def ghosts_in(tables: Tables) -> tuple[list[Any], list[Orphan]]:
    """See `Reader.ghosts`."""
    ghosts, orphans = [], []
    for thread_id in _holders(tables):
        spaces = tables.holdings(thread_id)
        for space in spaces:
            rows = space.rows
            for checkpoint_id in space.written():
                if checkpoint_id not in rows and (size := _writes_size(space, checkpoint_id)):
                    orphans.append(Orphan(thread_id, (space.name, checkpoint_id), size))
        if not any(space.rows for space in spaces):
            ghosts.append(thread_id)
    return ghosts, orphans


def size_of_stored(stored: Stored) -> int:
    """Bytes, as the serializer wrote it."""
    return len(stored) if type(stored) is bytes else len(typed(stored)[1])


def _holders(tables: Tables) -> list[Any]:
    """Threads for which anything is stored."""
    if isinstance(tables, MappedTables):
        keys = [*list(tables.writes), *list(tables.blobs)]
        return list(dict.fromkeys([*list(tables.storage), *(key[0] for key in keys)]))
    return list(tables.threads)


def _row_size(row: Row) -> int:
    versions = 0 if row[3] is None else len(packb(row[3], None, OPTION))
    return size_of_stored(row[0]) + size_of_stored(row[1]) + versions


def _writes_size(space: Namespace, checkpoint_id: str) -> int:
    return sum(size_of_stored(stored) for _, _, _, _, stored in space.pending(checkpoint_id))

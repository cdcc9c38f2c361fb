"""Removing some of a thread's checkpoints: `prune`, `delete_for_runs`, saving again.

Follows langgraph-checkpoint-postgres' `prune`. What has to be read with the serializer is read
before the lock is taken; if the thread changed meanwhile, the plan is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.serde.types import TASKS, _DeltaSnapshot

from inmem_widgets.core.checkpoints.codec import Row, Stored, channel_versions, load, load_checkpoint
from inmem_widgets.core.checkpoints.tables import Namespace, Tables

Pair = tuple[str, Any]
Rows = dict[Namespace, dict[str, Row]]

STRATEGIES = ("keep_latest", "delete")
ATTEMPTS = 5
"""Plans made without the lock before one is made under it: a busy writer must not hold this up."""
DELTA_MARKS = ("counters_since_delta_snapshot", "delta_writes_versioned")
"""Metadata that only threads with delta channels have (LangGraph, LangGraph.js)."""
_EXTENSIONS = frozenset(bytes([first]) for first in (*range(0xC7, 0xCA), *range(0xD4, 0xD9)))
"""First bytes of a msgpack extension type, as which a snapshot is written."""


@dataclass
class Cut:
    """What one namespace is to lose."""

    space: Namespace
    rows: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)  # kept, but their parent goes
    blobs: list[Pair] = field(default_factory=list)
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.whole or self.rows or self.orphans or self.blobs)


def keep_latest(
    tables: Tables, thread_ids: Iterable[str], serde: SerializerProtocol, tell: Callable[[list[str]], None]
) -> None:
    """Keep the latest checkpoint of each of the threads' namespaces.

    Raises:
        NotImplementedError: If a thread uses delta channels; nothing has been changed then.
    """

    def plan(thread_id: str, rows: Rows) -> list[Cut]:
        refuse_delta_threads(tables, [thread_id], serde)
        kept = {space: _kept(space, found, serde) for space, found in rows.items() if found}
        root = next((space for space in rows if space.name == ""), None)
        root_rows, root_kept = rows.get(root, {}) if root else {}, kept.get(root, ()) if root else ()
        cuts = []
        for space, ids in kept.items():
            # A subgraph's call has its task id after a ":"; a subgraph with a checkpointer of its own
            # has none, and outlives its calls. A call goes with the root checkpoint it started from,
            # once that is saved: it may be saved after the call's.
            head = load(serde, rows[space][ids[0]][1])
            started_from = (head.get("parents") or {}).get("")
            if ":" in space.name and started_from in root_rows and started_from not in root_kept:
                cuts.append(Cut(space, whole=True))
            else:
                cuts.append(_cut(space, rows[space], set(rows[space]) - set(ids), serde, orphan_all=True))
        return cuts

    _carry_out(tables, thread_ids, tables.spaces, plan, tell)


def delete_runs(
    tables: Tables, run_ids: Iterable[str], serde: SerializerProtocol, tell: Callable[[list[str]], None]
) -> None:
    """Remove the checkpoints whose metadata names one of the runs."""
    runs = set(run_ids)

    def plan(thread_id: str, rows: Rows) -> list[Cut]:
        cuts = []
        for space, found in rows.items():
            gone = {key for key, row in found.items() if load(serde, row[1]).get("run_id") in runs}
            cuts.append(_cut(space, found, gone, serde))
        return cuts

    _carry_out(tables, tables.thread_ids(), tables.spaces, plan, tell)


def free_replaced(
    tables: Tables, thread_id: str, name: str, replaced: Iterable[Row], serde: SerializerProtocol
) -> None:
    """Free the blobs that only checkpoints which were saved again had used."""
    candidates = _referenced(replaced, serde)

    def spaces(thread_id: str) -> list[Namespace]:
        space = tables.find(thread_id, name)
        return [] if space is None else [space]

    def plan(thread_id: str, rows: Rows) -> list[Cut]:
        cuts = []
        for space, found in rows.items():
            left = candidates.copy()
            for row in found.values():
                left.difference_update(channel_versions(serde, row).items())
                if not left:
                    break
            cuts.append(Cut(space, blobs=list(left)))
        return cuts

    _carry_out(tables, [thread_id], spaces, plan, lambda _: None)


def refuse_delta_threads(tables: Tables, thread_ids: Sequence[str], serde: SerializerProtocol) -> None:
    """Raise NotImplementedError naming those of the threads that use delta channels."""
    if found := [thread_id for thread_id in thread_ids if _uses_delta(tables, thread_id, serde)]:
        raise NotImplementedError(
            "keep_latest would lose the state of delta channels, which is rebuilt from older "
            f"checkpoints: cannot prune {', '.join(map(repr, found))}"
        )


def _carry_out(
    tables: Tables,
    thread_ids: Iterable[str],
    spaces: Callable[[str], list[Namespace]],
    plan: Callable[[str, Rows], list[Cut]],
    tell: Callable[[list[str]], None],
) -> None:
    """Plan each thread on a snapshot of it; then, where the snapshots still hold, cut them all at once.

    `tell` gets the threads changed, in the same critical section: nothing that others do to one of
    them afterwards can be told before.
    """

    def snapshot(thread_id: str) -> Rows:
        return {space: dict(space.rows) for space in spaces(thread_id)}

    def make(thread_id: str) -> None:
        with tables.lock:
            before = snapshot(thread_id)
        plans[thread_id] = before, [cut for cut in plan(thread_id, before) if cut]

    plans: dict[str, tuple[Rows, list[Cut]]] = {}
    stale = list(dict.fromkeys(thread_ids))
    for attempt in range(ATTEMPTS):
        for thread_id in stale:
            make(thread_id)
        with tables.lock:
            stale = [key for key, (before, cuts) in plans.items() if cuts and snapshot(key) != before]
            if attempt == ATTEMPTS - 1:
                for thread_id in stale:
                    make(thread_id)
                stale = []
            if not stale:
                if changed := [thread_id for thread_id, (_, cuts) in plans.items() if _cut_all(tables, cuts)]:
                    tell(changed)
                return


def _cut_all(tables: Tables, cuts: list[Cut]) -> bool:
    """Whether more than values went."""
    for cut in cuts:
        if cut.whole:
            tables.drop(cut.space)
            continue
        for checkpoint_id in cut.orphans:
            cut.space.set_parent(checkpoint_id, None)
        if cut.rows:
            tables.remove_rows(cut.space, cut.rows)
        cut.space.remove_writes(cut.rows)
        cut.space.remove_blobs(cut.blobs)
    return any(cut.whole or cut.rows or cut.orphans for cut in cuts)


def _cut(
    space: Namespace,
    rows: dict[str, Row],
    gone: set[str],
    serde: SerializerProtocol,
    orphan_all: bool = False,
) -> Cut:
    """Remove `gone`, the blobs only they used, and parents that are not kept (or not there: `orphan_all`)."""
    kept = {key: row for key, row in rows.items() if key not in gone}
    freed = _referenced((rows[key] for key in gone), serde)
    return Cut(
        space,
        rows=sorted(gone),
        orphans=[
            key
            for key, row in kept.items()
            if row[2] is not None and (row[2] not in kept if orphan_all else row[2] in gone)
        ],
        blobs=list(freed - _referenced(kept.values(), serde)),
    )


def _kept(space: Namespace, rows: dict[str, Row], serde: SerializerProtocol) -> list[str]:
    """The latest id; with its parent if, older than format 4, it reads its pending sends from there."""
    head = max(rows)
    parent = rows[head][2]
    if parent not in rows or load_checkpoint(serde, rows[head]).get("v", 4) >= 4:
        return [head]
    sends = any(channel == TASKS for _, _, _, channel, _ in space.pending(parent))
    return [head, parent] if sends else [head]


def _referenced(rows: Iterable[Row], serde: SerializerProtocol) -> set[Pair]:
    return {pair for row in rows for pair in channel_versions(serde, row).items()}


def _uses_delta(tables: Tables, thread_id: str, serde: SerializerProtocol) -> bool:
    for space in tables.spaces(thread_id):
        for row in dict(space.rows).values():
            metadata = load(serde, row[1])
            if any(mark in metadata for mark in DELTA_MARKS):
                return True
        if any(_is_snapshot(stored, serde) for stored in space.stored_blobs().values()):
            return True
    return False


def _is_snapshot(stored: Stored, serde: SerializerProtocol) -> bool:
    if not isinstance(stored, tuple) or stored[0] == "empty":
        return False
    if type(serde) is JsonPlusSerializer and stored[0] == "msgpack" and stored[1][:1] not in _EXTENSIONS:
        return False
    return isinstance(load(serde, stored), _DeltaSnapshot)

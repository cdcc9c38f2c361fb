"""Derived views of checkpoints: headers without values, and the history of delta channels."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, repeat
from typing import Any, NamedTuple

from langgraph.checkpoint.base import DeltaChannelHistory, PendingWrite
from langgraph.checkpoint.serde.base import SerializerProtocol
from ormsgpack import unpackb

from inmem_widgets.core.checkpoints.codec import (
    OPTION,
    PLAIN_SCALARS,
    Row,
    channel_versions,
    load,
    load_checkpoint,
)
from inmem_widgets.core.checkpoints.tables import Namespace


class CheckpointHeader(NamedTuple):
    """What a checkpoint says about itself, without the values of its channels.

    Attributes:
        thread_id, checkpoint_ns, checkpoint_id: Its key.
        parent_id: The checkpoint it was made from, perhaps no longer there.
        ts: When it was made, ISO 8601.
        channel_versions, versions_seen, metadata: As saved.
        writes: (task id, channel, task path) of each of its pending writes, in replay order.
    """

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str
    parent_id: str | None
    ts: str
    channel_versions: dict[str, Any]
    versions_seen: dict[str, dict[str, Any]]
    metadata: dict[str, Any]
    writes: tuple[tuple[str, str, str], ...]


def read_header(space: Namespace, checkpoint_id: str, serde: SerializerProtocol) -> CheckpointHeader | None:
    """None where there is no such checkpoint."""
    row = space.rows.get(checkpoint_id)
    if row is None:
        return None
    checkpoint = load_checkpoint(serde, row)
    return CheckpointHeader(
        space.thread_id,
        space.name,
        checkpoint_id,
        row[2],
        checkpoint.get("ts", ""),
        checkpoint.get("channel_versions", {}),
        checkpoint.get("versions_seen", {}),
        load(serde, row[1]),
        tuple((task_id, channel, path) for path, task_id, _, channel, _ in space.pending(checkpoint_id)),
    )


def delta_history(
    space: Namespace,
    checkpoint_id: str,
    channel: str,
    serde: SerializerProtocol,
    quick: bool,
    limit: int | None = None,
) -> DeltaChannelHistory:
    """The nearest value of a channel stored above a checkpoint ("seed"), and the writes since.

    Goes up the parents only as far as it takes, `limit` at most. A value is the one before its
    checkpoint's own writes, so those are part of the history; the target's are not.

    Raises:
        ValueError: If `quick`, and plain values do not suffice without the serializer after all.
    """
    rows, writes, blobs = space.rows, space.writes, space.blobs.get(channel)
    found: list[PendingWrite] = []
    history: DeltaChannelHistory = {"writes": found}
    row = rows.get(checkpoint_id)
    if row is None:
        return history
    for _ in repeat(None, len(rows) + 1 if limit is None else limit):
        current: Any = row[2]
        row = rows.get(current)
        if row is None:
            break
        if (tasks := writes.get(current)) and (lists := [*tasks.values()]):
            each = lists[0]
            if len(lists) > 1 or len(each) > 1:
                each = sorted(chain.from_iterable(lists), reverse=True)
            for _, task_id, _, name, stored in each:
                if name == channel:
                    kind = type(stored)
                    if kind is bytes and quick:  # `load`, without the call
                        stored = unpackb(stored, option=OPTION)
                    elif kind not in PLAIN_SCALARS:
                        stored = load(serde, stored)
                    found.append((task_id, name, stored))
        if blobs is None:
            continue
        if (versions := row[3]) is None:
            versions = channel_versions(serde, row)
        value = blobs.get(versions.get(channel))
        if value is None:
            continue
        kind = type(value)
        if kind is bytes and quick:
            history["seed"] = unpackb(value, option=OPTION)
            break
        if kind is not tuple or value[0] != "empty":
            history["seed"] = load(serde, value)
            break
    else:
        if limit is None:  # more steps than there are checkpoints: a cycle
            return delta_history(space, checkpoint_id, channel, serde, quick, _ancestors(rows, checkpoint_id))
    found.reverse()
    return history


def _ancestors(rows: Mapping[str, Row], checkpoint_id: str) -> int:
    """How many there are, each counted once."""
    seen: set[str] = set()
    row = rows.get(checkpoint_id)
    while row is not None and row[2] is not None and row[2] not in seen:
        seen.add(row[2])
        row = rows.get(row[2])
    return len(seen)

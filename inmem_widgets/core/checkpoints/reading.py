"""Derived views of checkpoints: headers without values, and the history of delta channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langgraph.checkpoint.base import DeltaChannelHistory, PendingWrite
from langgraph.checkpoint.serde.base import SerializerProtocol

from inmem_widgets.core.checkpoints.codec import EMPTY, channel_versions, is_empty, load, load_checkpoint
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


def header(space: Namespace, checkpoint_id: str, serde: SerializerProtocol) -> CheckpointHeader | None:
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
    space: Namespace, checkpoint_id: str, channels: Sequence[str], serde: SerializerProtocol
) -> Mapping[str, DeltaChannelHistory]:
    """For each channel, the nearest stored value above a checkpoint and the writes since.

    Goes up the parents only as far as it takes. A value is the one before its checkpoint's own
    writes, so those are part of the history; the target's are not. Ends at a cycle.
    """
    writes: dict[str, list[PendingWrite]] = {channel: [] for channel in channels}  # newest first
    seeds: dict[str, Any] = {}
    remaining = set(channels)
    rows, blobs, pending = space.rows, space.blobs, space.writes
    row = rows.get(checkpoint_id)
    seen = set()
    while row is not None and (current := row[2]) is not None and current not in seen:
        seen.add(current)
        row = rows.get(current)
        if row is None:
            break
        versions = channel_versions(serde, row)
        found = None
        for channel in remaining:
            if channel in versions and (stored_versions := blobs.get(channel)) is not None:
                stored = stored_versions.get(versions[channel])
                if stored is not EMPTY and not is_empty(stored):
                    seeds[channel] = load(serde, stored)
                    found = True
        if current in pending:
            for _, task_id, _, channel, stored in reversed(space.pending(current)):
                if channel in remaining:
                    writes[channel].append((task_id, channel, load(serde, stored)))
        if found:
            remaining.difference_update(seeds)
            if not remaining:
                break
    history: dict[str, DeltaChannelHistory] = {}
    for channel in channels:
        history[channel] = {"writes": writes[channel][::-1]}
        if channel in seeds:
            history[channel]["seed"] = seeds[channel]
    return history

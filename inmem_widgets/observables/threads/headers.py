"""What is read from the headers of checkpoints."""

from __future__ import annotations

import datetime

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.threads.lanes import Key, Node

NO_NODES = frozenset({"__input__", "__interrupt__", "__snapshot_bumps__"})
"""`versions_seen` entries that are no nodes."""
INTERNAL = ("branch:", "join:", "start:", "__")
"""How the names of LangGraph's own channels begin."""


def internal(channel: str) -> bool:
    """Whether a channel is LangGraph's own."""
    return channel.startswith(INTERNAL)


def key_of(header: CheckpointHeader) -> Key:
    return header.checkpoint_ns, header.checkpoint_id


def order_of(header: CheckpointHeader) -> tuple[str, str]:
    """What checkpoints are sorted by: ids grow with the time."""
    return header.checkpoint_id, header.checkpoint_ns


def node_of(header: CheckpointHeader) -> Node:
    """The checkpoint as the lanes see it."""
    ns = header.checkpoint_ns
    caller: Key | None = None
    if ns:
        parents = header.metadata.get("parents") or {}
        outer = ns.rpartition("|")[0]
        if isinstance(parents, dict) and parents.get(outer):
            caller = (outer, str(parents[outer]))
    parent = (ns, header.parent_id) if header.parent_id else None
    return Node((ns, header.checkpoint_id), parent, caller)


def nodes_that_ran(header: CheckpointHeader, parent: CheckpointHeader | None) -> list[str]:
    """Names of the nodes that saw other channel versions than at a checkpoint's parent: they made it.

    Of an input, update or fork: those whose work was discarded or stood in for.
    """
    before = parent.versions_seen if parent is not None else {}
    ran = [
        name
        for name, seen in header.versions_seen.items()
        if name not in NO_NODES and seen != before.get(name)
    ]
    if not ran and parent is not None and source_of(header) == "loop":
        ran = sent_only(header)  # what is sent (`Send`) sees no channel
        return ran if len(ran) == 1 else []
    return ran


def sent_only(header: CheckpointHeader) -> list[str]:
    """Nodes that ran so far only because something was sent to them."""
    return [name for name, seen in header.versions_seen.items() if not seen and name not in NO_NODES]


def edited_channels(header: CheckpointHeader, parent: CheckpointHeader | None) -> list[str]:
    """Channels, but LangGraph's own, that have another version than at the parent."""
    before = parent.channel_versions if parent is not None else {}
    return [
        name
        for name, version in header.channel_versions.items()
        if not name.startswith(INTERNAL) and before.get(name) != version
    ]


def step_of(header: CheckpointHeader) -> int | None:
    """The superstep that made a checkpoint (-1 is the input); None if its metadata does not say."""
    step = header.metadata.get("step")
    return step if isinstance(step, int) and abs(step) < 1 << 53 else None  # what a browser can count to


def source_of(header: CheckpointHeader) -> str:
    """input, loop, update, fork, or whatever the metadata says; "loop" where they say nothing."""
    source = header.metadata.get("source")
    return source if type(source) is str else "loop"


def timestamp(ts: str) -> float | None:
    """Seconds since the epoch of a checkpoint's ISO 8601 `ts`; None if it is none."""
    try:
        return datetime.datetime.fromisoformat(ts).timestamp()
    except (TypeError, ValueError):
        return None

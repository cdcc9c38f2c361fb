"""The operations of a saver that change nothing."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    CheckpointTuple,
    DeltaChannelHistory,
    PendingWrite,
    get_checkpoint_id,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from ormsgpack import unpackb

from inmem_widgets.core.checkpoints.base import TablesSaver
from inmem_widgets.core.checkpoints.codec import OPTION, PLAIN_SCALARS, load, load_checkpoint
from inmem_widgets.core.checkpoints.history import CheckpointHeader, delta_history, read_header
from inmem_widgets.core.checkpoints.tables import Namespace

_new = tuple.__new__


class ReadingSaver(TablesSaver):
    """Gets and lists checkpoints."""

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or the latest of its namespace ("" by default)."""
        configurable = config["configurable"]
        spaces = self._tables.threads.get(configurable["thread_id"])
        if spaces is None or (space := spaces.get(configurable.get("checkpoint_ns", ""))) is None:
            return None
        if checkpoint_id := configurable.get("checkpoint_id"):
            return self._load(space, checkpoint_id, config)
        while (latest := space.latest()) is not None:
            if (found := self._load(space, latest)) is not None:
                return found
        return None

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Checkpoints, newest (greatest id) first.

        May go on while others save: what is saved after the start may be missing, what is deleted is
        left out.

        Args:
            config: Its thread, namespace and checkpoint where it names them; all threads if None.
            filter: Metadata a checkpoint must have, key by key.
            before: Only ids less than this config's.
            limit: At most so many; none if it is 0 or negative.
        """
        if limit is not None and limit <= 0:
            return
        below = (get_checkpoint_id(before) or None) if before else None
        only, candidates = self._candidates(config, filter or {}, below)
        for each in candidates:
            space, checkpoint_id = each if only is None else (only, each)
            found = self._load(space, checkpoint_id, None, filter)
            if found is None:
                continue
            yield found
            if limit is not None:
                limit -= 1
                if limit == 0:
                    return

    def _candidates(
        self, config: RunnableConfig | None, filter: dict[str, Any], below: str | None
    ) -> tuple[Namespace | None, Iterator[Any]]:
        """A namespace and ids in it; or None, and (namespace, id) pairs."""
        tables = self._tables
        if not config:
            return None, tables.newest_of_all(filter, below)
        configurable = config["configurable"]
        thread_id, name = configurable["thread_id"], configurable.get("checkpoint_ns")
        asked = configurable.get("checkpoint_id")
        if name is not None and not asked:
            space = tables.find(thread_id, name)
            return space, iter(()) if space is None else tables.newest_in(space, filter, below)
        spaces = tables.spaces(thread_id)
        if not asked:
            return None, tables.newest(spaces, filter, below)
        found = [each for each in spaces if name is None or each.name == name]
        return None, iter([(each, asked) for each in found if below is None or asked < below])

    def _load(
        self,
        space: Namespace,
        checkpoint_id: str,
        asked: RunnableConfig | None = None,
        filter: Mapping[str, Any] | None = None,
    ) -> CheckpointTuple | None:
        """None where there is no such checkpoint, or its metadata does not match the filter.

        Its config equals `asked`, if given.
        """
        serde, thread_id, name = self.serde, space.thread_id, space.name
        quick = type(serde) is JsonPlusSerializer
        while (row := space.rows.get(checkpoint_id)) is not None:
            body, meta, parent_id, versions = row
            try:
                plain = quick and versions is not None
                metadata = unpackb(meta) if plain else load(serde, meta)
                if filter and not all(wanted == metadata.get(key) for key, wanted in filter.items()):
                    return None
                if quick and versions is not None:
                    checkpoint = unpackb(body)
                    checkpoint["channel_versions"] = versions.copy()
                else:
                    checkpoint = load_checkpoint(serde, row)
            except ValueError:  # an `ormsgpack.Ext` made by hand
                if not quick:
                    raise
                quick = False
                continue
            checkpoint["channel_values"] = self._load_blobs(thread_id, name, checkpoint["channel_versions"])
            writes: builtins.list[PendingWrite] = []
            if checkpoint_id in space.writes:
                for _, task_id, _, channel, value in space.pending(checkpoint_id):
                    writes.append((task_id, channel, load(serde, value)))
            now = space.rows.get(checkpoint_id)
            if now is not row and now != row:  # changed by another thread: its blobs may be gone
                continue
            if asked is None:
                config: Any = {
                    "configurable": {
                        "thread_id": thread_id,
                        "checkpoint_ns": name,
                        "checkpoint_id": checkpoint_id,
                    }
                }
            elif len(asked) == 1 and len(named := asked["configurable"]) == 2 + ("checkpoint_ns" in named):
                config = {"configurable": named.copy()}  # only the checkpoint's key: nothing nested
            else:
                config = _own(asked, {})
            parent = parent_id and {
                "configurable": {"thread_id": thread_id, "checkpoint_ns": name, "checkpoint_id": parent_id}
            }
            # A `CheckpointTuple`, in half the time.
            return _new(CheckpointTuple, (config, checkpoint, metadata, parent or None, writes))
        return None

    def _load_blobs(self, thread_id: str, checkpoint_ns: str, versions: ChannelVersions) -> dict[str, Any]:
        """Values of the channels that have one at the given version."""
        values: dict[str, Any] = {}
        spaces = self._tables.threads.get(thread_id)
        if spaces is None or (space := spaces.get(checkpoint_ns)) is None:
            return values
        serde, blobs = self.serde, space.blobs
        plain = type(serde) is JsonPlusSerializer
        for channel, version in versions.items():
            if (found := blobs.get(channel)) is None or (stored := found.get(version)) is None:
                continue
            kind = type(stored)
            if kind is bytes and plain:
                try:
                    values[channel] = unpackb(stored, option=OPTION)  # `load`, without the call
                except ValueError:
                    values[channel] = load(serde, stored)
            elif kind in PLAIN_SCALARS:
                values[channel] = stored
            elif stored[0] != "empty":
                values[channel] = load(serde, stored)
        return values

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """Per channel, the nearest value stored above a checkpoint ("seed") and the writes since.

        Goes up only as far as it takes, and stops at a cycle.
        """
        configurable = config["configurable"]
        spaces = self._tables.threads.get(configurable["thread_id"])
        space = None if spaces is None else spaces.get(configurable.get("checkpoint_ns", ""))
        if space is None or not (checkpoint_id := configurable.get("checkpoint_id") or space.latest()):
            return {channel: {"writes": []} for channel in channels}
        serde, found = self.serde, {}
        quick = type(serde) is JsonPlusSerializer
        for channel in channels:
            try:
                found[channel] = delta_history(space, checkpoint_id, channel, serde, quick)
            except ValueError:  # an `ormsgpack.Ext` made by hand
                found[channel] = delta_history(space, checkpoint_id, channel, serde, False)
        return found

    # --- what there is, without values -----------------------------------------------------------

    def thread_ids(self) -> builtins.list[str]:
        """Threads that have checkpoints, the oldest first."""
        return self._tables.thread_ids()

    def thread_count(self) -> int:
        """How many threads have checkpoints. Kept at hand, as `count()` is, unless a `factory` is used."""
        return self._tables.thread_count()

    def count(self, thread_id: str | None = None) -> int:
        """Checkpoints of a thread, in all its namespaces; of all threads by default."""
        if thread_id is None:
            return self._tables.row_count()
        return sum(len(space.rows) for space in self._tables.spaces(thread_id))

    def header(self, thread_id: str, ns: str, id: str) -> CheckpointHeader | None:
        """A checkpoint without its channels' values; None where there is none."""
        space = self._tables.find(thread_id, ns)
        return None if space is None else read_header(space, id, self.serde)

    def headers(self, thread_id: str) -> builtins.list[CheckpointHeader]:
        """All checkpoints of a thread without their channels' values, the newest first."""
        spaces = self._tables.spaces(thread_id)
        found = [read_header(space, id, self.serde) for space in spaces for id in space.ids()]
        return sorted(filter(None, found), key=lambda each: each.checkpoint_id, reverse=True)


def _own(value: Any, made: dict[int, Any]) -> Any:
    """A value with its plain dicts and lists copied, however deep; `made` has those copied so far, by id."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return value
    own: Any = made.get(id(value))
    if own is not None:
        return own
    own = made[id(value)] = kind()
    if kind is list:
        own.extend(_own(each, made) for each in value)
    else:
        own.update((key, _own(each, made)) for key, each in value.items())
    return own

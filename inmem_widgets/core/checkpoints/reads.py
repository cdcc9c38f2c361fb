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
    get_checkpoint_id,
)

from inmem_widgets.core.checkpoints import reading
from inmem_widgets.core.checkpoints.base import TablesSaver
from inmem_widgets.core.checkpoints.codec import load
from inmem_widgets.core.checkpoints.reading import CheckpointHeader
from inmem_widgets.core.checkpoints.tables import Namespace


class ReadingSaver(TablesSaver):
    """Gets and lists checkpoints."""

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or the latest of its namespace ("" by default)."""
        configurable = config["configurable"]
        thread_id, name = configurable["thread_id"], configurable.get("checkpoint_ns", "")
        space = self._tables.find(thread_id, name)
        if space is None:
            return None
        if checkpoint_id := configurable.get("checkpoint_id"):
            found = self._load(space, checkpoint_id)
            if found is None:
                return None
            asked = {key: dict(each) if type(each) is dict else each for key, each in config.items()}
            return found._replace(config=asked)
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
        filter = filter or {}
        below = (get_checkpoint_id(before) or None) if before else None
        for space, checkpoint_id in self._candidates(config, filter, below):
            found = self._load(space, checkpoint_id, filter)
            if found is None:
                continue
            yield found
            if limit is not None:
                limit -= 1
                if limit == 0:
                    return

    def _candidates(
        self, config: RunnableConfig | None, filter: dict[str, Any], below: str | None
    ) -> Iterator[tuple[Namespace, str]]:
        tables = self._tables
        if not config:
            return tables.newest_of_all(filter, below)
        configurable = config["configurable"]
        thread_id, name = configurable["thread_id"], configurable.get("checkpoint_ns")
        if name is None:
            spaces = tables.spaces(thread_id)
        else:
            space = tables.find(thread_id, name)
            spaces = [] if space is None else [space]
        if checkpoint_id := get_checkpoint_id(config):
            return iter([(each, checkpoint_id) for each in spaces if below is None or checkpoint_id < below])
        return tables.newest(spaces, filter, below)

    def _load(
        self, space: Namespace, checkpoint_id: str, filter: Mapping[str, Any] | None = None
    ) -> CheckpointTuple | None:
        """None where there is no such checkpoint, or its metadata does not match the filter."""
        serde = self.serde
        while (row := space.row(checkpoint_id)) is not None:
            metadata = load(serde, row[1])
            if filter and not all(wanted == metadata.get(key) for key, wanted in filter.items()):
                return None
            checkpoint = load(serde, row[0])
            thread_id, name = space.thread_id, space.name
            checkpoint["channel_values"] = self._load_blobs(thread_id, name, checkpoint["channel_versions"])
            writes = [
                (task, channel, load(serde, value))
                for _, task, _, channel, value in space.pending(checkpoint_id)
            ]
            if space.row(checkpoint_id) != row:  # changed by another thread: its blobs may be gone
                continue
            config: RunnableConfig = {
                "configurable": {
                    "thread_id": thread_id,
                    "checkpoint_ns": name,
                    "checkpoint_id": checkpoint_id,
                }
            }
            parent: RunnableConfig | None = None
            if row[2]:
                parent = {
                    "configurable": {"thread_id": thread_id, "checkpoint_ns": name, "checkpoint_id": row[2]}
                }
            return CheckpointTuple(config, checkpoint, metadata, parent, writes)
        return None

    def _load_blobs(self, thread_id: str, checkpoint_ns: str, versions: ChannelVersions) -> dict[str, Any]:
        """Values of the channels that have one at the given version."""
        space = self._tables.find(thread_id, checkpoint_ns)
        if space is None:
            return {}
        serde = self.serde
        values = {}
        for channel, version in versions.items():
            stored = space.blob(channel, version)
            if stored[0] != "empty":
                values[channel] = load(serde, stored)
        return values

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """Per channel, the nearest value stored above a checkpoint ("seed") and the writes since.

        Goes up only as far as it takes, and stops at a cycle.
        """
        configurable = config["configurable"]
        space = self._tables.find(configurable["thread_id"], configurable.get("checkpoint_ns", ""))
        checkpoint_id = get_checkpoint_id(config) or (space and space.latest())
        if space is None or not checkpoint_id:
            return {channel: {"writes": []} for channel in channels}
        return reading.delta_history(space, checkpoint_id, channels, self.serde)

    # --- what there is, without values -----------------------------------------------------------

    def thread_ids(self) -> builtins.list[str]:
        """Threads that have checkpoints, the oldest first."""
        return self._tables.thread_ids()

    def count(self, thread_id: str | None = None) -> int:
        """Checkpoints of a thread, in all its namespaces; of all threads by default."""
        tables = self._tables
        spaces = tables.all_spaces() if thread_id is None else tables.spaces(thread_id)
        return sum(space.size() for space in spaces)

    def header(self, thread_id: str, ns: str, id: str) -> CheckpointHeader | None:
        """A checkpoint without its channels' values; None where there is none."""
        space = self._tables.find(thread_id, ns)
        return None if space is None else reading.header(space, id, self.serde)

    def headers(self, thread_id: str) -> builtins.list[CheckpointHeader]:
        """All checkpoints of a thread without their channels' values, the newest first."""
        spaces = self._tables.spaces(thread_id)
        found = [reading.header(space, id, self.serde) for space in spaces for id in space.ids()]
        return sorted(filter(None, found), key=lambda each: each.checkpoint_id, reverse=True)

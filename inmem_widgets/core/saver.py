"""`InMemorySaver`: LangGraph checkpoints in memory."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from time import time
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
)

from inmem_widgets.core.change import Change, Raw, change
from inmem_widgets.core.checkpoints import pruning
from inmem_widgets.core.checkpoints.codec import EMPTY, dump, dump_checkpoint
from inmem_widgets.core.checkpoints.history import CheckpointHeader
from inmem_widgets.core.checkpoints.reader import ReadingSaver
from inmem_widgets.core.checkpoints.tables import Write
from inmem_widgets.core.origin import capture, saving, writing

__all__ = ["CheckpointHeader", "InMemorySaver", "MemorySaver"]


class InMemorySaver(ReadingSaver):
    """Keeps checkpoints in memory: upstream's `langgraph.checkpoint.memory.InMemorySaver`, and more.

    Also has `delete_for_runs`, `copy_thread` and `prune`. May be used from several threads at once.
    Reading never adds a thread (langgraph issue 8754), and what it returns is the caller's to change.
    `list` goes newest first over all it lists, threads and namespaces alike.

    Args:
        serde: Serializer of checkpoints, metadata, values and writes.
        factory: Makes the mappings `storage`, `writes` and `blobs`, called with what makes their
            missing values, if anything. They are entered and left by the context manager where
            they can be. Any other than `defaultdict` makes for upstream's speed.

    Attributes:
        changes: Listen to what is saved and deleted: "put" and "put_writes" with keys
            [(thread id, namespace, checkpoint id)]; "delete_thread", "copy_thread", "prune" and
            "delete_for_runs" with thread ids.
        stack: Leaves what the factory made.
    """

    # --- saving ----------------------------------------------------------------------------------

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Save a checkpoint below the one that `config` names.

        All values are serialized before anything is saved. Saving an id again frees the blobs that
        only its former self used.

        Returns:
            The config of the saved checkpoint.
        """
        configurable = config["configurable"]
        thread_id, name = configurable["thread_id"], configurable["checkpoint_ns"]
        serde, changes, tables = self.serde, self.changes, self._tables
        checkpoint_id, values = checkpoint["id"], checkpoint["channel_values"]
        if not isinstance(checkpoint_id, str):
            raise TypeError(f"checkpoint['id']: expected a str, got {type(checkpoint_id).__name__}")
        row, plain = dump_checkpoint(serde, config, checkpoint, metadata)
        blobs = []
        for channel, version in new_versions.items():
            blobs.append((channel, version, dump(serde, values[channel]) if channel in values else EMPTY))
        watched = changes.active
        by = (capture(), metadata.get("step")) if changes.wants_origin else None
        with tables.lock:
            replaced = tables.put(thread_id, name, checkpoint_id, row, blobs, plain)
            if watched:
                now = time() if changes.wants_time else None
                changes.append((saved, thread_id, name, checkpoint_id, row[2], now, by))
        if watched and changes.asleep:
            changes.wake()
        if replaced is not None and (row[3] is None or replaced[3] != row[3]):
            pruning.free_replaced(tables, thread_id, name, [replaced], serde)
        return {
            "configurable": {"thread_id": thread_id, "checkpoint_ns": name, "checkpoint_id": checkpoint_id}
        }

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Save a task's writes beside a checkpoint, whether or not that is saved yet.

        A write saved before stays, except a special one (error, interrupt, …), which is replaced.
        """
        configurable = config["configurable"]
        thread_id, name = configurable["thread_id"], configurable.get("checkpoint_ns", "")
        checkpoint_id = configurable["checkpoint_id"]
        serde, changes, tables = self.serde, self.changes, self._tables
        made = [
            (task_path, task_id, index, channel, dump(serde, value))
            for index, (channel, value) in enumerate(writes)
        ]
        if not made:
            return
        for channel, _ in writes:
            if channel in WRITES_IDX_MAP:  # special: has an index of its own, and the last one counts
                made = _with_special(made)
                break
        if not changes.active:
            tables.space(thread_id, name).put_writes(checkpoint_id, task_id, made, tables.lock)
            return
        by = capture() if changes.wants_origin else None
        with tables.lock:
            made = tables.space(thread_id, name).put_writes(checkpoint_id, task_id, made, tables.lock)
            if made:
                now = time() if changes.wants_time else None
                channels = [each[3] for each in made]
                changes.append(
                    (saved_writes, thread_id, name, checkpoint_id, task_id, task_path, channels, now, by)
                )
        self._wake()

    def get_next_version(self, current: str | None, channel: None) -> str:
        """A version greater than `current`: a counter, and a random part that tells forks apart."""
        number = 0 if current is None else int(str(current).split(".")[0])
        return f"{number + 1:032}.{random.random():016}"

    # --- deleting and copying --------------------------------------------------------------------

    def delete_thread(self, thread_id: str) -> None:
        """Delete all that belongs to a thread."""
        tables, changes = self._tables, self.changes
        with tables.lock:
            if tables.delete_thread(thread_id) and changes.active:
                self._note("delete_thread", [thread_id])
        if changes.active:
            self._wake()

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the checkpoints that runs made, with their writes and the blobs only they used.

        A checkpoint whose parent goes is left with none. Delta channels of a thread that lives on
        lose what the runs wrote.

        Raises:
            TypeError: If `run_ids` is a single string.
        """
        run_ids = _several(run_ids, "run_ids", "run ids")
        pruning.delete_runs(self._tables, run_ids, self.serde, partial(self._note, "delete_for_runs"))
        self._wake()

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all of a thread's checkpoints, writes and blobs to another thread.

        What the target has under the same ids is replaced. An unknown source copies nothing.
        """
        tables = self._tables
        if source_thread_id == target_thread_id:
            return
        with tables.lock:
            replaced = {
                space.name: tables.absorb(space, tables.space(target_thread_id, space.name))
                for space in tables.holdings(source_thread_id)
            }
            if replaced:
                self._note("copy_thread", [source_thread_id, target_thread_id])
        self._wake()
        for name, rows in replaced.items():
            if rows:
                pruning.free_replaced(tables, target_thread_id, name, rows, self.serde)

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Delete what is old in some threads, or all of them. Means what the Postgres saver's does.

        "keep_latest" keeps each namespace's latest checkpoint with its writes and values, and makes
        it parentless; one older than format 4 also keeps the parent that holds its pending sends. A
        subgraph's call (a namespace with a ":") goes with the root checkpoint it started from; a
        subgraph compiled with `checkpointer=True` keeps its latest. What a run saves meanwhile stays.

        Args:
            thread_ids: The threads. Unknown ones are passed over.
            strategy: "keep_latest" or "delete".

        Raises:
            TypeError: If `thread_ids` is a single string.
            ValueError: If the strategy is another.
            NotImplementedError: If "keep_latest" meets a thread with delta channels, whose state is
                rebuilt from older checkpoints; nothing has been changed then.
        """
        thread_ids = _several(thread_ids, "thread_ids", "thread ids")
        if strategy not in pruning.STRATEGIES:
            raise ValueError(f"strategy: expected one of {pruning.STRATEGIES}, got {strategy!r}")
        tables = self._tables
        if strategy == "keep_latest":
            pruning.refuse_delta_threads(tables, thread_ids, self.serde)
            pruning.keep_latest(tables, thread_ids, self.serde, partial(self._note, "prune"))
        else:
            with tables.lock:
                if done := [thread_id for thread_id in thread_ids if tables.delete_thread(thread_id)]:
                    self._note("prune", done)
        self._wake()


MemorySaver = InMemorySaver


def _several(given: Sequence[str], name: str, meaning: str) -> list[str]:
    if isinstance(given, str):
        raise TypeError(f"{name}: expected a sequence of {meaning}, not a str: got {given!r}")
    return list(given)


def _with_special(writes: list[Write]) -> list[Write]:
    found: dict[int, Write] = {}
    for path, task_id, index, channel, stored in writes:
        at = WRITES_IDX_MAP.get(channel, index)
        found[at] = (path, task_id, at, channel, stored)
    return list(found.values())


def saved(number: int, raw: Raw) -> Change:
    """The "put" of a raw tuple: (saved, thread, namespace, id, parent, time, (captured, step) or None)."""
    _, thread_id, ns, checkpoint_id, parent, time, by = raw
    who = None if by is None else saving(by[0], thread_id, ns, parent, by[1])
    key = (thread_id, ns, checkpoint_id)
    return change(number, "put", [key], time=time, info={"parent": parent}, by=who)


def saved_writes(number: int, raw: Raw) -> Change:
    """The "put_writes" of (saved_writes, thread, namespace, id, task, path, channels, time, captured)."""
    _, thread_id, ns, checkpoint_id, task_id, task_path, channels, time, by = raw
    info = {"task_id": task_id, "task_path": task_path, "channels": channels}
    who = None if by is None else writing(by, thread_id, ns, checkpoint_id, task_id, task_path)
    return change(number, "put_writes", [(thread_id, ns, checkpoint_id)], time=time, info=info, by=who)

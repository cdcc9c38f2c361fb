"""Checkpointers as the timeline sees them: ours, and any other by its public interface alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.history import ThreadHistory, key_of
from inmem_widgets.observables.lanes import Key
from inmem_widgets.observables.timeline.reader import SavedWrite

SAVERS = ("ours", "upstream", "sqlite")


@contextmanager
def saver_of(kind: str) -> Iterator[BaseCheckpointSaver[Any]]:
    if kind == "sqlite":
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        try:
            yield SqliteSaver(connection)
        finally:
            connection.close()
    else:
        yield InMemorySaver() if kind == "ours" else Reference()


class Public:
    """What `list` and `get_tuple` tell of a checkpointer, as an observable and its reader; no task paths."""

    own = False
    channels_of = None

    def __init__(self, saver: BaseCheckpointSaver[Any]) -> None:
        self.saver = saver
        self.reader = self

    def history(self, thread: str) -> ThreadHistory:
        found = self.saver.list({"configurable": {"thread_id": thread}})
        return ThreadHistory(
            sorted((self._header(each) for each in found), key=lambda h: h.checkpoint_id, reverse=True)
        )

    def thread_id(self, thread: str) -> str:
        return thread

    def channels(self, thread_id: Any, key: Key, names: Collection[str]) -> dict[str, Any] | None:
        found = self._get(thread_id, key)
        if found is None:
            return None
        return {k: v for k, v in found.checkpoint["channel_values"].items() if k in names}

    def writes(self, thread_id: Any, key: Key) -> list[SavedWrite] | None:
        found = self._get(thread_id, key)
        if found is None:
            return None
        return [
            SavedWrite(task, "", channel, value, None) for task, channel, value in found.pending_writes or []
        ]

    def _get(self, thread_id: Any, key: Key) -> Any:
        ns, checkpoint_id = key
        where = {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
        return self.saver.get_tuple({"configurable": where})

    def _header(self, found: Any) -> CheckpointHeader:
        where, checkpoint = found.config["configurable"], found.checkpoint
        parent = (found.parent_config or {"configurable": {}})["configurable"].get("checkpoint_id")
        return CheckpointHeader(
            where["thread_id"], where.get("checkpoint_ns", ""), where["checkpoint_id"], parent,
            checkpoint["ts"], checkpoint["channel_versions"], checkpoint["versions_seen"], found.metadata,
            tuple((task, channel, "") for task, channel, _ in found.pending_writes or []),
        )  # fmt: skip


def seen(saver: BaseCheckpointSaver[Any]) -> Any:
    return observe(saver) if isinstance(saver, InMemorySaver) else Public(saver)


def newest(observable: Any, thread: str = "t", ns: str = "") -> Key:
    return next(key_of(h) for h in observable.history(thread).headers if h.checkpoint_ns == ns)


def at_step(observable: Any, step: int, thread: str = "t", ns: str = "") -> Key:
    """The newest checkpoint of a step."""
    return next(
        key_of(h)
        for h in observable.history(thread).headers
        if h.checkpoint_ns == ns and h.metadata["step"] == step
    )

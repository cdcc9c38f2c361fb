"""Checkpointers as the timeline sees them: ours, and any other by its public interface alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.threads.history import key_of
from inmem_widgets.observables.threads.lanes import Key

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


def seen(saver: BaseCheckpointSaver[Any]) -> Any:
    """Its observable, which has read all there is."""
    observable = observe(saver)
    observable.read_whole()
    return observable


def newest(observable: Any, thread: str = "t", ns: str = "") -> Key:
    return next(key_of(h) for h in observable.history(thread).headers if h.checkpoint_ns == ns)


def at_step(observable: Any, step: int, thread: str = "t", ns: str = "") -> Key:
    """The newest checkpoint of a step."""
    return next(
        key_of(h)
        for h in observable.history(thread).headers
        if h.checkpoint_ns == ns and h.metadata["step"] == step
    )

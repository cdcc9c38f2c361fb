"""What was written to make a checkpoint, and what is saved beside it."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.diffs.brief import told
from inmem_widgets.observables.diffs.ran import SPECIAL, Task, made_by, tasks_beside
from inmem_widgets.observables.preview import PREVIEW, clean, cut, preview
from inmem_widgets.observables.reading.reader import SavedWrite, Undecodable
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import TaskWrite, TaskWrites, Writes

MOST = 100
"""Tasks shown, of each of the two lists."""
WRITES = 100
"""Writes shown of a task."""
NAME = 200
"""Characters of a name."""
ERROR = 500
_ABOUT = frozenset({"__error_source_node__", "__scheduled__", "__no_writes__"})
"""What LangGraph notes about a task, told otherwise or not at all."""


def writes(observable: ObservableSaver, thread: str, key: Key) -> Writes:
    """The writes that made a checkpoint, and those saved beside it.

    Raises:
        LookupError: there is no such checkpoint.
    """
    history = observable.history(thread)
    header = history.by_key.get(key)
    if header is None:
        raise LookupError(f"checkpoint {key[1]} of thread {thread} is gone")
    thread_id, reader = observable.thread_id(thread), observable.reader
    parent = history.parent(header)
    made = (
        [] if parent is None else made_by(tasks_beside(reader, thread_id, history, parent), history, header)
    )
    pending = tasks_beside(reader, thread_id, history, header)
    sources = {child.metadata.get("source") for child in history.children(header)}
    cut_off = max(0, len(made) - MOST) + max(0, len(pending) - MOST)
    return {
        "key": text_of(key),
        "made": [_task(task) for task in made[:MOST]],
        "pending": [_task(task) for task in pending[:MOST]],
        "applied": bool(sources - {"fork", "input"}),
        "more": cut_off + sum(_beyond(task) for task in [*made[:MOST], *pending[:MOST]]),
    }


def _task(task: Task) -> TaskWrites:
    shown = _shown(task)
    error = next((write for write in task.writes if write.channel == "__error__"), None)
    return {
        "task": clean(task.id),
        "node": cut(clean(task.node or (task.kind if task.kind != "task" else "")), NAME),
        "certain": task.certain,
        "path": cut(clean(task.path), NAME),
        "state": state_of(task),
        "error": "" if error is None else preview(error.value, ERROR),
        "writes": [_write(write) for write in shown[:WRITES]],
    }


def state_of(task: Task) -> Any:
    """Done, failed, interrupted, or resumed: done after an interrupt."""
    channels = {write.channel for write in task.writes}
    asked = "__interrupt__" in channels or "__resume__" in channels
    if channels <= SPECIAL - {"__no_writes__", "__return__"}:
        if "__error__" in channels:
            return "failed"
        return "interrupted" if "__interrupt__" in channels else "resumed" if asked else "done"
    return "resumed" if asked else "done"


def _shown(task: Task) -> list[SavedWrite]:
    return [write for write in task.writes if write.channel not in _ABOUT and write.channel != "__error__"]


def _beyond(task: Task) -> int:
    return max(0, len(_shown(task)) - WRITES)


def _write(write: SavedWrite) -> TaskWrite:
    broken = type(write.value) is Undecodable
    return {
        "channel": cut(clean(write.channel), NAME),
        "type": write.value.type if broken else type_label(write.value),
        "preview": write.value.error if broken else told(write.value, PREVIEW),
        "size": size_of(write.value)[0] if write.size is None else write.size,
        "broken": broken,
    }

"""What a checkpointer holds, as DataFrames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.export.columns import anything
from inmem_widgets.export.schemas import CHECKPOINTS, STATE_DIFF, STATES, WEIGHT, WRITES
from inmem_widgets.observables.diffs.ran import Task, tasks_beside
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.reading.reader import SavedWrite, Undecodable
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.headers import key_of, nodes_that_ran, source_of, step_of, timestamp
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import Diff

if TYPE_CHECKING:
    import pandas as pd


def checkpoints_frame(saver: ObservableSaver, thread: str | None = None) -> pd.DataFrame:
    """One row a checkpoint, the oldest first within a thread; of all threads by default."""
    rows: list[tuple[CheckpointHeader, tuple[str, ...], float | None]] = []
    for history in _histories(saver, thread):
        for header in reversed(history.headers):
            parent = history.parent(header)
            rows.append((header, tuple(nodes_that_ran(header, parent)), _took(header, parent)))
    return CHECKPOINTS.frame(
        **_keys(header for header, _, _ in rows),
        parent_id=[header.parent_id for header, _, _ in rows],
        step=[step_of(header) for header, _, _ in rows],
        source=[source_of(header) for header, _, _ in rows],
        nodes=[nodes for _, nodes, _ in rows],
        time=[timestamp(header.ts) for header, _, _ in rows],
        took=[took for _, _, took in rows],
    )


def states_frame(saver: ObservableSaver, thread: str | None = None) -> pd.DataFrame:
    """One row a checkpoint and one column a channel; of all threads by default."""
    headers = [header for history in _histories(saver, thread) for header in reversed(history.headers)]
    states = [saver.reader.state(header.thread_id, key_of(header)) for header in headers]
    frame = STATES.frame(
        **_keys(headers),
        step=[step_of(header) for header in headers],
        time=[timestamp(header.ts) for header in headers],
    )
    names = dict.fromkeys(name for state in states if state is not None for name in state.values)
    channels = {
        clean(name) + " (channel)" * (name in frame): anything(
            MISSING if state is None else state.values.get(name, MISSING) for state in states
        )
        for name in names
    }
    return frame.assign(**channels)


def writes_frame(saver: ObservableSaver, thread: str | None, *, every: bool = False) -> pd.DataFrame:
    """One row a write saved beside a checkpoint, in replay order, the oldest checkpoint first.

    Args:
        thread: Of this one; None: of none.
        every: Of all threads.
    """
    rows: list[tuple[CheckpointHeader, Task, SavedWrite]] = []
    for history in _histories(saver, None) if every else [_history(saver, thread)]:
        for header in reversed(history.headers):
            if header.writes:
                for task in tasks_beside(saver.reader, header.thread_id, history, header):
                    rows.extend((header, task, write) for write in task.writes)
    values = [write.value for _, _, write in rows]
    broken = [isinstance(value, Undecodable) for value in values]
    return WRITES.frame(
        **_keys(header for header, _, _ in rows),
        step=[step_of(header) for header, _, _ in rows],
        task=[task.id for _, task, _ in rows],
        node=[task.node or None for _, task, _ in rows],
        path=[task.path or None for _, task, _ in rows],
        channel=[write.channel for _, _, write in rows],
        type=[value.type if bad else type_label(value) for value, bad in zip(values, broken, strict=True)],
        size=[write.size for _, _, write in rows],
        preview=[None if bad else preview(value) for value, bad in zip(values, broken, strict=True)],
        error=[value.error if bad else None for value, bad in zip(values, broken, strict=True)],
    )


def weight_frame(saver: ObservableSaver, thread: str | None) -> pd.DataFrame:
    """One row a stored piece of a checkpoint: itself, the writes beside it, each value it leads to."""
    history = _history(saver, thread)
    held = saver.reader.held(saver.thread_id(thread) if thread is not None else "")
    holders = Counter(
        (header.checkpoint_ns, channel, version)
        for header in history.headers
        for channel, version in header.channel_versions.items()
    )
    rows: list[tuple[CheckpointHeader, str, str | None, str | None, int, int]] = []
    for header in reversed(history.headers):
        key, ns = key_of(header), header.checkpoint_ns
        rows.append((header, "checkpoint", None, None, held.rows.get(key, 0), 1))
        if key in held.writes:
            rows.append((header, "writes", None, None, held.writes[key], 1))
        for channel, version in header.channel_versions.items():
            blob = ns, channel, version
            if blob in held.blobs:
                rows.append((header, "value", channel, str(version), held.blobs[blob], holders[blob]))
    return WEIGHT.frame(
        **_keys(row[0] for row in rows),
        step=[step_of(row[0]) for row in rows],
        kind=[row[1] for row in rows],
        channel=[row[2] for row in rows],
        version=[row[3] for row in rows],
        bytes=[row[4] for row in rows],
        holders=[row[5] for row in rows],
    )


def diff_frame(diff: Diff | None) -> pd.DataFrame:
    """One row a change."""
    rows = [row for row in (diff["rows"] if diff else []) if row["op"] not in ("same", "fold")]
    makers = [row["by"] for row in rows]
    return STATE_DIFF.frame(
        op=[row["op"] for row in rows],
        path=[row["path"] for row in rows],
        before=[row["before"] for row in rows],
        after=[row["after"] for row in rows],
        moved_from=[row["moved"][0] if row["moved"] else None for row in rows],
        moved_to=[row["moved"][1] if row["moved"] else None for row in rows],
        nodes=[", ".join(by["nodes"]) or by["source"] if by else None for by in makers],
        step=[by["step"] if by else None for by in makers],
        task=[(by["task"] or None) if by else None for by in makers],
        checkpoint_id=[by["key"].rpartition("\n")[2] if by else None for by in makers],
    )


def _histories(saver: ObservableSaver, thread: str | None) -> Iterator[ThreadHistory]:
    saver.read_whole()
    wanted = saver.catalog.thread_ids() if thread is None else [saver.thread_id(thread)]
    for thread_id in wanted:
        yield ThreadHistory(saver.catalog.headers(thread_id))


def _history(saver: ObservableSaver, thread: str | None) -> ThreadHistory:
    return ThreadHistory([]) if thread is None else saver.history(thread)


def _took(header: CheckpointHeader, parent: CheckpointHeader | None) -> float | None:
    now, before = timestamp(header.ts), timestamp(parent.ts) if parent is not None else None
    return None if now is None or before is None else max(0.0, now - before)


def _keys(headers: Iterable[CheckpointHeader]) -> dict[str, Any]:
    found: Sequence[CheckpointHeader] = [*headers]
    return {
        "thread_id": [header.thread_id for header in found],
        "checkpoint_ns": [header.checkpoint_ns for header in found],
        "checkpoint_id": [header.checkpoint_id for header in found],
    }

"""What a checkpointer holds, as DataFrames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.export.columns import categories, real, texts, times, whole
from inmem_widgets.observables.diffs.ran import Task, tasks_beside
from inmem_widgets.observables.preview import preview
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
    import pandas as pd

    rows: list[tuple[CheckpointHeader, tuple[str, ...], float | None]] = []
    for history in _histories(saver, thread):
        for header in reversed(history.headers):
            parent = history.parent(header)
            rows.append((header, tuple(nodes_that_ran(header, parent)), _took(header, parent)))
    return pd.DataFrame(
        {
            **_keys(header for header, _, _ in rows),
            "parent_id": texts(header.parent_id for header, _, _ in rows),
            "step": whole(step_of(header) for header, _, _ in rows),
            "source": categories(source_of(header) for header, _, _ in rows),
            "nodes": pd.Series([nodes for _, nodes, _ in rows], dtype="object"),
            "time": times(timestamp(header.ts) for header, _, _ in rows),
            "took": real(took for _, _, took in rows),
        }
    )


def writes_frame(saver: ObservableSaver, thread: str | None) -> pd.DataFrame:
    """One row a write saved beside a checkpoint, in replay order, the oldest checkpoint first."""
    rows: list[tuple[CheckpointHeader, Task, SavedWrite]] = []
    history = _history(saver, thread)
    thread_id = None if thread is None else saver.thread_id(thread)
    for header in reversed(history.headers):
        if header.writes:
            for task in tasks_beside(saver.reader, thread_id, history, header):
                rows.extend((header, task, write) for write in task.writes)
    values = [write.value for _, _, write in rows]
    broken = [isinstance(value, Undecodable) for value in values]
    return _frame(
        {
            **_keys(header for header, _, _ in rows),
            "step": whole(step_of(header) for header, _, _ in rows),
            "task": texts(task.id for _, task, _ in rows),
            "node": texts(task.node or None for _, task, _ in rows),
            "path": texts(task.path or None for _, task, _ in rows),
            "channel": texts(write.channel for _, _, write in rows),
            "type": categories(
                value.type if bad else type_label(value) for value, bad in zip(values, broken, strict=True)
            ),
            "size": whole(write.size for _, _, write in rows),
            "preview": texts(
                None if bad else preview(value) for value, bad in zip(values, broken, strict=True)
            ),
            "error": texts(value.error if bad else None for value, bad in zip(values, broken, strict=True)),
        }
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
    return _frame(
        {
            **_keys(row[0] for row in rows),
            "step": whole(step_of(row[0]) for row in rows),
            "kind": categories((row[1] for row in rows), ("checkpoint", "writes", "value")),
            "channel": texts(row[2] for row in rows),
            "version": texts(row[3] for row in rows),
            "bytes": whole(row[4] for row in rows),
            "holders": whole(row[5] for row in rows),
        }
    )


def diff_frame(diff: Diff | None) -> pd.DataFrame:
    """One row a change."""
    rows = [row for row in (diff["rows"] if diff else []) if row["op"] not in ("same", "fold")]
    makers = [row["by"] for row in rows]
    return _frame(
        {
            "op": categories((row["op"] for row in rows), ("add", "del", "mod", "move")),
            "path": texts(row["path"] for row in rows),
            "before": texts(row["before"] for row in rows),
            "after": texts(row["after"] for row in rows),
            "moved_from": whole(row["moved"][0] if row["moved"] else None for row in rows),
            "moved_to": whole(row["moved"][1] if row["moved"] else None for row in rows),
            "nodes": texts(", ".join(by["nodes"]) or by["source"] if by else None for by in makers),
            "step": whole(by["step"] if by else None for by in makers),
            "task": texts((by["task"] or None) if by else None for by in makers),
            "checkpoint_id": texts(by["key"].rpartition("\n")[2] if by else None for by in makers),
        }
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
        "thread_id": texts(header.thread_id for header in found),
        "checkpoint_ns": texts(header.checkpoint_ns for header in found),
        "checkpoint_id": texts(header.checkpoint_id for header in found),
    }


def _frame(columns: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)

"""The threads of a checkpointer, and any window of one thread's checkpoints as rows."""

from __future__ import annotations

import datetime
import threading
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from langchain_core.runnables import RunnableConfig

from inmem_widgets.core.changes import Change
from inmem_widgets.core.saver import CheckpointHeader, InMemorySaver
from inmem_widgets.observables.base import Fresh, Observable
from inmem_widgets.observables.lanes import Key, Layout, Node, layout, path_rows, segments
from inmem_widgets.observables.preview import clean
from inmem_widgets.wire import Badge, CheckpointRow, Thread

THREADS = 500
"""Threads listed, the most recently changed first."""

_INTERNAL = {"__input__", "__interrupt__"}
"""`versions_seen` entries that are no nodes."""


class ThreadHistory:
    """The checkpoints of one thread, newest first, with their layout."""

    def __init__(self, headers: list[CheckpointHeader]) -> None:
        self.headers = headers
        self.by_key: dict[Key, CheckpointHeader] = {key_of(h): h for h in headers}
        self.nodes = [_node(h) for h in headers]
        self.plan: Layout = layout(self.nodes)

    def with_header(self, header: CheckpointHeader) -> ThreadHistory:
        """The history after one checkpoint was put or given writes."""
        headers = list(self.headers)
        key = key_of(header)
        if key in self.by_key:
            headers[next(i for i, h in enumerate(headers) if key_of(h) == key)] = header
        else:
            order = [_descending(h.checkpoint_id) for h in headers[:64]]
            i = bisect_left(order, _descending(header.checkpoint_id))
            if i == len(order) < len(headers):
                headers = sorted([*headers, header], key=lambda h: h.checkpoint_id, reverse=True)
            else:
                headers.insert(i, header)
        return ThreadHistory(headers)


class _descending(str):
    """A string that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


class ObservableSaver(Observable[InMemorySaver]):
    """Threads and checkpoints of an `InMemorySaver`."""

    threads = Fresh(0, read_only=True)
    """How many threads have checkpoints."""
    checkpoints = Fresh(0, read_only=True)
    """How many checkpoints there are, over all threads."""

    def __init__(self, source: InMemorySaver) -> None:
        self._lock = threading.RLock()
        self._summaries: dict[str, Thread] = {}
        self._histories: dict[str, ThreadHistory] = {}
        super().__init__(source, records=True)
        self.sync()

    def figures(self, source: InMemorySaver) -> dict[str, Any]:
        return {"threads": len(source.thread_ids()), "checkpoints": source.count()}

    def digest(self, changes: list[Change]) -> None:
        source = self.source
        if source is None:
            return
        touched: dict[str, set[Key] | None] = {}
        for change in changes:
            for key in change.keys:
                if change.kind in ("put", "put_writes"):
                    known = touched.setdefault(key[0], set())
                    if known is not None:
                        known.add((key[1], key[2]))
                else:
                    touched[key] = None
        with self._lock:
            for thread, keys in touched.items():
                self._summaries.pop(thread, None)
                self._refresh(source, thread, keys)

    def _refresh(self, source: InMemorySaver, thread: str, keys: set[Key] | None) -> None:
        history = self._histories.get(thread)
        if history is None:
            return
        if keys is None or len(keys) > 8:
            del self._histories[thread]
            return
        for ns, checkpoint_id in keys:
            header = source.header(thread, ns, checkpoint_id)
            if header is not None:
                history = history.with_header(header)
        self._histories[thread] = history

    def history(self, thread: str) -> ThreadHistory:
        """The thread's checkpoints; the last few threads asked for are kept and followed."""
        with self._lock:
            source = self.source
            found = self._histories.pop(thread, None)
            if source is not None and (found is None or len(found.headers) != source.count(thread)):
                found = ThreadHistory(source.headers(thread))
            found = found or ThreadHistory([])
            self._histories[thread] = found
            while len(self._histories) > 4:
                del self._histories[next(iter(self._histories))]
            return found

    def thread_list(self) -> list[Thread]:
        """Summaries of the most recently changed threads, at most `THREADS`."""
        source = self.source
        if source is None:
            return []
        with self._lock:
            for thread in source.thread_ids():
                known = self._summaries.get(thread)
                if known is None or known["checkpoints"] != source.count(thread):
                    self._summaries[thread] = _summary(source, thread)
            alive = [t for t in self._summaries.values() if t["checkpoints"]]
            self._summaries = {t["id"]: t for t in alive}
        return sorted(alive, key=lambda t: t["updated"] or 0.0, reverse=True)[:THREADS]

    def thread_id(self, text: str) -> Any:
        """The thread id whose text this is (ids need not be strings).

        Raises:
            LookupError: there is no such thread (any more).
        """
        source = self.source
        for found in source.thread_ids() if source is not None else ():
            if found == text or clean(str(found)) == text:
                return found
        raise LookupError(f"thread {text!r} has no checkpoints")

    def newest(self, thread: str) -> Key | None:
        """The newest checkpoint of the thread's root graph, else of any namespace."""
        headers = self.history(thread).headers
        head = next((h for h in headers if not h.checkpoint_ns), headers[0] if headers else None)
        return key_of(head) if head is not None else None

    def window(
        self, thread: str, selected: Key | None, start: int, stop: int
    ) -> tuple[int, list[CheckpointRow]]:
        """How many checkpoints the thread has, and the rows start … stop - 1, newest first."""
        history = self.history(thread)
        total = len(history.headers)
        start, stop = max(0, start), min(stop, total)
        if start >= stop:
            return total, []
        path = path_rows(history.nodes, selected)
        lines = segments(history.plan, path, start, stop)
        rows = []
        for i in range(start, stop):
            row = _row(history, i)
            row["segments"], row["path"] = lines[i - start], i in path
            rows.append(row)
        return total, rows

    def state(self, config: RunnableConfig) -> dict[str, Any] | None:
        """Channel values of the checkpoint a config names; None if it is gone."""
        source = self.source
        found = source.get_tuple(config) if source is not None else None
        return None if found is None else dict(found.checkpoint["channel_values"])


def key_of(header: CheckpointHeader) -> Key:
    return header.checkpoint_ns, header.checkpoint_id


def _node(header: CheckpointHeader) -> Node:
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
    """Names of the nodes that made a checkpoint: they saw other channel versions than at its parent."""
    before = parent.versions_seen if parent is not None else {}
    return [
        name
        for name, seen in header.versions_seen.items()
        if name not in _INTERNAL and seen != before.get(name)
    ]


def _row(history: ThreadHistory, i: int) -> CheckpointRow:
    header = history.headers[i]
    parent = history.by_key.get((header.checkpoint_ns, header.parent_id)) if header.parent_id else None
    source = header.metadata.get("source")
    return {
        "id": clean(header.checkpoint_id),
        "ns": clean(header.checkpoint_ns),
        "scope": [clean(part.partition(":")[0]) for part in header.checkpoint_ns.split("|") if part],
        "nodes": [clean(name) for name in nodes_that_ran(header, parent)],
        "source": clean(str(source)) if source is not None else "loop",
        "step": _step(header),
        "ts": timestamp(header.ts),
        "parent": clean(header.parent_id) if header.parent_id else None,
        "lane": history.plan.lanes[i],
        "segments": [],
        "path": False,
        "badges": _badges(header),
    }


def _step(header: CheckpointHeader) -> int | None:
    step = header.metadata.get("step")
    return step if isinstance(step, int) else None


def timestamp(ts: str) -> float | None:
    """Seconds since the epoch of a checkpoint's ISO 8601 `ts`; None if it is none."""
    try:
        return datetime.datetime.fromisoformat(ts).timestamp()
    except (TypeError, ValueError):
        return None


def _badges(header: CheckpointHeader) -> list[Badge]:
    channels = {channel for _, channel, _ in header.writes}
    badges: list[Badge] = []
    if "__error__" in channels:
        badges.append({"kind": "error", "text": "error"})
    if "__interrupt__" in channels:
        badges.append({"kind": "interrupt", "text": "resumed" if "__resume__" in channels else "interrupt"})
    return badges


def _summary(source: InMemorySaver, thread: str) -> Thread:
    headers = source.headers(thread)
    roots: Iterable[CheckpointHeader] = (h for h in headers if not h.checkpoint_ns)
    head = next(iter(roots), headers[0] if headers else None)
    kinds = {b["kind"] for b in _badges(head)} if head is not None else set()
    return {
        "id": thread,
        "checkpoints": len(headers),
        "step": _step(head) if head is not None else None,
        "status": "failed" if "error" in kinds else "interrupted" if "interrupt" in kinds else "idle",
        "updated": timestamp(head.ts) if head is not None else None,
    }

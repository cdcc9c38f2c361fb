"""The checkpoints of one thread, as rows of a timeline."""

from __future__ import annotations

import datetime
from functools import cached_property

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.lanes import Key, Layout, Node, layout, path_rows, segments
from inmem_widgets.observables.preview import clean
from inmem_widgets.wire import Badge, CheckpointRow, Thread

_INTERNAL = {"__input__", "__interrupt__"}
"""`versions_seen` entries that are no nodes."""


class ThreadHistory:
    """The checkpoints of one thread, newest first, with their layout."""

    def __init__(self, headers: list[CheckpointHeader]) -> None:
        self.headers = headers
        self.by_key: dict[Key, CheckpointHeader] = {key_of(h): h for h in headers}

    @cached_property
    def nodes(self) -> list[Node]:
        return [_node(h) for h in self.headers]

    @cached_property
    def plan(self) -> Layout:
        return layout(self.nodes)

    def with_headers(self, changed: list[CheckpointHeader]) -> ThreadHistory:
        """The history after some checkpoints were put or given writes."""
        by_key = {**self.by_key, **{key_of(h): h for h in changed}}
        if len(by_key) == len(self.by_key):
            return ThreadHistory([by_key[key_of(h)] for h in self.headers])
        return ThreadHistory(sorted(by_key.values(), key=lambda h: h.checkpoint_id, reverse=True))

    def row_of(self, key: Key | None) -> int | None:
        """Which row a checkpoint is; None if it is not of this thread."""
        if key not in self.by_key:
            return None
        return next(i for i, h in enumerate(self.headers) if key_of(h) == key)

    @property
    def head(self) -> CheckpointHeader | None:
        """The newest checkpoint of the root graph, else of any."""
        roots = (h for h in self.headers if not h.checkpoint_ns)
        return next(roots, self.headers[0] if self.headers else None)

    def parent(self, header: CheckpointHeader) -> CheckpointHeader | None:
        return self.by_key.get((header.checkpoint_ns, header.parent_id)) if header.parent_id else None

    def window(self, selected: Key | None, start: int, stop: int) -> list[CheckpointRow]:
        """The rows start … stop - 1, newest first."""
        start, stop = max(0, start), min(stop, len(self.headers))
        if start >= stop:
            return []
        path = path_rows(self.nodes, selected)
        lines = segments(self.plan, path, start, stop)
        rows = []
        for i in range(start, stop):
            row = self._row(i)
            row["segments"], row["path"] = lines[i - start], i in path
            rows.append(row)
        return rows

    def _row(self, i: int) -> CheckpointRow:
        header = self.headers[i]
        parent = self.parent(header)
        source = header.metadata.get("source")
        return {
            "id": clean(header.checkpoint_id),
            "ns": clean(header.checkpoint_ns),
            "scope": [clean(part.partition(":")[0]) for part in header.checkpoint_ns.split("|") if part],
            "nodes": [clean(name) for name in nodes_that_ran(header, parent)],
            "source": clean(str(source)) if source is not None else "loop",
            "step": step_of(header),
            "ts": timestamp(header.ts),
            "parent": clean(header.parent_id) if header.parent_id else None,
            "lane": self.plan.lanes[i],
            "segments": [],
            "path": False,
            "badges": _badges(header),
        }

    def summary(self, thread: str) -> Thread:
        """The thread as its list shows it."""
        head = self.head
        kinds = {b["kind"] for b in _badges(head)} if head is not None else set()
        return {
            "id": thread,
            "checkpoints": len(self.headers),
            "step": step_of(head) if head is not None else None,
            "status": "failed" if "error" in kinds else "interrupted" if "interrupt" in kinds else "idle",
            "updated": timestamp(head.ts) if head is not None else None,
        }


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


def step_of(header: CheckpointHeader) -> int | None:
    """The superstep that made a checkpoint (-1 is the input); None if its metadata does not say."""
    step = header.metadata.get("step")
    return step if isinstance(step, int) and abs(step) < 1 << 53 else None  # what a browser can count to


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

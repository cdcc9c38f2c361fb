"""The checkpoints of one thread, as rows of a timeline."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.threads.badges import badges
from inmem_widgets.observables.threads.grown import Grown
from inmem_widgets.observables.threads.headers import (
    key_of,
    node_of,
    nodes_that_ran,
    order_of,
    source_of,
    step_of,
    timestamp,
)
from inmem_widgets.observables.threads.lanes import Key, Layout, segments
from inmem_widgets.observables.threads.status import CONTROL, Marks, MarksOf, Status, marks, status
from inmem_widgets.wire import Badge, CheckpointRow, Thread

__all__ = ["ThreadHistory", "key_of", "nodes_that_ran", "step_of", "timestamp"]

MOST_LANES = 24
"""Lanes drawn; those beyond share the last one."""
IDLE, TIMES = 60.0, 20
"""Nothing happened for more than so many seconds, and so many times the median step: worth saying."""
_KEPT = 2_000
"""Marks, and rows, of checkpoints that are kept."""
_NO_NODES = ("input", "update", "fork")
"""Sources of checkpoints that no node made."""


class ThreadHistory:
    """The checkpoints of one thread, newest first, as they were at some moment.

    A later moment's history shares all that is in both.

    Args:
        headers: Newest first.
        marks: Tells what headers do not, such as an interrupt's text, when it is shown: `status.marks_by`.
    """

    def __init__(self, headers: Sequence[CheckpointHeader], marks: MarksOf | None = None) -> None:
        self._begin(Grown(headers[::-1]), marks)

    def _begin(self, grown: Grown, marks: MarksOf | None) -> None:
        self.grown = grown
        self.size = len(grown.headers)
        self.plan = Layout(grown.lanes)
        self._marks = marks

    @cached_property
    def headers(self) -> list[CheckpointHeader]:
        return self.grown.headers[: self.size][::-1]

    @property
    def by_key(self) -> Mapping[Key, CheckpointHeader]:
        """Also has what came later."""
        return self.grown.by_key

    def with_headers(self, changed: Sequence[CheckpointHeader]) -> ThreadHistory:
        """The history after some checkpoints were put or given writes; for the latest one of a thread.

        O(what changed) where the new ones are the newest.
        """
        grown = self.grown
        known = [h for h in changed if key_of(h) in grown.by_key]
        new = sorted((h for h in changed if key_of(h) not in grown.by_key), key=order_of)
        moved = any(node_of(h) != node_of(grown.by_key[key_of(h)]) for h in known)
        late = bool(new and grown.headers and order_of(new[0]) <= order_of(grown.headers[-1]))
        if moved or late or len(grown.headers) != self.size:
            by_key = {key_of(h): h for h in (*grown.headers, *changed)}
            return ThreadHistory(sorted(by_key.values(), key=order_of, reverse=True), self._marks)
        for header in known:
            grown.replace(header)
        for header in new:
            grown.add(header)
        later = ThreadHistory.__new__(ThreadHistory)
        later._begin(grown, self._marks)
        return later

    def header(self, row: int) -> CheckpointHeader:
        return self.grown.headers[self.size - 1 - row]

    def row_of(self, key: Key | None) -> int | None:
        """Which row a checkpoint is; None if it is not of this thread."""
        return self.plan.row(key)

    @property
    def head(self) -> CheckpointHeader | None:
        """The newest checkpoint of the root graph, else of any."""
        roots = bisect_left(self.grown.roots, self.size)
        if roots:
            return self.grown.headers[self.grown.roots[roots - 1]]
        return self.header(0) if self.size else None

    def parent(self, header: CheckpointHeader) -> CheckpointHeader | None:
        return self.grown.by_key.get((header.checkpoint_ns, header.parent_id)) if header.parent_id else None

    def places(self, kind: str) -> list[int]:
        """Rows worth finding, descending: of "interrupt", "error", "fork" or "update"."""
        found, newest = self.grown.places[kind], self.size - 1
        return [newest - place for place in found[: bisect_left(found, self.size)]]

    @property
    def idle_over(self) -> float:
        """Seconds: a stretch longer than that is idle."""
        gaps = self.grown.gaps
        return max(IDLE, TIMES * gaps[(len(gaps) - 1) // 2]) if gaps else IDLE

    def marks(self, header: CheckpointHeader) -> Marks:
        """What the checkpoint says beyond its header."""
        key, kept = key_of(header), self.grown.marks
        found = kept.get(key)
        if found is None or found[0] is not header:
            made = marks(header, {}, ()) if self._marks is None else self._marks(header, self.parent(header))
            if len(kept) >= _KEPT:
                kept.clear()
            found = kept[key] = header, made
        return found[1]

    def window(self, selected: Key | None, start: int, stop: int) -> list[CheckpointRow]:
        """The rows start … stop - 1, newest first. O(rows + lanes + the selected one's distance)."""
        start, stop = max(0, start), min(stop, self.size)
        if start >= stop:
            return []
        path = self.plan.path(selected, stop)
        lines = segments(self.plan, path, start, stop, MOST_LANES)
        idle = self.idle_over
        return [
            {**self._row(i), "idle": self._idle(i, idle), "segments": lines[i - start], "path": i in path}
            for i in range(start, stop)
        ]

    @property
    def lanes(self) -> int:
        """Lanes drawn."""
        return min(self.plan.width, MOST_LANES)

    def _row(self, i: int) -> CheckpointRow:
        """What a row says by itself; made once."""
        place, kept = self.size - 1 - i, self.grown.rows
        header, went_on = self.grown.headers[place], self._went_on(place)
        found = kept.get(place)
        if found is None or found[0] is not header or found[1] != went_on:
            if len(kept) >= _KEPT:
                kept.clear()
            found = kept[place] = header, went_on, self._new_row(header, place, went_on)
        return found[2]

    def _new_row(self, header: CheckpointHeader, place: int, went_on: bool) -> CheckpointRow:
        parent, source = self.parent(header), source_of(header)
        ts, before = timestamp(header.ts), timestamp(parent.ts) if parent is not None else None
        nodes = nodes_that_ran(header, parent) if source not in _NO_NODES else []
        return {
            "id": clean(header.checkpoint_id),
            "ns": clean(header.checkpoint_ns),
            "scope": [clean(part.partition(":")[0]) for part in header.checkpoint_ns.split("|") if part],
            "nodes": [clean(name) for name in nodes],
            "source": clean(source),
            "step": step_of(header),
            "ts": ts,
            "took": max(0.0, ts - before) if ts is not None and before is not None else None,
            "idle": None,
            "parent": clean(header.parent_id) if header.parent_id else None,
            "lane": min(self.grown.lanes.lanes[place], MOST_LANES - 1),
            "segments": [],
            "path": False,
            "badges": self._badges(header, parent, went_on),
        }

    def _idle(self, i: int, over: float) -> float | None:
        """Seconds in which nothing happened before a row, where that is long."""
        times, place = self.grown.times, self.size - 1 - i
        gap = times[place] - times[place - 1] if place and times[place - 1] else 0.0
        return gap if gap > over else None

    def _badges(
        self, header: CheckpointHeader, parent: CheckpointHeader | None, went_on: bool
    ) -> list[Badge]:
        update = source_of(header) == "update"
        if not header.writes and not update:
            return []
        telling = update or any(channel in CONTROL for _, channel, _ in header.writes)
        return badges(header, parent, self.marks(header) if telling else Marks(), went_on)

    def children(self, header: CheckpointHeader) -> list[CheckpointHeader]:
        """Checkpoints made from one, oldest first."""
        places = self.grown.lanes.children.get(self.grown.lanes.places.get(key_of(header), -1), ())
        return [self.grown.headers[place] for place in places if place < self.size]

    def _went_on(self, place: int) -> bool:
        """Whether a step was made from a checkpoint."""
        children = self.grown.lanes.children.get(place)
        return children is not None and children[0] < self.size

    def status(self, now: float | None = None) -> Status:
        """How the thread stands, as its newest root checkpoint says."""
        head = self.head
        if head is None:
            return "finished"
        last = self.grown.times[self.size - 1] or None
        return status(self.marks(head), head, last, time.time() if now is None else now)

    def summary(self, thread: str, now: float | None = None) -> Thread:
        """The thread as its list shows it; its bytes are not known here."""
        head = self.head
        return {
            "id": thread,
            "checkpoints": self.size,
            "step": step_of(head) if head is not None else None,
            "status": self.status(now),
            "updated": timestamp(head.ts) if head is not None else None,
            "bytes": None,
        }

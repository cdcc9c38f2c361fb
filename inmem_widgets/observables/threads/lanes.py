"""Where each checkpoint of a thread is drawn: a lane, and the pieces of line in its row.

Rows run newest first; inside, places count from the oldest, so that a history grows at its end. A
checkpoint keeps its parent's lane where that is still free, else takes the leftmost free one: nothing
that is drawn ever moves, and the lane of a branch that has ended is used again. A subgraph's
checkpoints hang dashed between the checkpoint that called them and the one that came of the call.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence
from typing import Literal, NamedTuple

from inmem_widgets.wire import Segment

Key = tuple[str, str]
"""(checkpoint namespace, checkpoint id)."""
Part = Literal["top", "bottom", "through"]


class Node(NamedTuple):
    """A checkpoint as the layout sees it."""

    key: Key
    parent: Key | None
    caller: Key | None
    """For a subgraph: the checkpoint of the calling graph at which it ran."""


class Edge(NamedTuple):
    older: int
    newer: int
    older_lane: int
    newer_lane: int
    via: int
    """The lane of all rows in between."""
    dashed: bool


class Lanes:
    """The lanes of a thread that grows, by place, the oldest first."""

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        """`nodes`: oldest first."""
        self.places: dict[Key, int] = {}
        self.parents: list[int] = []
        """Places, -1 where there is none; as with …"""
        self.callers: list[int] = []
        self.children: dict[int, list[int]] = {}
        self.lanes: list[int] = []
        self.lines: list[list[tuple[int, int, bool]]] = []
        """Per lane, one above the other: the place a line comes from, the one it leads to, dashed."""
        self.ends: list[list[int]] = []
        """The places the lines lead to."""
        self._tops: list[int] = []  # per lane, the newest place in use
        self._tips: dict[int, dict[str, int]] = {}  # by caller: the last checkpoint of each call under way
        self._full = (-1, 0)  # above that place, so many lanes are in use
        for node in nodes:
            self.add(node)

    def add(self, node: Node) -> None:
        """A checkpoint newer than all there are. O(lanes) where it forks, else O(1)."""
        places, lanes, tops = self.places, self.lanes, self._tops
        place = len(lanes)
        # what it hangs on must be older: a checkpoint that names itself or a later one hangs on nothing
        parent = places.get(node.parent, -1) if node.parent is not None else -1
        caller = places.get(node.caller, -1) if node.caller is not None else -1
        called = caller >= 0 and (parent < 0 or self.callers[parent] != caller)
        below = caller if called else parent
        lane = lanes[parent] if parent >= 0 else -1
        if lane < 0 or tops[lane] > below:
            left = lanes[caller] + 1 if caller >= 0 else 0  # a subgraph hangs to the right
            lane = self._free(left, below if below >= 0 else place)
        places[node.key] = place
        self.parents.append(parent)
        self.callers.append(caller)
        lanes.append(lane)
        tops[lane] = place
        dashed = node.caller is not None
        if below >= 0:
            self.lines[lane].append((below, place, dashed))
            self.ends[lane].append(place)
        if parent >= 0:
            if called:
                self._line(parent, place)
            if (siblings := self.children.get(parent)) is not None:
                siblings.append(place)
            else:
                self.children[parent] = [place]
                for tip in self._tips.pop(parent, {}).values():
                    self._line(tip, place)
        if caller >= 0 and caller not in self.children:
            self._tips.setdefault(caller, {})[node.key[0]] = place

    def _free(self, left: int, since: int) -> int:
        """The leftmost lane from `left` on with nothing above a place."""
        tops = self._tops
        for lane in range(max(left, self._full[1]) if since <= self._full[0] else left, len(tops)):
            if tops[lane] <= since:
                return lane
        tops.append(-1)
        if not left:
            self._full = since, len(tops)
        self.lines.append([])
        self.ends.append([])
        return len(tops) - 1

    def _line(self, older: int, newer: int) -> None:
        """A dashed line of its own, along the older one's lane where that is free."""
        lane = self.lanes[older]
        if self._tops[lane] > older:
            lane = self._free(lane + 1, older)
        self._tops[lane] = newer
        self.lines[lane].append((older, newer, True))
        self.ends[lane].append(newer)


class Layout:
    """The lanes as they were when there were `size` checkpoints, by row."""

    def __init__(self, grown: Lanes) -> None:
        self.grown = grown
        self.size = len(grown.lanes)
        self.width = len(grown.ends)
        """How many lanes there are."""

    @property
    def lanes(self) -> list[int]:
        """The lane of each row."""
        return self.grown.lanes[: self.size][::-1]

    def lane(self, row: int) -> int:
        return self.grown.lanes[self.size - 1 - row]

    @property
    def edges(self) -> list[Edge]:
        return self.edges_in(0, self.size)

    def edges_in(self, start: int, stop: int) -> list[Edge]:
        """Those that touch some of the rows start … stop - 1. O(lanes + edges)."""
        lanes, newest = self.grown.lanes, self.size - 1
        low, high = self.size - stop, self.size - start
        found = []
        for via in range(self.width):
            lines = self.grown.lines[via]
            for i in range(bisect_left(self.grown.ends[via], low), len(lines)):
                older, newer, dashed = lines[i]
                if older >= high or newer > newest:
                    break
                found.append(Edge(newest - older, newest - newer, lanes[older], lanes[newer], via, dashed))
        return found

    def row(self, key: Key | None) -> int | None:
        place = self.grown.places.get(key, self.size) if key is not None else self.size
        return self.size - 1 - place if place < self.size else None

    def path(self, selected: Key | None, stop: int | None = None) -> set[int]:
        """Rows from the selected checkpoint down to the root, through the callers of subgraphs: those
        before `stop`, and the next one."""
        rows: set[int] = set()
        row = self.row(selected)
        if row is None:
            return rows
        parents, callers, newest = self.grown.parents, self.grown.callers, self.size - 1
        place = newest - row
        last = -1 if stop is None else self.size - stop
        while place >= last and place >= 0:
            rows.add(newest - place)
            place = parents[place] if parents[place] >= 0 else callers[place]
        if place >= 0:
            rows.add(newest - place)
        return rows


def layout(nodes: Sequence[Node]) -> Layout:
    """Lanes and edges for nodes given newest first."""
    return Layout(Lanes(reversed(nodes)))


def path_rows(nodes: Sequence[Node], selected: Key | None) -> set[int]:
    """See `Layout.path`, for nodes given newest first."""
    return layout(nodes).path(selected)


def segments(
    plan: Layout, path: Container[int], start: int, stop: int, most: int | None = None
) -> list[list[Segment]]:
    """The pieces of line in the rows start … stop - 1; lanes beyond the first `most` are drawn as one."""
    rows: list[list[Segment]] = [[] for _ in range(start, stop)]
    last = plan.width if most is None else most - 1
    beside: dict[tuple[bool, bool], bytearray] = {}  # rows that lines pass in the last lane, which is shared

    def draw(i: int, part: Part, top: int, bottom: int, dashed: bool, on_path: bool) -> None:
        segment: Segment = {
            "part": part,
            "top": min(top, last),
            "bottom": min(bottom, last),
            "dashed": dashed,
            "path": on_path,
        }
        if max(top, bottom) < last or segment not in rows[i]:
            rows[i].append(segment)

    for edge in plan.edges_in(start, stop):
        dashed, on_path = edge.dashed, edge.older in path and edge.newer in path
        if edge.older < stop:
            draw(edge.older - start, "top", edge.via, edge.older_lane, dashed, on_path)
        above, below = max(edge.newer + 1, start) - start, min(edge.older, stop) - start
        if edge.via < last:
            for i in range(above, below):
                draw(i, "through", edge.via, edge.via, dashed, on_path)
        elif above < below:
            passed = beside.setdefault((dashed, on_path), bytearray(stop - start))
            passed[above:below] = b"\1" * (below - above)
        if edge.newer >= start:
            draw(edge.newer - start, "bottom", edge.newer_lane, edge.via, dashed, on_path)
    for (dashed, on_path), passed in beside.items():
        for i in range(stop - start):
            if passed[i]:
                draw(i, "through", last, last, dashed, on_path)
    return rows

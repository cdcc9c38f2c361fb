"""Where each checkpoint of a thread is drawn: a lane, and the pieces of line in its row.

Rows run newest first. A *chain* is a run of checkpoints each of which is the first child of the
one before; it keeps one lane, the leftmost that is free where it starts: a fork never moves what
was there before it, and the lane of a branch that has ended is used again. A subgraph's chains
hang dashed between the checkpoint that called them and the one that came of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from inmem_widgets.wire import Segment

Key = tuple[str, str]
"""(checkpoint namespace, checkpoint id)."""


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


class Layout(NamedTuple):
    lanes: list[int]
    """The lane of each row."""
    edges: list[Edge]
    width: int
    """How many lanes there are."""


def layout(nodes: Sequence[Node]) -> Layout:
    """Lanes and edges for nodes given newest first. O(n + chains × lanes)."""
    row = {node.key: i for i, node in enumerate(nodes)}
    first_child: dict[Key, int] = {}
    chain_of: list[int] = [0] * len(nodes)
    chains: list[list[int]] = []  # each from its oldest row to its newest
    for i in range(len(nodes) - 1, -1, -1):
        parent = nodes[i].parent
        # a parent must be older: a checkpoint that names itself or a later one starts a chain
        above = row.get(parent, -1) if parent is not None else -1
        if above > i and parent is not None and parent not in first_child:
            first_child[parent] = i
            chain_of[i] = chain_of[above]
            chains[chain_of[i]].append(i)
        else:
            chain_of[i] = len(chains)
            chains.append([i])

    lane_of: list[int] = [0] * len(chains)
    tops: list[int] = []  # per lane, the newest row in use
    ends: list[tuple[int | None, int | None]] = []  # per chain, the rows it is attached to and joins
    for c, chain in enumerate(chains):
        node = nodes[chain[0]]
        below = _older(row, node.parent, chain[0])
        caller = _older(row, node.caller, chain[0])
        join = first_child.get(node.caller) if caller is not None and node.caller is not None else None
        if join is not None and join >= chain[-1]:
            join = None
        attach = below if below is not None else caller
        top = chain[-1] if join is None else join
        start = chain[0] if attach is None else attach
        left = 0 if caller is None else lane_of[chain_of[caller]] + 1  # a subgraph hangs to the right
        lane = next((k for k in range(left, len(tops)) if tops[k] >= start), len(tops))
        if lane == len(tops):
            tops.append(top)
        tops[lane] = top
        lane_of[c] = lane
        ends.append((attach, join))

    edges: list[Edge] = []
    for c, chain in enumerate(chains):
        lane = lane_of[c]
        dashed = nodes[chain[0]].caller is not None
        edges.extend(Edge(a, b, lane, lane, lane, dashed) for a, b in pairwise(chain))
        attach, join = ends[c]
        if attach is not None:
            edges.append(Edge(attach, chain[0], lane_of[chain_of[attach]], lane, lane, dashed))
        if join is not None:
            edges.append(Edge(chain[-1], join, lane, lane_of[chain_of[join]], lane, True))
    return Layout([lane_of[c] for c in chain_of], edges, len(tops))


def _older(row: dict[Key, int], key: Key | None, than: int) -> int | None:
    found = row.get(key) if key is not None else None
    return found if found is not None and found > than else None


def path_rows(nodes: Sequence[Node], selected: Key | None) -> set[int]:
    """Rows from the selected checkpoint down to the root, through the callers of subgraphs."""
    row = {node.key: i for i, node in enumerate(nodes)}
    rows: set[int] = set()
    i = row.get(selected) if selected is not None else None
    while i is not None and i not in rows:
        rows.add(i)
        node = nodes[i]
        i = row.get(node.parent) if node.parent is not None else None
        if i is None and node.caller is not None:
            i = row.get(node.caller)
    return rows


def segments(plan: Layout, path: set[int], start: int, stop: int) -> list[list[Segment]]:
    """The pieces of line in the rows start … stop - 1."""
    rows: list[list[Segment]] = [[] for _ in range(start, stop)]

    def draw(i: int, part: str, top: int, bottom: int, edge: Edge, on_path: bool) -> None:
        if start <= i < stop:
            rows[i - start].append(
                {"part": part, "top": top, "bottom": bottom, "dashed": edge.dashed, "path": on_path}  # type: ignore[typeddict-item]
            )

    for edge in plan.edges:
        if edge.older < start or edge.newer >= stop:
            continue
        on_path = edge.older in path and edge.newer in path
        draw(edge.older, "top", edge.via, edge.older_lane, edge, on_path)
        for i in range(max(edge.newer + 1, start), min(edge.older, stop)):
            draw(i, "through", edge.via, edge.via, edge, on_path)
        draw(edge.newer, "bottom", edge.newer_lane, edge.via, edge, on_path)
    return rows

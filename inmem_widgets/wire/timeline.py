"""The checkpoint timeline."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.values import Title


class Thread(TypedDict):
    id: str
    checkpoints: int
    step: int | None
    status: Literal["idle", "interrupted", "failed"]
    updated: float | None


class Badge(TypedDict):
    kind: Literal["interrupt", "error", "pending", "note"]
    text: str


class Segment(TypedDict):
    """A piece of a lane inside one row, between lanes counted from 0 at the left."""

    part: Literal["top", "bottom", "through"]
    """From the row's top edge to its node, from its node to the bottom edge, or past the node."""
    top: int
    bottom: int
    dashed: bool
    """A subgraph's lane."""
    path: bool
    """On the way from the root to the selected checkpoint."""


class CheckpointRow(TypedDict):
    id: str
    ns: str
    """The checkpoint namespace, verbatim ("" is the root graph)."""
    scope: list[str]
    """The subgraph's place, as the names of the nodes that called it."""
    nodes: list[str]
    """The nodes that ran to make this checkpoint; empty for input, update and fork."""
    source: str
    """input, loop, update, fork, or whatever the metadata says."""
    step: int | None
    ts: float | None
    parent: str | None
    lane: int
    segments: list[Segment]
    path: bool
    badges: list[Badge]


class TimelineState(TypedDict):
    seq: int
    now: float
    title: Title
    threads: list[Thread]
    """Most recently changed first, bounded."""
    thread_count: int
    checkpoint_count: int
    """Over all threads."""
    thread: str | None
    """The thread shown; None when there is none."""
    selected: str | None
    """Key (`ns` + "\\n" + `id`) of the selected checkpoint."""
    selected_row: int | None
    """Its row, counted like `start`; None if it is not in this thread."""
    lanes: int
    size: int
    """Rows (checkpoints) of the thread shown, newest first."""
    start: int
    rows: list[CheckpointRow]

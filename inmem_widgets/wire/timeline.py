"""The checkpoint timeline: threads, lanes, the scrubber."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.log import LogState, Travel, Watched
from inmem_widgets.wire.values import How, Title


class Thread(TypedDict):
    id: str
    checkpoints: int
    step: int | None
    status: Literal["finished", "interrupted", "failed", "running", "stopped"]
    """Of its newest root checkpoint. Stopped: there is more to run, but nothing has happened for a while."""
    updated: float | None
    bytes: int | None
    """All that is stored for it; None where that is not known (yet)."""


class Badge(TypedDict):
    kind: Literal["interrupt", "error", "pending", "note"]
    """Pending: tasks that have written, of a step that is not done. Note: what a manual update changed."""
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
    took: float | None
    """Seconds since the checkpoint it was made from."""
    idle: float | None
    """Seconds in which nothing happened in the thread before it, where that is worth saying."""
    parent: str | None
    lane: int
    segments: list[Segment]
    path: bool
    badges: list[Badge]


class Tick(TypedDict):
    """A place on the scrubber worth finding; near ones of a kind are one."""

    kind: Literal["interrupt", "error", "fork", "update"]
    row: int
    """Of the newest of them, counted like `start`."""
    count: int


class Idle(TypedDict):
    x: float
    seconds: float


class Axis(TypedDict):
    """Where rows are on the scrubber, 0 (oldest) to 1 (newest)."""

    rows: list[int]
    """Descending from the oldest row to row 0, at most some 200 …"""
    x: list[float]
    """… and where they are in real time, idle stretches collapsed; rows in between lie on a line. By steps
    all rows are equally far apart."""
    idle: list[Idle]
    seconds: float
    """From the first checkpoint to the last one."""


class Watch(TypedDict):
    """A watch expression over the thread shown, for the lanes' sparkline."""

    name: str
    unit: Literal["", "bytes"]
    kind: Literal["number", "text"]
    """Whether there is a line to draw."""
    rows: list[int]
    """Descending, at most some 400: the middle rows of equal stretches …"""
    low: list[float | None]
    """… and the least value there (None where there is none), …"""
    high: list[float | None]
    """… and the greatest."""
    failed: list[int]
    """Rows, at most some 100, at which it raised."""
    failures: int
    at: str | None
    """The value at the selected checkpoint, in short; None where there is none (yet)."""
    error: str | None
    """Why there is none at the selected checkpoint."""
    progress: float | None
    """0 to 1 while it is evaluated."""
    own: bool
    """Made with `timeline.watch`: it can be taken away."""


class Jumps(TypedDict):
    """Where the keys and buttons lead from the selected checkpoint: keys of checkpoints."""

    parent: str | None
    child: str | None
    fork: str | None
    """The next newer checkpoint that has several children, else the nearest older one; as with …"""
    interrupt: str | None
    """… interrupts …"""
    error: str | None
    newest: str | None


class Run(TypedDict):
    """A run begun from here."""

    id: int
    what: Literal["fork", "rerun", "resume"]
    thread: str
    state: Literal["running", "done", "interrupted", "failed", "stopping", "stopped"]
    error: str
    started: float
    steps: int
    """Checkpoints made so far."""


class Reading(TypedDict):
    """How a checkpointer that emits no changes is read."""

    progress: float | None
    """0 to 1 during the first reading."""
    every: float | None
    """Seconds between two looks for what is new; None where that is on demand only."""
    read: float | None
    """When it was last read whole."""
    problem: str
    """Why it cannot be read at the moment."""


class TimelineState(TypedDict):
    seq: int
    now: float
    title: Title
    editable: bool
    """Whether threads can be deleted, copied, pruned and imported here."""
    graph: str | None
    """What runs can be begun with; None without `graph=`."""
    reading: Reading | None
    """None where the checkpointer tells of its changes by itself."""
    threads: list[Thread]
    """Those found, most recently changed first, bounded."""
    thread_count: int
    found: int
    """How many threads match the search; as many as there are without one."""
    checkpoint_count: int
    """Over all threads."""
    bytes: int | None
    bytes_how: How
    thread: str | None
    """The thread shown; None when there is none."""
    deleted: bool
    """The thread shown had checkpoints, and has none any more."""
    selected: str | None
    """Key (`ns` + "\\n" + `id`) of the selected checkpoint."""
    selected_row: int | None
    """Its row, counted like `start`; None if it is not in this thread."""
    following: bool
    """Nothing is chosen: the newest is shown, whatever comes."""
    pinned: str | None
    """Key of the checkpoint that diffs are made against, of the thread shown."""
    pinned_row: int | None
    jumps: Jumps
    lanes: int
    size: int
    """Rows (checkpoints) of the thread shown, newest first."""
    start: int
    rows: list[CheckpointRow]
    axis: Axis
    ticks: list[Tick]
    """At most some 200."""
    watches: list[Watch]
    """The size of the state first, then those made with `timeline.watch`."""
    runs: list[Run]
    """The latest ones, newest first, a few."""
    watched: Watched | None
    """None where the checkpointer tells of its changes by itself; `reading` says how it is read."""
    log: LogState | None
    """Where the view asked for it (`Params.log`)."""
    travel: Travel | None
    """None: a checkpointer keeps its history itself."""

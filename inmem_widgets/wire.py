"""All that crosses between Python and the browser, as types and nothing else.

The TypeScript types in `js/src/wire.gen.ts` are generated from this module (`make wire`);
a test regenerates and compares. Times are seconds since the epoch, sizes are bytes.

A *view* is one rendered element; a widget may have several. A view opens with its own id and
parameters, is answered by a whole state, and from then on gets numbered patches: a patch whose
`prev` is not the view's `seq` means one was lost, and the view opens again.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

# --- values -------------------------------------------------------------------------------------


class ValueNode(TypedDict):
    """One node of a value shown as a tree, bounded in text and in children."""

    name: str
    type: str
    preview: str
    size: int | None
    """Bytes; None where unknown."""
    count: int | None
    """How many children the value has; None for a leaf."""
    children: list[ValueNode] | None
    """The first children; None when not loaded (ask with `state` and this node's path)."""


class Title(TypedDict):
    type: str
    name: str | None
    """The variable that holds the object where the widget was made, if there was one."""
    gone: bool
    """Nothing in the kernel holds the object any more."""


# --- key table ----------------------------------------------------------------------------------


class KeyRow(TypedDict):
    id: int
    """Identity of the key, stable while the kernel lives (long keys are cut for display)."""
    key: str
    type: str
    size: int | None
    exact: bool
    """False when `size` is an estimate."""
    preview: str
    changed: float | None
    """When last written; None if not since watching began (or too long ago to be remembered)."""
    change: Literal["inserted", "changed"] | None


class KeyTableState(TypedDict):
    seq: int
    now: float
    """The kernel's clock when this was made: ages are reckoned from it."""
    title: Title
    size: int
    """How many rows there are in all."""
    start: int
    rows: list[KeyRow]
    """The rows start, start + 1, … of the window the view asked for."""
    changes: int
    """Changes seen since watching began."""


# --- cache counters -----------------------------------------------------------------------------


class History(TypedDict):
    """Counts per bucket, oldest first; the last bucket is still filling."""

    interval: float
    end: float
    """End of the last bucket."""
    hits: list[int]
    misses: list[int]
    evictions: list[int]


class CacheState(TypedDict):
    seq: int
    now: float
    title: Title
    policy: str
    hits: int
    misses: int
    inserts: int
    refreshes: int
    evictions: int
    clears: int
    size: int
    maxsize: int | None
    since: float
    """When watching began: the history reaches no further back."""
    history: History


# --- checkpoint timeline ------------------------------------------------------------------------


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


# --- messages -----------------------------------------------------------------------------------


class Params(TypedDict, total=False):
    """What a view wants to see. A field left out keeps its value."""

    start: int
    stop: int
    thread: str
    selected: str | None


class Open(TypedDict):
    """View → kernel: begin (or begin again); answered by `Opened`."""

    kind: Literal["open"]
    view: str
    params: Params


class Close(TypedDict):
    kind: Literal["close"]
    view: str


class Request(TypedDict):
    """View → kernel: always answered by a `Reply` with the same id; safe to repeat.

    Methods: `look` (params: Params → a Patch at once, the result is null), `ping` (null) and
    `state` (params: {"ns", "id", "thread", "path": list[int]} → ValueNode with its children).
    A view that is not open gets an error, and opens again.
    """

    kind: Literal["request"]
    view: str
    id: int
    method: Literal["look", "ping", "state"]
    params: dict[str, Any]


class Reply(TypedDict):
    kind: Literal["reply"]
    view: str
    id: int
    result: NotRequired[Any]
    error: NotRequired[str]


class Opened(TypedDict):
    kind: Literal["opened"]
    view: str
    state: dict[str, Any]
    """KeyTableState, CacheState or TimelineState."""


class Patch(TypedDict):
    """Kernel → view: bring the state from `prev` to `seq`."""

    kind: Literal["patch"]
    view: str
    prev: int
    seq: int
    set: dict[str, Any]
    """Top-level fields to replace, whole; `rows` is one of them when their number or `start` changes."""
    rows: dict[str, Any]
    """Single rows to replace: position in `rows` (as text) → row."""

"""What the timeline's panes show of a checkpoint: state, diff, writes, weight."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.blocks import ValueView
from inmem_widgets.wire.values import How, Part


class Maker(TypedDict):
    """Who wrote something."""

    nodes: list[str]
    """Names; several where it cannot be told which of them. Empty for an input or a manual update …"""
    source: str
    """… which this tells: loop, input, update, fork."""
    step: int | None
    task: str
    """Its id; "" where unknown."""
    key: str
    """Of the checkpoint that has it."""
    certain: bool
    """Told by saved writes; else reckoned from which nodes ran."""


class Channel(TypedDict):
    """One channel of a state."""

    name: str
    type: str
    preview: str
    size: int | None
    how: How
    count: int | None
    """How many children its value has."""
    changed: bool
    """Since the parent."""
    by: Maker | None
    """Who wrote this value; None where it cannot be known."""
    remark: str
    """Such as "rebuilt from 12 writes" of a delta channel, or why it could not be deserialised; else ""."""
    broken: bool
    """It could not be deserialised."""
    view: ValueView | None
    """Where it was asked for as open."""


class StateView(TypedDict):
    """The answer to `state`."""

    key: str
    channels: list[Channel]
    """What the graph's author named, first; bounded."""
    internal: list[Channel]
    """LangGraph's own, such as "branch:to:agent"."""
    more: int
    next: list[str]
    """Nodes that are to run from here."""
    problem: str
    """Why none of it can be shown; else ""."""


class DiffRow(TypedDict):
    """A line of a diff."""

    op: Literal["same", "add", "del", "mod", "move", "fold"]
    """Same: a container that leads to changes (`after`: what it is, of an item), or the only unchanged
    value beside changes, in `after`. Fold: `count` unchanged items in a row, which the label says."""
    depth: int
    label: str
    """A channel's or field's name; of an item what it is called ("ai", its name, or its position: "[3]");
    of a fold all there is to say ("4 unchanged", "2 more keys unchanged"); "" of an item of a set."""
    path: str
    """As in code: `messages[3].content`."""
    before: str | None
    """In short; None where there was nothing."""
    after: str | None
    parts: list[Part]
    """Of longer texts: both in one, with what differs; else empty."""
    count: int
    moved: tuple[int, int] | None
    """Positions in the list, before and after."""
    by: Maker | None
    """Who made the change: at the other side for what was removed."""


class DiffSide(TypedDict):
    key: str
    label: str
    """Such as "agent · step 6"."""
    thread: str


class Diff(TypedDict):
    """The answer to `diff`."""

    before: DiffSide | None
    """None: there is no parent, everything was added."""
    after: DiffSide
    common: str | None
    """Key of the youngest common ancestor, where the two are on different branches."""
    added: int
    changed: int
    removed: int
    moved: int
    rows: list[DiffRow]
    more: int
    """Changes that are not listed."""
    internal: int
    """Changes in LangGraph's own channels, which are not listed."""
    problem: str


class TaskWrite(TypedDict):
    channel: str
    type: str
    preview: str
    size: int | None
    broken: bool


class TaskWrites(TypedDict):
    """What a task wrote."""

    task: str
    node: str
    """"" where unknown."""
    certain: bool
    path: str
    state: Literal["done", "failed", "interrupted", "resumed"]
    error: str
    writes: list[TaskWrite]


class Writes(TypedDict):
    """The answer to `writes`."""

    key: str
    made: list[TaskWrites]
    """What made this checkpoint: saved beside its parent."""
    pending: list[TaskWrites]
    """Saved beside this one: of tasks that ran, or are to run, from here."""
    applied: bool
    """Some child has taken them over; else they are kept for when the run goes on."""
    more: int


class ChannelWeight(TypedDict):
    name: str
    exclusive: int
    """Bytes that only this checkpoint holds …"""
    shared: int
    """… and those that others hold too, which count once."""
    growth: Literal["", "linear", "quadratic"]
    """How what is stored for it grows with the steps."""
    points: list[float]
    """Bytes of its value over the steps down to this checkpoint, oldest first, at most some 60."""


class NamespaceWeight(TypedDict):
    ns: str
    checkpoints: int
    bytes: int


class Weight(TypedDict):
    """The answer to `weight`."""

    key: str
    how: How
    exclusive: int
    shared: int
    writes: int
    """Bytes of the writes saved beside it."""
    channels: list[ChannelWeight]
    """Heaviest first, bounded."""
    more: int
    thread: int
    """All that is stored for the thread; the sum of …"""
    namespaces: list[NamespaceWeight]
    warning: str
    """Names the channel that grows quadratically, and what to do; "" where none does."""
    ghosts: list[str]
    """Threads without a checkpoint, of the whole checkpointer …"""
    orphans: int
    """… and writes without their checkpoint, …"""
    orphan_bytes: int
    progress: float | None
    """0 to 1 while it is being reckoned; figures so far are then missing (0)."""

"""The log of a watched object: who changed what and when, its groups, and travel to an earlier moment."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.values import Problem

Grouping = Literal["", "kind", "key", "node", "step", "thread", "cell"]
"""By what changes are grouped; "thread" is LangGraph's."""


class Watched(TypedDict):
    """How an object is watched, and what cannot be known of it."""

    how: Literal["events", "tapped", "read", "recorded"]
    """It tells of its changes itself; its methods tell (tapped in place); it is read again and again; it
    comes from a file."""
    interval: float | None
    """Seconds between two readings, for what changes elsewhere; None where nothing is read."""
    read: float | None
    """When it was last read."""
    progress: float | None
    """0 to 1 while the first reading goes on."""
    problem: str
    """Why it cannot be read; "" if it can."""
    unknown: dict[str, str]
    """Figures and columns that cannot be known, by the state's field name, and why."""
    note: str
    """What is good to know: "entries are those seen since watching began"; "" for nothing."""


class By(TypedDict):
    """Who did something."""

    text: str
    """In one line: "planner, step 4, cell [12]"."""
    cell: int | None
    """The execution count of the notebook's cell."""
    os_thread: str
    """Name of Python's thread."""
    thread: str | None
    """Of LangGraph, as text, as are the following."""
    node: str | None
    step: int | None
    task: str | None
    run: str | None
    """LangChain's id of the run."""
    checkpoint: str | None
    """Key ("ns\\nid") of the checkpoint that the step began from."""


class LogRow(TypedDict):
    number: int
    """The change's: 1, 2, 3, … per object. The moment right after it is a place to travel to."""
    time: float | None
    kind: str
    """As in `Change.kind`, but "insert", "change" for a store's "set"."""
    key: str
    """The first one's text, cut."""
    keys: int
    id: int | None
    """Of the first key, for `open`; None where it cannot be opened."""
    size: int | None
    """Bytes written."""
    note: str
    """What else there is to say: "evicted …", "cold miss", "step 4"."""
    before: str
    """The value before, in short; "" where there was none or it is not known."""
    after: str
    by: By | None


class LogGroup(TypedDict):
    label: str
    """ "" stands for changes of which this is not known: made outside of a graph, of a cell."""
    changes: int
    hits: int
    misses: int
    bytes: int
    """Written."""


class LogQuery(TypedDict):
    """Which changes are listed; all fields given must fit."""

    filter: str
    """Part of a key or of the text of who did it; smart case."""
    kinds: list[str]
    """Empty for all."""
    node: str | None
    step: int | None
    thread: str | None
    cell: int | None
    key: int | None
    """Id of a key: the history of one."""
    group: Grouping


class LogState(TypedDict):
    first: int
    """Number of the oldest change kept: earlier ones were let go (or spilled)."""
    last: int
    kept: int
    most: int
    """Changes kept at the most, …"""
    bytes: int
    """… what their values hold, estimated, …"""
    most_bytes: int
    """… and how much of that is kept at the most."""
    spilled: int
    """Changes in the file that was asked for."""
    lost: int
    """Changes that came too fast to be logged."""
    matching: int
    """How many match, as far as they were looked at; …"""
    progress: float | None
    """… 0 to 1 of them while older ones are still being looked at; None when all were."""
    rows: list[LogRow]
    """The newest that match, newest first, at most 200; older ones by the request `log`."""
    groups: list[LogGroup] | None
    """Where the query groups; most changes first, at most 200."""
    kinds: list[str]
    """All there are in the log."""
    query: LogQuery
    problem: Problem | None


class Activity(TypedDict):
    """How busy it was along the slider, in at most 64 buckets."""

    start: int
    """Number that the first bucket begins with; its first changes may have been let go."""
    width: int
    """Numbers in a bucket: the one at i has those from start + i * width on."""
    changes: list[int]
    """Of each bucket how many changes are known of, …"""
    gone: list[int]
    """… how many of them took keys away: deleted, evicted, cleared, replaced, …"""
    missed: list[int]
    """… how many were lookups that missed, …"""
    times: list[float | None]
    """… and when the last one was."""


class Travel(TypedDict):
    """What the slider shows: the moments that can be travelled to."""

    at: int | None
    """The view shows how it was after the change of this number; None: as it is now."""
    time: float | None
    """When that was."""
    row: LogRow | None
    """That change."""
    first: int
    """The earliest moment (the number before the oldest change kept), …"""
    last: int
    """… and the latest."""
    activity: Activity
    note: str
    """What is not certain about the state shown; "" for nothing."""


class Effect(TypedDict):
    """What one store or cache did during a step."""

    name: str
    type: str
    changes: int
    """Lookups among them."""
    hits: int
    misses: int
    bytes: int
    rows: list[LogRow]
    """The first of them, oldest first, at most 50."""


class Effects(TypedDict):
    """What watched stores and caches did while a checkpoint was being made."""

    effects: list[Effect]
    watched: int
    """Stores and caches that are logged in this kernel; 0: nothing could be known."""
    note: str

"""What a cell did: the report of `%%watch` and `with watch(…)`."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.log import By
from inmem_widgets.wire.values import Title


class ReportFact(TypedDict):
    """A figure in an object's headline."""

    label: str
    """ "added", "changed", "deleted", "hits", "misses", "evictions", "checkpoints", "reads", …"""
    count: int
    tone: Literal["", "good", "warn", "bad"]


class ReportSection(TypedDict):
    """Things of one sort, to be expanded."""

    label: str
    """ "added", "misses: never cached", "thread planner-1", …"""
    count: int
    note: str
    """In a few words, such as "3 nodes" or the first keys."""
    tone: Literal["", "good", "warn", "bad"]


class ReportRow(TypedDict):
    """One line of an expanded section."""

    key: str
    type: str
    size: int | None
    before: str
    after: str
    note: str
    time: float | None
    number: int | None
    """Of the change, where it is one."""
    by: By | None


class ReportPart(TypedDict):
    """One watched object."""

    name: str
    type: str
    kind: Literal["store", "cache", "saver"]
    facts: list[ReportFact]
    sections: list[ReportSection]
    lost: int
    """Changes that came too fast to be looked at."""
    unknown: dict[str, str]
    """What cannot be known, by label, and why."""
    note: str


class ReportState(TypedDict):
    seq: int
    now: float
    title: Title
    cell: int | None
    running: bool
    seconds: float
    """How long it took (so far)."""
    error: str
    """What it raised, in one line; "" if nothing."""
    parts: list[ReportPart]


class SectionRows(TypedDict):
    """The answer to `section`."""

    rows: list[ReportRow]
    more: int
    """How many follow."""

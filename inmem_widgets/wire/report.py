"""What a cell did: the report of `%%watch` and `with watch(…)`."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.log import By
from inmem_widgets.wire.values import Title

ReportSort = Literal[
    "added", "changed", "deleted", "same", "brief", "written", "reads", "absent",
    "hits", "misses", "inserted", "refreshed", "evicted", "cleared",
    "checkpoints", "interrupts", "errors",
]  # fmt: skip
"""What happened, by key: "same" was set to what it was, "brief" was not there before or afterwards, "written"
may have been there before or not; "absent" was asked for in vain."""


class ReportFact(TypedDict):
    """A figure in an object's headline."""

    label: str
    """ "added", "changed", "deleted", "reads", "hits", "misses", "evicted", "checkpoints", …"""
    count: int | None
    """None where it cannot be known: `ReportPart.unknown` says why."""
    sort: ReportSort


class ReportSection(TypedDict):
    """Things of one sort, to be expanded."""

    id: str
    label: str
    """ "added", "misses: never cached", "thread planner-1", …"""
    count: int
    note: str
    """In a few words, such as "1,204 times" or "agent, tools"."""
    names: str
    """The first of them: "doc:1, doc:2, …"."""
    sort: ReportSort


class ReportRow(TypedDict):
    """One line of an expanded section: what became of one key."""

    key: str
    type: str
    """Of the value, or the model of a lookup."""
    size: int | None
    before: str
    after: str
    note: str
    count: int
    """How often."""
    time: float | None
    """Of the last time, as are the following."""
    number: int | None
    by: By | None


class ReportPart(TypedDict):
    """One watched object."""

    name: str
    type: str
    kind: Literal["store", "cache", "saver"]
    quiet: bool
    """Nothing happened to it."""
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

"""The cache counters: figures, why lookups missed, what other sizes would do, the entries."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.keys import OpenKey
from inmem_widgets.wire.log import LogState, Travel, Watched
from inmem_widgets.wire.values import How, Part, Problem, Title

Outcome = Literal["hit", "cold", "evicted", "cleared", "unknown"]
"""What a lookup met. Of misses: the key was never cached, or was evicted, or cleared; unknown where
that was before watching began or too long ago to be remembered."""
Nature = Literal["value", "id", "date", "number", "space", "order", "text", "added", "removed"]
"""How two texts differ: in an id, a date or time, numbers, white space, the order of a list alone; in
words; in a part that only one has."""
EntrySort = Literal["stored", "prompt", "model", "hits", "age", "used", "load", "tokens", "size"]
"""Ascending: "stored" in the order in which the cache would evict, "age" the youngest first, "used" the
hit longest ago first. What is not known comes last, ascending or descending."""


class History(TypedDict):
    """Counts per bucket, oldest first; the last bucket is still filling."""

    interval: float
    end: float
    """End of the last bucket."""
    hits: list[int]
    misses: list[int]
    evictions: list[int]


class Counts(TypedDict):
    """Totals of a cache's life."""

    hits: int
    misses: int
    inserts: int
    refreshes: int
    evictions: int
    clears: int


class Mark(Counts):
    """The totals at the moment from which the user counts."""

    time: float


class Rates(TypedDict):
    """Per second, over a window that ends now."""

    seconds: float
    """How long the window really is: shorter while watching has just begun."""
    hits: float
    misses: float
    inserts: float
    evictions: float
    ratio: float | None
    """Hits by lookups; None without lookups."""


class Saved(TypedDict):
    """What hits spared, since watching began (or since the mark)."""

    seconds: float
    seconds_unknown: int
    """Hits on entries whose load time is not known: not in `seconds`."""
    input_tokens: int
    output_tokens: int
    tokens_unknown: int
    """Hits on entries without `usage_metadata`."""
    money: float | None
    """None without a price table."""
    money_unknown: int
    """Hits whose tokens or whose model's price are not known."""
    currency: str


class Stampedes(TypedDict):
    """Misses of a key while an earlier miss of it was unanswered."""

    count: int
    """Loads during which it happened."""
    misses: int
    """Misses beside the first ones."""
    answers: int
    """Answers that came after the first one: work done twice."""
    latest: str
    """Prompt of the latest one; "" if there was none."""


class Lookup(TypedDict):
    """One lookup in the feed."""

    number: int
    """1, 2, 3, … since watching began: its identity."""
    time: float
    outcome: Outcome
    prompt: str
    model: str
    load: float | None
    """Seconds: of a miss, until its answer was cached; of a hit, what it saved. None where unknown."""
    waiting: bool
    """A miss that has no answer (yet)."""
    beside: bool
    """A miss while an earlier one of the same key was unanswered."""
    note: str
    """What else there is to say, such as "evicted 1,204 lookups ago"."""


class Difference(TypedDict):
    """One place where a missed key and the closest cached one differ."""

    where: Literal["prompt", "model"]
    path: str
    """Such as "temperature", "messages[2].id", "tools"."""
    nature: Nature
    before: str | None
    """What the cached entry has, in short; None where it has nothing."""
    after: str | None
    """What was looked up."""
    parts: list[Part]
    """Of longer texts: both in one, with what differs; else empty."""


class Near(TypedDict):
    """The closest cached entry."""

    id: int
    """Of the entry."""
    prompt: str
    model: str
    similarity: float
    """0 to 1."""
    differences: list[Difference]
    more: int
    """Differences beyond those listed."""
    equal: str
    """What is equal: "the prompt, model, stop and 4 more"."""
    pattern: str
    """In short what differs: "only temperature", "message id", "date and number"."""
    gone: bool
    """It was cached then, and is no longer."""


class Explanation(TypedDict):
    """The answer to `explain`: why a lookup missed, in words, and what came close."""

    number: int
    outcome: Outcome
    text: str
    """A sentence: "Held until 1,204 lookups ago, when the insertion of … pushed it out"."""
    prompt: str
    """More of it than a row shows, masked."""
    near: Near | None
    searched: int
    """Entries among which it was searched."""
    progress: float | None
    """0 to 1 while it is being searched: ask again."""
    problem: str
    """Why the closest entry cannot be told; "" if it could."""


class Pattern(TypedDict):
    """Misses that differ from the closest entry in the same way."""

    text: str
    """Such as "message id", "only temperature"."""
    misses: int
    example: Near
    number: int
    """A lookup of which that is true."""


class Why(TypedDict):
    """Why lookups missed, since watching began."""

    cold: int
    evicted: int
    cleared: int
    unknown: int
    examined: int
    """Cold misses of late for which the closest entry was searched …"""
    near: int
    """… and found close."""
    progress: float | None
    """0 to 1 while some are being examined."""
    patterns: list[Pattern]
    """Most misses first."""


class Curve(TypedDict):
    policy: str
    label: str
    ratios: list[float]
    """Hits by lookups, for each of `WhatIf.sizes`."""
    seconds: list[float] | None
    """Seconds saved; None where no load time is known."""
    tokens: list[float] | None


class Suggestion(TypedDict):
    """The size beyond which more buys little."""

    maxsize: int
    ratio: float
    text: str
    """Why: "70 % of what is to be gained; doubling again gains 0.8 points"."""


class Check(TypedDict):
    """The simulation held against what happened: hits in the log at the present size and policy."""

    simulated: int
    measured: int
    problem: str
    """Why they may differ; "" where they must be equal."""


class WhatIf(TypedDict):
    """Recorded lookups, replayed with other sizes and policies."""

    lookups: int
    """In the log."""
    keys: int
    """Different ones."""
    lost: int
    """Lookups since watching began that are no longer in the log. `CacheState.seen - lookups - lost` are
    newer than it: nothing here changes with each lookup, so that it is not sent again with each."""
    progress: float | None
    """0 to 1 while it is being made; curves come one after the other."""
    policy: str
    maxsize: int | None
    ratio: float | None
    """At the present size and policy, in the log."""
    sizes: list[int]
    curves: list[Curve]
    suggestion: Suggestion | None
    check: Check | None
    notes: list[str]
    """What is not known: "the log was cut: …"."""
    problem: str


class EntryRow(TypedDict):
    """One cached entry. None is what cannot be known, as of entries older than watching."""

    id: int
    prompt: str
    model: str
    hits: int | None
    """Where `inserted` is not known: since watching began."""
    inserted: float | None
    used: float | None
    """When last hit."""
    load: float | None
    """Seconds from the miss to the answer."""
    tokens: int | None
    size: int | None
    """Bytes of its key and value."""
    how: How


class EntryQuery(TypedDict):
    filter: str
    """Text in prompt or model parameters; smart case."""
    sort: EntrySort
    descending: bool


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
    bytes: int | None
    """Estimated: of all values and keys."""
    bytes_how: How
    since: float
    """When watching began: the history reaches no further back."""
    history: History
    """The last five minutes."""
    all: History
    """All since watching began, in at most some hundreds of buckets."""
    rates: dict[str, Rates]
    """By window: "1 s", "10 s", "1 min" and, where there is a mark, "mark"."""
    mark: Mark | None
    saved: Saved
    stampedes: Stampedes
    seen: int
    """Lookups since watching began: the number of the latest."""
    missed_events: int
    """Lookups that came too fast to be looked at one by one: in the counts, not in the rest."""
    lookups: list[Lookup] | None
    """Newest first, where the view asked for them (`Params.lookups`)."""
    why: Why | None
    """Where the view asked for it (`Params.why`)."""
    whatif: WhatIf | None
    """Where the view asked for it (`Params.whatif`)."""
    listed: int
    """Entries listed: those that match."""
    start: int
    rows: list[EntryRow]
    """The window the view asked for; empty unless it asked for entries (`Params.entries`)."""
    entry_query: EntryQuery
    progress: float | None
    """0 to 1 while the list is being made."""
    problem: Problem | None
    open: OpenKey | None
    """The entry whose value is shown; its `key` is the prompt as `EntryRow` has it, or more of it …"""
    open_row: EntryRow | None
    """… and what is known of it; as it was last where it is gone."""
    removed: list[int]
    """Ids of the entries evicted or cleared last: a row that disappeared and is not among them only
    moved away."""
    delimiters: str
    """As the value pane is that of the key table: none."""
    editable: bool
    """Neither are they editable."""
    watched: Watched | None
    """None where the object tells of its changes by itself."""
    log: LogState | None
    """Where the view asked for it (`Params.log`)."""
    travel: Travel | None
    """Where the view shows the log, or another moment than now."""

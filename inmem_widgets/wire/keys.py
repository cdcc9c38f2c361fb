"""The key table: rows, query, namespaces, space, changes."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.log import LogState, Travel, Watched
from inmem_widgets.wire.values import How, Problem, Title


class KeyRow(TypedDict):
    id: int
    """Identity of the key, stable while the kernel lives (long keys are cut for display)."""
    key: str
    type: str
    size: int | None
    how: How
    preview: str
    changed: float | None
    """When last written; None if not since watching began (or too long ago to be remembered)."""
    change: Literal["inserted", "changed", "deleted"] | None


class KeyQuery(TypedDict):
    """Which keys are listed and in which order; see `observables.keys.query.Query`."""

    filter: str
    mode: Literal["auto", "text", "glob", "regex"]
    types: list[str]
    """Type labels; empty for all."""
    min_size: int | None
    max_size: int | None
    namespace: str
    """What the keys begin with, the last delimiter included; "" for all."""
    sort: Literal["stored", "key", "type", "size", "changed", "preview"]
    descending: bool
    delimiters: str | None
    """Each character is one; None: guessed from the keys."""


class OpenKey(TypedDict):
    """The key whose value is shown."""

    id: int
    key: str
    type: str
    size: int | None
    how: How
    changed: float | None
    version: int
    """Another one for another value: ask for `value` again."""
    gone: bool


class NamespaceRow(TypedDict):
    prefix: str
    """What all of its keys begin with, for `KeyQuery.namespace` and `Params.expanded`."""
    name: str
    level: int
    """From 0."""
    keys: int
    bytes: int | None
    """None while not measured."""
    expanded: bool | None
    """None for a namespace that holds no other."""
    more: int
    """Not 0: no namespace, but so many more at this level that are not listed."""


class Share(TypedDict):
    """A part of the whole: a type, or a namespace."""

    label: str
    prefix: str | None
    keys: int
    bytes: int


class TopKey(TypedDict):
    id: int
    key: str
    size: int | None
    how: How
    changes: int
    """Changes counted; at least so many."""


class Space(TypedDict):
    progress: float | None
    """0 to 1; None when all is measured."""
    keys: int
    bytes: int
    """Of the values, of what has been measured."""
    key_bytes: int
    """Of the keys' own text."""
    exact: int
    """How many values were measured so."""
    sampled: int
    shallow: int
    measured: float | None
    """When."""
    types: list[Share]
    namespaces: list[Share]
    largest: list[TopKey]
    busiest: list[TopKey]


class RecentChange(TypedDict):
    number: int
    id: int
    key: str
    kind: Literal["inserted", "changed", "deleted", "reset"]
    time: float
    keys: int
    """How many keys it stands for: 1, or all of a call that touched many."""


class Bulk(TypedDict):
    """Deleting all that the filter matches."""

    done: int
    total: int
    deleted: int
    kept: int
    """Written to after the count was confirmed, or so long ago that it cannot be told: not deleted."""
    gone: int
    """Deleted by somebody else meanwhile."""
    state: Literal["running", "done", "cancelled", "failed"]
    message: str


class KeyTableState(TypedDict):
    seq: int
    now: float
    """The kernel's clock when this was made: ages are reckoned from it."""
    title: Title
    total: int
    """Keys in the store."""
    bytes: int | None
    """Of all values."""
    bytes_how: How
    size: int
    """Rows listed: keys that match (so far, while there is progress)."""
    start: int
    rows: list[KeyRow]
    """The rows start, start + 1, … of the window the view asked for."""
    changes: int
    """Changes seen since watching began."""
    query: KeyQuery
    matching: Literal["text", "glob", "regex"]
    """How the filter is read; of interest where the mode is "auto"."""
    delimiters: str
    """Those in use: given or guessed."""
    problem: Problem | None
    progress: float | None
    """0 to 1 while the list is being made; None when it is complete."""
    doing: Literal["", "filtering", "measuring", "sorting"]
    selection: list[int]
    """Ids of the selected keys; where they are more than 1,000, of those among `rows`."""
    selected: int
    """How many are selected."""
    open: OpenKey | None
    deleted: list[int]
    """Ids of the keys deleted last: a row that disappeared and is not among them only moved away."""
    editable: bool
    takes: Literal["bytes", "any"]
    """What values the store accepts."""
    tree: list[NamespaceRow] | None
    """Where the view asked for it, once it is known; at most some hundreds."""
    space: Space | None
    recent: list[RecentChange] | None
    """Newest first."""
    bulk: Bulk | None
    watched: Watched | None
    """None where the object tells of its changes by itself."""
    log: LogState | None
    """Where the view asked for it (`Params.log`)."""
    travel: Travel | None
    """Where the view shows the log, or another moment than now."""

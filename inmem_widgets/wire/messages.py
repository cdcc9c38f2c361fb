"""What travels between a view and the kernel."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Params(TypedDict, total=False):
    """What a view wants to see. A field left out keeps its value."""

    start: int
    stop: int
    thread: str
    selected: str | None
    find: str
    """Part of the ids of the threads to list."""
    anchor: str | None
    """Key of the row at `start` when the view asked for it: the window stays with it while rows come on
    top. None where the view shows the newest."""
    tree: bool
    """Whether the view shows namespaces …"""
    expanded: list[str]
    """… and which of them are open, as prefixes."""
    space: bool
    recent: bool
    lookups: Literal["", "all", "missed"]
    """Which lookups the view shows, …"""
    why: bool
    whatif: bool
    entries: bool
    log: bool
    """Whether the view shows the log."""


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

    Of all widgets: `look` (params: Params → a Patch at once, the result is null), `ping` (null), `refresh`
    ({} → null: read now what changed elsewhere; what is found comes as patches).

    `module` ({} → Module: the rest of the widget's code, if it has some; {"name": "log_panes"} → that of
    the log).

    Of all widgets of an object, for all views of the widget, if it is logged:
    `log` (some of LogQuery → null), `older` ({"before": int} → {"rows": list[LogRow], "more": bool}: what
    matches and is older than that number), `travel` ({"at": int | null} or
    {"time": float} → null: show how it was then).

    Of the report of a cell: `section` ({"part": int, "section": its id, "start": int} → SectionRows).

    Of the timeline, `at` being a checkpoint's key ("ns\\nid") and `thread` its thread, both text:
    `go` ({"thread", "to": a name in Jumps, "at"? where from} or {"thread", "row": int, "size"? how many rows
    there were when it was that one} or {"thread", "at"?, "to": "incident", "way": 1 | -1}, the interrupt or
    error next to it on the newer or older side → {"at": str} | null where it leads nowhere: chosen for all
    views; the newest is followed again),
    `pin` ({"thread", "at": str | null} → null),
    `state` ({"thread", "at", "open": {channel: {"format"?: str}}} → StateView),
    `value` ({"thread", "at", "channel", "format"?, "offset"?, "path"?} → as in the key table),
    `diff` ({"thread", "at", "against": "parent" | "pinned"} → Diff),
    `writes` ({"thread", "at"} → Writes), `effects` ({"thread", "at", "since"?: str | null} → Effects),
    `weight` ({"thread", "at"} → Weight),
    `watch` ({"name": str, "on": false} → null: takes it away),
    `form` ({"thread", "at", "of": "fork" | "resume"} → Form),
    `fork` ({"thread", "at", "values": {channel: text}, "as_node": str | null, "run": bool} → Begun),
    `rerun` ({"thread", "at"} → Begun), `resume` ({"thread", "at", "values": {interrupt: text}} → Begun),
    `stop` ({"run": int} → null: after the step it is at),
    `plan` ({"what", "threads": list[str] (none: all), "target"?: str, "named"?: list[str] of interrupted
    threads that are to go all the same} → Plan), `apply` ({"token": str} → Applied),
    `export` ({"threads": list[str] | null, "piece": int} → Piece; with no data while it is being read),
    `import` ({"piece": int from 0 on, "text": str, "last": bool, "replace": bool} → Imported | null: after
    the last piece, null while it goes on; ask with the same piece again),
    `code` ({"of": "config" | "state" | "diff" | "fork" | "rerun" | "resume" | "watch" | "first" | "export" |
    "import" | "delete" | "copy" | "prune" | "sweep", "thread"?, "at"?, "threads"?, "target"?, "values"?,
    "as_node"?} → {"code": str}).

    Of the key table, for all views of the widget:
    `query` (some of KeyQuery → null; what is wrong with it shows as the state's `problem`),
    `cancel` ({} → null: stops the list, or the bulk deletion, being made),
    `select` ({"ids": list[int]} or {"first": int, "last": int} as rows; "add": bool; → null),
    `open` ({"id": int | null} → null),
    `locate` ({"id": int} → {"row": int | null}: where the key is listed),
    `value` ({"format"?: str, "offset"?: int} → ValueView of the open key;
    with "path": list[int], "format" and "offset"?: int → ValueNode with the children from offset on),
    `edit` ({"key": str} for a new one or {"id": int, "token": str}, "language", "text" → Edited),
    `delete` ({"ids": list[int]}, or {"ids": null, "count": int} for all selected → {"deleted": int}),
    `bulk` ({"query": KeyQuery, "count": int, "changes": int}: the state in which it was confirmed → null;
    goes on as the state's `bulk`),
    `export` ({"format": "csv" | "jsonl" | "parquet", "piece": int from 0 on} → Piece),
    `code` ({"of": "view" | "value" | "selection" | "delete" | "bulk"} → {"code": str}).

    Of the cache counters, for all views of the widget:
    `mark` ({"on": bool} → null: count from here, or all again),
    `explain` ({"number": int} → Explanation of a lookup in the feed),
    `whatif` ({"run": bool} → null: begin anew, or cancel),
    `entries` (some of EntryQuery → null),
    `open`, `locate`, `value` as in the key table, of entries,
    `code` ({"of": "stats" | "entries" | "lookups" | "history" | "whatif" | "value"} → {"code": str}).

    A view that is not open gets an error, and opens again.
    """

    kind: Literal["request"]
    view: str
    id: int
    method: Literal[
        "look", "ping", "state", "query", "cancel", "select", "open", "locate", "value", "edit", "delete",
        "bulk", "export", "code", "module", "mark", "explain", "whatif", "entries", "go", "pin", "diff",
        "writes", "weight", "watch", "form", "fork", "rerun", "resume", "stop", "plan", "apply", "import",
        "log", "older", "travel", "effects", "section", "refresh",
    ]  # fmt: skip
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


class Module(TypedDict):
    """The answer to `module`."""

    script: str
    """An ES module."""
    style: str

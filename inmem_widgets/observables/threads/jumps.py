"""Where the keys and buttons lead from a checkpoint, and what is worth finding on the scrubber."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Literal

from inmem_widgets.observables.threads.history import ThreadHistory, key_of
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.wire import Jumps, Tick

TICKS = 200
"""Ticks on a scrubber at most."""
KINDS: tuple[Literal["interrupt", "error", "fork", "update"], ...] = ("interrupt", "error", "fork", "update")


def jumps(history: ThreadHistory, key: Key | None) -> Jumps:
    """Where to go from a checkpoint.

    A subgraph's first checkpoint has its caller for a parent; what came of the call is its last one's child.
    """
    row, head = history.row_of(key), history.head
    newest = None if head is None else text_of(key_of(head))
    found: Jumps = {
        "parent": None, "child": None, "fork": None, "interrupt": None, "error": None, "newest": newest,
    }  # fmt: skip
    if row is None:
        return found

    def text(place: int) -> str | None:
        return text_of(key_of(history.grown.headers[place])) if 0 <= place < history.size else None

    place, lanes = history.size - 1 - row, history.grown.lanes
    parent, caller = lanes.parents[place], lanes.callers[place]
    children = lanes.children.get(place) or lanes.children.get(caller) or [-1]
    found["parent"] = text(parent if parent >= 0 else caller)
    found["child"] = text(children[0]) if children[0] > place else None
    for kind in ("fork", "interrupt", "error"):
        places = history.grown.places[kind]
        newer, size = bisect_right(places, place), bisect_left(places, history.size)
        at = newer if newer < size else bisect_left(places, place) - 1
        found[kind] = text(places[at]) if at >= 0 else None
    return found


def incident(history: ThreadHistory, key: Key | None, way: int) -> Key | None:
    """The interrupt or error next to a checkpoint, to the newer side (1) or the older (-1)."""
    row = history.row_of(key)
    if row is None:
        return None
    place, found = history.size - 1 - row, []
    for kind in ("interrupt", "error"):
        places = history.grown.places[kind]
        at = bisect_right(places, place) if way > 0 else bisect_left(places, place) - 1
        if 0 <= at < bisect_left(places, history.size):
            found.append(places[at])
    if not found:
        return None
    return key_of(history.grown.headers[min(found) if way > 0 else max(found)])


def ticks(history: ThreadHistory) -> list[Tick]:
    """What is worth finding, the newest first; near ones of a kind are one."""
    apart = max(1, -(-history.size * len(KINDS) // TICKS))  # rows within which they are one
    found: list[Tick] = []
    for kind in KINDS:
        at = -1
        for row in reversed(history.places(kind)):  # ascending
            if at >= 0 and row // apart == found[at]["row"] // apart:
                found[at]["count"] += 1
            else:
                at = len(found)
                found.append({"kind": kind, "row": row, "count": 1})
    found.sort(key=lambda tick: tick["row"])
    return found

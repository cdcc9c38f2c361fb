"""Keys and names of a recording, read: mostly text, which stays as it is."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.recording.lines import Line
from inmem_widgets.observables.recording.thawing import thaw, thaw_all


def key_of(frozen: Any) -> Any:
    """A key: text, several texts, or what it was."""
    found = tuple(map(plain_of, frozen)) if type(frozen) is list else plain_of(frozen)
    hash(found)
    return found


def pairs_of(line: Line) -> dict[Any, Any]:
    """Keys and values of a line."""
    return dict(zip(map(key_of, line["keys"]), thaw_all(line["values"]), strict=True))


def place_of(frozen: Any) -> Any:
    """A part of an origin."""
    return tuple(map(place_of, frozen)) if type(frozen) is list else plain_of(frozen)


def plain_of(frozen: Any) -> Any:
    return frozen if type(frozen) is str else thaw(frozen)

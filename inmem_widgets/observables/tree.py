"""A value as a tree of bounded nodes, one level at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import child_count, children, type_label
from inmem_widgets.wire import ValueNode

WIDTH = 200
"""Children sent of one node; `count` says how many there are. Also the characters of a name."""


def value_node(name: str, value: object, *, depth: int = 0) -> ValueNode:
    """The node of a value, with `depth` levels of children."""
    size, _ = size_of(value)
    inside = children(value) if depth > 0 else None
    return {
        "name": cut(clean(name), WIDTH),
        "type": type_label(value),
        "preview": preview(value),
        "size": size,
        "count": child_count(value),
        "children": None
        if inside is None
        else [value_node(_name(k), v, depth=depth - 1) for k, v in islice(inside, WIDTH)],
    }


def descend(value: object, path: Sequence[int]) -> tuple[str, Any]:
    """The (name, value) reached by child positions.

    Raises:
        LookupError: the value has no such child; it changed since the path was made.
    """
    name = ""
    for position in path:
        inside = children(value)
        found = None if inside is None else next(islice(inside, position, None), None)
        if found is None:
            raise LookupError(f"path: {list(path)} leads nowhere in this value; it has changed")
        name, value = _name(found[0]), found[1]
    return name, value


def _name(key: object) -> str:
    return key if isinstance(key, str) else preview(key, WIDTH)

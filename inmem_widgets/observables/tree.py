"""A value as a tree of bounded nodes, one level at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import child_count, children, type_label
from inmem_widgets.wire import ValueNode

WIDTH = 200
"""Children sent of one node; `count` says how many there are. Also the characters of a name."""
NODE_NAME, NODE_TEXT = 80, 120
"""Characters of names and previews where a tree shows several levels."""


def value_node(name: str, value: object, *, depth: int = 0) -> ValueNode:
    """The node of a value, with `depth` levels of children."""
    size, _ = size_of(value)
    inside = children(value, 0, WIDTH) if depth > 0 else None
    return {
        "name": cut(clean(name), WIDTH),
        "type": type_label(value),
        "preview": preview(value),
        "size": size,
        "count": child_count(value),
        "children": None if inside is None else [value_node(_name(k), v, depth=depth - 1) for k, v in inside],
    }


Describe = Callable[[Any, int], tuple[str, str]]
"""The type's label, and how a value begins in so many characters."""


def as_python(value: object, limit: int) -> tuple[str, str]:
    return type_label(value), preview(value, limit)


def open_node(
    name: str,
    value: object,
    *,
    offset: int = 0,
    most: int = WIDTH,
    width: int = WIDTH,
    describe: Describe = as_python,
) -> ValueNode:
    """The node with its children from `offset` on (at most `width`), and with more levels, whole
    nodes at a time, the upper ones first, as long as there are no more than `most` in all."""
    root = _small(name, value, describe)
    waiting: deque[tuple[ValueNode, Any, int]] = deque([(root, value, offset)])
    left = most
    while waiting:
        node, item, start = waiting.popleft()
        count = (node["count"] or 0) - start
        if node is not root and not 0 < count <= left:
            continue
        found = children(item, start, start + width)
        if found is None:
            continue
        node["children"] = nodes = [_small(_name(k), v, describe) for k, v in found]
        left -= len(found)
        waiting.extend((n, v, 0) for n, (_, v) in zip(nodes, found, strict=True))
    return root


def _small(name: str, value: object, describe: Describe) -> ValueNode:
    label, text = describe(value, NODE_TEXT)
    return {
        "name": cut(clean(name), NODE_NAME),
        "type": label,
        "preview": text,
        "size": size_of(value)[0],
        "count": child_count(value),
        "children": None,
    }


def descend(value: object, path: Sequence[int]) -> tuple[str, Any]:
    """The (name, value) reached by child positions.

    Raises:
        LookupError: the value has no such child; it changed since the path was made.
    """
    name = ""
    for position in path:
        found = children(value, position, position + 1) if type(position) is int and position >= 0 else None
        if not found:
            raise LookupError(f"path: {list(path)} leads nowhere in this value; it has changed")
        name, value = _name(found[0][0]), found[0][1]
    return name, value


def _name(key: object) -> str:
    return key if type(key) is str else preview(key, WIDTH)

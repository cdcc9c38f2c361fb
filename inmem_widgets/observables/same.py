"""Values as something hashable that is equal if and only if they are, without running their code."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Hashable
from typing import Any, Literal, NamedTuple

from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.values import (
    BYTES,
    bytes_part,
    container_base,
    fields,
    first,
    is_a,
    is_leaf,
    library,
)

DEPTH = 60
"""Levels that are compared."""
NODES = 400_000
"""Values looked into in one comparison: some 0.3 s."""
ARRAY = 32_000_000
"""Bytes of an array that are compared."""
LEAF = 1_000
"""Characters by which a value is told from another that cannot be looked into."""

Token = Hashable
"""Of Python's own types."""
Sort = Literal["leaf", "dict", "fields", "items"]
_NAMES = ("id", "key", "name")
_FLAT = frozenset(map(id, (str, int, bool, bytes)))
_SETS = (set, frozenset)


class Opened(NamedTuple):
    """What is inside a value.

    Attributes:
        kind: Which of these it is read as.
        named: Of a dict (key, value), by the key's token; of a record its fields by name.
        items: Of a list, tuple or set.
    """

    kind: Literal["leaf", "dict", "fields", "list", "set"]
    named: dict[Any, tuple[Any, Any]]
    items: list[Any]


_LEAF = Opened("leaf", {}, [])


class Tokens:
    """Makes tokens of values, and opens them.

    Attributes:
        whole: Whether all was looked into so far; what was not counts as equal.
    """

    def __init__(self, nodes: int = NODES) -> None:
        self._left = nodes
        self._known: dict[int, Token] = {}
        self._fields: dict[int, dict[str, Any]] = {}
        self._sorts: dict[int, tuple[Sort, Any]] = {}  # by the id of a type, whose hash may be code
        self._kept: list[Any] = []  # what was looked at is not freed, or another could have its id
        self.whole = True

    def of(self, value: Any, depth: int = DEPTH) -> Token:
        """The token of a value. Types count: 1, 1.0 and True are different."""
        kind = type(value)
        if kind is str or value is None:
            return value  # type: ignore[no-any-return]
        if kind is int or kind is bool or kind is bytes:
            return kind.__name__, value
        if kind is float:
            return "float", value if value == value else "nan"
        if (kind is dict or kind is list) and not value:
            return id(kind)
        if (known := self._known.get(id(value))) is not None:
            return known
        self._left -= 1
        if self._left < 0 or depth <= 0:
            self.whole = False
            return id(kind), "…"
        token = self._made(kind, value, depth)
        self._known[id(value)] = token
        self._kept.append(value)
        return token

    def _made(self, kind: type, value: Any, depth: int) -> Token:
        sort, base = self._sort(value)
        if sort == "dict":
            pairs = first(dict.items(value), None)
            self._left -= len(pairs)
            return id(kind), frozenset([
                (name if type(name) is str else self.of(name, depth - 1), self.of(each, depth - 1))
                for name, each in pairs
            ])  # fmt: skip
        if sort == "fields":
            found = self._fields_of(value)
            self._left -= len(found)
            return id(kind), frozenset([(name, self.of(each, depth - 1)) for name, each in found.items()])
        if sort == "items":
            return self._items(kind, base, first(base.__iter__(value), None), depth)
        if is_a(value, (str, int, float)):
            return id(kind), self.of(_plain(value))
        if is_a(value, BYTES):
            return id(kind), bytes_part(value, 0, None)
        return _array(value) if library(value) else (id(kind), preview(value, LEAF))

    def _items(self, kind: type, base: type, items: list[Any], depth: int) -> Token:
        kinds = {*map(id, map(type, items))}
        if len(kinds) == 1 and (only := kinds.pop()) in _FLAT:
            return id(kind), only, frozenset(items) if base in _SETS else tuple(items)
        if items and all(type(item) is float for item in items) and base not in _SETS:
            return id(kind), "floats", array("d", items).tobytes()
        self._left -= len(items)
        tokens = [self.of(each, depth - 1) for each in items]
        return id(kind), frozenset(tokens) if base in _SETS else tuple(tokens)

    def open(self, value: Any) -> Opened:
        """What is inside; all of it."""
        sort, base = self._sort(value)
        if sort == "dict":
            pairs = first(dict.items(value), None)
            return Opened("dict", {self.of(name): (name, each) for name, each in pairs}, [])
        if sort == "fields" and (found := self._fields_of(value)):
            return Opened("fields", {name: (name, each) for name, each in found.items()}, [])
        if sort == "items":
            return Opened("set" if base in _SETS else "list", {}, first(base.__iter__(value), None))
        return _LEAF

    def identity(self, value: Any) -> tuple[str, Hashable] | None:
        """By what an item of a list is known: ("id", …), else ("key", …) or ("name", …)."""
        sort, _ = self._sort(value)
        if sort == "dict":
            found = {name: each for name, each in first(dict.items(value), 64) if type(name) is str}
        elif sort == "fields":
            found = self._fields_of(value)
        else:
            return None
        for name in _NAMES:
            given = found.get(name)
            if (type(given) is str and given) or type(given) is int:
                return name, given
        return None

    def _sort(self, value: Any) -> tuple[Sort, Any]:
        """How a value is read, and as which of Python's containers."""
        kind = type(value)
        if (known := self._sorts.get(id(kind))) is not None:
            return known
        base = deque if kind is deque else container_base(value)
        if is_a(value, dict):
            found: tuple[Sort, Any] = "dict", dict
        elif base is tuple and fields(value):
            found = "fields", tuple
        elif base is not None:
            found = "items", base
        else:
            found = ("leaf" if is_leaf(value) else "fields"), None
        self._sorts[id(kind)] = found
        self._kept.append(kind)
        return found

    def _fields_of(self, value: Any) -> dict[str, Any]:
        if (known := self._fields.get(id(value))) is None:
            known = self._fields[id(value)] = fields(value) or {}
            self._kept.append(value)
        return known


def nameless(token: Token, name: Hashable) -> Token:
    """The token that something with this id, ("id", …), had before it got one; of all else the token."""
    if type(token) is tuple and len(token) == 2 and type(name) is tuple and name[0] == "id":
        kind, inside = token
        if type(inside) is frozenset and name in inside:
            return kind, (inside - {name}) | {("id", None)}
    return token


def _plain(value: Any) -> Any:
    if is_a(value, str):
        return str.__getitem__(value, slice(None))
    return int.__index__(value) if is_a(value, int) else float.__float__(value)


def _array(value: Any) -> Token:
    """An array by its bytes; what is not plain memory is never equal to another."""
    dtype = getattr(value, "dtype", None)
    if library(value) != "numpy" or library(dtype) != "numpy" or getattr(dtype, "hasobject", True):
        return object()
    return (str(dtype), value.shape, value.tobytes()) if value.nbytes <= ARRAY else object()

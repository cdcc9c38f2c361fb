"""How many bytes a value is: exact for content, an estimate for objects."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from inmem_widgets.core.change import UNKNOWN
from inmem_widgets.observables.taps.unread import is_unread
from inmem_widgets.observables.values import (
    BYTES,
    SAMPLE,
    array_text,
    bytes_size,
    container_base,
    fields,
    first,
    is_a,
    is_leaf,
    is_named,
    library,
)
from inmem_widgets.wire import How

VISITS = 256
"""Objects after which an estimate looks into no other one."""

_HEAP = 1 << 9
"""Of a type made in Python (`Py_TPFLAGS_HEAPTYPE`)."""
_GC_HEAD = 16
LEAVES = frozenset(map(id, (int, float, complex, bool, type(None), str, bytes, bytearray)))
"""Types whose objects hold no others; by id, since a foreign type may have a `__hash__` of its own."""
_BUILT_IN = LEAVES | frozenset(map(id, (dict, list, tuple, set, frozenset)))
_flags = type.__dict__["__flags__"].__get__
_SIZED: tuple[type, ...] = (str, bytes, bytearray, int, float, dict, list, tuple, set, frozenset)


def size_of(value: Any) -> tuple[int | None, How]:
    """(bytes, how measured): of content for text, bytes and arrays; else an estimate of the memory
    held, sampled from about `VISITS` objects, or shallow where nothing can be seen inside."""
    if is_a(value, BYTES):
        return bytes_size(value), "exact"
    if is_a(value, str):
        length = str.__len__(value)
        if str.isascii(value):
            return length, "exact"
        start = str.__getitem__(value, slice(SAMPLE))
        encoded = len(start.encode("utf-8", "surrogatepass"))
        return (encoded, "exact") if length <= SAMPLE else (int(encoded / SAMPLE * length), "sampled")
    if id(type(value)) in _BUILT_IN:
        return _estimate(value)
    if is_unread(value) or value is UNKNOWN:
        return getattr(value, "size", None), "exact"
    if array_text(value) is not None:
        nbytes = getattr(value, "nbytes", None)
        if isinstance(nbytes, int):
            return nbytes, "exact"
    if library(value) == "pandas" and is_named(value, "pandas", "DataFrame"):
        return int(value.memory_usage().sum()), "shallow" if "O" in {
            d.kind for d in value.dtypes
        } else "exact"
    return _estimate(value)


def _estimate(value: Any) -> tuple[int, How]:
    seen = {id(value)}
    stack: list[tuple[object, float]] = [(value, 1.0)]
    total = float(_own_size(value))
    while stack and len(seen) < VISITS:
        item, weight = stack.pop()
        if id(type(item)) in LEAVES:
            continue
        sample, count = _inside(item)
        if not sample:
            continue
        weight *= count / len(sample)  # what was not sampled counts like what was
        for x in sample:
            if id(x) in seen:
                continue
            seen.add(id(x))
            if id(type(x)) in LEAVES:
                total += weight * sys.getsizeof(x)
            else:
                total += weight * _own_size(x)
                stack.append((x, weight))
    return int(total), "sampled" if len(seen) > 1 else "shallow"


def _own_size(item: Any) -> int:
    """`sys.getsizeof` without a foreign `__sizeof__`."""
    kind = type(item)
    if _flags(kind) & _HEAP:
        return int(_sized(kind).__sizeof__(item)) + _GC_HEAD
    return sys.getsizeof(item, 64)


def own_sizes(items: Sequence[Any]) -> tuple[Iterable[int], int]:
    """The same of many items of one type: of each, and what is to be added to it."""
    kind: Any = type(items[0])
    if id(kind) not in _BUILT_IN and not _flags(kind) & _HEAP:
        return map(sys.getsizeof, items, repeat(64)), 0
    measure = (kind if id(kind) in _BUILT_IN else _sized(kind)).__sizeof__  # without the collector's head
    return map(measure, items), _own_size(items[0]) - measure(items[0])


def _sized(kind: type) -> Any:
    return next((base for base in _SIZED if issubclass(kind, base)), object)


def _inside(item: Any) -> tuple[list[Any], int]:
    """(a sample of the objects an object holds, how many it holds)."""
    if type(item) is dict and len(item) <= 32:
        return [*item, *item.values()], 2 * len(item)
    if is_a(item, dict):
        pairs = first(dict.items(item), 32)
        return [x for pair in pairs for x in pair], 2 * dict.__len__(item)
    if base := container_base(item):
        return first(base.__iter__(item), 64), base.__len__(item)
    found = [] if is_leaf(item) else list((fields(item) or {}).values())
    return found[:64], len(found)

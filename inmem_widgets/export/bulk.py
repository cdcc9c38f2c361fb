"""Types and sizes of many values: each as `type_label` and `size_of` say, by type instead of one by one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.core.change import Missing, Unknown
from inmem_widgets.export.bytekinds import bytes_kinds
from inmem_widgets.observables.sizes import LEAVES, size_of
from inmem_widgets.observables.taps.unread import Unread
from inmem_widgets.observables.values import BYTES, type_label

SLICE = 50_000
"""Containers looked into at a time."""
FLAT = {id(dict): 32, id(list): 64, id(tuple): 64}
"""Containers of which all parts are counted, up to so many."""
FIXED = {*map(id, (float, complex, type(None)))}
"""Types whose values are all of one size."""
NOTHING = {id(Missing), id(Unknown), id(Unread)}
"""Types of what only stands for a value that is not there, not known, or has not been read."""
_PLAIN = LEAVES - {id(str), id(bytes), id(bytearray)}


class Group(NamedTuple):
    """The values of one type."""

    kind: type
    rows: NDArray[np.int64]
    values: list[Any]


class Facts(NamedTuple):
    """Of each value: what it is, how large, and whether that is exact; and the values by type."""

    labels: list[str]
    """All there are."""
    codes: NDArray[np.int64]
    """The value's among `labels`; -1: unknown."""
    sizes: NDArray[np.int64]
    """Bytes; -1: unknown."""
    exact: NDArray[np.bool_]
    groups: list[Group]


def groups(values: Sequence[Any]) -> list[Group]:
    """The values by their exact types. A type's own code, such as a `__hash__` of its class, is not run."""
    if len({*map(id, map(type, values))}) <= 1:
        return [Group(type(values[0]), np.arange(len(values)), [*values])] if values else []
    ids = np.fromiter(map(id, map(type, values)), np.int64, len(values))
    order = np.argsort(ids, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(ids[order])) + 1)
    return [Group(type(values[rows[0]]), rows, [values[i] for i in rows.tolist()]) for rows in parts]


def facts(values: Sequence[Any], *, sized: bool = True) -> Facts:
    """All that a table says of values, but for how they begin.

    Args:
        sized: Whether they are measured.
    """
    names: dict[str, int] = {}
    codes = np.full(len(values), -1)
    sizes, exact = codes.copy(), np.zeros(len(values), dtype=bool)
    by_type = groups(values)
    for group in by_type:
        if id(group.kind) in NOTHING:
            known = [getattr(value, "size", None) for value in group.values]
            sizes[group.rows] = [-1 if size is None else size for size in known]
            continue
        labels = _labels(group)
        for label in dict.fromkeys(labels):
            names.setdefault(label, len(names))
        codes[group.rows] = names[labels[0]] if len(labels) == 1 else [*map(names.__getitem__, labels)]
        if sized:
            sizes[group.rows], exact[group.rows] = _sizes(group)
    return Facts([*names], codes, sizes, exact, by_type)


def _labels(group: Group) -> list[str]:
    """The label of each, or the one of all."""
    if group.kind is bytes:
        return bytes_kinds(group.values)
    if issubclass(group.kind, BYTES):
        return [*map(type_label, group.values)]
    return [type_label(group.values[0])]


def _sizes(group: Group) -> tuple[Any, Any]:
    kind, _, values = group
    count = len(values)
    if kind is bytes or kind is bytearray:
        return np.fromiter(map(len, values), np.int64, count), True
    if kind is str:
        ascii_ = np.fromiter(map(str.isascii, values), bool, count)
        return _but(np.fromiter(map(len, values), np.int64, count), True, ~ascii_, values)
    if id(kind) in _PLAIN:
        return np.fromiter(map(sys.getsizeof, values), np.int64, count), False
    if kind is vars(sys.modules.get("numpy", np)).get("ndarray"):
        return np.fromiter(map(attrgetter("nbytes"), values), np.int64, count), True
    if id(kind) in FLAT:
        sizes = np.full(count, -1)
        for start in range(0, count, SLICE):
            _flat(values[start : start + SLICE], kind, sizes[start : start + SLICE])
        return _but(sizes, False, sizes < 0, values)
    return _but(np.zeros(count, dtype=np.int64), False, np.ones(count, dtype=bool), values)


def _but(sizes: Any, exact: bool, others: Any, values: list[Any]) -> tuple[Any, Any]:
    """The sizes, those of `others` measured one by one."""
    is_exact = np.full(len(sizes), exact)
    for i in np.flatnonzero(others).tolist():
        size, how = size_of(values[i])
        sizes[i], is_exact[i] = -1 if size is None else size, how == "exact"
    return sizes, is_exact


def _flat(values: list[Any], kind: type, into: Any) -> None:
    """Sizes of small containers of nothing but numbers and texts; the others are left out."""
    lengths = np.fromiter(map(len, values), np.int64, len(values))
    for length in np.unique(lengths).tolist():
        rows = np.flatnonzero(lengths == length)
        if length > FLAT[id(kind)]:
            continue
        some = values if len(rows) == len(values) else [values[i] for i in rows.tolist()]
        try:
            into[rows] = _of_length(some, kind, length)
        except (RuntimeError, ValueError):  # another thread changes one of them
            continue


def _of_length(values: list[Any], kind: Any, length: int) -> Any:
    count, own = len(values), kind.__sizeof__
    head = sys.getsizeof(values[0]) - own(values[0])  # of the garbage collector, the same for all
    total = (
        np.full(count, own(values[0])) if kind is tuple else np.fromiter(map(own, values), np.int64, count)
    )
    total += head
    if not length:
        return total
    known = np.ones(count, dtype=bool)
    seen = []
    parts = [[*chain.from_iterable(values)]]
    if kind is dict:
        parts.append([*chain.from_iterable(map(dict.values, values))])
    for part in parts:
        ids = np.fromiter(map(id, part), np.int64, count * length).reshape(count, length)
        if (ids == ids[0]).all():  # the same objects in all of them: names of fields
            part = part[:length]
            seen.append(ids[:1])
        else:
            seen.append(ids)
        alike = len({*map(id, map(type, part[:length]))}) == 1
        for some in [part] if alike else [part[at::length] for at in range(length)]:  # a field has one type
            width = length if alike else 1
            sizes, leaf = _leaves(some)
            total += sizes.reshape(-1, width).sum(axis=1)
            known &= leaf.reshape(-1, width).all(axis=1)
    return np.where(known & ~_twice(seen), total, -1)


def _leaves(values: list[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The size of each, and whether it has no parts; 0 where it may have."""
    count, kinds = len(values), {*map(id, map(type, values))}
    if not kinds <= LEAVES:
        leaf = [id(type(value)) in LEAVES for value in values]
        sizes = [sys.getsizeof(value) if ours else 0 for value, ours in zip(values, leaf, strict=True)]
        return np.array(sizes), np.array(leaf)
    kind: Any = type(values[0])
    if len(kinds) == 1 and id(kind) in FIXED:
        return np.full(count, sys.getsizeof(values[0])), np.ones(count, dtype=bool)
    measure = kind.__sizeof__ if len(kinds) == 1 else sys.getsizeof  # twice as fast
    return np.fromiter(map(measure, values), np.int64, count), np.ones(count, dtype=bool)


def _twice(ids: list[NDArray[np.int64]]) -> Any:
    """In which rows an object is there more than once: it counts once."""
    last = [*np.sort(ids[-1], axis=1).T]
    found = np.zeros(len(ids[-1]), dtype=bool)
    for one, next_one in pairwise(last):
        found |= one == next_one
    for key in [key for each in ids[:-1] for key in each.T]:  # of which none is there twice
        for one in last:
            found |= one == key
    return found

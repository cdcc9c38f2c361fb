"""Sizes of many containers and objects: each as `size_of` says, level by level instead of one by one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.observables.sizes import LEAVES, VISITS, own_sizes
from inmem_widgets.observables.values import container_base, instance_dicts, is_a, is_leaf

SLICE: Final = 4_096
"""Values looked into at a time."""
DEEP: Final = 12
"""Levels."""
KINDS: Final = 30
"""Types among the parts of a level."""
MOST: Final = {id(dict): 32, id(list): 64, id(tuple): 64, id(set): 64, id(frozenset): 64}
"""Containers of which all parts are counted, up to so many; …"""
FIELDS: Final = 64
"""… and of objects' fields."""
FIXED: Final = frozenset(map(id, (float, complex, type(None))))
"""Types whose values are all of one size."""

BLOCKS: Final = 50
"""Parts of a level that are of different sorts."""

Ints = NDArray[np.int64]
Parts = tuple[list[Any], Ints]
"""Objects, and which values they are parts of."""


def container_sizes(values: list[Any]) -> Ints:
    """Bytes of each; -1 where `size_of` would not look at all parts, or that has to be looked into alone."""
    sizes = np.full(len(values), -1)
    for start in range(0, len(values), SLICE):
        some = values[start : start + SLICE]
        try:
            sizes[start : start + SLICE] = _Sizes(some).found()
        except RuntimeError:  # another thread changes one of them
            continue
    return sizes


class _Sizes:
    """The sizes of some values, each a row; of its parts, one that is there several times counts once."""

    def __init__(self, values: list[Any]) -> None:
        self._count = len(values)
        self._known = np.ones(self._count, dtype=bool)
        self._parts = np.ones(self._count)
        self._ids: list[Ints] = []  # of the parts of a level, side by side
        self._sizes: list[Ints] = []
        self._width = 0
        level: list[Parts] = [(values, np.arange(self._count))]
        for _ in range(DEEP):
            level = [below for parts in level[:BLOCKS] for below in self._take(*parts)] + level[BLOCKS:]
        for _, rows in level:
            self._known[rows] = False

    def found(self) -> Ints:
        ids, sizes = np.hstack(self._ids), np.hstack(self._sizes)
        total: Ints = sizes.sum(axis=1)
        twice = np.flatnonzero(_repeated(np.sort(ids, axis=1)).any(axis=1))
        if len(twice):
            order = np.argsort(ids[twice], axis=1)
            ids, sizes = (np.take_along_axis(each[twice], order, axis=1) for each in (ids, sizes))
            total[twice] -= (sizes[:, 1:] * _repeated(ids)).sum(axis=1)
        total[~self._known] = -1
        return total

    def _take(self, items: list[Any], rows: Ints) -> Iterator[Parts]:
        """Measure parts, and give what is inside them."""
        width, rest = divmod(len(items), self._count)
        aligned = not rest and bool((rows.reshape(-1, width) == np.arange(self._count)[:, None]).all())
        objects = np.fromiter(items, object, len(items))
        ids = _pointers(objects)
        names = items[:width] if aligned and (ids.reshape(-1, width) == ids[:width]).all() else []
        if names and {*map(id, map(type, names))} <= LEAVES:  # in all of them the same: the names of fields
            self._put(rows, ids, np.tile([*map(sys.getsizeof, names)], self._count), aligned)
            return
        sizes = np.zeros(len(items), dtype=np.int64)
        kinds = _pointers(np.fromiter(map(type, items), object, len(items)))
        left = np.arange(len(items))
        for _ in range(KINDS):
            if not len(left):
                break
            kind = int(kinds[left[0]])
            alike = kinds[left] == kind
            at, left = left[alike], left[~alike]
            sample = objects[at[0]]
            if kind in FIXED:
                sizes[at] = sys.getsizeof(sample)
                continue
            some = items if len(at) == len(items) else objects[at].tolist()
            each, more = own_sizes(some)
            sizes[at] = np.fromiter(each, np.int64, len(some)) + more
            if kind not in LEAVES and (kind in MOST or not is_leaf(sample)):
                yield from self._inside(kind, some, rows[at])
        self._known[rows[left]] = False
        self._put(rows, ids, sizes, aligned)

    def _inside(self, kind: int, items: Sequence[Any], rows: Ints) -> Iterator[Parts]:
        """What is inside containers, or objects, of one type."""
        holders = items if kind in MOST else _fields(items)
        if holders is None:
            self._known[rows] = False
            return
        lengths = np.fromiter(map(len, holders), np.int64, len(holders))
        self._known[rows[lengths > MOST.get(kind, FIELDS)]] = False
        each = lengths * 2 if kind == id(dict) else lengths
        self._parts += np.bincount(rows, each, self._count)
        self._known &= self._parts < VISITS
        if not (keep := self._known[rows]).all():
            holders, rows, lengths = [*compress(holders, keep.tolist())], rows[keep], lengths[keep]
        rows = np.repeat(rows, lengths)
        ways: list[Iterable[Any]] = [holders] if kind in MOST else []
        if kind not in MOST or kind == id(dict):
            ways.append(map(dict.values, holders))
        for inside in ways:
            parts = [*chain.from_iterable(inside)]
            if len(parts) != len(rows):
                raise RuntimeError("changed meanwhile")
            if parts:
                yield parts, rows

    def _put(self, rows: Ints, ids: Ints, sizes: Ints, aligned: bool) -> None:
        if aligned:
            self._ids.append(ids.reshape(self._count, -1))
            self._sizes.append(sizes.reshape(self._count, -1))
        else:
            keep = self._known[rows]
            order = np.argsort(rows[keep], kind="stable")
            rows, ids, sizes = (each[keep][order] for each in (rows, ids, sizes))
            counts = np.bincount(rows, minlength=self._count)
            place = rows, np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
            width = int(counts.max())
            nothing = -1 - self._width - np.arange(width)  # each is no other's id
            self._ids.append(np.tile(nothing, (self._count, 1)))
            self._sizes.append(np.zeros((self._count, width), dtype=np.int64))
            self._ids[-1][place], self._sizes[-1][place] = ids, sizes
        self._width += self._ids[-1].shape[1]


def _pointers(objects: NDArray[np.object_]) -> Ints:
    """The ids of objects."""
    return np.frombuffer(objects, np.intp)


def _repeated(ids: Ints) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = ids[:, 1:] == ids[:, :-1]
    return found


def _fields(items: Sequence[Any]) -> Sequence[dict[str, Any]] | None:
    """The fields of objects of one class, where they can be told quickly."""
    if is_a(items[0], dict) or container_base(items[0]):
        return None
    dicts = instance_dicts(items)
    if dicts is None:
        return None
    names = [*chain.from_iterable(dicts)]
    if {*map(id, map(type, names))} - {id(str)}:
        return None
    if any(name[:1] == "_" for name in {*names}):
        return [{name: item for name, item in each.items() if name[:1] != "_"} for each in dicts]
    return dicts

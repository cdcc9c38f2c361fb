"""Types and sizes of many values: each as `type_label` and `size_of` say, by type instead of one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.core.change import Missing, Unknown
from inmem_widgets.export.bytekinds import KINDS, bytes_kinds
from inmem_widgets.export.containers import container_sizes
from inmem_widgets.observables.sizes import own_sizes, size_of
from inmem_widgets.observables.taps.unread import Unread
from inmem_widgets.observables.values import BYTES, SAMPLE, array_text, is_leaf, library, type_label

NOTHING = {id(Missing), id(Unknown), id(Unread)}
"""Types of what only stands for a value that is not there, not known, or has not been read."""


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
            told = [getattr(value, "size", None) for value in group.values]
            sizes[group.rows] = [-1 if size is None else size for size in told]
            continue
        labels, of = _labels(group)
        known = np.array([names.setdefault(label, len(names)) for label in labels])
        codes[group.rows] = known[of]
        if sized:
            sizes[group.rows], exact[group.rows] = _sizes(group)
    return Facts([*names], codes, sizes, exact, by_type)


def _labels(group: Group) -> tuple[Sequence[str], Any]:
    """Labels, and which of them each has."""
    if group.kind is bytes:
        kinds = bytes_kinds(group.values)
        there, places = np.unique(kinds, return_inverse=True)
        return [KINDS[kind] for kind in there.tolist()], places
    if issubclass(group.kind, BYTES):
        labels = [*map(type_label, group.values)]
        place = {label: i for i, label in enumerate(dict.fromkeys(labels))}
        return [*place], [*map(place.__getitem__, labels)]
    return [type_label(group.values[0])], 0


def _sizes(group: Group) -> tuple[Any, Any]:
    kind, _, values = group
    count = len(values)
    if kind is bytes or kind is bytearray:
        return np.fromiter(map(len, values), np.int64, count), True
    if kind is str:
        sizes = np.fromiter(map(len, values), np.int64, count)
        other = ~np.fromiter(map(str.isascii, values), bool, count)
        short = np.flatnonzero(other & (sizes <= SAMPLE))
        some = [values[i] for i in short.tolist()]
        encoded = map(str.encode, some, repeat("utf-8"), repeat("surrogatepass"))
        sizes[short] = np.fromiter(map(len, encoded), np.int64, len(short))
        other[short] = False
        return _but(sizes, True, other, values)
    if library(values[0]) == "numpy" and issubclass(kind, (np.ndarray, np.generic)):
        return np.fromiter(map(attrgetter("nbytes"), values), np.int64, count), True
    if issubclass(kind, (str, *BYTES)) or array_text(values[0]) is not None:
        return _but(np.zeros(count, dtype=np.int64), False, np.ones(count, dtype=bool), values)
    if is_leaf(values[0]):
        each, more = own_sizes(values)
        return np.fromiter(each, np.int64, count) + more, False
    sizes = container_sizes(values)
    return _but(sizes, False, sizes < 0, values)


def _but(sizes: Any, exact: bool, others: Any, values: list[Any]) -> tuple[Any, Any]:
    """The sizes, those of `others` measured one by one."""
    is_exact = np.full(len(sizes), exact)
    for i in np.flatnonzero(others).tolist():
        size, how = size_of(values[i])
        sizes[i], is_exact[i] = -1 if size is None else size, how == "exact"
    return sizes, is_exact

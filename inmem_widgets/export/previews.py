"""How many values begin: each as `preview` says."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.export.bulk import NOTHING, Facts, Group
from inmem_widgets.export.columns import cells
from inmem_widgets.observables.preview import PREVIEW, cut, preview
from inmem_widgets.observables.redaction import redactor

SLICE = 1 << 13
"""Texts checked at a time."""
ONE_BY_ONE = 10_000
"""Values that have to be looked into one by one of which previews are made, unless all are asked for."""

_QUICK = {*map(id, (str, bytes, bool, float, type(None)))}
TEXTS = {"json", "text"}
HEX = 32
"""Of other bytes so many are shown."""
_head = itemgetter(slice(HEX))
_first = itemgetter(slice(PREVIEW + 1))


def preview_column(known: Facts, *, every: bool) -> Iterable[str | None]:
    """The same as `previews`, as a column already where all are alike: a million of vectors."""
    if [group.kind for group in known.groups] == [bytes] and redactor() is None:
        values = known.groups[0].values
        if not TEXTS & {*known.labels} and min(map(len, values)) > HEX:
            found = cells(_hexes(values))
            if found is not None:
                return found
    return previews(known, every=every)


def previews(known: Facts, *, every: bool, latest: bool = False) -> list[str | None]:
    """Texts, bytes and numbers have one each; of other values the first `ONE_BY_ONE`, or the last ones if
    `latest`, unless `every`."""
    slow = [group for group in known.groups if not _quick(group)]
    rows = np.concatenate([group.rows for group in slow]) if slow else np.zeros(0, np.int64)
    low, high = 0, len(known.codes)
    if not every and len(rows) > ONE_BY_ONE:
        rows.sort()
        low, high = (rows[-ONE_BY_ONE], high) if latest else (low, rows[ONE_BY_ONE])
    there = [group for group in known.groups if id(group.kind) not in NOTHING]
    if len(there) == len(known.groups) == 1 and not slow:
        return _of_group(there[0], known)
    found = np.full(len(known.codes), None, dtype=object)
    for group in there:
        if all(group is not each for each in slow):
            found[group.rows] = _of_group(group, known)
            continue
        span = slice(*np.searchsorted(group.rows, (low, high)).tolist())
        found[group.rows[span]] = [*map(preview, group.values[span])]
    return found.tolist()


def _of_group(group: Group, known: Facts) -> list[str | None]:
    kind, rows, values = group
    if kind is str:
        return [
            text for start in range(0, len(values), SLICE) for text in _texts(values[start : start + SLICE])
        ]
    if kind is bytes:
        is_text = np.array([label in TEXTS for label in known.labels])[known.codes[rows]]
        is_text |= np.fromiter(map(len, values), np.int64, len(values)) == 0
        return [
            text
            for start in range(0, len(values), SLICE)
            for text in _bytes(values[start : start + SLICE], is_text[start : start + SLICE])
        ]
    return [*map(repr, values)]


def _quick(group: Group) -> bool:
    """Whether a preview of each costs next to nothing."""
    kind = group.kind
    if id(kind) in NOTHING:
        return True
    if redactor() is not None:
        return False
    return id(kind) in _QUICK or (kind is int and max(map(int.bit_length, group.values)) < 512)


def _texts(values: list[str]) -> Iterable[str]:
    begins = [*map(_first, values)]
    try:
        "".join(begins).encode()
    except UnicodeEncodeError:  # a lone surrogate
        return map(preview, values)
    return _cut(begins)


def _bytes(values: list[bytes], is_text: NDArray[np.bool_]) -> Iterable[str]:
    if is_text.all():
        begins = [*map(_first, values)]
        if b"".join(begins).isascii():
            return _cut([*map(bytes.decode, begins)])
    return [
        cut(value[: 4 * PREVIEW + 4].decode("utf-8", "replace"), PREVIEW)
        if text
        else value[:HEX].hex(" ") + ("…" if len(value) > HEX else "")
        for value, text in zip(values, is_text.tolist(), strict=True)
    ]


def _hexes(values: list[bytes]) -> NDArray[np.uint8]:
    """Of bytes longer than `HEX`, one row of UTF-8 each."""
    more = "…".encode()
    width = 3 * HEX - 1
    rows = np.empty((len(values), width + len(more)), dtype=np.uint8)
    rows[:, width:] = [*more]
    for start in range(0, len(values), SLICE):
        shown = b"".join(map(_head, values[start : start + SLICE])).hex(" ") + " "
        rows[start : start + SLICE, :width] = np.frombuffer(shown.encode(), np.uint8).reshape(-1, width + 1)[
            :, :width
        ]
    return rows


def _cut(begins: list[str]) -> list[str]:
    if max(map(len, begins)) <= PREVIEW:
        return begins
    return [text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "…" for text in begins]

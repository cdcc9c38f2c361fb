"""How many values begin: each as `preview` says."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.export.bulk import NOTHING, Facts, Group
from inmem_widgets.observables.preview import PREVIEW, cut, preview
from inmem_widgets.observables.redaction import redactor

SLICE = 1 << 16
"""Texts checked at a time."""
ONE_BY_ONE = 10_000
"""Values that have to be looked into one by one of which previews are made, unless all are asked for."""

_QUICK = {*map(id, (str, bytes, bool, float, type(None)))}
_first = itemgetter(slice(PREVIEW + 1))


def previews(known: Facts, *, every: bool) -> list[str | None]:
    """Texts, bytes and numbers have one each; of other values the first `ONE_BY_ONE`, unless `every`."""
    if len(known.groups) == 1:
        return _of_group(known.groups[0], known, every)
    found = np.full(len(known.codes), None, dtype=object)
    slow = {row for group in known.groups if not _quick(group) for row in group.rows.tolist()}
    last = len(known.codes) if every or len(slow) <= ONE_BY_ONE else sorted(slow)[ONE_BY_ONE]
    for group in known.groups:
        found[group.rows] = _of_group(group, known, every, int((group.rows < last).sum()))
    return found.tolist()


def _of_group(group: Group, known: Facts, every: bool, most: int = ONE_BY_ONE) -> list[str | None]:
    kind, rows, values = group
    if id(kind) in NOTHING:
        return [None] * len(values)
    if not _quick(group):
        made = [*map(preview, values if every else values[:most])]
        return made + [None] * (len(values) - len(made))
    if kind is str:
        return [
            text for start in range(0, len(values), SLICE) for text in _texts(values[start : start + SLICE])
        ]
    if kind is bytes:
        is_text = np.array([label in ("json", "text") for label in known.labels])[known.codes[rows]]
        is_text |= known.sizes[rows] == 0
        return [
            text
            for start in range(0, len(values), SLICE)
            for text in _bytes(values[start : start + SLICE], is_text[start : start + SLICE])
        ]
    return [*map(repr, values)]


def _quick(group: Group) -> bool:
    """Whether a preview of each costs next to nothing."""
    kind = group.kind
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
        else value[:32].hex(" ") + ("…" if len(value) > 32 else "")
        for value, text in zip(values, is_text.tolist(), strict=True)
    ]


def _cut(begins: list[str]) -> list[str]:
    if max(map(len, begins)) <= PREVIEW:
        return begins
    return [text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "…" for text in begins]

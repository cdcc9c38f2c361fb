"""Plain values with what is shown in place of their texts: of all of them level by level, not one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

from inmem_widgets.observables.recording.freezing import WHAT
from inmem_widgets.observables.redaction import Redactor

DEEP: Final = 8
"""Levels looked at."""


class Masks(dict[str, str]):
    """What is shown of each text, and of each number's.

    Attributes:
        fit: Whether what is shown takes no more room, and is as plain.
    """

    def __init__(self, redactor: Redactor, texts: Iterable[str], numbers: Iterable[Any]) -> None:
        figures = {*map(repr, numbers)}
        super().__init__(redactor.texts(chain(texts, figures)))
        changed = [(text, shown) for text, shown in self.items() if shown is not text and shown != text]
        self.fit = not any(
            len(shown) > len(text) or text in figures or shown == WHAT for text, shown in changed
        )


def masked(masks: Mapping[str, str], values: Sequence[Any]) -> list[Any] | None:
    """Values of plain types, with what is shown: copies. None if not all can be made so."""
    try:
        return _masked(masks, values, DEEP)
    except (KeyError, RuntimeError):  # names become alike, or something was changed meanwhile
        return None


def _masked(masks: Mapping[str, str], values: Sequence[Any], depth: int) -> list[Any]:
    kinds = [*map(type, values)]
    sorts = {*kinds}
    if len(sorts) == 1:
        return _alike(masks, values, kinds[0], depth)
    made = {
        sort: iter(_alike(masks, [v for v, k in zip(values, kinds, strict=True) if k is sort], sort, depth))
        for sort in sorts
    }
    return [next(made[kind]) for kind in kinds]


def _alike(masks: Mapping[str, str], values: Sequence[Any], kind: type, depth: int) -> list[Any]:
    """Values of one type."""
    if kind is str:
        return [*map(masks.__getitem__, values)]
    if kind is int or kind is float:
        texts = [*map(repr, values)]
        shown = [*map(masks.__getitem__, texts)]
        if shown == texts:
            return [*values]
        return [v if t == s else s for v, t, s in zip(values, texts, shown, strict=True)]
    if kind is bool or kind is type(None):
        return [*values]
    if not depth or (kind is not list and kind is not dict):
        raise KeyError("changed meanwhile")
    copies: list[Any] = [*map(kind.copy, values)]
    counts = [*map(len, copies)]
    if kind is list:
        inside = iter(_masked(masks, [*chain.from_iterable(copies)], depth - 1))
        return [[*islice(inside, count)] for count in counts]
    names = [*chain.from_iterable(copies)]
    if not {*map(type, names)} <= {str}:
        raise KeyError("changed meanwhile")
    if counts[0] and len({*map(tuple, copies)}) == 1:  # as mostly
        told = [*map(masks.__getitem__, copies[0])]
        columns = zip(*map(dict.values, copies), strict=True)
        below = [_masked(masks, column, depth - 1) for column in columns]
        made = [dict(zip(told, row, strict=True)) for row in zip(*below, strict=True)]
    else:
        each = map(masks.__getitem__, names)
        inside = iter(_masked(masks, [*chain.from_iterable(map(dict.values, copies))], depth - 1))
        made = [dict(zip(islice(each, count), inside, strict=False)) for count in counts]
    if [*map(len, made)] != counts:
        raise KeyError("alike")
    return made

"""Many values as JSON at once: most are JSON already, which is found out for all of them together.

What is not is frozen one by one (`freeze`), which takes many times as long.
"""

from __future__ import annotations

import math
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain, compress
from typing import Any, Final, NamedTuple

import orjson

from inmem_widgets.observables.recording.columns import CHUNK
from inmem_widgets.observables.recording.freezing import WHAT, freeze
from inmem_widgets.observables.recording.lines import json_bytes
from inmem_widgets.observables.recording.masking import DEEP, Masks, masked
from inmem_widgets.observables.recording.opening import PLAIN, Opened
from inmem_widgets.observables.redaction import Redactor

SCALARS: Final = PLAIN - {dict, list}
SPLIT: Final = 8
"""Parts in which those are looked for that are none."""
PART: Final = 14
"""Characters that a part of a value counts for at the most, beside its text; see `freeze`."""
OPEN: Final = 50
"""Objects opened at a time: with more, the parts they are made of set off garbage collections, which cost
many times what making them does."""
OBJECT: Final = 40
"""The same of an object."""


class Heavy(Exception):
    """More than goes together."""


class Parts(NamedTuple):
    """What plain values consist of."""

    texts: list[str]
    numbers: list[Any]
    characters: int
    """Of all texts."""
    room: int
    """Characters that are left, of all there may be of one."""


def parts_of(values: Sequence[Any], most: int) -> Parts | None:
    """What values consist of that are JSON already, none of them above its bound; None if one is not, or
    cannot be told quickly.

    Args:
        values: Anything; none of its code is run.
        most: Characters of each at the most.
    """
    texts: list[str] = []
    numbers: list[Any] = []
    room, characters = most, 0
    level: Sequence[Any] = values
    for depth in range(DEEP):
        kinds = [*map(type, level)]
        sorts = {*kinds}
        if not sorts <= PLAIN:
            return None
        if str in sorts:
            found = level if len(sorts) == 1 else [v for v, k in zip(level, kinds, strict=True) if k is str]
            lengths = [*map(len, found)]
            if max(lengths) > most:
                return None
            characters += sum(lengths)
            room -= sum(lengths) if depth else 0  # each value of its own has all the room
            texts += found
        if int in sorts or float in sorts:
            figures = [v for v, k in zip(level, kinds, strict=True) if k is int or k is float]
            if not all(math.isfinite(each) for each in figures if type(each) is float):
                return None
            numbers += figures
        inside = [v for v, k in zip(level, kinds, strict=True) if k is dict or k is list]
        if not inside:
            return Parts(texts, numbers, characters, room) if room >= 0 else None
        room -= PART * sum(map(len, inside))
        if room < 0:
            return None
        try:
            below, names = _opened(inside)
        except RuntimeError:  # changed meanwhile, by whoever holds it
            return None
        if {*map(type, names)} - {str} or WHAT in {*names}:
            return None
        lengths = [*map(len, names)]
        room -= sum(lengths)
        characters += sum(lengths)
        texts += names
        level = below
    return None


def _opened(inside: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What is in dicts and lists, and the keys of the dicts."""
    dicts = [each for each in inside if type(each) is dict]
    lists: Iterable[list[Any]] = (each for each in inside if type(each) is list)
    if not dicts:
        return [*chain.from_iterable(lists)], []
    values = chain.from_iterable(map(dict.values, dicts))
    return [*values, *chain.from_iterable(lists)], [*chain.from_iterable(dicts)]


class Plainly:
    """Makes columns of values and names such that `json_bytes` takes them.

    Args:
        most: Characters of a value at the most.
        redactor: Applied to each text, whole.
    """

    def __init__(self, most: int, redactor: Redactor | None) -> None:
        self._most, self._redactor = most, redactor
        self._once: dict[int, tuple[Any, orjson.Fragment, int]] = {}
        self._left = math.inf
        self._together = CHUNK  # values that were few enough lately

    def begin(self) -> None:
        """Values are looked at anew from here on: they may have changed."""
        self._once.clear()

    def limit(self, characters: float) -> None:
        """Raise `Heavy` when more than so many, about, have been made from now on."""
        self._left = characters

    def _made(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise Heavy

    def values(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values as they are, or in place of one what `freeze` makes of it."""
        sorts = {*map(type, values)}
        if sorts == {str}:
            if self._redactor is not None:
                values = [*map(self._redactor.texts(values).__getitem__, values)]
            return self._bounded(values)
        if not sorts <= SCALARS and not all(map(_perhaps, values)):
            plain = [*map(_perhaps, values)]
            rest = iter(self.values([*compress(values, plain)]) if any(plain) else ())
            others = iter(self._others([v for ok, v in zip(plain, values, strict=True) if not ok]))
            return [next(rest if ok else others) for ok in plain]
        return self._plain(values)

    def _plain(self, values: Sequence[Any]) -> Sequence[Any]:
        """Of values that may be JSON already."""
        if len(values) > self._together:
            made: list[Any] = []
            while len(made) < len(values):
                made += self._plain(values[len(made) : len(made) + self._together])
            return made
        parts, shown = parts_of(values, self._most), values
        if parts is not None and (masks := self._masks(parts)) is not None:
            parts, shown = _copies(masks, parts, values, self._most)
        if parts is not None:
            self._made(parts.characters)
            if len(values) == self._together and 2 * parts.room > self._most:
                self._together = min(2 * self._together, CHUNK)
            return shown
        if len(values) == 1:
            return [self.frozen(values[0])]
        self._together = -(-len(values) // SPLIT)
        return self._plain(values)

    def _masks(self, parts: Parts) -> Masks | None:
        return None if self._redactor is None else Masks(self._redactor, parts.texts, parts.numbers)

    def _others(self, values: Sequence[Any]) -> Sequence[Any]:
        """Values that are no JSON: many are objects of plain fields."""
        made: list[Any] = []
        for at in range(0, len(values), OPEN):
            found = [*map(Opened, values[at : at + OPEN])]
            objects = iter(self._objects([each for each in found if each.made is not None]))
            made += [self.frozen(each.value) if each.made is None else next(objects) for each in found]
        return made

    def _objects(self, found: Sequence[Opened]) -> Sequence[Any]:
        """What was made of them or, if it is no JSON or too long, what `freeze` makes."""
        together = [*chain.from_iterable(each.parts for each in found)]
        room = self._most - OBJECT * sum(each.objects for each in found)
        parts = parts_of([together], room)
        if parts is not None and (masks := self._masks(parts)) is not None:
            parts, copies = _copies(masks, parts, [together], room)
            shown = chain.from_iterable(copies)
            for each in found:
                each.fill(shown)
        if parts is not None:
            with suppress(TypeError):  # half a character, or changed meanwhile
                return [self.packed(each.made) for each in found]
        if len(found) == 1:
            return [self.frozen(found[0].value)]
        step = -(-len(found) // SPLIT)
        return [
            *chain.from_iterable(self._objects(found[at : at + step]) for at in range(0, len(found), step))
        ]

    def names(self, names: Sequence[str]) -> Sequence[str]:
        """Texts by which something is found again: as they are, or what stands for them."""
        return self._bounded(names if self._redactor is None else self._redactor.names(names))

    def frozen(self, value: Any) -> orjson.Fragment:
        """One value, as `freeze` makes it; the same object again is looked at once."""
        known = self._once.get(id(value))
        if known is None:
            if type(value) is bytes and self._redactor is None and 4 * len(value) <= 3 * self._most:
                data = b'{"$":"bytes","as":"bytes","data":"%b"}' % b2a_base64(value, newline=False)
            else:
                data = json_bytes(freeze(value, most=self._most, redactor=self._redactor))
            known = self._once[id(value)] = value, orjson.Fragment(data), len(data)
        self._made(known[2])
        return known[1]

    def packed(self, frozen: Any) -> orjson.Fragment:
        """What is frozen already."""
        data = json_bytes(frozen)
        self._made(len(data))
        return orjson.Fragment(data)

    def _bounded(self, texts: Sequence[str]) -> Sequence[str]:
        lengths = [*map(len, texts)]
        self._made(sum(lengths))
        if max(lengths, default=0) > self._most:
            return [freeze(each, most=self._most) for each in texts]
        return texts


def _perhaps(value: Any) -> bool:
    """Whether a value may be JSON already; most that are not can be told by how they begin."""
    kind = type(value)
    return kind in PLAIN if kind is not list else all(type(each) in PLAIN for each in value[:1])


def _copies(
    masks: Masks, parts: Parts, values: Sequence[Any], most: int
) -> tuple[Parts | None, Sequence[Any]]:
    """Plain values with what is shown in place of texts, and what they consist of; None if not all can be
    made so, or have room."""
    made: list[Any] = []
    for at in range(0, len(values), OPEN):
        some = masked(masks, values[at : at + OPEN])
        if some is None:
            return None, values
        made += some
    return parts if masks.fit else parts_of(made, most), made

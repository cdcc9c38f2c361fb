"""Values held for a report, and what they weigh: no more than a stated number of bytes."""

from __future__ import annotations

from typing import Any, NamedTuple

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label

MOST_BYTES = 64_000_000
"""Estimated, of values that are held, for each watched object."""
FIRST = 8
"""Values of a type that are measured, …"""
EVERY = 64
"""… and from then on one of so many."""
LEAST = 48
"""Bytes of the smallest."""

_TEXTS = (str, bytes)
_MISSING = MISSING.__class__


class Brief(NamedTuple):
    """What is kept of a value that there is no room for."""

    text: str
    type: str
    size: int | None


class Scale:
    """Weighs values, those of one type by some of them."""

    def __init__(self) -> None:
        self._types: dict[type, list[float]] = {}  # seen, measured, sum

    def of(self, value: Any) -> int:
        """Bytes, about."""
        kind = value.__class__
        if kind in _TEXTS:
            return LEAST + len(value)
        if value is None or kind is _MISSING:
            return 0
        known = self._types.get(kind)
        if known is None:
            known = self._types[kind] = [0, 0, 0]
        seen = known[0]
        known[0] = seen + 1
        if seen < FIRST or seen % EVERY == 0:
            known[1] += 1
            known[2] += size_of(value)[0] or 0
        return LEAST + int(known[2] / known[1])


def brief(value: Any) -> Any:
    """The value in short; what is short already is itself."""
    if value is None or value.__class__ is _MISSING or value.__class__ is Brief:
        return value
    return Brief(shown(value), type_label(value), size_of(value)[0])


def shown(value: Any) -> str:
    """A value as a report shows it; "" where there is none."""
    if value.__class__ is Brief:
        return value.text
    return "" if value is MISSING else preview(value)


def type_of(value: Any) -> str:
    if value.__class__ is Brief:
        return value.type
    return "" if value is MISSING else type_label(value)


def size_in(value: Any) -> int | None:
    """Bytes; None where there is no value."""
    if value.__class__ is Brief:
        return value.size
    return None if value is MISSING else size_of(value)[0]

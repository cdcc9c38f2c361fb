"""Values held for a report, and what they weigh: no more than a stated number of bytes."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any, NamedTuple

from inmem_widgets.core.change import MISSING, UNKNOWN
from inmem_widgets.observables.diffs.contrast import apart, contrast
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label

MOST_BYTES = 64_000_000
"""Estimated, of values that are held, for each watched object."""
SAMPLE = 16
"""Values of a type that are measured, of those that come together."""
LEAST = 48
"""Bytes of the smallest."""

_TEXTS = (str, bytes)
_NOTHING = (type(None), type(MISSING), type(UNKNOWN))


class Brief(NamedTuple):
    """What is kept of a value that there is no room for."""

    text: str
    type: str
    size: int | None


def weight(values: list[Any]) -> int:
    """Bytes that values hold, about: of texts all are measured, of others some of each type."""
    one = {*map(type, values)}
    kinds = Counter(map(type, values)) if len(one) > 1 else dict.fromkeys(one, len(values))
    total = 0
    for kind, count in kinds.items():
        if kind in _NOTHING:
            continue
        total += LEAST * count
        if kind in _TEXTS:
            total += sum(map(len, values if len(kinds) == 1 else [v for v in values if type(v) is kind]))
            continue
        some = [*islice((v for v in values if type(v) is kind), 0, None, max(1, count // SAMPLE))]
        total += sum(size_of(value)[0] or 0 for value in some) * count // len(some)
    return total


def brief(value: Any) -> Any:
    """The value in short; what is short already is itself."""
    if type(value) in _NOTHING or type(value) is Brief:
        return value
    return Brief(shown(value), type_label(value), size_of(value)[0])


def shown(value: Any) -> str:
    """A value as a report shows it; "" where there is none."""
    if value.__class__ is Brief:
        return value.text
    return "" if value is MISSING else preview(value)


def shown_both(before: Any, after: Any) -> tuple[str, str]:
    """What was there and what is, as a report shows them: so that one sees the difference."""
    if before.__class__ in _NOTHING or after.__class__ in _NOTHING:
        return shown(before), shown(after)
    if Brief in (before.__class__, after.__class__):
        return apart(shown(before), shown(after))
    return contrast(before, after)


def type_of(value: Any) -> str:
    if value.__class__ is Brief:
        return value.type
    return "" if value is MISSING else type_label(value)


def size_in(value: Any) -> int | None:
    """Bytes; None where there is no value."""
    if value.__class__ is Brief:
        return value.size
    return None if value is MISSING else size_of(value)[0]

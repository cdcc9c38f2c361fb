"""What values hold, estimated quickly: exact for text and bytes, of many objects measured on some."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from inmem_widgets.core.change import MISSING, UNKNOWN
from inmem_widgets.observables.sizes import size_of

MEASURED: Final = 300
"""Objects of a batch that are measured; of more, one in so many."""
SAMPLE: Final = 200
"""Values of a whole store that are measured."""
_NOTHING: Final = frozenset({type(MISSING), type(UNKNOWN)})
_SIMPLE: Final = frozenset({int, float, bool, type(None)})
_TEXTS: Final = frozenset({str, bytes})
FEW: Final = 8
"""Values that are weighed one by one."""


def weight(key: Any) -> int:
    """Bytes of a key."""
    kind = key.__class__
    if kind is str:
        return sys.getsizeof(key)
    if kind is tuple:
        return 64 + sum(sys.getsizeof(part) for part in key if part.__class__ is str)
    return 64


class Scales:
    """Weighs the values of one batch after the other."""

    def __init__(self) -> None:
        self._turn = 0
        self._step = 1
        self._mean = 64

    def begin(self, changes: int) -> None:
        """A batch of so many changes begins."""
        self._step = max(1, changes // MEASURED)

    def of(self, values: Sequence[Any]) -> int:
        """Bytes of a change's values."""
        if len(values) > FEW and (kinds := {*map(type, values)}) <= _TEXTS:
            return sum(map(len, values))
        if len(values) > FEW and kinds <= _SIMPLE:
            return 28 * len(values)
        total = 0
        for value in values:
            kind = type(value)
            if kind is str or kind is bytes:
                total += len(value)
            elif kind in _SIMPLE:
                total += 28
            elif kind not in _NOTHING:
                self._turn += 1
                if self._turn >= self._step:
                    self._turn = 0
                    self._mean = size_of(value)[0] or 64
                total += self._mean
        return total

    def each(self, values: Sequence[Any]) -> Sequence[int]:
        """Bytes of each value, as `of` of it alone."""
        kinds = {*map(type, values)}
        if kinds <= _TEXTS:
            return [*map(len, values)]
        if kinds <= _SIMPLE:
            return [28] * len(values)
        return [self.of((value,)) for value in values]

    def of_many(self, values: Mapping[Any, Any]) -> int:
        """Bytes of all keys and values of a mapping that nobody writes to."""
        some = list(islice(values.items(), SAMPLE))
        if not some:
            return 0
        found = sum(weight(key) + (size_of(value)[0] or 64) for key, value in some)
        return found * len(values) // len(some)

"""How many bytes the values of a store are: exactly where that is quick, else estimated from a few."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, repeat
from math import gcd
from operator import is_
from time import monotonic
from typing import Any, Protocol

from inmem_widgets.observables.keys.live import steadily
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.wire import How

PLAIN = 200_000
"""Values that are all added up if they are bytes, or ASCII text: some 8 ms."""
SAMPLE = 1_000
"""Else values measured at the most."""
FEW = 64
"""Values measured however long it takes: some 5 ms for large nested ones …"""
BUDGET = 0.002
"""… and seconds after which the rest of the sample is left out."""
PATIENCE = 100
"""Times its own duration that passes before a sample is taken again."""


class Holder(Protocol):
    """What holds values: a dict, above all."""

    def __len__(self) -> int: ...
    def values(self) -> Iterable[Any]: ...


class TotalBytes:
    """The size of all values. Remembers the mean, so that a store that grows is not measured each time.

    Attributes:
        wait: Seconds after which it can be told better than the last time; 0 if it cannot.
    """

    def __init__(self) -> None:
        self._mean: float | None = 0.0
        self._how: How = "exact"
        self._seen: tuple[int, int] | None = None
        self._due = 0.0
        self.wait = 0.0

    def of(self, data: Holder, changes: int) -> tuple[int | None, How]:
        """Bytes and how measured; None while no value is known. `changes`: a number that differs where the
        values may."""
        size, now = len(data), monotonic()
        seen = (size, changes)
        if seen != self._seen and (now >= self._due or size <= SAMPLE):
            self._measure(data)
            self._seen = seen
            self._due = now + PATIENCE * (monotonic() - now)
        self.wait = 0.0 if seen == self._seen else max(0.0, self._due - now)
        if self._mean is None:
            return None, "sampled"
        return round(self._mean * size), self._how if seen == self._seen else "sampled"

    def _measure(self, data: Holder) -> None:
        kind = type(steadily(lambda: next(iter(data.values()), None)))
        if (kind is bytes or kind is str) and len(data) <= PLAIN:
            values = list(data.values())
            if (sum_of_all := _added_up(values, kind)) is not None:
                self._mean, self._how = sum_of_all / len(values), "exact"
                return
        stride = max(1, -(-len(data) // SAMPLE))
        values = steadily(lambda: list(islice(data.values(), 0, None, stride)))  # 8 ms for a million
        until = monotonic() + BUDGET
        total = measured = known = 0
        exact = len(values) == len(data)
        # by the golden ratio: wherever it is cut short, what was measured lies evenly
        step = round(0.618 * len(values))
        while gcd(step, len(values)) > 1:
            step += 1
        for i in range(len(values)):
            value = values[i * step % len(values)]
            size, how = size_of(value)
            exact = exact and how == "exact" and size is not None
            total, measured, known = total + (size or 0), measured + 1, known + (size is not None)
            if measured >= FEW and monotonic() > until:
                break
        exact = exact and measured == len(values)
        self._mean = total / known if known else None if measured else 0.0
        self._how = "exact" if exact else "sampled"


def _added_up(values: list[Any], kind: type) -> int | None:
    """The bytes of plain bytes or plain ASCII text, if that is the kind of all; None for all else."""
    if not values or not all(map(is_, map(type, values), repeat(kind))):
        return None  # by identity: a foreign type may have a `__hash__` of its own
    return sum(map(len, values)) if kind is bytes or all(map(str.isascii, values)) else None

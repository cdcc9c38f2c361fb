"""A line of columns as it is read: its changes, one by one or many at once."""

from __future__ import annotations

import math
from itertools import accumulate, repeat
from typing import Any

from inmem_widgets.observables.recording.lines import WRITES, Line


class Several:
    """The changes of a line, not thawed.

    Attributes:
        first: Number of the first.
        kinds, keys, times, bys: Of each.

    Raises:
        ValueError, KeyError, TypeError: it cannot be understood.
    """

    def __init__(self, line: Line) -> None:
        self.of = line["of"]
        self.keys = _listed(line["keys"])
        count = len(self.keys)
        self.times = _listed(line["t"], count)
        self.kinds = _column(line["kind"], count)
        self.bys = _column(line.get("by"), count)
        self._infos = _column(line.get("info"), count)
        writes = [kind in WRITES for kind in self.kinds]
        self._values = _listed(line["values"], sum(writes))
        self._places = [0, *accumulate(writes)]
        self.first = number_in(line.get("n"))

    def __len__(self) -> int:
        return len(self.keys)

    def values(self, start: int, stop: int) -> list[Any]:
        """Of those changes that have one."""
        return self._values[self._places[start] : self._places[stop]]

    def single(self, at: int) -> Line:
        """One of the changes, as a line of its own."""
        kind = self.kinds[at]
        made: Line = {"is": "change", "of": self.of, "n": self.first + at, "t": self.times[at], "kind": kind}
        made["keys"] = [self.keys[at]]
        if kind in WRITES:
            made["values"] = self.values(at, at + 1)
        if (info := self._infos[at]) is not None:
            made["info"] = info
        if (by := self.bys[at]) is not None:
            made["by"] = by
        return made


def moment(found: Any) -> float:
    """When a change was made; NaN where that was not recorded."""
    return float(found) if type(found) is float or (type(found) is int and found < 1 << 64) else math.nan


def number_in(found: Any) -> int:
    """The number of a change; 0 where it was not recorded."""
    return found if type(found) is int else 0


def _column(found: Any, count: int) -> list[Any]:
    """One for each; what is no list is of all."""
    return _listed(found, count) if type(found) is list else [*repeat(found, count)]


def _listed(found: Any, count: int | None = None) -> list[Any]:
    if type(found) is not list or (count is not None and len(found) != count):
        raise ValueError("a recorded column is of another length")
    return found

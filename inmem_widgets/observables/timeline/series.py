"""What a watch expression gave over a thread's checkpoints."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from itertools import pairwise
from math import isfinite, nan
from operator import ne
from typing import Any, Literal

from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.values import is_exactly, numpy_scalar
from inmem_widgets.wire import Watch

POINTS = 400
"""Rows of a sparkline at most."""
FAILED = 100
"""Rows told at which it raised."""
SHORT = 80
"""Characters of a value in short, and …"""
ERROR = 300
"""… of an error."""

UNITS = ("B", "kB", "MB", "GB", "TB")
FEW = 0.02
"""A part of the checkpoints that is not worth telling of while it is missing."""

Expression = Callable[[Mapping[str, Any]], Any]
_MADE, _FAILED = 1, 2


class Series:
    """An expression's values by place, the oldest checkpoint first."""

    def __init__(self, history: ThreadHistory, before: Series | None = None) -> None:
        self.grown = history.grown
        self.numbers = array("d")
        """NaN where it is no number (yet)."""
        self.state = bytearray()
        """0: not evaluated yet; 1: a value; 2: it raised."""
        self.texts: dict[int, str] = {}
        """Values that are no numbers, in short."""
        self.errors: dict[int, str] = {}
        self.begun = False
        """Whether somebody has begun to evaluate it."""
        self._edition = 0
        self._drawn: tuple[Any, ...] = ()
        self.grow(history.size)
        if before is not None:
            self._take_over(before)

    def grow(self, size: int) -> None:
        """Make room for so many checkpoints."""
        if (more := size - len(self.state)) > 0:
            self.numbers.extend([nan] * more)
            self.state.extend(bytes(more))

    def _take_over(self, before: Series) -> None:
        """What is known of the same checkpoints stays."""
        old, known = before.grown, len(before.state)
        for place in range(len(self.state)):
            header = self.grown.headers[place]
            was = old.lanes.places.get((header.checkpoint_ns, header.checkpoint_id), known)
            if was < known and _same(header, old.headers[was]):
                self.numbers[place] = before.numbers[was]
                if was in before.texts:
                    self.texts[place] = before.texts[was]
                if was in before.errors:
                    self.errors[place] = before.errors[was]
                self.state[place] = before.state[was]

    def missing(self, below: int) -> int:
        """The newest place below one that is not evaluated yet; -1 if all are."""
        return self.state.rfind(b"\0", 0, below)

    @property
    def done(self) -> int:
        return len(self.state) - self.state.count(0)

    def put(self, place: int, value: Any) -> None:
        """Take in a value."""
        number = as_number(value)
        self.numbers[place] = nan if number is None else number
        if number is None or type(value) is bool:
            self.texts[place] = preview(value, SHORT)
        self.state[place] = _MADE
        self._edition += 1

    def fail(self, place: int, error: BaseException) -> None:
        self.numbers[place] = nan
        self.errors[place] = error_text(error)
        self.state[place] = _FAILED
        self._edition += 1

    def drop(self, place: int) -> None:
        """Let it be evaluated again."""
        self.numbers[place] = nan
        self.texts.pop(place, None)
        self.errors.pop(place, None)
        self.state[place] = 0
        self._edition += 1

    def text(self, place: int, unit: str = "") -> str | None:
        """The value in short; None where there is none (yet)."""
        if place >= len(self.state) or self.state[place] != _MADE:
            return None
        found = self.texts.get(place)
        if found is not None:
            return found
        return bytes_text(self.numbers[place]) if unit else number_text(self.numbers[place])

    def watch(
        self,
        name: str,
        history: ThreadHistory,
        selected: Key | None,
        *,
        unit: Literal["", "bytes"],
        own: bool,
    ) -> Watch:
        """As its sparkline shows it."""
        size, row = history.size, history.row_of(selected)
        if self._drawn[:2] != (size, self._edition):
            self._drawn = (size, self._edition, *self._line(size))
        rows, low, high, failed, failures = self._drawn[2:]
        at = None if row is None else size - 1 - row
        missing = self.state.count(0, 0, size)
        return {
            "name": name,
            "unit": unit,
            "kind": "number" if rows or not self.texts else "text",
            "rows": rows,
            "low": low,
            "high": high,
            "failed": failed,
            "failures": failures,
            "at": None if at is None else self.text(at, unit),
            "error": None if at is None else self.errors.get(at),
            "progress": (size - missing) / size if missing > size * FEW else None,
            "own": own,
        }

    def _line(self, size: int) -> tuple[list[int], list[float | None], list[float | None], list[int], int]:
        """Middle rows of equal stretches with least and greatest values; rows at which it raised."""
        failed = sorted(place for place in list(self.errors) if place < size)
        rows_failed = [size - 1 - place for place in reversed(failed[-FAILED:])]
        numbers, points = self.numbers[:size], min(size, POINTS)
        if all(map(ne, numbers, numbers)):
            return [], [], [], rows_failed, len(failed)
        edges = [i * size // points for i in range(points + 1)]
        known = [[x for x in numbers[start:stop] if x == x] for start, stop in pairwise(edges)]
        return (
            [size - 1 - (start + stop - 1) // 2 for start, stop in pairwise(edges)],
            [min(some, default=None) for some in known],
            [max(some, default=None) for some in known],
            rows_failed,
            len(failed),
        )


def as_number(value: Any) -> float | None:
    """A value as a point of a line; None where it is no finite number."""
    plain = numpy_scalar(value)
    if plain is not None:
        value = plain
    if not is_exactly(value, (int, float, bool)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def number_text(number: float) -> str:
    return f"{int(number):,}" if number == int(number) and abs(number) < 1e15 else f"{number:.6g}"


def bytes_text(number: float) -> str:
    power = 0
    while number >= 999.5 and power < len(UNITS) - 1:
        number, power = number / 1000, power + 1
    return f"{number:.3g} {UNITS[power]}"


def error_text(error: BaseException) -> str:
    """Class and message."""
    name = type(error).__name__
    try:
        text = f"{name}: {error}"
    except Exception:  # a message that fails
        text = name
    return cut(clean(text), ERROR)


def _same(a: Any, b: Any) -> bool:
    """Whether two headers of a key are of the same state."""
    return a is b or (a.ts == b.ts and a.channel_versions == b.channel_versions)

"""How busy it was along a log: few buckets of changes, kept up to date by looking at each change once."""

from __future__ import annotations

from typing import Final

from inmem_widgets.observables.log.columns import WHOLE
from inmem_widgets.observables.log.kept import Kept, Part
from inmem_widgets.wire import Activity

BUCKETS: Final = 64
"""Buckets at most."""
FEW: Final = BUCKETS // 4
"""Buckets at least, where they have more than one change each."""
GONE: Final = WHOLE | {"delete", "evict", "expire"}
"""Kinds that take keys away; an insert that evicts does so too."""

_Bucket = tuple[int, int, int, float]
"""Changes, those that take away, those that missed, and when the last one was (NaN: not known)."""


class Activities:
    """The buckets of one log. One caller at a time.

    A bucket has the changes k * width … (k + 1) * width - 1; the width is a power of two.
    """

    def __init__(self, log: Kept) -> None:
        self._log = log
        self._width = 1
        self._whole: dict[int, _Bucket] = {}  # those that get no more changes

    def state(self) -> Activity:
        """For the wire."""
        log = self._log
        first, parts = log.parts()
        last = parts[-1].block.first + parts[-1].stop - 1 if parts else first - 1
        self._fit(first, last)
        width, whole = self._width, self._whole
        low = first // width
        for number in [number for number in whole if number < low]:
            del whole[number]
        buckets: list[_Bucket] = []
        for number in range(low, last // width + 1 if parts else low):
            found = whole.get(number)
            if found is None:
                found = self._count(parts, number * width, min((number + 1) * width, last + 1))
                if (number + 1) * width <= last:
                    whole[number] = found
            buckets.append(found)
        return {
            "start": low * width,
            "width": width,
            "changes": [changes for changes, _, _, _ in buckets],
            "gone": [gone for _, gone, _, _ in buckets],
            "missed": [missed for _, _, missed, _ in buckets],
            "times": [None if time != time else round(time, 3) for _, _, _, time in buckets],
        }

    def _fit(self, first: int, last: int) -> None:
        """Choose a width; all is counted anew when it changes."""
        few = last - first + 1 < FEW * self._width  # changes were let go
        width = 1 if few else self._width
        while last // width - first // width >= BUCKETS:
            width *= 2
        if width != self._width:
            self._width = width
            self._whole.clear()

    def _count(self, parts: list[Part], start: int, stop: int) -> _Bucket:
        """The changes start … stop - 1, those of them that are kept."""
        changes = gone = missed = 0
        time = float("nan")
        whats = self._log.whats.all
        removing = [code for code, what in enumerate(whats) if what.evicted or what.kind in GONE]
        missing = [code for code, what in enumerate(whats) if what.kind == "miss"]
        for block, begin, end in parts:
            low, high = max(begin, start - block.first), min(end, stop - block.first)
            if low >= high:
                continue
            changes += high - low
            gone += sum(block.codes.count(code, low, high) for code in removing)
            missed += sum(block.codes.count(code, low, high) for code in missing)
            time = block.times[high - 1]
        return changes, gone, missed, time

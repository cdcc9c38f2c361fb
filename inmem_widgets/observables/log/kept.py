"""The changes a log keeps, as many as it may."""

from __future__ import annotations

import math
import threading
from array import array
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import MISSING, UNKNOWN, Change
from inmem_widgets.observables.log.columns import WHOLE, WRITTEN, Block, Whats, columns_of
from inmem_widgets.observables.log.weigh import Scales

BLOCK: Final = 8_192
"""Changes in a block at most."""
STEP: Final = 512
"""Changes taken in before readers get their turn."""


class Part(NamedTuple):
    """Changes start … stop - 1 of a block."""

    block: Block
    start: int
    stop: int


class Columns(NamedTuple):
    """Changes as parallel columns, oldest first: for frames."""

    numbers: array[int]
    times: array[float]
    """NaN where not known."""
    codes: bytes
    """Places among `kinds`."""
    kinds: list[str]
    """As `LogRow.kind`: "insert" and "change" for a store's "set"; one may be there twice."""
    keys: list[Any]
    """The first key of each; None where there is none."""
    counts: array[int]
    """Keys of each."""
    sizes: array[int]
    """Bytes written; -1 where nothing was."""
    befores: list[Any]
    """The first key's previous value; `MISSING` where there was none, `UNKNOWN` where it is not known."""
    afters: list[Any]
    """What was written of the first key; `MISSING` where nothing was."""
    bys: list[Any]
    """`Origin` or None; equal ones are mostly one object."""


class Kept:
    """The latest changes of one feed: added on one thread, read on any.

    Attributes:
        bytes: Held by it, estimated: keys, previous values.
        lost: Changes that came too fast to be logged.
        gaps: (number of the last change before, how many were lost after it), of those that matter.
    """

    def __init__(self, last: int, most: int, most_bytes: int) -> None:
        self.whats = Whats()
        self.bytes = 0
        self.lost = 0
        self.gaps: list[tuple[int, int]] = []
        self.most, self.most_bytes = most, most_bytes
        self._last = last
        self._lock = threading.Lock()
        self._blocks: deque[Block] = deque()
        self._skip = 0  # of the first block: let go, but for its memory
        self._scales = Scales()

    @property
    def first(self) -> int:
        """Number of the oldest change kept; `last` + 1 while there is none."""
        return self.parts()[0]

    @property
    def last(self) -> int:
        """Number of the latest change logged."""
        return self._last

    @property
    def kept(self) -> int:
        """Changes kept."""
        return sum(part.stop - part.start for part in self.parts()[1])

    def parts(self, after: int = 0) -> tuple[int, list[Part]]:
        """(number of the oldest change kept, the changes with greater numbers than `after`)."""
        with self._lock:
            found: list[Part] = []
            skip, first = self._skip, self._last + 1
            for place, block in enumerate(self._blocks):
                start = skip if place == 0 else 0
                if place == 0:
                    first = block.first + start
                start = max(start, after + 1 - block.first)
                if start < len(block):
                    found.append(Part(block, start, len(block)))
            return first, found

    def changes(self, start: int | None = None, stop: int | None = None) -> list[Change]:
        """The changes kept whose numbers are start … stop - 1, oldest first."""
        _, parts = self.parts(0 if start is None else start - 1)
        last = math.inf if stop is None else stop
        return [
            block.change(at, self.whats)
            for block, begin, end in parts
            for at in range(begin, int(min(end, last - block.first)))
        ]

    def columns(self) -> Columns:
        """All changes kept: copies."""
        whats = self.whats.all
        kinds = [what.shown for what in whats]
        made = Columns(array("q"), array("d"), b"", kinds, [], array("I"), array("q"), [], [], [])
        codes = bytearray()
        for block, start, stop in self.parts()[1]:
            low, high = block.starts[start], block.starts[stop]
            some, counts = block.codes[start:stop], block.counts[start:stop]
            codes += some
            made.numbers.extend(range(block.first + start, block.first + stop))
            made.times.extend(block.times[start:stop])
            made.counts.extend(counts)
            made.sizes.extend(block.sizes[start:stop])
            made.bys.extend(block.bys[start:stop])
            firsts: Any = block.starts[start:stop]
            if high - low == stop - start and counts.count(1) == stop - start:
                made.keys.extend(block.keys[low:high])
                made.befores.extend(block.olds[low:high])
                values = block.values[low:high]
            else:
                firsts = [at if count else None for at, count in zip(firsts, counts, strict=True)]
                made.keys.extend(None if at is None else block.keys[at] for at in firsts)
                made.befores.extend(UNKNOWN if at is None else block.olds[at] for at in firsts)
                values = [MISSING if at is None else block.values[at] for at in firsts]
            if {*some} <= {code for code, what in enumerate(whats) if what.kind in WRITTEN}:
                made.afters.extend(values)
            else:
                written = [what.kind in WRITTEN for what in whats]
                pairs = zip(some, values, strict=True)
                made.afters.extend(value if written[code] else MISSING for code, value in pairs)
        return made._replace(codes=bytes(codes))

    def replaced(self, after: int, until: int) -> bool:
        """Whether one of the changes after + 1 … until replaced all there was, or was lost."""
        codes = [code for code, what in enumerate(self.whats.all) if what.kind in WHOLE]
        return any(after <= gap < until for gap, _ in self.gaps) or any(
            block.codes.find(code, start, min(stop, max(0, until + 1 - block.first))) >= 0
            for block, start, stop in self.parts(after)[1]
            for code in codes
        )

    # -- for who adds --

    def add(self, changes: Sequence[Change]) -> None:
        """Take in what happened next."""
        whole = max(1, min(BLOCK, self.most // 8))
        heavy = self.most_bytes // 16
        self._scales.begin(len(changes))
        for start in range(0, len(changes), STEP):
            some = changes[start : start + STEP]
            with self._lock:
                for change in () if self._add_alike(some, whole, heavy) else some:
                    number = change.number
                    if number != self._last + 1:
                        self._gap(number)
                    block = self._blocks[-1] if self._blocks else None
                    if block is None or block.sealed or len(block) >= whole or block.held >= heavy:
                        block = self._next(number)
                    self.bytes += block.add(change, self.whats, self._scales)
                    self._last = number
                    if self.bytes > self.most_bytes:
                        self._shorten()
                self._shorten()

    def _add_alike(self, changes: Sequence[Change], whole: int, heavy: int) -> bool:
        """Take in changes that are all the same sort, at once; whether they were."""
        first, last = changes[0].number, changes[-1].number
        block = self._blocks[-1] if self._blocks else None
        if first != self._last + 1 or last - first + 1 != len(changes):
            return False
        columns = columns_of(changes)
        if columns is None:
            return False
        if block is None or block.sealed or len(block) + len(changes) > whole:
            if len(changes) > whole:
                return False
            block = self._next(first)
        held = block.add_columns(columns, self.whats, self._scales, heavy - block.held)
        if held is None:
            return False
        self.bytes += held
        self._last = last
        return True

    def shorten(self) -> None:
        """Keep to the bounds, which may have changed."""
        with self._lock:
            self._shorten()

    def forget(self) -> None:
        """Let go of all."""
        with self._lock:
            for block in self._blocks:
                self.let_go(block, self._skip, len(block))
                self._skip = 0
            self._blocks.clear()
            self.bytes = 0

    def let_go(self, block: Block, start: int, stop: int) -> None:
        """Called with changes that are no longer kept, under the lock."""

    def lost_some(self) -> None:
        """Called where changes were lost, under the lock."""

    def _next(self, number: int) -> Block:
        if self._blocks:
            self._blocks[-1].seal()
        self._blocks.append(Block(number))
        return self._blocks[-1]

    def _gap(self, number: int) -> None:
        if self._blocks:
            self._blocks[-1].seal()
        missed = number - self._last - 1
        if missed > 0:
            self.lost += missed
            self.gaps.append((self._last, missed))
            self.lost_some()

    def _shorten(self) -> None:
        """Let go of the oldest changes, blocks of them where it is for their bytes."""
        blocks = self._blocks
        excess = sum(map(len, blocks)) - self._skip - self.most
        while blocks and (self.bytes > self.most_bytes or excess >= len(blocks[0]) - self._skip > 0):
            gone = blocks.popleft()
            excess -= len(gone) - self._skip
            self.let_go(gone, self._skip, len(gone))
            self.bytes -= gone.held
            self._skip = 0
        if excess > 0:
            self.let_go(blocks[0], self._skip, self._skip + excess)
            self._skip += excess
        if blocks and self.gaps and self.gaps[0][0] < blocks[0].first - 1:
            self.gaps = [gap for gap in self.gaps if gap[0] >= blocks[0].first - 1]

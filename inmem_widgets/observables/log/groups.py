"""Changes counted by what they have in common."""

from __future__ import annotations

from array import array
from heapq import nlargest
from time import monotonic, thread_time
from typing import Final

from inmem_widgets.observables.log.columns import Block, Whats
from inmem_widgets.observables.log.rows import key_text, origin_text
from inmem_widgets.observables.preview import cut
from inmem_widgets.wire import Grouping, LogGroup

GROUPS: Final = 200
"""Groups that are told."""
LABEL: Final = 200
"""Characters of a key."""
PATIENCE: Final = 12
"""Times its own processor time that passes before the groups are put in order again."""


class Groups:
    """Counts by label, which changes are added to and taken from again."""

    def __init__(self, by: Grouping) -> None:
        self.by = by
        self._labels: dict[str, int] = {}
        self._changes, self._hits, self._misses, self._bytes = (array("q") for _ in range(4))
        self._told: list[LogGroup] = []
        self._due = 0.0

    @property
    def labels(self) -> int:
        """How many there ever were."""
        return len(self._labels)

    def add(self, block: Block, at: int, whats: Whats) -> int:
        """Count a change; returns the number of its label, for `count`."""
        label = self._label(block, at, whats)
        number = self._labels.get(label)
        if number is None:
            number = self._labels[label] = len(self._labels)
            for column in (self._changes, self._hits, self._misses, self._bytes):
                column.append(0)
        self.count(number, whats.all[block.codes[at]].kind, block.sizes[at], 1)
        return number

    def count(self, number: int, kind: str, size: int, sign: int) -> None:
        """One more, or one less, of a label."""
        self._changes[number] += sign
        if kind == "hit":
            self._hits[number] += sign
        elif kind == "miss":
            self._misses[number] += sign
        if size > 0:
            self._bytes[number] += sign * size

    def told(self) -> list[LogGroup]:
        """Most changes first; of very many labels not every time anew."""
        if monotonic() >= self._due:
            began = thread_time()
            pairs = zip(self._changes, self._labels, range(len(self._changes)), strict=True)
            self._told = [
                {
                    "label": label, "changes": changes, "hits": self._hits[number],
                    "misses": self._misses[number], "bytes": self._bytes[number],
                }
                for changes, label, number in nlargest(GROUPS, pairs, key=lambda pair: pair[0])
                if changes
            ]  # fmt: skip
            took = thread_time() - began
            self._due = monotonic() + PATIENCE * took if took > 0.002 else 0.0
        return self._told

    def _label(self, block: Block, at: int, whats: Whats) -> str:
        if self.by == "kind":
            return whats.all[block.codes[at]].shown
        if self.by == "key":
            count = block.counts[at]
            if count == 1:
                return cut(key_text(block.keys[block.starts[at]]), LABEL)
            return f"{count:,} keys at once" if count else ""
        origin = block.bys[at]
        if origin is None:
            return ""
        found = {
            "node": origin.node, "step": origin.step, "thread": origin.thread_id, "cell": origin.cell
        }[self.by]  # fmt: skip
        return origin_text(found) or ""

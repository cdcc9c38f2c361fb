"""Recorded lookups and updates, as simulators read them."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

POLICIES = ("fifo", "fifo_upstream", "lru", "lfu", "sieve", "s3fifo", "optimum")
"""See `inmem_widgets.hit_ratios` for what each of them is."""
LABELS = {
    "fifo": "FIFO",
    "fifo_upstream": "FIFO upstream",
    "lru": "LRU",
    "lfu": "LFU",
    "sieve": "SIEVE",
    "s3fifo": "S3-FIFO",
    "optimum": "optimum",
}

MISSED, HIT, ANSWER, UPDATE = range(4)
"""What an operation is: a lookup that missed, or hit; an update that answers a miss, or any other."""
CLEAR = -1


@dataclass(frozen=True, slots=True)
class Trace:
    """What a cache went through.

    Attributes:
        ops: 4 * key + what, with the key's number >= 0 and `MISSED`, `HIT`, `ANSWER` or `UPDATE`;
            `CLEAR` by itself.
        keys: How many numbers there are: all are below it.
        start: What was held before the first operation, the one that had to go next first.
        policy: The cache's: "fifo" or "lru".
        maxsize: The cache's; None without a limit.
        seconds, tokens: What a hit on each key saves; nan where unknown. Empty: unknown for all.
        lost: Lookups before the first operation, no longer known.
        certain: Whether `start` is known and no operation is missing.
    """

    ops: array[int]
    keys: int
    start: list[int] = field(default_factory=list)
    policy: str = "fifo"
    maxsize: int | None = None
    seconds: array[float] = field(default_factory=lambda: array("d"))
    tokens: array[float] = field(default_factory=lambda: array("d"))
    lost: int = 0
    certain: bool = True


def trace_of(keys: Iterable[Hashable]) -> tuple[Trace, list[Hashable]]:
    """Lookups of a cache without a limit, each miss answered at once; and its keys by their numbers."""
    numbers: dict[Hashable, int] = {}
    number = numbers.setdefault
    ops = array("q", [4 * number(key, len(numbers)) + HIT for key in keys])
    return Trace(ops, len(numbers)), list(numbers)

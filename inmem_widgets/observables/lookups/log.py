"""The recorded lookups and updates, for simulators."""

from __future__ import annotations

import threading
from array import array
from math import nan
from typing import Final, NamedTuple

from inmem_widgets.observables.lookups.entrybook import Entry, EntryBook
from inmem_widgets.observables.whatif.trace import ANSWER, CLEAR, HIT, MISSED, UPDATE, Trace

MOST: Final = 100_000
"""Lookups kept."""
UPDATES: Final = 4
"""Operations of any kind kept for each of these: some 10 bytes each, updates 26."""
HELD: Final = 1_000_000
"""Entries whose order is known, some 90 bytes each. Beyond that the start is not certain."""
CHUNKS: Final = 16
"""In so many parts the log is cut off at its beginning."""
EVICTED, CLEARED = 4, 5
"""What is recorded besides what a `Trace` has: which entry had to go, right before the update."""

Cost = tuple[float, float]
"""Seconds and tokens that a hit saves; nan where unknown."""
UNKNOWN: Final[Cost] = (nan, nan)


class Chunk(NamedTuple):
    """Operations in a row: keys' digests, what they are, and of updates, in their order, the costs."""

    keys: array[int]
    whats: bytes
    seconds: array[float]
    tokens: array[float]


class LookupLog:
    """The last `most` lookups, and the updates between them. Any thread may call `trace`; the others are
    the recorder's.

    Args:
        policy, maxsize: The cache's.
        book: What is known of entries.
        most: Lookups kept at the most; at times a sixteenth less.

    Attributes:
        lost: Lookups before those of the log.
        certain: Whether the entries held at its beginning are known, and no event is missing.
    """

    def __init__(self, policy: str, maxsize: int | None, book: EntryBook, most: int = MOST) -> None:
        self.policy, self.maxsize, self.most = policy, maxsize, most
        self.lost = 0
        self.certain = True
        self._book = book
        self._lock = threading.Lock()
        self._part = max(1, most // CHUNKS)
        # Bound methods of these are kept: they are emptied, never replaced.
        self._keys: list[int] = []
        self._whats = bytearray()
        self._seconds: list[float] = []
        self._tokens: list[float] = []
        self._clean()

    def _clean(self) -> None:
        self._held: dict[int, Cost] = {}  # before the first chunk; what has to go next first
        self._chunks: list[Chunk] = []
        self._lookups = 0  # in chunks
        self._ops = 0
        for each in (self._keys, self._whats, self._seconds, self._tokens):
            each.clear()

    @property
    def _recent(self) -> bool:
        """Whether the order of use matters."""
        return self.policy == "lru" and self.maxsize is not None

    def begin(self, digests: list[int], *, certain: bool, lost: int) -> None:
        """Anew, with these held, the one that has to go next first; so many lookups were before."""
        with self._lock:
            self._clean()
            self._held = dict.fromkeys(digests[-HELD:], UNKNOWN)
            self.certain = certain and len(digests) <= HELD
            self.lost = lost

    def __len__(self) -> int:
        """Lookups in the log."""
        return self._lookups + _lookups(self._whats)

    def lookup(self, digest: int, what: int) -> None:
        self._keys.append(digest)
        self._whats.append(what)

    def update(self, digest: int, what: int, evicted: int | None, cost: Cost) -> None:
        if evicted is not None:
            self._keys.append(evicted)
            self._whats.append(EVICTED)
        self._seconds.append(cost[0])
        self._tokens.append(cost[1])
        self._keys.append(digest)
        self._whats.append(what)

    def evict(self, digest: int) -> None:
        """An entry left by itself: simulated caches do not know of that."""
        self._keys.append(digest)
        self._whats.append(EVICTED)
        self.certain = False

    def clear(self) -> None:
        self._keys.append(0)
        self._whats.append(CLEARED)

    def late(self, digest: int, what: int) -> None:
        """Take in a lookup that a writer on another thread overtook: what it met is contrary to the last
        event of its key. In truth it was before that one."""
        with self._lock:
            at = self._overtaken(digest, what)
            self._keys.insert(at, digest)
            self._whats.insert(at, what)
            if at == len(self._keys) - 1 or (what == HIT and self._recent):
                self.certain = False  # of LRU, what it did to the order is not known

    def _overtaken(self, digest: int, what: int) -> int:
        """Where the latest insertion of a key begins, or the latest end of its entry; else the end."""
        found = len(self._keys)
        for i in range(len(self._keys) - 1, -1, -1):
            kind, its = self._whats[i], self._keys[i] == digest
            if kind == CLEARED or (its and kind == EVICTED):
                return i if what == HIT else found
            if what == MISSED and its:
                if kind == MISSED:
                    break
                if kind != HIT:  # refreshed, or inserted
                    found = i
        return found

    def settle(self) -> None:
        """Keep to the bound."""
        part = self._part
        if len(self._keys) < part:
            return
        with self._lock:
            written = 0
            for at in range(0, len(self._keys), part):
                whats = bytes(self._whats[at : at + part])
                start, written = written, written + whats.count(ANSWER) + whats.count(UPDATE)
                self._chunks.append(
                    Chunk(
                        array("q", self._keys[at : at + part]),
                        whats,
                        array("d", self._seconds[start:written]),
                        array("d", self._tokens[start:written]),
                    )
                )
                self._lookups += _lookups(whats)
                self._ops += len(whats)
            for each in (self._keys, self._whats, self._seconds, self._tokens):
                each.clear()
            while self._lookups > self.most or self._ops > UPDATES * max(self.most, part):
                self._cut(self._chunks.pop(0))

    def _cut(self, chunk: Chunk) -> None:
        """Let go of the oldest operations: what was held before them becomes what was after them."""
        held, recent = self._held, self._recent
        costs = zip(chunk.seconds, chunk.tokens, strict=True)
        for key, what in zip(chunk.keys, chunk.whats, strict=True):
            if what == HIT:
                if recent and key in held:
                    held[key] = held.pop(key)
            elif what == EVICTED:
                held.pop(key, None)
            elif what == CLEARED:
                held.clear()
            elif what != MISSED:
                known = held.pop(key, None) if recent else held.get(key)
                held[key] = _merged(known, next(costs))
        if len(held) > HELD:
            self.certain = False
            self._held = dict(list(held.items())[-HELD // 2 :])
        lookups = _lookups(chunk.whats)
        self._lookups -= lookups
        self._ops -= len(chunk.whats)
        self.lost += lookups

    def trace(self) -> Trace:
        """A copy, for `simulate`."""
        import numpy as np

        with self._lock:
            chunks, held = self._chunks.copy(), list(self._held.items())
            lost, certain = self.lost, self.certain
            whats = bytes(self._whats)
            keys, seconds, tokens = self._keys.copy(), self._seconds.copy(), self._tokens.copy()
            written = whats.count(ANSWER) + whats.count(UPDATE)
        chunks.append(
            Chunk(
                array("q", keys[: len(whats)]),
                whats,
                array("d", seconds[:written]),
                array("d", tokens[:written]),
            )
        )
        digests = np.concatenate([np.frombuffer(c.keys, np.int64) for c in chunks])
        what = np.concatenate([np.frombuffer(c.whats, np.uint8) for c in chunks])
        digests, what = digests[what != EVICTED], what[what != EVICTED]
        of_key = what != CLEARED
        before = np.fromiter((key for key, _ in held), np.int64, len(held))
        unique, numbers = np.unique(np.concatenate([before, digests[of_key]]), return_inverse=True)
        start = numbers[: len(held)]
        ops = np.full(len(digests), CLEAR, np.int64)
        ops[of_key] = 4 * numbers[len(held) :] + what[of_key]
        updated = ops[(what == ANSWER) | (what == UPDATE)] >> 2
        told_before = ((n, self._cost(key, cost)) for n, (key, cost) in enumerate(held))
        costs = [(n, cost) for n, cost in told_before if cost is not UNKNOWN]
        first = start[np.array([n for n, _ in costs], np.int64)]

        def of_keys(at_start: list[float], updates: list[array[float]]) -> array[float]:
            found = np.full(len(unique), nan)
            found[first] = at_start
            told = np.concatenate([np.frombuffer(part) for part in updates])
            known = ~np.isnan(told)
            found[updated[known]] = told[known]  # of several the last
            return array("d", () if np.isnan(found).all() else found.tobytes())

        return Trace(
            array("q", ops.tobytes()),
            len(unique),
            start.tolist(),
            self.policy,
            self.maxsize,
            of_keys([cost[0] for _, cost in costs], [c.seconds for c in chunks]),
            of_keys([cost[1] for _, cost in costs], [c.tokens for c in chunks]),
            lost,
            certain,
        )

    def _cost(self, digest: int, cost: Cost) -> Cost:
        """As recorded, else as its entry tells by now."""
        if cost is UNKNOWN and (entry := self._book.held.get(digest)) is not None:
            return cost_of(entry)
        return cost


def cost_of(entry: Entry) -> Cost:
    """What a hit on an entry saves."""
    known = entry.input_tokens is not None and entry.output_tokens is not None
    tokens = entry.input_tokens + entry.output_tokens if known else nan  # type: ignore[operator]
    return nan if entry.load is None else entry.load, tokens


def _merged(before: Cost | None, now: Cost) -> Cost:
    """The latest that is known."""
    if before is None:
        return now
    return now[0] if now[0] == now[0] else before[0], now[1] if now[1] == now[1] else before[1]


def _lookups(whats: bytes | bytearray) -> int:
    return whats.count(MISSED) + whats.count(HIT)

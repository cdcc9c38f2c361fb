"""A trace made ready: each operation as what it means whatever the cache's size and policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.observables.whatif.trace import ANSWER, CLEAR, HIT, MISSED, UPDATE, Trace

Ints = NDArray[np.int64]
Other = tuple[int, int, int, int]

STEP = 2_048
"""Operations at a time: half a millisecond, or two where all miss."""


@dataclass(frozen=True)
class Script:
    """What a simulator goes through.

    A lookup that hit, or that missed and was answered next, is an access: a lookup and, where it misses,
    an insertion. A lookup answered later or never is one by itself; its answer comes only if it missed.

    Attributes:
        trace: What it was made from.
        accesses: Their keys.
        others: All other operations: how many accesses came before, what it is (`MISSED` for any lookup),
            the key, and the number of a lookup that is answered, or of an answer's; -1 without one.
        looked_up: Lookups of each key.
        measured: Lookups that hit.
    """

    trace: Trace
    accesses: list[int]
    others: list[Other]
    looked_up: Ints
    measured: int

    @property
    def lookups(self) -> int:
        return int(self.looked_up.sum())

    @property
    def plain(self) -> bool:
        """Whether every miss was answered before anything else happened."""
        return all(what in (UPDATE, CLEAR) for _, what, _, _ in self.others)

    @cached_property
    def events(self) -> Events:
        return Events.of(self.trace)


@dataclass(frozen=True)
class Events:
    """The same as arrays, one after the other; what is held at the start comes in first.

    Attributes:
        keys: A key for each.
        epochs: Clears before each, ascending.
        lookup: Whether it is a lookup.
        inserts: Whether the key is held afterwards in any cache: true of accesses and updates, but not
            of lookups and answers by themselves.
    """

    keys: Ints
    epochs: Ints
    lookup: NDArray[np.bool_]
    inserts: NDArray[np.bool_]

    @staticmethod
    def of(trace: Trace) -> Events:
        ops = np.asarray(trace.ops, np.int64)
        what, accesses, answers = _kinds(ops)
        start = np.array(trace.start, np.int64)
        keep = (ops != CLEAR) & ~answers
        began = np.zeros(len(start), np.int64)
        lookup = what <= HIT
        return Events(
            np.concatenate((start, (ops >> 2)[keep])),
            np.concatenate((began, np.cumsum(ops == CLEAR)[keep])),
            np.concatenate((began != 0, lookup[keep])),
            np.concatenate((began != 0, (accesses | (what == UPDATE))[keep])),
        )

    @cached_property
    def previous(self) -> Ints:
        """Where the same key came before, since it was cleared; -1 where it did not."""
        place = np.lexsort((self.epochs, self.keys))  # stable: in order of time
        keys, epochs = self.keys[place], self.epochs[place]
        same = (keys[1:] == keys[:-1]) & (epochs[1:] == epochs[:-1])
        previous = np.full(len(place), -1, np.int64)
        previous[place[1:][same]] = place[:-1][same]
        return previous


def _kinds(ops: Ints) -> tuple[Ints, NDArray[np.bool_], NDArray[np.bool_]]:
    """What each operation is; which are accesses, which the answers that belong to them."""
    what = np.where(ops == CLEAR, CLEAR, ops & 3)
    answered = np.zeros(len(ops), np.bool_)
    answered[:-1] = (what[:-1] == MISSED) & (ops[1:] == ops[:-1] + (ANSWER - MISSED))
    answers = np.zeros(len(ops), np.bool_)
    answers[1:] = answered[:-1]
    return what, answered | (what == HIT), answers


def prepare(trace: Trace) -> Generator[float, None, Script]:
    """Make a script, in steps."""
    ops = np.asarray(trace.ops, np.int64)
    what, accesses, answers = _kinds(ops)
    keys = ops >> 2
    yield 0.0
    looked_up = np.bincount(keys[(what == MISSED) | (what == HIT)], minlength=trace.keys)
    rest = np.flatnonzero(~accesses & ~answers)
    before = np.cumsum(accesses)[rest]
    yield 0.0
    others: list[Other] = []
    waiting: defaultdict[int, list[int]] = defaultdict(list)  # lookups of a key without an answer
    for some in range(0, len(rest), STEP):
        here = slice(some, some + STEP)
        of = rest[here]
        for at, kind, key in zip(before[here].tolist(), what[of].tolist(), keys[of].tolist(), strict=True):
            number = -1
            if kind == MISSED:
                waiting[key].append(number := len(others))
            elif kind == ANSWER:
                number = waiting[key].pop() if waiting[key] else -1  # its lookup is no longer in the log
            others.append((at, kind, key, number))
        yield 0.0
    measured = int(np.count_nonzero(what == HIT))
    return Script(trace, (yield from listed(keys[accesses])), others, looked_up, measured)


def listed(values: NDArray[Any]) -> Generator[float, None, list[int]]:
    """As a list, in steps: other threads have to wait for each."""
    found: list[int] = []
    for at in range(0, len(values), 4 * STEP):
        found += values[at : at + 4 * STEP].tolist()
        yield 0.0
    return found

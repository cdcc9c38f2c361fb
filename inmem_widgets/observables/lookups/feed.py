"""The latest lookups, one by one."""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, Literal

from inmem_widgets.core.cache import Key
from inmem_widgets.wire import Outcome

MOST: Final = 1_000
"""Lookups kept."""
TEXTS: Final = 64_000_000
"""Bytes of their keys that are kept alive at the most: half of it for long ones."""
LONG: Final = TEXTS // 2 // MOST // 4
"""Characters, of 4 bytes at most, beyond which a key is long: as many shorter ones have room for sure."""


@dataclass(slots=True)
class LookupRecord:
    """One lookup.

    Attributes:
        number: 1, 2, 3, … since watching began.
        time: `time.time()` of the call.
        outcome: What it met.
        key: (prompt, llm_string); None where there was no room to keep it.
        digest: `digest_of(key)`.
        load: Seconds: of a miss, until it was answered; of a hit, those of its entry. None: unknown.
        waiting: A miss that has no answer (yet).
        beside: A miss while an earlier one of the same key was unanswered.
        lookups_ago: Of "evicted" and "cleared": lookups since then, this one among them.
        born: Of "evicted" and "cleared": number of the latest lookup when the entry had come; -1: before
            watching.
        evicted_by: Of "evicted": the digest of the key whose insertion pushed it out.
        evictor: That key; how its prompt begins (not masked) where it is not in the feed any more; None
            where neither is known.
        answered_at: When the answer of a miss was cached.
    """

    number: int
    time: float
    outcome: Outcome
    key: Key | None
    digest: int
    load: float | None = None
    waiting: bool = False
    beside: bool = False
    lookups_ago: int | None = None
    evicted_by: int | None = None
    born: int | None = None
    evictor: Key | str | None = None
    answered_at: float | None = None


class LookupFeed:
    """The last `MOST` lookups. Any thread may read.

    Attributes:
        latest: Number of the latest lookup.
    """

    def __init__(self) -> None:
        self.latest = 0
        # by number: [number, time, outcome, key, digest, load, waiting, beside, gone, answered_at]
        self._ring: list[list[Any] | None] = [None] * MOST
        self._long: deque[tuple[int, int]] = deque()  # number of a lookup, bytes of its key
        self._bytes = 0

    def add(self, lookup: list[Any]) -> None:
        """Take in a lookup: a list as is kept here."""
        number, key = lookup[0], lookup[3]
        self._ring[number % MOST] = lookup
        self.latest = number
        if key is not None and len(key[0]) + len(key[1]) > LONG:
            self._add_long(lookup)

    def answer(self, number: int, seconds: float | None, time: float | None) -> None:
        """The miss of that number was answered."""
        lookup = self._ring[number % MOST]
        if lookup is not None and lookup[0] == number:
            lookup[5], lookup[6], lookup[9] = seconds, False, time

    def forget_waiting(self) -> None:
        """Of those that wait for an answer it is no longer known."""
        for lookup in self._ring:
            if lookup is not None:
                lookup[6] = False

    def rows(self, n: int, what: Literal["all", "missed"] = "all") -> list[LookupRecord]:
        """The latest n (copies), newest first; of all, or of those that missed."""
        kept = sorted((each for each in self._ring.copy() if each is not None), key=_number, reverse=True)
        keys = {each[4]: each[3] for each in kept if each[3] is not None}
        rows = [each for each in kept if what == "all" or each[2] != "hit"]
        return [_record(each.copy(), keys) for each in rows[: max(0, n)]]

    def get(self, number: int) -> LookupRecord | None:
        """The lookup of that number, a copy; None if it is no longer kept."""
        lookup = self._ring[number % MOST]
        if lookup is None or lookup[0] != number:
            return None
        return _record(lookup.copy(), self.keys())

    def keys(self) -> dict[int, Key]:
        """The keys kept, by digest."""
        return {each[4]: each[3] for each in self._ring.copy() if each is not None and each[3] is not None}

    def _add_long(self, lookup: list[Any]) -> None:
        size = sum(map(sys.getsizeof, lookup[3]))
        self._long.append((lookup[0], size))
        self._bytes += size
        while self._bytes > TEXTS // 2 or self._long[0][0] <= self.latest - MOST:
            number, size = self._long.popleft()
            self._bytes -= size
            oldest = self._ring[number % MOST]
            if oldest is not None and oldest[0] == number:
                oldest[3] = None
            if not self._long:
                break


_number = itemgetter(0)


def _record(lookup: list[Any], keys: dict[int, Key]) -> LookupRecord:
    number, time, outcome, key, digest, load, waiting, beside, gone, answered_at = lookup
    record = LookupRecord(number, time, outcome, key, digest, load, waiting, beside, answered_at=answered_at)
    if gone is not None:
        at, record.evicted_by, text, record.born = gone
        record.lookups_ago = number - at
        if record.evicted_by is not None:
            record.evictor = keys.get(record.evicted_by) or text or None
    return record

"""Why lookups missed: what is remembered of entries that are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from inmem_widgets.observables.lookups.entrybook import Entry, born
from inmem_widgets.wire import Outcome

REMEMBERED: Final = 50_000
"""Evictions remembered at the least, of some 400 bytes each; twice as many and two clears at the most."""
BITS: Final = 1 << 26
"""Of older ones, a bit by hash (8 MB, made when needed): a key whose bit is not set was never there."""
GONE_BY: Final = {"expired": -2, "deleted": -3, "room": -4}
"""Stands for an evictor's digest where there is none or it is not known; by `info["why"]` of "evict"."""

Gone = tuple[int, int | None, str, int]
"""How an entry went: number of the latest lookup then; digest of the key whose insertion pushed it out, or
one of `GONE_BY` (None: the cache was cleared); how that one's prompt begins; number of the latest lookup
when the entry had come (-1: before watching)."""


class Reasons:
    """Why lookups missed.

    Attributes:
        cold, evicted, cleared, unknown: Counts of misses: see `wire.Outcome`. Exact since watching
            began, but for `Recorder.missed_events`.
        complete: Whether no entry was ever gone without being seen here. Where some were, a key not
            seen before may have been one of them: "unknown", never "cold".
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.cold = self.evicted = self.cleared = self.unknown = 0
        self.complete = True
        self.remembered = remembered
        self.begin(complete=True)

    def begin(self, *, complete: bool) -> None:
        """Anew, without what is remembered of entries; the counts go on."""
        self.complete = self.complete and complete
        self._young: dict[int, Gone] = {}
        self._old: dict[int, Gone] = {}
        self._bits: bytearray | None = None

    def evict(self, digest: int, gone: Gone) -> None:
        self._turn()
        self._young[digest] = gone

    def clear(self, held: Mapping[int, Entry | None], at: int) -> None:
        """All entries are gone."""
        self._turn()
        self._young.update((digest, (at, None, "", born(entry))) for digest, entry in held.items())

    def gone(self, digest: int) -> Gone | None:
        """How the key's latest entry that is gone went."""
        return self._young.get(digest) or self._old.get(digest)

    def of(self, digest: int) -> tuple[Outcome, Gone | None]:
        """Why a key that is not there is not there."""
        gone = self._young.get(digest) or self._old.get(digest)
        if gone is not None:
            return ("cleared" if gone[1] is None else "evicted"), gone
        if not self.complete or (
            self._bits is not None and self._bits[digest >> 3 & _MASK] >> (digest & 7) & 1
        ):
            return "unknown", None
        return "cold", None

    def count(self, outcome: Outcome) -> None:
        """Count a miss."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def _turn(self) -> None:
        """Forget older ones all at once where there are too many."""
        if len(self._young) < self.remembered:
            return
        if self._old and self.complete:
            bits = self._bits = self._bits or bytearray(BITS >> 3)
            for digest in self._old:
                bits[digest >> 3 & _MASK] |= 1 << (digest & 7)
        self._old, self._young = self._young, {}


_MASK = (BITS >> 3) - 1

"""The latest lookups, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inmem_widgets.core.cache import Key
from inmem_widgets.wire import Outcome

MOST = 1_000
"""Lookups kept."""
TEXTS = 64_000_000
"""Bytes of their keys that are kept alive at the most."""


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
        evictor: Of "evicted": the key whose insertion pushed it out; the beginning of its prompt where
            the key is no longer known; None where neither is.
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
    evictor: Key | str | None = None
    answered_at: float | None = None


class LookupFeed:
    """The last `MOST` lookups. Any thread may read."""

    def rows(self, n: int, what: Literal["all", "missed"] = "all") -> list[LookupRecord]:
        """The latest n (copies), newest first."""
        return []

    def get(self, number: int) -> LookupRecord | None:
        """The lookup of that number, a copy; None if it is no longer kept."""
        return None

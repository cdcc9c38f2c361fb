"""What is known of each entry that a cache holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from inmem_widgets.core.cache import Key
from inmem_widgets.observables.lookups.digests import digest_of

MOST: Final = 200_000
"""Entries of which something is known, of some 350 bytes each. When they are more, the older half is
forgotten: the latest 100,000 inserted are known for sure."""

OVERTAKEN: Final = 1.0
"""Seconds by which the event of a lookup may be late, where another thread overtook it. A miss of a key
inserted longer ago means that somebody wrote into the cache's dict."""
BARELY: Final = 0.05
"""The same of a cache whose entries may go without a word."""


@dataclass(slots=True)
class Entry:
    """An entry of the cache; None is what is not known.

    Attributes:
        hits: Lookups that found it: since it was inserted or, where `inserted` is None, since it is
            watched.
        inserted: When it was inserted; None: before it was watched.
        used: When it was last hit.
        load: Seconds from a miss of its key to its first answer (in a stampede, from the latest miss).
        input_tokens, output_tokens, model: What making its value took: see `tokens`.
        inserted_at: Number of the latest lookup when it was inserted.
    """

    hits: int = 0
    inserted: float | None = None
    used: float | None = None
    load: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    model: str | None = None
    inserted_at: int | None = None
    sums: list[int] | None = None
    """Where hits on it add up what they spare: see `savings`."""
    read_at: int = 0
    """Number of the latest event when its value was read in the cache; 0 if it came with an event."""


class EntryBook:
    """The entries present. Keys stand as digests: none is kept alive. Any thread may read.

    Attributes:
        held: By digest; None for one that was there before watching began and was not hit since.
        whole: Whether nothing was forgotten.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.held: dict[int, Entry | None] = {}
        self.whole = True

    def get(self, key: Key) -> Entry | None:
        """What is known of an entry; None if it is not there, or nothing is known of it."""
        return self.held.get(digest_of(key))

    def __len__(self) -> int:
        return len(self.held)

    def begin(self, digests: Sequence[int]) -> None:
        """Anew, with these present and nothing known of them."""
        self.held = dict.fromkeys(digests[-self.most :])
        self.whole = len(digests) <= self.most

    def clear(self) -> dict[int, Entry | None]:
        """Without entries; those there were."""
        held, self.held, self.whole = self.held, {}, True
        return held

    def forget(self) -> None:
        """Keep to the bound."""
        if len(self.held) > self.most:
            self.held = dict(islice(self.held.items(), len(self.held) - self.most // 2, None))
            self.whole = False


def born(entry: Entry | None) -> int:
    """The number of the latest lookup when an entry was inserted; -1 where that was before watching."""
    return -1 if entry is None or entry.inserted_at is None else entry.inserted_at


def just_inserted(entry: Entry, time: float | None, partial: bool) -> bool:
    """Whether a lookup that missed it may have been before: its event came late."""
    if entry.inserted is None or time is None:
        return False
    late = 0.0 if partial and entry.hits else BARELY if partial else OVERTAKEN
    return time - entry.inserted <= late

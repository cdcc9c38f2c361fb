"""What is known of each entry that a cache holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inmem_widgets.core.cache import Key
from inmem_widgets.observables.lookups.digests import digest_of

MOST = 200_000
"""Entries of which something is known: the latest 100,000 inserted at least. Some 300 bytes each."""


@dataclass(slots=True)
class Entry:
    """An entry of the cache; None is what is not known.

    Attributes:
        hits: Lookups that found it: since it was inserted, or since watching began.
        inserted: When it was inserted; None: before watching began.
        used: When it was last hit.
        load: Seconds from the latest miss to the answer that it is.
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


class EntryBook:
    """The entries present, by key. No key is kept alive. Any thread may read."""

    def __init__(self) -> None:
        self._held: dict[int, Entry | None] = {}

    def get(self, key: Key) -> Entry | None:
        """What is known of an entry; None if there is none, or nothing is known of it."""
        return self._held.get(digest_of(key))

    def __len__(self) -> int:
        return len(self._held)

    def begin(self, digests: Iterable[int]) -> None:
        self._held = dict.fromkeys(digests)

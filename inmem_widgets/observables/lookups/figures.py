"""What is known of one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.digests import digest_of
from inmem_widgets.observables.lookups.entrybook import Entry
from inmem_widgets.observables.lookups.tokens import tokens_of


@dataclass(frozen=True, slots=True)
class Figures:
    """None is what cannot be known.

    Attributes:
        hits: Lookups that found it; where `inserted` is not known, since watching began.
        inserted: When it was cached.
        used: When it was last found.
        load: Seconds between the miss and the answer.
        input_tokens, output_tokens: As its generations' `usage_metadata` tells.
    """

    hits: int | None = None
    inserted: float | None = None
    used: float | None = None
    load: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None

    @property
    def tokens(self) -> int | None:
        """Both kinds."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


UNKNOWN = Figures()


def figures_of(cache: ObservableCache | None, key: Key, value: Any) -> Figures:
    """What is known of an entry that has this value; the value itself tells of tokens."""
    if value is MISSING:
        return UNKNOWN
    tokens_in, tokens_out, _ = tokens_of(value) or (None, None, None)
    entry = MISSING if cache is None else cache.recorder.entries.held.get(digest_of(key), MISSING)
    if entry is MISSING:
        return Figures(input_tokens=tokens_in, output_tokens=tokens_out)
    known = Entry() if entry is None else entry
    return Figures(known.hits, known.inserted, known.used, known.load, tokens_in, tokens_out)

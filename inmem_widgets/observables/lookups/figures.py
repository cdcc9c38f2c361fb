"""What is known of one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inmem_widgets.core.cache import Key
from inmem_widgets.observables.cache import ObservableCache


@dataclass(frozen=True, slots=True)
class Figures:
    """None is what cannot be known.

    Attributes:
        hits: Lookups that found it.
        inserted: When it was cached, or last refreshed.
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


def figures_of(cache: ObservableCache, key: Key, value: Any) -> Figures:
    """What is known of an entry that has this value."""
    return Figures()

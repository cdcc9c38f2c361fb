"""How a store or cache was right after one of its changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.stats import CacheStats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Moment:
    """How a store or cache was right after a change.

    Attributes:
        number: Of the change.
        time: Of the change; None where it is not known.
        values: What was held then: of a store key → value, of a cache (prompt, llm_string) → generations;
            `UNKNOWN` stands for values that were never known.
        stats: Of caches: all counts.
        note: What is not certain about it; "" for nothing.
    """

    number: int
    time: float | None
    values: Mapping[Any, Any]
    stats: CacheStats | None
    note: str

    def frame(self) -> pd.DataFrame:
        """As `to_frame` of the store or cache as it was."""
        from inmem_widgets.export import to_frame

        return to_frame(self)

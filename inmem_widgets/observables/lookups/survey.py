"""Why lookups missed: what came close to the cold misses of late, summed up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.near.prompts import prompt_text
from inmem_widgets.wire.cache import Explanation, Why


class Survey:
    """Looks for the closest cached entry of the latest cold misses, in the background while wanted.

    Args:
        observable: Of the cache; its recorder tells of the lookups.
        tell: Called on a background thread when there is more to see: ask again then.
    """

    def __init__(self, observable: ObservableCache, tell: Callable[[], None]) -> None:
        self._observable = observable
        self._tell = tell

    def why(self) -> Why:
        """The reasons of misses and the patterns found so far; asking has more of them examined."""
        reasons = self._observable.recorder.reasons  # type: ignore[attr-defined]
        return {
            "cold": reasons.cold,
            "evicted": reasons.evicted,
            "cleared": reasons.cleared,
            "unknown": reasons.unknown,
            "examined": 0,
            "near": 0,
            "progress": None,
            "patterns": [],
        }

    def explain(self, record: Any) -> Explanation:
        """Why that lookup missed and what came close; does not wait for the index (see `problem`)."""
        return {
            "number": record.number,
            "outcome": record.outcome,
            "text": "",
            "prompt": "" if record.key is None else prompt_text(record.key[0], 2_000),
            "near": None,
            "searched": 0,
            "problem": "",
        }

    def rest(self) -> None:
        """Nobody asks for reasons any more: end the work in the background."""

    def close(self) -> None:
        """Let go of everything, for good."""
        self.rest()

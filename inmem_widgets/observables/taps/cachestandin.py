"""What all caches that are not ours have in common: a stand-in that counts what their users do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.taps.abilities import Abilities
from inmem_widgets.observables.taps.calls import Method
from inmem_widgets.observables.taps.registry import Tap, check, tap, tap_of, untap
from inmem_widgets.observables.taps.standin import StandIn
from inmem_widgets.observables.taps.tally import Tally

COUNTS = ("hits", "misses", "inserts", "refreshes", "evictions", "clears")


class CacheStandIn(StandIn):
    """A cache as `ObservableCache` reads it; what is counted is counted since watching began.

    Subclasses give `_cache`, and `methods`: how the cache's methods are told.

    Attributes:
        policy: Which entry goes when a new one needs room: one of `whatif.POLICIES`, else what it is called.
        partial: Whether the cache may hold entries that are not known of.
        tap: The hold on the cache.
    """

    policy: str = "unknown"
    partial: bool = False
    tap: Tap

    def __init__(self, cache: Any, abilities: Abilities) -> None:
        self.abilities = abilities
        self._lock = threading.RLock()
        self._type_name = type(cache).__name__
        self._zero()

    def _zero(self) -> None:
        self.hits, self.misses, self.inserts, self.refreshes, self.evictions, self.clears = (
            Tally() for _ in COUNTS
        )

    @property
    def _cache(self) -> dict[Any, Any]:
        """Entries by (prompt, llm_string), all of them or those known of; alive."""
        raise NotImplementedError

    @property
    def maxsize(self) -> int | None:
        return None

    @property
    def no_whatif(self) -> str:
        """Why nothing can be said of other sizes; "" if it can."""
        return ""

    def size(self) -> int:
        return len(self._cache)

    def methods(self, cls: type) -> Mapping[str, Method]:
        """How the methods that a class itself implements are told."""
        raise NotImplementedError

    def begin(self) -> None:
        """Watching begins, and nobody else watches: count from here."""
        self._zero()

    def stats(self) -> CacheStats:
        counts = {name: getattr(self, name).count for name in COUNTS}
        return CacheStats(**counts, size=self.size(), maxsize=self.maxsize)

    @property
    def object(self) -> Any:
        return self.tap.object

    @property
    def type_name(self) -> str:
        return self._type_name

    def detach(self) -> None:
        if (cache := self.object) is not None:
            untap(cache)


def stand_in(cache: Any, make: Callable[[Any], CacheStandIn]) -> Any:
    """The stand-in of a cache, made if it has none; it counts anew if nobody is watching.

    Raises:
        TapError: the cache cannot be tapped.
    """
    there = tap_of(cache)
    if there is None:
        check(cache)
        made = make(cache)
        made.tap = there = tap(cache, made.methods(type(cache)))
        made.changes, there.stand_in = there.feed, made
    found: CacheStandIn = there.stand_in
    if not there.feed.active:
        found.begin()
    return found

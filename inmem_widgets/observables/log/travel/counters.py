"""The cache counters of an earlier moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import repeat
from typing import Any, Final, Literal

import traitlets

from inmem_widgets.core.cache import MANY, InMemoryCache
from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.log.past.lazy import dict_of
from inmem_widgets.observables.log.past.moment import Moment
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.rows import lookup_row
from inmem_widgets.observables.lookups.screen import FEED
from inmem_widgets.observables.session import State
from inmem_widgets.wire import History

NOT_THEN: Final = "the log has only entries and counts"
UNKNOWN: Final = dict.fromkeys(("rates", "saved", "stampedes", "why", "whatif"), NOT_THEN)
"""What counters of an earlier moment do not tell, by the state's field."""


class PastCounters:
    """A cache's entries and counts as they were; what was looked up until then, as far as it is known."""

    unknown: Mapping[str, str] = UNKNOWN

    def __init__(self, live: CacheBrowser, moment: Moment, tell: Callable[[], None]) -> None:
        self._live, self._tell = live, tell
        self._log = live.observable.log
        self._begin(moment)

    def _begin(self, moment: Moment) -> None:
        live = self._live
        self.moment = moment
        self._cache = cache_of(moment, live.observable.policy)
        self._observable = ObservableCache(self._cache)
        self._inner = CacheBrowser(self._observable, name=live.name)
        self._links = [traitlets.link((live, trait), (self._inner, trait)) for trait in ("query", "open_key")]
        self._inner.on_update(self._tell)

    def at(self, number: int) -> Moment:
        """A moment to be shown.

        Raises:
            As `EventLog.at`.
        """
        return self._log.at(number)

    def show(self, moment: Moment) -> None:
        """Go on to another moment."""
        self.close()
        self._begin(moment)

    def close(self) -> None:
        """Let go of it."""
        for link in self._links:
            link.unlink()
        self._inner.close()
        self._observable.close()

    # -- as a browser --

    @property
    def browser(self) -> PastCounters:
        return self

    def state(self, params: Mapping[str, Any]) -> State:
        """As `CacheBrowser.state`, of then."""
        state = self._inner.state({**params, "lookups": "", "whatif": False})
        cache, then = self._live.observable, self.moment.time
        if then is None:
            then = cache.started
        if what := params.get("lookups"):
            only: Literal["all", "missed"] = "all" if what == "all" else "missed"
            records = (each for each in cache.recorder.feed.rows(20 * FEED, only) if each.time <= then)
            rows = (record for _, record in zip(range(FEED), records, strict=False))
            state["lookups"] = [lookup_row(record, self._live.texts) for record in rows]
        return {
            **state,
            "since": cache.started,
            "history": until(cache.history(), then),
            "all": until(cache.history_all(), then),
        }

    def answer(self, method: str, params: Mapping[str, Any], view: str = "") -> Any:
        """As `CacheBrowser.answer`; what is counted from now on cannot be asked for."""
        if method in ("mark", "whatif"):
            raise PermissionError(f"{method}: for the counters as they are now; come back to now first")
        return (self._live if method == "explain" else self._inner).answer(method, params, view)

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` when there may be something new to show."""
        return self._inner.on_update(fn)

    @property
    def value(self) -> Any:
        """The value of the open entry, as of then."""
        return self._inner.value

    def picture(self) -> tuple[list[str], list[list[str]], str]:
        """(heads, rows, caption) for where no script runs."""
        return self._inner.picture()


def cache_of(moment: Moment, policy: Any = "fifo") -> InMemoryCache:
    """A cache with the entries and counts of a moment; not one to be used."""
    cache, stats = InMemoryCache(), moment.stats or CacheStats()
    cache.policy, cache._maxsize = policy, stats.maxsize
    cache._cache = dict_of(moment.values)
    cache._hits, cache._misses = repeat((), MANY - stats.hits), repeat((), MANY - stats.misses)
    cache._inserts, cache._refreshes = stats.inserts, stats.refreshes
    cache._evictions, cache._clears = stats.evictions, stats.clears
    return cache


def until(history: History, then: float) -> History:
    """The part of a history that had begun by then."""
    interval, end = history["interval"], history["end"]
    over = max(0, -int((then - end) // interval) - 1)
    left = max(1, len(history["hits"]) - over)
    passed = len(history["hits"]) - left
    return {
        "interval": interval,
        "end": end - passed * interval if passed else min(end, max(then, end - interval)),
        "hits": history["hits"][:left],
        "misses": history["misses"][:left],
        "evictions": history["evictions"][:left],
    }

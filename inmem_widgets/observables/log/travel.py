"""A key table, or cache counters, of an earlier moment: a second browser, over what was held then."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import repeat
from typing import Any, Literal, Protocol

import traitlets

from inmem_widgets.core.cache import MANY, InMemoryCache
from inmem_widgets.core.stats import CacheStats
from inmem_widgets.core.store import InMemoryBaseStore, InMemoryByteStore, InMemoryStore
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.log.past import Moment, held, outline
from inmem_widgets.observables.log.steps import step
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.rows import lookup_row
from inmem_widgets.observables.lookups.screen import FEED
from inmem_widgets.observables.session import State
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.wire import History

PATIENCE = 1.0
"""Seconds that the browser is given to take in another moment."""
NOT_THEN = "of an earlier moment only entries and counts are known"
UNKNOWN = dict.fromkeys(("rates", "saved", "stampedes", "why", "whatif"), NOT_THEN)
"""What counters of an earlier moment do not tell, by the state's field."""


class Past(Protocol):
    """What a widget shows while it travels.

    Attributes:
        moment: The one shown.
        browser: In place of the live one.
        unknown: Fields of the state that are not known of that time, and why.
    """

    moment: Moment
    browser: Any
    unknown: Mapping[str, str]

    def at(self, number: int) -> Moment: ...
    def show(self, moment: Moment) -> None: ...
    def close(self) -> None: ...


def past_of(live: Any, moment: Moment, tell: Callable[[], None]) -> Past:
    """The way a live browser's object was; query, selection and what is open are the live browser's.

    Args:
        tell: Called when there may be something new to show.
    """
    return PastKeys(live, moment, tell) if isinstance(live, KeyBrowser) else PastCounters(live, moment, tell)


def travels(browser: Any) -> bool:
    """Whether there are moments to travel to."""
    return isinstance(browser, KeyBrowser | CacheBrowser)


class StoreThen(ObservableStore):
    """A store as it was; when and how often its keys were written and read by then is not known."""

    def key_figures(self) -> dict[str, dict[str, Any]]:
        return {}


class PastKeys:
    """A store's keys as they were."""

    unknown: Mapping[str, str] = {}

    def __init__(self, live: KeyBrowser, moment: Moment, tell: Callable[[], None]) -> None:
        self._log = live.observable.log
        source = live.observable.source
        of_bytes = source is not None and source._values is bytes
        self._store: InMemoryBaseStore[Any] = InMemoryByteStore() if of_bytes else InMemoryStore()
        self.moment = moment
        self._store.store = held(moment.values)
        self._observable = StoreThen(self._store)
        self._observable.abilities = live.observable.abilities
        self.browser = KeyBrowser(
            self._observable, query=live.query, formatters=live.formatters, name=live.name
        )
        self._links = [
            traitlets.link((live, trait), (self.browser, trait))
            for trait in ("query", "selection", "open_key")
        ]
        self.browser.on_update(tell)

    def at(self, number: int) -> Moment:
        """A moment to be shown: without values, as one near this one takes only what is between them.

        Raises:
            As `EventLog.at`.
        """
        return outline(self._log, number)

    def show(self, moment: Moment) -> None:
        """Go on to another moment."""
        shown = self._store._store
        if not step(self._log, shown, self.moment.number, moment.number):
            shown = held(self._log.at(moment.number).values)
        self.moment = moment
        self._store.store = shown
        self._store.changes.flush(PATIENCE)
        self.browser.wait(PATIENCE)

    def close(self) -> None:
        """Let go of it."""
        for link in self._links:
            link.unlink()
        self.browser.close()
        self._observable.close()


class PastCounters:
    """A cache's entries and counts as they were; what was looked up until then, as far as it is known."""

    unknown: Mapping[str, str] = UNKNOWN

    def __init__(self, live: CacheBrowser, moment: Moment, tell: Callable[[], None]) -> None:
        self._live, self._tell = live, tell
        self._log = live.observable.log
        self.browser: PastCounters = self
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
    cache._cache = held(moment.values)
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


def ago(moment: Moment) -> str:
    """For captions: which moment it is."""
    when = "" if moment.time is None else time.strftime(" (%H:%M:%S)", time.localtime(moment.time))
    return f"as it was after change {moment.number:,}{when}"

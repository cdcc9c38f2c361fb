"""The live counters of a cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inmem_widgets.export import to_frame
from inmem_widgets.export.caches import history_frame, lookups_frame, what_if_frame
from inmem_widgets.export.masked import framed
from inmem_widgets.observables import observed
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.browser import CacheBrowser, CacheStats, Key
from inmem_widgets.observables.lookups.query import EntryQuery
from inmem_widgets.observables.redaction import Redact, Redactor
from inmem_widgets.widgets.browsing import BrowsingWidget

if TYPE_CHECKING:
    import pandas as pd


class CacheCounters(BrowsingWidget[ObservableCache, EntryQuery, Key]):
    """What an `InMemoryCache` does for its users, live: how often lookups hit, what that saved, why they
    missed, what another size or policy would do, and the entries.

    Args:
        obj: The cache, or its observable.
        name: What to call it on screen: the variable that holds it.
        prices: Model name: what a million (input, output) tokens cost. As `currency`, for all counters
            of this cache; both can be changed as traits of `observe(cache)`.
        currency: What stands before an amount of money.
        log, redact: As of `KeyTable`.

    Raises:
        TypeError: `obj` is no cache, or an argument has another type; nothing is changed.
        ValueError: a price or the currency is not accepted; nothing is changed.
    """

    bundle_name = "cache_counters"
    module_name = "cache_panes"
    kind = ObservableCache
    browser: CacheBrowser

    def __init__(
        self,
        obj: Any,
        *,
        name: str | None = None,
        prices: Mapping[str, tuple[float, float]] | None = None,
        currency: str | None = None,
        log: bool | int = True,
        redact: Redact | Redactor | None = None,
    ) -> None:
        observable = observed(obj, ObservableCache)
        before = observable.prices, observable.currency
        try:
            if prices is not None:
                observable.prices = prices
            if currency is not None:
                observable.currency = currency
            self.browser = CacheBrowser(observable, name=name)
            super().__init__(observable, name=name, log=log, redact=redact)
        except BaseException:
            observable.prices, observable.currency = before
            if self.browser is not None:
                self.browser.close()
            raise

    # -- what there is to know --

    def stats(self) -> CacheStats:
        """All counts at one moment; `later - earlier` gives those of the time between.

        Raises:
            LookupError: nothing holds the cache any more.
        """
        return self.browser.cache.stats()

    def mark(self, on: bool = True) -> None:
        """Count from here: rates and savings since the mark begin anew; `mark(False)` takes it away."""
        self.observable.mark(on)

    # -- as DataFrames --

    def entries_frame(self, *, mask: bool = True) -> pd.DataFrame:
        """All entries in the order in which they would be evicted, while travelling those of then; columns
        as in `to_frame(cache)`.

        Args:
            mask: Whether secrets in texts are masked.
        """
        return to_frame(self, "entries", mask=mask)

    def lookups_frame(self, *, mask: bool = True) -> pd.DataFrame:
        """The latest lookups, 1,000 at the most, oldest first.

        Columns: `number` (1, 2, 3, … since watching began), `time` (UTC), `outcome` (category: hit, cold,
        evicted, cleared, unknown), `prompt`, `llm_string`, `asked` (missing where they took too much memory),
        `load_time` (seconds: of a miss until its answer, of a hit those it saved), `waiting` (a miss that
        has no answer yet), `beside` (a miss while an earlier one of its key was unanswered),
        `lookups_ago` (since the entry was evicted or cleared). What is unknown is missing.

        Args:
            mask: Whether secrets in texts are masked.
        """
        return framed(lambda: lookups_frame(self.browser.lookups(), masked=mask), self.redactor)

    def history_frame(self, *, lately: bool = False) -> pd.DataFrame:
        """Lookups over time since watching began, in at most 400 rows, oldest first; or those of the last
        five minutes by the second.

        Columns: `time` (UTC, at which the row begins), `seconds` (that it lasts; the last one is not
        over), `hits`, `misses`, `evictions`.
        """
        observable = self.observable
        return history_frame(observable.history() if lately else observable.history_all())

    def what_if(self) -> pd.DataFrame:
        """The recorded lookups replayed with other sizes and policies; waits for it.

        Columns: `policy` (category), `maxsize`, `hit_ratio`, `saved_seconds`, `saved_tokens` (missing
        where no load time, or no token count, is known).

        Raises:
            RuntimeError: it could not be simulated, or was cancelled; the message says why.
        """
        return what_if_frame(self.browser.what_if())

    # -- as a widget --

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        picture: tuple[list[str], list[list[str]], str] = self.shown.picture()
        return picture

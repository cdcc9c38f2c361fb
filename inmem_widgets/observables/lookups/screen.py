"""What the views of cache counters show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from inmem_widgets.core.cache import CacheStats, InMemoryCache, Key
from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.figures import figures_of
from inmem_widgets.observables.lookups.held import id_of, value_in
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.session import State
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.states import windowed
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import EntryRow, OpenKey, Rates

if TYPE_CHECKING:
    from inmem_widgets.observables.lookups.browser import CacheBrowser

COUNTS = ("hits", "misses", "inserts", "refreshes", "evictions", "clears", "size", "maxsize")


class Screen:
    """Makes the states of a browser's views."""

    def __init__(self, browser: CacheBrowser) -> None:
        self._browser = browser
        self._open_row: EntryRow | None = None

    def state(self, params: Mapping[str, Any]) -> State:
        """See `CacheBrowser.state`."""
        browser = self._browser
        cache = browser.observable
        source = cache.source
        stats = CacheStats() if source is None else source.stats()
        window: State = {"size": 0, "start": 0, "rows": []}
        if params.get("entries"):
            window = windowed(self.window, params)
        size, how = cache.total_bytes()
        return {
            "policy": cache.policy,
            **{name: getattr(stats, name) for name in COUNTS},
            "bytes": size,
            "bytes_how": how,
            "since": cache.started,
            "history": cache.history(),
            "all": cache.history_all(),
            "rates": _rates(cache),
            "mark": cache.marked,
            "saved": {
                "seconds": 0.0, "seconds_unknown": stats.hits, "input_tokens": 0, "output_tokens": 0,
                "tokens_unknown": stats.hits, "money": None, "money_unknown": stats.hits, "currency": "$",
            },
            "stampedes": {"count": 0, "misses": 0, "answers": 0, "latest": ""},
            "seen": 0,
            "missed_events": 0,
            "lookups": None,
            "why": None,
            "whatif": None,
            "listed": window["size"],
            "start": window["start"],
            "rows": window["rows"],
            "entry_query": browser.query.wire(),
            "progress": browser.entries.progress,
            "problem": browser.problem,
            "open": self.open_state(),
            "open_row": self.open_row(),
            "removed": [],
            "delimiters": "",
            "editable": False,
        }  # fmt: skip

    def window(self, start: int, stop: int) -> tuple[int, list[EntryRow]]:
        """How many entries are listed, and the rows start … stop - 1."""
        source = self._browser.observable.source
        size, keys = self._browser.entries.window(start, stop)
        return size, [self.row(source, key) for key in keys]

    def row(self, source: InMemoryCache | None, key: Key) -> EntryRow:
        prompt, model = self._browser.texts.of(key)
        value = value_in(source, key)
        size, how = (None, "exact") if value is MISSING else size_of(value)
        known = figures_of(self._browser.observable, key, value)
        return {
            "id": id_of(key), "prompt": prompt, "model": model, "hits": known.hits,
            "inserted": known.inserted, "used": known.used, "load": known.load, "tokens": known.tokens,
            "size": size, "how": how,
        }  # fmt: skip

    def open_row(self) -> EntryRow | None:
        """What is known of the open entry; where it is gone, what was known last."""
        browser = self._browser
        key = browser.open_key
        if key is None:
            return None
        row = self.row(browser.observable.source, key)
        if row["size"] is None and self._open_row is not None and self._open_row["id"] == row["id"]:
            return self._open_row
        self._open_row = row
        return row

    def open_state(self) -> OpenKey | None:
        """The open entry, there or gone."""
        browser = self._browser
        key = browser.open_key
        if key is None:
            return None
        source = browser.observable.source
        value = value_in(source, key)
        gone = value is MISSING
        row = self.row(source, key)
        version = (id(value), gone, row["inserted"], row["size"], "" if gone else preview(value))
        return {
            "id": row["id"], "key": row["prompt"], "type": "" if gone else type_label(value),
            "size": row["size"], "how": row["how"], "changed": row["inserted"],
            "version": hash((*version, browser.looks)) & ((1 << 53) - 1), "gone": gone,
        }  # fmt: skip


def _rates(cache: ObservableCache) -> dict[str, Rates]:
    """By window."""
    windows = {"1 s": cache.rates_1s, "10 s": cache.rates_10s, "1 min": cache.rates_1min}
    if cache.rates_mark is not None:
        windows["mark"] = cache.rates_mark
    return {name: cast(Rates, asdict(rates)) for name, rates in windows.items()}

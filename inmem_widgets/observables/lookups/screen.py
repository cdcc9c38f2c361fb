"""What the views of cache counters show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, cast

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.lookups.departed import Departed
from inmem_widgets.observables.lookups.held import ID, value_in
from inmem_widgets.observables.lookups.rows import entry_row, lookup_row
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.session import State
from inmem_widgets.observables.states import windowed
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import EntryRow, Lookup, OpenKey, Rates

if TYPE_CHECKING:
    from inmem_widgets.observables.lookups.browser import CacheBrowser

COUNTS = ("hits", "misses", "inserts", "refreshes", "evictions", "clears", "size", "maxsize")
WINDOWS = {"1 s": "rates_1s", "10 s": "rates_10s", "1 min": "rates_1min", "mark": "rates_mark"}
FEED = 50
"""Lookups in a view's feed."""


class Screen:
    """Makes the states of a browser's views."""

    def __init__(self, browser: CacheBrowser) -> None:
        self.departed = Departed()
        self._browser = browser
        self._open_row: EntryRow | None = None

    def state(self, params: Mapping[str, Any]) -> State:
        """See `CacheBrowser.state`."""
        what, why, whatif, entries = _wishes(params)
        browser = self._browser
        cache = browser.observable
        source, recorder = cache.source, cache.recorder
        now = cache.trait_values() if source is None else cache.figures(source)
        size, how = cache.total_bytes()
        listed = browser.entries  # may be another one at any moment
        progress = listed.progress
        window = windowed(listed.window if entries else _no_entries, params)
        return {
            "policy": cache.policy,
            # `watched.unknown` tells which are not known
            **{name: now[name] if name == "maxsize" else now[name] or 0 for name in COUNTS},
            **({"size": source.stats().size} if now["size"] is None and source is not None else {}),
            "bytes": size,
            "bytes_how": how,
            "since": cache.started,
            "history": cache.history(),
            "all": cache.history_all(),
            "rates": _rates(now),
            "mark": cache.marked,
            "saved": cache.saved(),
            "stampedes": recorder.stampedes,
            "seen": recorder.seen,
            "missed_events": recorder.missed_events,
            "lookups": self._lookups(what) if what else None,
            "why": browser.survey.why() if why else None,
            "whatif": browser.simulation.state(recorder) if whatif else None,
            "listed": window["size"],
            "start": window["start"],
            "rows": [entry_row(cache, key, browser.texts) for key in window["rows"]],
            "entry_query": listed.query.wire(),
            "progress": progress,
            "problem": browser.problem,
            "open": self.open_state(),
            "open_row": self._open_row,
            "removed": self.departed.since(source, window["rows"]) if entries else [],
            "delimiters": "",
            "editable": False,
        }

    def close(self) -> None:
        """Let go of all."""
        self.departed.forget()
        self._open_row = None

    def open_state(self) -> OpenKey | None:
        """The open entry, there or gone."""
        browser = self._browser
        key = browser.open_key
        if key is None:
            self._open_row = None
            return None
        cache = browser.observable
        value, row = value_in(cache.source, key), entry_row(cache, key, browser.texts)
        gone = value is MISSING
        last = self._open_row
        if not gone or last is None or last["id"] != row["id"]:
            self._open_row = row
        # its identity tells another value; size and preview many a one that changed in place
        version = (id(value), row["inserted"], row["size"], "" if gone else preview(value), browser.looks)
        return {
            "id": row["id"], "key": row["prompt"], "type": "" if gone else type_label(value),
            "size": row["size"], "how": row["how"], "changed": row["inserted"],
            "version": hash(version) & ID, "gone": gone,
        }  # fmt: skip

    def _lookups(self, what: Literal["all", "missed"]) -> list[Lookup]:
        browser = self._browser
        records = browser.observable.recorder.feed.rows(FEED, what)
        return [lookup_row(record, browser.texts) for record in records]


def _no_entries(start: int, stop: int) -> tuple[int, list[Key]]:
    return 0, []


def _rates(now: Mapping[str, Any]) -> dict[str, Rates]:
    """By window."""
    return {
        window: cast(Rates, asdict(now[trait])) for window, trait in WINDOWS.items() if now[trait] is not None
    }


def _wishes(params: Mapping[str, Any]) -> tuple[Literal["", "all", "missed"], bool, bool, bool]:
    """What is only made where a view asks for it."""
    what = params.get("lookups") or ""
    if what not in ("", "all", "missed"):
        raise ValueError(f"lookups: got {what!r:.80}, accepted are '', 'all' and 'missed'")
    flags = {name: params.get(name, False) for name in ("why", "whatif", "entries")}
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            raise TypeError(f"{name}: got {flag!r:.80}, accepted is true or false")
    return what, *flags.values()

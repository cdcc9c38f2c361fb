"""What the views of a key table show."""

from __future__ import annotations

import threading
import time
import weakref
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import Change
from inmem_widgets.core.records import kinds_in
from inmem_widgets.observables.keys.ids import shown
from inmem_widgets.observables.keys.listing import Listing
from inmem_widgets.observables.keys.live import window_of
from inmem_widgets.observables.keys.namespaces import Namespaces, guess_delimiters
from inmem_widgets.observables.keys.query import Query, QueryError
from inmem_widgets.observables.keys.space import SpaceView
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.session import State
from inmem_widgets.observables.states import windowed
from inmem_widgets.wire import KeyQuery, KeyRow, OpenKey, Problem

if TYPE_CHECKING:
    from inmem_widgets.observables.keys.browser import KeyBrowser

TOLD = 1_000
"""Selected keys up to which a view is told them all; of more, those in its window."""
RECENT = 100
"""Changes in a view's feed."""
MOMENTS = 4_000
"""Moments remembered at which views were told how many changes there were."""


class Screen:
    """Makes the states of a browser's views."""

    def __init__(self, browser: KeyBrowser) -> None:
        tell = browser.pace.tell_soon
        self.namespaces = Namespaces(tell)
        self._browser = browser
        self._space = SpaceView(browser.observable, tell)
        self._lock = threading.Lock()
        self._moments: list[tuple[int, float]] = []
        me, source = weakref.ref(self), browser.observable.source

        def gone(_: object) -> None:
            if (screen := me()) is not None:
                screen.namespaces.let_go()
                screen._space.let_go()

        self._source = None if source is None else weakref.ref(source, gone)
        self._delimiters: tuple[int, str] | None = None

    def take(self, changes: Sequence[Change]) -> None:
        """Note what happened in the store."""
        if "reset" in kinds_in(changes):
            self._delimiters = None

    def close(self) -> None:
        self.namespaces.close()
        self._space.close()

    def moment_of(self, changes: int) -> float | None:
        """When a view was last told of so many changes, or of fewer; None if never."""
        with self._lock:
            place = bisect_right(self._moments, changes, key=lambda moment: moment[0]) - 1
            return None if place < 0 else self._moments[place][1]

    def state(self, params: Mapping[str, Any]) -> State:
        """See `KeyBrowser.state`."""
        browser, moment = self._browser, time.time()
        observable = browser.observable
        source, changes = observable.source, observable.changes
        self._remember(changes, moment)
        size, how = observable.total_bytes()
        if observable.total_wait:
            browser.pace.tell_in(observable.total_wait)
        listing, listed, bulk = browser.listing, browser.listed, browser.bulk
        window = windowed(lambda start, stop: self.window(listed, start, stop), params)
        delimiters, expanded = self.delimiters(), _prefixes(params)
        tree, space = bool(params.get("tree")), bool(params.get("space"))
        found = listed.found() if source is not None and (tree or space) else None
        return {
            "total": observable.size if source is not None else 0,
            "bytes": size,
            "bytes_how": how,
            **window,
            "changes": changes,
            "query": _wire(browser.query),
            "matching": browser.query.matching,
            "delimiters": delimiters,
            "problem": browser.problem if listing.error is None else problem_of(listing.error),
            "progress": listing.progress,
            "doing": listing.doing,
            "selection": self._selected_ids(window["rows"]),
            "selected": len(browser.selection),
            "open": self.open_state(),
            "deleted": observable.recent.deleted(),
            "editable": browser.editable,
            "takes": "bytes" if source is not None and source._values is bytes else "any",
            "tree": self.namespaces.rows(found, delimiters, expanded) if tree else None,
            "space": self._space.state(found, delimiters) if space else None,
            "recent": observable.recent.rows(RECENT) if params.get("recent") else None,
            "bulk": None if bulk is None else bulk.state(),
        }

    def window(self, listing: Listing, start: int, stop: int) -> tuple[int, list[KeyRow]]:
        """How many keys are listed (so far), and the rows start … stop - 1."""
        if listing.query.natural:
            return self._browser.observable.window(start, stop)
        observable = self._browser.observable
        if observable.source is None:
            return 0, []
        size, keys = listing.size, listing.keys(start, stop)
        return size, [observable.row(key) or self._deleted_row(key) for key in keys]

    def _deleted_row(self, key: str) -> KeyRow:
        """Of a key that is still listed."""
        number = self._browser.observable.key_id(key)
        return {
            "id": number, "key": shown(key), "type": "", "size": None, "how": "exact",
            "preview": "", "changed": None, "change": "deleted",
        }  # fmt: skip

    def _selected_ids(self, rows: list[KeyRow]) -> list[int]:
        observable, selection = self._browser.observable, self._browser.selection
        if len(selection) <= TOLD:
            return [observable.key_id(key) for key in selection]
        return [row["id"] for row in rows if observable.key_of(row["id"]) in self._browser.selected]

    def open_state(self) -> OpenKey | None:
        """The open key as it is."""
        key = self._browser.open_key
        if key is None:
            return None
        observable = self._browser.observable
        row, source = observable.row(key), observable.source
        gone = row is None or source is None
        row = row or self._deleted_row(key)
        # its identity tells another value; size and preview many a one that changed in place
        identity = None if source is None else id(source._store.get(key))
        version = (identity, gone, row["changed"], row["size"], row["preview"], self._browser.looks)
        return {
            "id": row["id"], "key": row["key"], "type": row["type"], "size": row["size"], "how": row["how"],
            "changed": row["changed"], "version": hash(version) & ((1 << 53) - 1), "gone": gone,
        }  # fmt: skip

    def delimiters(self) -> str:
        """Those given, or guessed from the keys; guessed again when there are twice or half as many."""
        if self._browser.query.delimiters is not None:
            return self._browser.query.delimiters
        source, known = self._browser.observable.source, self._delimiters
        if source is None:
            return "" if known is None else known[1]
        if (told := getattr(source, "delimiters", None)) is not None:
            return str(told)
        data = source._store
        magnitude = len(data).bit_length()
        if known is None or known[0] != magnitude:
            sample = window_of(data, 0, 500) + window_of(data, len(data) - 500, len(data))
            known = self._delimiters = magnitude, guess_delimiters(sample)
        return known[1]

    def _remember(self, changes: int, moment: float) -> None:
        with self._lock:
            last = self._moments[-1] if self._moments else (-1, 0.0)
            if last[0] < changes:
                self._moments.append((changes, moment))
                if len(self._moments) > MOMENTS:  # of the older ones every second is enough
                    self._moments[: MOMENTS // 2] = self._moments[: MOMENTS // 2 : 2]
            elif last[0] == changes:  # whatever happens next gets a later time than this
                self._moments[-1] = (changes, max(moment, last[1]))


def _wire(query: Query) -> KeyQuery:
    wired = query.wire()
    return {**wired, "filter": clean(wired["filter"]), "namespace": shown(wired["namespace"])}


def _prefixes(params: Mapping[str, Any]) -> list[str]:
    expanded = params.get("expanded") or []
    if not isinstance(expanded, list) or not all(isinstance(prefix, str) for prefix in expanded):
        raise TypeError(f"expanded: got {expanded!r:.80}, accepted is a list of prefixes (str)")
    return expanded


def problem_of(error: QueryError) -> Problem:
    """For the browser."""
    return {"field": clean(error.field), "message": clean(error.message), "at": error.at}

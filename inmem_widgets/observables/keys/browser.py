"""One key table, without its looks: what is listed, selected and open, and what its views show."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import traitlets

from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.observables.formats import Formatter, check_formatters
from inmem_widgets.observables.keys.answers import Answers
from inmem_widgets.observables.keys.bulk import BulkDelete
from inmem_widgets.observables.keys.ids import shown
from inmem_widgets.observables.keys.keylist import KeyList
from inmem_widgets.observables.keys.listing import Listing
from inmem_widgets.observables.keys.pace import Pace
from inmem_widgets.observables.keys.query import Query, QueryError
from inmem_widgets.observables.session import State
from inmem_widgets.observables.states import windowed
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.wire import KeyRow, OpenKey, Problem

TOLD = 1_000
"""Selected keys up to which a view is told them all; of more, those in its window."""
RECENT = 100
"""Changes in a view's feed."""
PATIENCE = 2.0
"""Seconds to wait for news of the latest writes."""
MOMENTS = 4_000
"""Moments remembered at which views were told how many changes there were."""


class KeyBrowser(traitlets.HasTraits):
    """What one key table shows of a store; all its views share it.

    Nothing is dropped because its key is: selection and open key are kept by key, whether it is there
    or not. Methods may be called on any thread.

    Raises:
        QueryError: the query cannot be carried out.
        TypeError: `formatters` is not a mapping from names to functions.
        ValueError: a name in it is not accepted.
    """

    query = traitlets.Instance(Query)
    """What is listed; settable."""
    selection = KeyList()
    """The selected keys; settable."""
    open_key = traitlets.Unicode(None, allow_none=True)
    """The key whose value is shown; settable."""

    def __init__(
        self,
        observable: ObservableStore,
        *,
        query: Query = Query(),  # noqa: B008  # immutable
        editable: bool = False,
        formatters: Mapping[str, Formatter] | None = None,
        name: str | None = None,
    ) -> None:
        if not isinstance(editable, bool):
            raise TypeError(f"editable: got {editable!r:.80}, accepted is True or False")
        self.editable = editable
        self.formatters = check_formatters(formatters)
        self.name = name
        self.problem: Problem | None = None
        self.bulk: BulkDelete | None = None
        self._observable: ObservableStore | None = observable
        self._lock = threading.RLock()
        self._pace = Pace()
        self._answers = Answers(self)
        self._selected: frozenset[str] = frozenset()
        self._looks = 0
        self._moments: list[tuple[int, float]] = []
        self._delimiters: tuple[int, str] | None = None
        self._listing = Listing(observable, query, self._pace.tell_soon)
        self._before: Listing | None = None  # shown if the newest one cannot be made
        super().__init__(query=query)
        self._stops = [
            observable.on_changes(self._take),
            observable.on_update(self._pace.tell),
        ]

    @property
    def observable(self) -> ObservableStore:
        """What is shown.

        Raises:
            RuntimeError: the table is closed.
        """
        if self._observable is None:
            raise RuntimeError("the table is closed: make another with inspect(store)")
        return self._observable

    @property
    def listing(self) -> Listing:
        """The list of the query."""
        return self._listing

    def keys(self) -> list[str]:
        """All keys listed, in the order shown; waits until the list is complete and up to date.

        Raises:
            QueryError: the query cannot be carried out.
            RuntimeError: its list was cancelled, or the table is closed.
        """
        source = self.observable.source
        if source is not None:
            source.changes.flush(PATIENCE)
        return self._listing.all_keys()

    def wait(self, timeout: float) -> bool:
        """Whether the list is complete within so many seconds."""
        return self._listing.wait(timeout)

    @property
    def value(self) -> Any:
        """The value of the open key: the object itself.

        Raises:
            LookupError: no key is open, or it is not in the store (any more).
        """
        if self.open_key is None:
            raise LookupError("open_key: no key is open; open one with a double click or Enter, or set it")
        source = self.observable.source
        value = MISSING if source is None else source._store.get(self.open_key, MISSING)
        if value is MISSING:
            raise LookupError(f"open_key: {self.open_key!r:.200} is not in the store")
        return value

    def answer(self, method: str, params: Mapping[str, Any], view: str = "") -> Any:
        """The result of a view's request; see `wire.Request`.

        Raises:
            TypeError, ValueError, LookupError: it cannot be answered; the message names the parameter.
        """
        return self._answers.answer(method, params, view)

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` when there may be something new to show, on any thread; returns the way to stop."""
        return self._pace.listen(fn)

    def close(self) -> None:
        """Stop all that is being done, and let go of the observable."""
        with self._lock:
            if self._observable is None:
                return
            for stop in self._stops:
                stop()
            self._stops.clear()  # they hold the observable
            self._observable = None
            self._pace.close()
            listings = [self._listing, *([self._before] if self._before else [])]
        if self.bulk is not None:
            self.bulk.cancel()
        for listing in listings:
            listing.close()
        self._answers.close()

    # -- changes --

    def refuse(self, problem: QueryError | None) -> None:
        """Show why a query was not taken over."""
        self.problem = None if problem is None else _problem(problem)
        self._pace.tell()

    def look_again(self) -> None:
        """Have the views ask for the open value again."""
        self._looks += 1
        self._pace.tell()

    def delete_all(self, count: int, changes: int) -> None:
        """Delete all keys listed but those written to since there were so many changes, in the background.

        Raises:
            ValueError: not so many keys are listed, or there were never so many changes.
            RuntimeError: another deletion is running.
        """
        observable = self.observable
        keys = self.keys()
        if count != len(keys):
            raise ValueError(f"count: {count:,} keys were confirmed, {len(keys):,} match now; confirm again")
        place = bisect_right(self._moments, changes, key=lambda moment: moment[0]) - 1
        if place < 0 or changes > observable.changes:
            raise ValueError(f"changes: got {changes}, which no view was told; confirm again")
        with self._lock:
            if self.bulk is not None and self.bulk.running:
                raise RuntimeError("bulk: another deletion is running; cancel it or wait for it")
            since = self._moments[place][1]
            self.bulk = BulkDelete(observable, keys, since, self._pace.tell_soon)

    @traitlets.observe("query")
    def _on_query(self, change: Any) -> None:
        with self._lock:
            if self._observable is None or self._listing.query == self.query:
                return
            self.problem = None
            last, self._listing = (
                self._listing,
                Listing(self._observable, self.query, self._pace.tell_soon),
            )
            old = last
            if last.error is None:
                old, self._before = self._before, last  # type: ignore[assignment]
        if old is not None:
            old.close()
        self._pace.tell()

    @traitlets.observe("selection", "open_key")
    def _on_choice(self, change: Any) -> None:
        self._selected = frozenset(self.selection)
        self._pace.tell()

    def _take(self, changes: list[Change]) -> None:
        if any(change.kind == "reset" for change in changes):
            self._delimiters = None
        with self._lock:
            listings = [self._listing, *([self._before] if self._before else [])]
        for listing in listings:
            listing.touch(changes)

    # -- what views show --

    def state(self, params: Mapping[str, Any]) -> State:
        """A `KeyTableState` but for `seq`, `now` and `title`; parameters: start, stop, tree, expanded,
        space, recent."""
        moment = time.time()
        observable = self.observable
        changes = observable.changes
        self._remember(changes, moment)
        size, how = observable.total_bytes()
        listing, error = self._listing, self._listing.error
        before = self._before
        listed = listing if error is None or before is None else before
        window = windowed(lambda start, stop: self._window(listed, start, stop), params)
        source = observable.source
        query, bulk = self.query, self.bulk
        return {
            "total": observable.size if source is not None else 0,
            "bytes": size,
            "bytes_how": how,
            **window,
            "changes": changes,
            "query": query.wire(),
            "matching": query.matching,
            "delimiters": self.delimiters(),
            "problem": self.problem if error is None else _problem(error),
            "progress": listing.progress,
            "doing": listing.doing,
            "selection": self._selected_ids(window["rows"]),
            "selected": len(self.selection),
            "open": self.open_state(),
            "deleted": observable.recent.deleted(),
            "editable": self.editable,
            "takes": "bytes" if source is not None and source._values is bytes else "any",
            "tree": [] if params.get("tree") else None,
            "space": None,
            "recent": observable.recent.rows(RECENT) if params.get("recent") else None,
            "bulk": None if bulk is None else bulk.state(),
        }

    def rows(self, start: int, stop: int) -> tuple[int, list[KeyRow]]:
        """How many keys are listed (so far), and some of their rows."""
        return self._window(self._listing, start, stop)

    def _window(self, listing: Listing, start: int, stop: int) -> tuple[int, list[KeyRow]]:
        if listing.query.natural:
            return self.observable.window(start, stop)
        observable = self.observable
        if observable.source is None:
            return 0, []
        size, keys = listing.size, listing.keys(start, stop)
        return size, [observable.row(key) or self._deleted_row(key) for key in keys]

    def _deleted_row(self, key: str) -> KeyRow:
        """Of a key that is still listed."""
        return {
            "id": self.observable.key_id(key), "key": shown(key), "type": "", "size": None, "how": "exact",
            "preview": "", "changed": None, "change": "deleted",
        }  # fmt: skip

    def _selected_ids(self, rows: list[KeyRow]) -> list[int]:
        observable, selection = self.observable, self.selection
        if len(selection) <= TOLD:
            return [observable.key_id(key) for key in selection]
        return [row["id"] for row in rows if observable.key_of(row["id"]) in self._selected]

    def open_state(self) -> OpenKey | None:
        """The open key as it is."""
        key = self.open_key
        if key is None:
            return None
        observable = self.observable
        row, source = observable.row(key), observable.source
        gone = row is None or source is None
        row = row or self._deleted_row(key)
        # its identity tells another value; size and preview many a one that changed in place
        identity = None if source is None else id(source._store.get(key))
        version = (identity, gone, row["changed"], row["size"], row["preview"], self._looks)
        return {
            "id": row["id"], "key": row["key"], "type": row["type"], "size": row["size"], "how": row["how"],
            "changed": row["changed"], "version": hash(version) & ((1 << 53) - 1), "gone": gone,
        }  # fmt: skip

    def delimiters(self) -> str:
        """Those given, or guessed from the keys; guessed again when there are twice or half as many."""
        if self.query.delimiters is not None:
            return self.query.delimiters
        source = self.observable.source
        if source is None:
            return ""
        data = source._store
        magnitude = len(data).bit_length()
        known = self._delimiters
        if known is None or known[0] != magnitude:
            sample = list(islice(data, 500)) + list(islice(reversed(data), 500))
            known = self._delimiters = magnitude, guess_delimiters(sample)
        return known[1]

    def _remember(self, changes: int, moment: float) -> None:
        with self._lock:
            if not self._moments or self._moments[-1][0] < changes:
                self._moments.append((changes, moment))
                if len(self._moments) > MOMENTS:  # of the older ones every second is enough
                    self._moments[: MOMENTS // 2] = self._moments[: MOMENTS // 2 : 2]


def guess_delimiters(keys: list[str]) -> str:
    """The characters that part the keys' names."""
    found = [d for d in ":/." if 3 * sum(d in key for key in keys) > len(keys)]
    return found[0] if found else ""


def _problem(error: QueryError) -> Problem:
    return {"field": error.field, "message": error.message, "at": error.at}

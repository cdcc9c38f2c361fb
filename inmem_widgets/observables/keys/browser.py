"""One key table, without its looks: what is listed, selected and open, and what its views show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.observables.keys.answers import Answers
from inmem_widgets.observables.keys.bulk import BulkDelete
from inmem_widgets.observables.keys.keylist import KeyList
from inmem_widgets.observables.keys.listbrowser import AT_ONCE, PATIENCE, ListBrowser
from inmem_widgets.observables.keys.listing import Listing
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.keys.screen import Screen
from inmem_widgets.observables.keys.warm import warm
from inmem_widgets.observables.session import State
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.wire import KeyRow

if TYPE_CHECKING:
    from inmem_widgets.observables.formats import Formatter


class KeyBrowser(ListBrowser[ObservableStore]):
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
    closed_text = "the table is closed: make another with inspect(store)"

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
        if editable and (reason := getattr(observable.source, "read_only", "")):
            raise ValueError(f"editable: {reason}")
        super().__init__(observable, name)
        self.editable = editable
        self.formatters = _checked(formatters) if formatters is not None else {}
        self.bulk: BulkDelete | None = None
        self.selected: frozenset[str] = frozenset()
        self.listing = Listing(observable, query, self.pace.tell_soon)
        self._before: Listing | None = None  # shown where the newest one cannot be made
        self.screen = Screen(self)
        self._answers = Answers(self)
        self.query = query
        warm()
        self._stops = [
            observable.on_changes(self._take),
            observable.on_update(self.pace.tell),
        ]

    @property
    def listed(self) -> Listing:
        """The list that is shown: that of the query, or the one before if it cannot be made."""
        before = self._before
        return self.listing if self.listing.error is None or before is None else before

    def keys(self) -> list[str]:
        """All keys listed, in the order shown; waits until the list is complete and up to date.

        Raises:
            QueryError: the query cannot be carried out.
            RuntimeError: its list was cancelled, or the table is closed.
        """
        source = self.observable.source
        if source is not None:
            source.changes.flush(PATIENCE)
        return self.listing.all_keys()

    def wait(self, timeout: float) -> bool:
        """Whether the list is complete within so many seconds."""
        return self.listing.wait(timeout)

    def state(self, params: Mapping[str, Any]) -> State:
        """A `KeyTableState` but for `seq`, `now` and `title`; parameters: start, stop, tree, expanded,
        space, recent.

        Raises:
            TypeError, ValueError: a parameter is not accepted.
        """
        return self.screen.state(params)

    def rows(self, start: int, stop: int) -> tuple[int, list[KeyRow]]:
        """How many keys are listed (so far), and the rows start … stop - 1."""
        return self.screen.window(self.listed, start, stop)

    @property
    def value(self) -> Any:
        """The value of the open key: the object itself.

        Raises:
            LookupError: no key is open, or it is not in the store (any more).
        """
        if self.open_key is None:
            raise LookupError("open_key: no key is open; open one with a double click or Enter, or set it")
        value = self.observable.value(self.open_key)
        if value is MISSING:
            raise LookupError(f"open_key: {self.open_key!r:.200} is not in the store")
        return value

    def _answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        return self._answers.answer(method, params, view)

    def _close(self) -> None:
        if self.bulk is not None:
            self.bulk.cancel()
        for listing in self._listings():
            listing.close()
        self.screen.close()
        self._answers.close()

    # -- changes --

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
        since = self.screen.moment_of(changes) if changes <= observable.changes else None
        if since is None:
            raise ValueError(f"changes: got {changes}, which no view was told; confirm again")
        with self._lock:
            if self.bulk is not None and self.bulk.running:
                raise RuntimeError("bulk: another deletion is running; cancel it or wait for it")
            self.bulk = BulkDelete(observable, keys, since, self.pace.tell_soon)

    @traitlets.observe("query")
    def _on_query(self, change: Any) -> None:
        with self._lock:
            if self._observable is None or self.listing.query == self.query:
                return
            self.problem = None
            last, old = self.listing, self._before
            self.listing = Listing(self._observable, self.query, self.pace.tell_soon)
            if last.error is None:
                self._before = last
            else:
                old = last
        if old is not None:
            old.close()
        self.listing.wait(AT_ONCE)
        self.pace.tell()

    @traitlets.observe("selection", "open_key")
    def _on_choice(self, change: Any) -> None:
        self.selected = frozenset(self.selection)
        self.pace.tell()

    def _take(self, changes: Sequence[Change]) -> None:
        self.screen.take(changes)
        for listing in self._listings():
            listing.touch(changes)

    def _listings(self) -> list[Listing]:
        with self._lock:
            return [self.listing, *([self._before] if self._before else [])]


def _checked(formatters: Mapping[str, Formatter]) -> dict[str, Formatter]:
    from inmem_widgets.observables.formats import check_formatters

    return check_formatters(formatters)

"""A live table of a store's keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import traitlets

from inmem_widgets.export import to_frame
from inmem_widgets.observables import observed
from inmem_widgets.observables.keys import code
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.keylist import KeyList
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.session import State
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.widgets.base import InspectorWidget

if TYPE_CHECKING:
    import pandas as pd

    from inmem_widgets.observables.formats import Formatter

QUERY = tuple(field.name for field in fields(Query))
PATIENCE = 0.2
"""Seconds that the static picture waits for the list."""


class KeyTable(InspectorWidget[ObservableStore]):
    """The keys of an in-memory store, live; found, ordered, opened and, if wanted, edited.

    Args:
        obj: The store, or its observable.
        name: What to call it on screen: the variable that holds it.
        editable: Whether views may add, change and delete keys.
        formatters: Own ways to show values, by name: functions that take a value and return what to
            show instead (text, bytes, a dict, a DataFrame, …), or None for values they are not for.
        query: What is listed: the fields of `Query`, such as `filter="prod:*", sort="size"`.

    Raises:
        TypeError: `obj` is no store, or an argument has another type.
        ValueError: an argument is not accepted; the message names it.
    """

    bundle_name = "key_table"
    module_name = "key_panes"
    kind = ObservableStore
    selection = KeyList()
    """The selected keys, settable. Kept by key: some may have been deleted since."""
    browser: KeyBrowser = None  # type: ignore[assignment]  # `close` also runs on a table not made

    def __init__(
        self,
        obj: Any,
        *,
        name: str | None = None,
        editable: bool = False,
        formatters: Mapping[str, Formatter] | None = None,
        **query: Any,
    ) -> None:
        observable = observed(obj, ObservableStore)
        for option in query:
            if option not in QUERY:
                raise TypeError(
                    f"{option}: no argument of a key table, which takes name, editable, formatters, "
                    f"{', '.join(QUERY)}"
                )
        self.browser = KeyBrowser(
            observable, query=Query().but(query), editable=editable, formatters=formatters, name=name
        )
        try:
            super().__init__(observable, name=name)
        except BaseException:
            self.browser.close()
            raise
        traitlets.link((self.browser, "selection"), (self, "selection"))

    @property
    def query(self) -> Query:
        """What is listed, settable; `show` changes parts of it."""
        return self.browser.query

    @query.setter
    def query(self, query: Query) -> None:
        self.browser.query = query

    def show(self, **query: Any) -> None:
        """Change some fields of the query: `table.show(filter="prod:*", sort="size")`.

        Raises:
            ValueError: there is no such field, or its value is not accepted; nothing is changed.
        """
        self.browser.query = self.browser.query.but(query)

    @property
    def open_key(self) -> str | None:
        """The key whose value is shown, settable."""
        return self.browser.open_key

    @open_key.setter
    def open_key(self, key: str | None) -> None:
        self.browser.open_key = key

    @property
    def value(self) -> Any:
        """The value of the open key: the object itself.

        Raises:
            LookupError: no key is open, or it is not in the store (any more).
        """
        return self.browser.value

    def listed_keys(self) -> list[str]:
        """All keys listed, in the order shown; waits until the list is complete.

        Raises:
            ValueError: the query cannot be carried out.
            RuntimeError: its list was cancelled, or the table is closed.
        """
        return self.browser.keys()

    def to_frame(self) -> pd.DataFrame:
        """What is listed, in the order shown; the columns are those of `inmem_widgets.to_frame`.

        Raises:
            As `listed_keys`.
        """
        return to_frame(self.browser)

    def code(self) -> str:
        """The cell that makes this view."""
        browser = self.browser
        store = code.variable(browser.name)
        return code.view(store, browser.query, editable=browser.editable, own=bool(browser.formatters))

    def make_state(self, params: Mapping[str, Any]) -> State:
        return self.browser.state(params)

    def watch(self, push: Callable[[], None]) -> Callable[[], None]:
        return self.browser.on_update(push)

    def answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        return self.browser.answer(method, params, view)

    def close(self) -> None:
        super().close()
        if self.browser is not None:
            self.browser.close()

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        self.browser.wait(PATIENCE)
        size, rows = self.browser.rows(0, 10)
        table = [[r["key"], r["type"], _bytes(r["size"], r["how"] == "exact"), r["preview"]] for r in rows]
        total = self.observable.size
        caption = f"{len(rows):,} of {size:,} keys" + (f" listed of {total:,}" if size != total else "")
        return ["Key", "Type", "Size", "Preview"], table, caption


def _bytes(size: int | None, exact: bool) -> str:
    return "unknown" if size is None else f"{'' if exact else '~'}{size:,} B"

"""A live table of a store's keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import traitlets

from inmem_widgets.export import to_frame
from inmem_widgets.observables import observed
from inmem_widgets.observables.keys import code
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.keylist import KeyList
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.redaction import Redact, Redactor
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.widgets.browsing import BrowsingWidget

if TYPE_CHECKING:
    import pandas as pd

    from inmem_widgets.observables.formats import Formatter

QUERY = tuple(field.name for field in fields(Query))
PATIENCE = 0.2
"""Seconds that the static picture waits for the list."""


class KeyTable(BrowsingWidget[ObservableStore, Query, str]):
    """The keys of an in-memory store, live; found, ordered, opened and, if wanted, edited.

    Args:
        obj: The store, or its observable.
        name: What to call it on screen: the variable that holds it.
        editable: Whether views may add, change and delete keys.
        formatters: Own ways to show values, by name: functions that take a value and return what to
            show instead (text, bytes, a dict, a DataFrame, …), or None for values they are not for.
        log: Whether what happens is logged, or how many changes are kept (100,000 unless told
            otherwise): the log holds the values of before.
        redact: Gets each text that is shown or leaves, whole, and gives the text to show in its place.
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
    browser: KeyBrowser

    def __init__(
        self,
        obj: Any,
        *,
        name: str | None = None,
        editable: bool = False,
        formatters: Mapping[str, Formatter] | None = None,
        log: bool | int = True,
        redact: Redact | Redactor | None = None,
        **query: Any,
    ) -> None:
        observable = observed(obj, ObservableStore)
        for option in query:
            if option not in QUERY:
                raise TypeError(
                    f"{option}: no argument of a key table, which takes name, editable, formatters, log, "
                    f"redact, {', '.join(QUERY)}"
                )
        self.browser = KeyBrowser(
            observable, query=Query().but(query), editable=editable, formatters=formatters, name=name
        )
        try:
            super().__init__(observable, name=name, log=log, redact=redact)
        except BaseException:
            self.browser.close()
            raise
        if log is not False:
            observable.count_reads()
        traitlets.link((self.browser, "selection"), (self, "selection"))

    def listed_keys(self) -> list[str]:
        """All keys listed, in the order shown; waits until the list is complete.

        Raises:
            ValueError: the query cannot be carried out.
            RuntimeError: its list was cancelled, or the table is closed.
        """
        keys: list[str] = self.shown.keys()
        return keys

    def to_frame(self) -> pd.DataFrame:
        """What is listed, in the order shown, while travelling of then; the columns are those of
        `inmem_widgets.to_frame`.

        Raises:
            As `listed_keys`.
        """
        return to_frame(self.shown, redact=self.redactor)

    def code(self) -> str:
        """The cell that makes this view."""
        browser = self.browser
        store = code.variable(browser.name)
        return code.view(store, browser.query, editable=browser.editable, own=bool(browser.formatters))

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        shown: KeyBrowser = self.shown
        shown.wait(PATIENCE)
        size, rows = shown.rows(0, 10)
        table = [[r["key"], r["type"], _bytes(r["size"], r["how"] == "exact"), r["preview"]] for r in rows]
        total = shown.observable.size
        caption = f"{len(rows):,} of {size:,} keys" + (f" listed of {total:,}" if size != total else "")
        return ["Key", "Type", "Size", "Preview"], table, caption


def _bytes(size: int | None, exact: bool) -> str:
    return "unknown" if size is None else f"{'' if exact else '~'}{size:,} B"

"""A live table of a store's keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from inmem_widgets.observables import observed
from inmem_widgets.observables.keys.browser import KeyBrowser, Keys
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.session import State
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.widgets.base import InspectorWidget


class KeyTable(InspectorWidget[ObservableStore]):
    """The keys of an in-memory store, live, in the store's own order; scrolls through millions."""

    bundle_name = "key_table"
    kind = ObservableStore
    selection = Keys()
    """The selected keys, settable."""
    browser: KeyBrowser = None  # type: ignore[assignment]  # `close` also runs on a table not made

    def __init__(
        self,
        obj: Any,
        *,
        name: str | None = None,
        editable: bool = False,
        formatters: Mapping[str, Callable[[Any], Any]] | None = None,
        **query: Any,
    ) -> None:
        observable = observed(obj, ObservableStore)
        self.browser = KeyBrowser(
            observable, query=Query().but(query), editable=editable, formatters=formatters
        )
        super().__init__(observable, name=name)
        traitlets.link((self.browser, "selection"), (self, "selection"))

    def make_state(self, params: Mapping[str, Any]) -> State:
        return self.browser.state(params)

    def watch(self, push: Callable[[], None]) -> Callable[[], None]:
        return self.browser.on_update(push)

    def answer(self, method: str, params: Mapping[str, Any]) -> Any:
        return self.browser.answer(method, params)

    def close(self) -> None:
        super().close()
        if self.browser is not None:
            self.browser.close()

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        size, rows = self.observable.window(0, 10)
        table = [[r["key"], r["type"], _bytes(r["size"], r["how"] == "exact"), r["preview"]] for r in rows]
        return ["Key", "Type", "Size", "Preview"], table, f"{len(rows):,} of {size:,} keys"


def _bytes(size: int | None, exact: bool) -> str:
    return "unknown" if size is None else f"{'' if exact else '~'}{size:,} B"

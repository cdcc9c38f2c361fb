"""A live table of a store's keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from inmem_widgets.observables.session import State
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.widgets.base import InspectorWidget

FIRST_ROWS = 40
"""Rows that ride in the first state."""
MOST_ROWS = 400
"""Rows a view may ask for at once."""


class KeyTable(InspectorWidget):
    """The keys of an in-memory store, live, in the store's own order; scrolls through millions."""

    bundle_name = "key_table"
    selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """Key of the selected row, as shown; settable."""

    _observable: ObservableStore

    def make_state(self, params: Mapping[str, Any]) -> State:
        start = max(0, int(params.get("start", 0)))
        stop = min(int(params.get("stop", start + FIRST_ROWS)), start + MOST_ROWS)
        size, rows = self._observable.window(start, stop)
        if not rows and size and start:  # the store shrank under the view
            start = max(0, size - FIRST_ROWS)
            size, rows = self._observable.window(start, start + FIRST_ROWS)
        return {"size": size, "start": start, "rows": rows, "changes": self._observable.changes}

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        size, rows = self._observable.window(0, 10)
        table = [[r["key"], r["type"], _bytes(r["size"], r["exact"]), r["preview"]] for r in rows]
        return ["Key", "Type", "Size", "Preview"], table, f"{len(rows):,} of {size:,} keys"


def _bytes(size: int | None, exact: bool) -> str:
    return "unknown" if size is None else f"{'' if exact else '~'}{size:,} B"

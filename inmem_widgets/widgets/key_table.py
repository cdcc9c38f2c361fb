"""A live table of a store's keys."""

from __future__ import annotations

import traitlets

from inmem_widgets.observables import states
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.widgets.base import InspectorWidget


class KeyTable(InspectorWidget[ObservableStore]):
    """The keys of an in-memory store, live, in the store's own order; scrolls through millions."""

    bundle_name = "key_table"
    kind = ObservableStore
    make_state = staticmethod(states.key_table)
    selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """Key of the selected row, as shown; settable."""

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        size, rows = self.observable.window(0, 10)
        table = [[r["key"], r["type"], _bytes(r["size"], r["how"] == "exact"), r["preview"]] for r in rows]
        return ["Key", "Type", "Size", "Preview"], table, f"{len(rows):,} of {size:,} keys"


def _bytes(size: int | None, exact: bool) -> str:
    return "unknown" if size is None else f"{'' if exact else '~'}{size:,} B"

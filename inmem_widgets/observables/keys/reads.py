"""How often the keys of a store are read."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

from inmem_widgets.core.change import Change
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.records import keys_in, kinds_in
from inmem_widgets.observables.keys.counts import ChangeCounts

INTERVAL = 0.5
"""Seconds between two looks at what was read."""


class Reads:
    """Counts reads of each key from now on, until closed or let go of.

    Args:
        feed: The store's.
    """

    def __init__(self, feed: Changes) -> None:
        self._counts = ChangeCounts()
        me = weakref.ref(self)

        def take(changes: Sequence[Change]) -> None:
            if (found := me()) is not None:
                found._take(changes)

        self.close = feed.listen_batched(take, interval=INTERVAL, lazy=True, reads=True)

    def __del__(self) -> None:
        self.close()

    def counts(self) -> dict[str, int] | None:
        """How often keys were read; None if too many were to count each."""
        return self._counts.all()

    def _take(self, changes: Sequence[Change]) -> None:
        kinds = kinds_in(changes)
        if "get" in kinds:
            if kinds.count("get") < len(kinds):
                changes = [change for change in changes if change.kind == "get"]
            self._counts.add(keys_in(changes)[0])

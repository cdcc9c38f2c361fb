"""The entries of a cache as a list: filtered, sorted, in windows."""

from __future__ import annotations

from inmem_widgets.core.cache import Key
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.held import keys_in, window_in
from inmem_widgets.observables.lookups.query import EntryQuery


class EntryList:
    """The entries a query lists."""

    def __init__(self, observable: ObservableCache, query: EntryQuery) -> None:
        self._observable = observable
        self.query = query
        self.progress: float | None = None

    def window(self, start: int, stop: int) -> tuple[int, list[Key]]:
        source = self._observable.source
        if source is None:
            return 0, []
        return len(source._cache), window_in(source, start, stop, descending=self.query.descending)

    def row_of(self, key: Key) -> int | None:
        """In which row a key is; None if it is not listed (so far)."""
        keys = keys_in(self._observable.source)
        if key not in keys:
            return None
        row = keys.index(key)
        return len(keys) - 1 - row if self.query.descending else row

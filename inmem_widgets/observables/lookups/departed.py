"""Which of the rows shown lately are of entries that are gone since."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.lookups.held import id_of, value_in

SHOWN = 800
"""Rows remembered, those shown last."""
GONE = 200
"""Entries gone that are told, those that went last."""


class Departed:
    """Tells removed rows from those that only moved away. Any thread may ask."""

    def __init__(self) -> None:
        self._shown: dict[Key, None] = {}
        self._gone: dict[int, None] = {}
        self._lock = threading.Lock()

    def since(self, cache: InMemoryCache | None, rows: Iterable[Key]) -> list[int]:
        """Ids of the entries gone last, while these rows are shown."""
        with self._lock:
            self._shown.update(dict.fromkeys(rows))
            for key in [key for key in self._shown if value_in(cache, key) is MISSING]:
                del self._shown[key]  # nothing keeps it alive any more
                self._gone[id_of(key)] = None
            for key in self._shown:
                self._gone.pop(id_of(key), None)
            self._shown = dict.fromkeys(list(self._shown)[-SHOWN:])
            self._gone = dict.fromkeys(list(self._gone)[-GONE:])
            return list(self._gone)

    def forget(self) -> None:
        """Nobody looks: keep nothing."""
        with self._lock:
            self._shown.clear()

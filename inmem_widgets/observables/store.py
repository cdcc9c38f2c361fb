"""The keys of a store as rows, and what happened to them."""

from __future__ import annotations

import threading
import time
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import Any

from inmem_widgets.core.change import Change
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.base import Fresh, Observable
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import KeyRow

REMEMBERED = 50_000
"""Keys whose last change is remembered at the least; twice as many at the most."""
NEW = 65_536
"""Keys of one batch told apart as new rather than changed."""
TAIL = 16
"""Keys at the end of the dict that are remembered as known."""
KEY = 400
"""Characters of a key that are shown."""

_GONE = object()


class ObservableStore(Observable[InMemoryBaseStore[Any]]):
    """How many keys an in-memory store holds, and any window of them as rows."""

    size = Fresh(0, read_only=True)
    """Keys in the store."""
    changes = Fresh(0, read_only=True)
    """Changes seen since watching began; a batch is one."""

    def __init__(self, source: InMemoryBaseStore[Any]) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._first: int | None = None
        self._tail = set(islice(reversed(source._store), TAIL))
        self._news: set[str] = set()
        # two generations: when the younger is full the older is dropped, so memory stays bounded
        self._young: dict[str, tuple[float, bool]] = {}
        self._old: dict[str, tuple[float, bool]] = {}
        super().__init__(source, records=True)
        self.sync()

    def figures(self, source: InMemoryBaseStore[Any]) -> dict[str, Any]:
        return {"size": len(source), "changes": self._count}

    def digest(self, changes: list[Change]) -> None:
        source = self.source
        if source is None or not changes:
            return
        now = time.time()
        with self._lock:
            if self._first is None:
                self._first = changes[0].number
            self._count = changes[-1].number - self._first + 1
            news = self._new_keys(source._store, changes)
            for kind, run in groupby(changes, attrgetter("kind")):
                keys = dict.fromkeys(chain.from_iterable(map(attrgetter("keys"), run)), (now, False))
                if kind == "set":
                    if len(self._young) > REMEMBERED:
                        self._old, self._young = self._young, {}
                    fresh = news & keys.keys()
                    keys.update(dict.fromkeys(fresh, (now, True)))
                    self._young.update(keys)
                    news -= fresh
                elif kind == "reset":
                    self._young, self._old = {}, {}
                else:
                    for key in keys:
                        self._young.pop(key, None)
                        self._old.pop(key, None)
            self._news = news

    def _new_keys(self, data: dict[str, Any], changes: list[Change]) -> set[str]:
        """Keys added since the last batch: a dict keeps them at its end, after those known to be old."""
        known = self._tail.difference(*(c.keys for c in changes if c.kind == "delete"))
        recent: list[str] = []
        for reach in (64, 2_048, NEW):
            recent = list(islice(reversed(data), reach))
            end = next((i for i, key in enumerate(recent) if key in known), None)
            if end is not None or len(recent) < reach:
                break
        self._tail = set(recent[:TAIL])
        return self._news.union(recent[:end])

    def window(self, start: int, stop: int) -> tuple[int, list[KeyRow]]:
        """How many keys there are, and the rows start … stop - 1 in the store's own order.

        Reads the live mapping without copying it, from whichever end is nearer: about 8 ns for each
        key passed over. Safe beside writers.
        """
        source = self.source
        if source is None:
            return 0, []
        data = source._store  # `.store` would make the prefix index doubt itself
        length = len(data)
        start, stop = max(0, start), min(stop, length)
        if start >= stop:
            return length, []
        # one C call over a dict of str keys: no other thread runs in between
        if start <= length - stop:
            keys = list(islice(data, start, stop))
        else:
            keys = list(islice(reversed(data), length - stop, length - start))[::-1]
        pairs = [(key, data.get(key, _GONE)) for key in keys]
        return length, [self._row(key, value) for key, value in pairs if value is not _GONE]

    def _row(self, key: str, value: object) -> KeyRow:
        size, how = size_of(value)
        when, new = self._young.get(key) or self._old.get(key) or (None, False)
        return {
            "id": hash(key) & ((1 << 53) - 1),
            "key": clean(key if len(key) <= KEY else f"{key[: KEY // 2]}…{key[-KEY // 2 :]}"),
            "type": type_label(value),
            "size": size,
            "how": how,
            "preview": preview(value),
            "changed": when,
            "change": None if when is None else "inserted" if new else "changed",
        }

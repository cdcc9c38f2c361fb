"""What changed last, and what changes most."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Set
from itertools import islice
from typing import Any, Literal

from inmem_widgets.core.change import Change
from inmem_widgets.observables.keys.batch import MOST, Batch
from inmem_widgets.observables.keys.counts import ChangeCounts
from inmem_widgets.observables.keys.ids import KeyIds, shown
from inmem_widgets.wire import RecentChange

FEED = 200
"""Changes the feed holds."""
DELETED = 100
"""Keys remembered as deleted."""
SMALL = 8
"""Keys of a call that get an entry each; a call of more is one entry."""

SAMPLE = 16
"""Keys of a large call, at even distances, that tell whether it inserted or changed."""

Kind = Literal["inserted", "changed", "deleted", "reset"]
Entry = tuple[int, str, Kind, float, int]


class Recent:
    """The latest changes of a store, the keys deleted last, and counts of changes; all bounded.

    Read on any thread; `take` is called by one at a time.
    """

    def __init__(self, ids: KeyIds) -> None:
        self._ids = ids
        self._feed: deque[Entry] = deque(maxlen=FEED)
        self._deleted: dict[str, None] = {}
        self._counts = ChangeCounts()

    def rows(self, n: int = FEED) -> list[RecentChange]:
        """The last n changes, newest first: one for each key of a small call, one for a large call."""
        latest = list(self._feed)[::-1][: max(0, n)]
        return [
            {
                "number": number,
                "id": self._ids.of(key),
                "key": shown(key),
                "kind": kind,
                "time": time,
                "keys": keys,
            }
            for number, key, kind, time, keys in latest
        ]

    def deleted(self) -> list[int]:
        """Ids of the keys deleted last that have not come back."""
        return [self._ids.of(key) for key in list(self._deleted)]

    def count(self, key: str) -> int:
        """How often the key changed since watching began, at least."""
        return self._counts.of(key)

    def counts(self) -> dict[str, int] | None:
        """How often keys changed since watching began; None if too many did to count each."""
        return self._counts.all()

    def busiest(self, n: int) -> list[tuple[str, int]]:
        """The keys that changed most, and how often at least."""
        return self._counts.busiest(n)

    def take(self, batch: Batch, fresh: Set[str], data: Mapping[str, Any]) -> None:
        """Note a batch, of which `fresh` are the new keys; `data` is the store as it is."""
        if batch.reset is not None:
            self._deleted = {}
            self._counts.clear()
            self._feed.append((batch.reset.number, "", "reset", batch.time, len(data)))
        self._counts.add(batch.keys)
        self._feed.extend(_entries(batch, fresh, data))
        kept = [key for key in self._deleted if key not in batch.written]
        self._deleted = dict.fromkeys([*kept, *batch.gone][-DELETED:])

    def clear(self) -> None:
        self._feed.clear()
        self._deleted = {}
        self._counts.clear()


def _entries(batch: Batch, fresh: Set[str], data: Mapping[str, Any]) -> list[Entry]:
    """The batch's last changes as entries, oldest first."""
    latest: list[Change] = []
    entries = touched = 0
    for change in reversed(batch.changes):
        if entries >= FEED:
            break
        latest.append(change)
        touched += len(change.keys)
        entries += len(change.keys) if len(change.keys) <= SMALL else 1
    # of several changes of a new key only the first made it
    new = set(fresh - batch.deleted.keys())
    new.difference_update(islice(batch.keys, len(batch.keys) - touched))
    found: list[Entry] = []
    for number, what, keys, *_ in reversed(latest):
        kind: Kind
        if len(keys) > SMALL:
            some = keys[-MOST:][:: max(1, min(len(keys), MOST) // SAMPLE)]
            sample = {key for key in some if key in data} - batch.deleted.keys()
            kind = "deleted" if what == "delete" else "inserted" if sample and sample <= new else "changed"
            found.append((number, keys[0], kind, batch.time, len(keys)))
        else:
            for key in keys:
                kind = "deleted" if what == "delete" else "inserted" if key in new else "changed"
                found.append((number, key, kind, batch.time, 1))
        (new.update if what == "delete" else new.difference_update)(keys)
    return found

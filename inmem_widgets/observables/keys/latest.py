"""What all listings of one store share: its latest census, and the results made lately."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from inmem_widgets.core.change import Change
from inmem_widgets.core.records import keys_in, kinds_in
from inmem_widgets.observables.keys.arrays import Array
from inmem_widgets.observables.keys.census import Census
from inmem_widgets.observables.keys.live import keys_of, window_of
from inmem_widgets.observables.keys.order import Order
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.store import ObservableStore

RESULTS = 4
"""Results kept; one is 4 to 8 bytes a key."""
NOTED = 250_000
"""Changed keys noted at the most; beyond that all are taken for changed."""


@dataclass
class Result:
    """What a query lists.

    Attributes:
        census: Of which keys.
        positions: Which of them match, in the store's order, in all namespaces; None for all of them.
        order: Those of the namespace, in the query's order.
        version: `Latest.version` from before their values were read.
    """

    census: Census
    positions: Array | None
    order: Order
    version: int


class Latest:
    """The latest census of a store, brought up to date when it is asked for.

    Attributes:
        version: Another one after each change told of.
        results: The last results, by query, of the latest census.
        users: Who needs any of it; with the last one it goes.
    """

    def __init__(self, observable: ObservableStore) -> None:
        self.version = 0
        self.results: OrderedDict[Query, Result] = OrderedDict()
        self.users: WeakSet[Any] = WeakSet()
        self._over = False
        self._lock = threading.Lock()
        self._census: Census | None = None
        self._noting = threading.Lock()
        self._changed: set[str] | None = None
        self._gone: set[str] = set()
        self._number: int | None = None
        observable.on_changes(self.note)  # for good: what would end it holds the observable
        me, source = weakref.ref(self), observable.source

        def gone(_: object) -> None:
            if (latest := me()) is not None:
                latest._over = True
                latest.drop()

        self._observable = weakref.ref(observable, gone)
        self._source = None if source is None else weakref.ref(source, gone)

    def note(self, changes: Sequence[Change]) -> None:
        """Take in what happened; the same again makes no difference."""
        first, last = changes[0].number, changes[-1].number
        with self._noting:
            if self._number is not None and last <= self._number:
                return
            self.version += 1
            lost = last - first + 1 != len(changes) or self._number not in (None, first - 1)
            self._number = last
            if self._census is None or self._changed is None or not self._census.measuring:
                return  # what is measured later is read later
            kinds = {*kinds_in(changes)}
            if lost or "reset" in kinds:
                self._changed = None
                return
            if kinds == {"set"}:
                self._changed.update(keys_in(changes)[0])
                changes = ()
            for change in changes:
                (self._gone if change.kind == "delete" else self._changed).update(change.keys)
            if len(self._changed) + len(self._gone) > NOTED:
                self._changed = None

    def doubt(self) -> None:
        """Take all values for changed."""
        with self._noting:
            self.version += 1
            self._changed = None

    def census(self) -> Census | None:
        """Of the store as it is; the same one as before if nothing changed. None once the store is gone."""
        observable = self._observable()
        source = None if observable is None else observable.source
        if source is None:
            return None
        with self._lock:
            old = self._census
            with self._noting:
                changed, gone = self._changed, self._gone
                self._changed, self._gone = set(), set()
            keys = keys_of(source._store, None if old is None else old.keys)
            same = old is not None and keys is old.keys
            if old is not None and same and (changed == set() or not old.measuring):
                return old
            census = Census(source, old.keys if old is not None and same else keys)
            if old is not None:
                census.carry(old, changed, gone)
            self._census = census
            for query, result in list(self.results.items()):
                if same and not query.by_value:
                    result.census = census
                else:
                    del self.results[query]
            if self._over or not self.users:
                self.drop()
            return census

    def keep(self, query: Query, result: Result) -> None:
        """Keep a result, and let go of the oldest."""
        with self._lock:
            if result.census is self._census and self.users:
                self.results[query] = result
                while len(self.results) > RESULTS:
                    self.results.popitem(last=False)

    def came_or_went(self, census: Census) -> bool:
        """Whether the keys are others than a census's, as far as the dict's length and end tell."""
        observable = self._observable()
        source = None if observable is None else observable.source
        if source is None:
            return False
        data = source._store
        last = window_of(data, len(data) - 1, len(data))
        return len(data) != len(census.keys) or last != census.keys[-1:]

    def leave(self, user: object) -> None:
        """Somebody needs it no more."""
        self.users.discard(user)
        if not self.users:
            self.drop()

    def drop(self) -> None:
        """Keep nothing; without a lock, since it may run in the midst of anything."""
        self._census = None
        self.results.clear()


_latest: WeakKeyDictionary[ObservableStore, Latest] = WeakKeyDictionary()
_making = threading.Lock()


def latest_of(observable: ObservableStore) -> Latest:
    """What the observable's listings share."""
    with _making:
        found = _latest.get(observable)
        if found is None:
            found = _latest[observable] = Latest(observable)
        return found


def census_of(observable: ObservableStore) -> Census | None:
    """The store's keys as they are: the latest census if nothing changed since, else another one.

    Some 20 ms for 1,000,000 keys. None once the store is gone.
    """
    return latest_of(observable).census()

"""The list a query makes of a store, kept up to date."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Literal

from inmem_widgets.core.change import Change
from inmem_widgets.core.records import kinds_in
from inmem_widgets.observables.keys.arrays import Array
from inmem_widgets.observables.keys.census import Census
from inmem_widgets.observables.keys.find import find, remembered
from inmem_widgets.observables.keys.latest import Result, latest_of
from inmem_widgets.observables.keys.live import keys_of, window_of
from inmem_widgets.observables.keys.order import Order, Stored
from inmem_widgets.observables.keys.query import Query, QueryError
from inmem_widgets.observables.keys.task import Steps, Task
from inmem_widgets.observables.store import ObservableStore

PAUSE = 0.05
"""Seconds between two refreshes at the least, …"""
PACE = 6
"""… and times its own duration: the writers keep their time."""
CHUNK = 65_536

Doing = Literal["", "filtering", "measuring", "sorting"]

_log = logging.getLogger("inmem_widgets")


class Listing:
    """What a query lists. Made on a thread, from the moment it is created; a natural query is read
    from the live dict instead, and has neither thread nor memory.

    Observables and stores are held weakly. Once either is gone, or it is closed, a listing is empty.
    Results are shared by the listings of an observable, for as long as it has one: make the next one
    before the last one is closed. It is made again for as long as somebody looks at it.

    Args:
        tell: Called when there may be more to show, on any thread.

    Attributes:
        progress: 0 to 1 while it is made for the first time; None once complete.
        doing: What is being done meanwhile.
        error: Why it could not be made.
    """

    def __init__(self, observable: ObservableStore, query: Query, tell: Callable[[], None]) -> None:
        self.query = query
        self.progress: float | None = None
        self.doing: Doing = ""
        self.error: QueryError | None = None
        self._tell = tell
        self._latest = latest_of(observable)
        self._latest.users.add(self)
        self._state = threading.Condition()
        self._awake = threading.Event()
        self._task: Task | None = None
        self._result: Result | None = None
        self._partial: tuple[Census, Order] | None = None
        self._wanted = 1  # makings asked for, …
        self._made = 0  # … of which so many are done
        self._news = False  # something was judged while one was being made
        self._due = 0.0
        self._looked = self._asked = False  # at it, for what is found; since it was last made
        self._stopped = False
        self._closed = False
        me = weakref.ref(self)

        def gone(_: object) -> None:
            if (listing := me()) is not None:
                listing._let_go()

        source = observable.source
        self._observable = weakref.ref(observable, gone)
        self._source = None if source is None else weakref.ref(source, gone)
        if not query.natural:
            self._result = remembered(self._latest, query)
            if self._result is None:
                self.progress, self.doing = 0.0, "filtering" if query.narrows else "sorting"
            self._start()  # what is remembered is checked as well

    # -- what there is --

    @property
    def size(self) -> int:
        """How many keys there are, found so far while there is progress."""
        data, shown = self._data(), self._shown()
        return len(shown[1]) if shown else len(data) if self._live else 0

    def keys(self, start: int, stop: int) -> list[str]:
        """The keys in the rows start … stop - 1; some of them may have been deleted since."""
        start, stop = max(0, start), max(0, start, stop)
        shown = self._shown()
        if shown is None:
            return window_of(self._data(), start, stop) if self._live else []
        census, order = shown
        return list(map(census.keys.__getitem__, order.at(start, stop)))

    def all_keys(self, timeout: float | None = None) -> list[str]:
        """All keys, once the list is complete and up to date with what it was told of.

        Raises:
            QueryError: the query cannot be carried out.
            TimeoutError: it took longer than `timeout` seconds.
            RuntimeError: it was cancelled or closed before it was complete.
        """
        if self.query.natural:
            return keys_of(self._data())
        with self._state:
            self._look()
            # what was judged while a list is being made is judged once more when it is there
            wanted = 1 if self._stopped else self._wanted + self._news
            self._awake.set()
            done = self._state.wait_for(lambda: self._made >= wanted or self._task is None, timeout)
            if not done:
                raise TimeoutError(f"the list was not complete within {timeout} s")
        if self.error is not None:
            raise self.error
        result = self._result
        if result is None:
            raise RuntimeError("the list was given up before it was complete")
        names, order = result.census.keys.__getitem__, result.order
        return [names(i) for start in range(0, len(order), CHUNK) for i in order.at(start, start + CHUNK)]

    def wait(self, timeout: float) -> bool:
        """Whether it is complete, or given up, within so many seconds."""
        with self._state:
            return self._state.wait_for(lambda: self.progress is None, timeout)

    def found(self) -> tuple[Census, Array | None] | None:
        """The census, and which of its positions match in all namespaces, in the store's order (None:
        all of them). None while that is not known; asking sees to it that it will be."""
        self._asked = True
        self._look()
        result = self._result
        return None if result is None else (result.census, result.positions)

    def row_of(self, key: str) -> int | None:
        """In which row a key is; None if it is not listed (so far)."""
        shown = self._shown()
        if shown is None:
            data = self._data()
            return _index(keys_of(data), key) if self._live and key in data else None
        position = _index(shown[0].keys, key)
        return None if position is None else shown[1].row_of(position)

    # -- keeping it up to date --

    def touch(self, changes: Sequence[Change]) -> None:
        """Take in what happened in the store: the list is made again, if need be and soon, while the
        one before stays. No changes: anything may have happened."""
        if not changes:
            self._latest.doubt()
        else:
            self._latest.note(changes)  # if it was not told yet
            self._news = True  # first: the result it is judged by may just be replaced
            if not self._concerns(changes):
                return
        with self._state:
            self._wanted += 1
        if self._looked:
            self._start()

    def _concerns(self, changes: Sequence[Change]) -> bool:
        result = self._result
        if result is None or self.query.by_value or {"set"} != {*kinds_in(changes)}:
            return True
        if self._asked and result.census.measuring:
            return True
        return self._latest.came_or_went(result.census)

    def cancel(self) -> None:
        """Give up making it; what was found so far stays, and is not refreshed any more."""
        with self._state:
            if self._task is not None:
                self._stopped = True
                self._task.cancel()
                self._awake.set()

    def close(self) -> None:
        """End it for good."""
        self._let_go()
        self._latest.leave(self)

    def __del__(self) -> None:
        if "_closed" in self.__dict__:
            self.close()

    def _let_go(self) -> None:
        # may run in the midst of anything, where an object is freed: no locks
        self._closed = self._stopped = True
        self._tell = _nobody
        task = self._task
        if task is not None:
            task.cancel()
        self._awake.set()
        self._result = self._partial = None

    # -- making it --

    def _look(self) -> None:
        self._looked = True
        if self._made < self._wanted:
            self._start()

    def _start(self) -> None:
        with self._state:
            if self._task is None and not self._stopped:
                self._task = Task(self._make(), self._progressed)

    def _progressed(self) -> None:
        if self.progress is not None:
            self._tell()

    def _make(self) -> Steps:
        try:
            while True:
                self._awake.wait(max(0.0, self._due - monotonic()))
                self._awake.clear()
                self._looked = self._asked = self._news = False
                wanted, began = self._wanted, monotonic()
                yield from self._steps(wanted)
                now = monotonic()
                self._due = now + max(PAUSE, PACE * (now - began))
                with self._state:
                    if self._stopped or self._made >= self._wanted or not self._looked:
                        self._task = None
                        return
                yield 0.0
        finally:
            with self._state:
                self._task = None
                self.progress, self.doing = None, ""
                self._state.notify_all()
            self._report()

    def _steps(self, wanted: int) -> Steps:
        first = self._result is None and not self.query.natural
        steps = find(self._latest, self._observable, self.query, self._show if first else _show_nothing)
        result = None
        try:
            while True:
                progress = next(steps)
                if first:
                    self.progress = progress
                yield progress
        except StopIteration as end:
            result = end.value
        except QueryError as error:
            self.error, self._stopped = error, True
            return
        except Exception:
            self._stopped = True
            _log.exception("a query could not be carried out: %r", self.query)
            return
        if self._closed or result is None:
            self._let_go()
            return
        with self._state:
            self._result, self._partial, self._made = result, None, wanted
            if self._news and self._latest.came_or_went(result.census):
                self._wanted += 1
            self.progress, self.doing = None, ""
            self._state.notify_all()
        self._report()

    def _show(self, doing: Doing, census: Census, order: Order | None) -> None:
        self.doing = doing
        if order is None and not self.query.narrows:
            order = Stored(None, len(census.keys))
        if order is not None and not self._closed:
            before, self._partial = self._partial, (census, order)
            if len(order) and (before is None or not len(before[1])):
                self._report()  # the first results, at once

    def _report(self) -> None:
        try:
            self._tell()
        except Exception:
            _log.exception("a report of a list failed")

    # -- the store --

    @property
    def _live(self) -> bool:
        """Whether the dict itself is what is shown."""
        return not self._closed and not self.query.narrows

    def _shown(self) -> tuple[Census, Order] | None:
        if self.query.natural:
            return None
        self._look()
        result = self._result
        return self._partial if result is None else (result.census, result.order)

    def _data(self) -> dict[str, Any]:
        observable = None if self._closed else self._observable()
        source = None if observable is None else observable.source
        return {} if source is None else source._store


def _index(keys: list[str], key: str) -> int | None:
    for start in range(0, len(keys), CHUNK):  # in chunks: other threads may run in between
        try:
            return keys.index(key, start, start + CHUNK)
        except ValueError:
            continue
    return None


def _nobody() -> None:
    pass


def _show_nothing(doing: Doing, census: Census, order: Order | None) -> None:
    pass

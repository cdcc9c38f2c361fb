"""Cache counters without their looks: what is listed and open, and what their views show."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from inmem_widgets.core.cache import CacheStats as CacheStats
from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key as Key
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.keys.pace import Pace
from inmem_widgets.observables.keys.query import QueryError
from inmem_widgets.observables.keys.warm import warm
from inmem_widgets.observables.lookups.answers import Answers
from inmem_widgets.observables.lookups.entries import EntryList
from inmem_widgets.observables.lookups.feed import MOST, LookupRecord
from inmem_widgets.observables.lookups.held import plain, value_in
from inmem_widgets.observables.lookups.picture import figures
from inmem_widgets.observables.lookups.query import EntryQuery
from inmem_widgets.observables.lookups.recorder import Recorder
from inmem_widgets.observables.lookups.screen import Screen
from inmem_widgets.observables.lookups.simulation import Simulation
from inmem_widgets.observables.lookups.survey import Survey
from inmem_widgets.observables.lookups.texts import Texts
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.session import State
from inmem_widgets.wire import Problem, WhatIf

PATIENCE = 2.0
"""Seconds to wait for news of the latest lookups."""
AT_ONCE = 0.03
"""Seconds that a new list is waited for before it is shown, so that a short one shows whole."""


class OpenEntry(traitlets.TraitType["Key | None", "Key | None"]):
    """The key of an entry, or None."""

    def validate(self, obj: Any, value: Any) -> Key | None:
        if value is None or plain([value]):
            return value  # type: ignore[no-any-return]
        raise traitlets.TraitError(
            f"{self.name}: got {type(value).__name__}, accepted is None or (prompt, llm_string), both str"
        )


class CacheBrowser(traitlets.HasTraits):
    """What cache counters show of a cache; all their views share it. Any thread may call its methods."""

    query = traitlets.Instance(EntryQuery, args=())
    """Which entries are listed; settable."""
    open_key = OpenEntry(None)
    """(prompt, llm_string) of the entry whose value is shown; settable."""

    def __init__(self, observable: ObservableCache, *, name: str | None = None) -> None:
        self.name = name
        self.problem: Problem | None = None
        self.looks = 0
        self.pace = Pace()
        self._observable: ObservableCache | None = observable
        self._lock = threading.RLock()
        self.texts = Texts()
        self.entries = EntryList(observable, EntryQuery(), self.texts, self.pace.tell_soon)
        self.survey = Survey(observable, self.pace.tell_soon)
        self.simulation = Simulation(self.pace.tell_soon)
        self.screen = Screen(self)
        self._answers = Answers(self)
        super().__init__()
        warm()
        me = weakref.ref(self)

        def updated() -> None:
            if (browser := me()) is not None:
                browser.entries.touch()
                if browser.entries.idle:
                    browser.screen.departed.forget()
                browser.pace.tell()

        self._stops = [observable.on_update(updated)]

    @property
    def observable(self) -> ObservableCache:
        """What is shown.

        Raises:
            RuntimeError: the counters are closed.
        """
        if self._observable is None:
            raise RuntimeError("the counters are closed: make others with inspect(cache)")
        return self._observable

    @property
    def cache(self) -> InMemoryCache:
        """What is watched.

        Raises:
            LookupError: nothing holds it any more.
        """
        source = self.observable.source
        if source is None:
            raise LookupError("the cache is gone: nothing in the kernel holds it any more")
        return source

    def state(self, params: Mapping[str, Any]) -> State:
        """A `CacheState` but for `seq`, `now` and `title`; parameters: start, stop, lookups, why, whatif,
        entries. What a view does not ask for is not made.

        Raises:
            TypeError, ValueError: a parameter is not accepted.
        """
        return self.screen.state(params)

    @property
    def value(self) -> Any:
        """The value of the open entry: the object itself.

        Raises:
            LookupError: no entry is open, or it is not in the cache (any more).
        """
        if self.open_key is None:
            raise LookupError("open_key: no entry is open; open one with a double click or Enter, or set it")
        value = value_in(self.observable.source, self.open_key)
        if value is MISSING:
            raise LookupError("open_key: the entry is not in the cache any more")
        return value

    def lookups(self) -> list[LookupRecord]:
        """The latest lookups, all that are kept, oldest first."""
        recorder = self._caught_up()
        return recorder.feed.rows(MOST)[::-1]

    def what_if(self) -> WhatIf:
        """The recorded lookups replayed, those of now among them; waits for it.

        Raises:
            RuntimeError: it could not be simulated, or was cancelled; the message says why.
        """
        return self.simulation.now(self._caught_up())

    def picture(self) -> tuple[list[str], list[list[str]], str]:
        """(heads, rows, caption) for where no script runs."""
        cache = self.observable
        rows = figures(cache)
        return ["Counter", "Value"], rows, f"{cache.hits + cache.misses:,} lookups"

    def _caught_up(self) -> Recorder:
        source, recorder = self.observable.source, self.observable.recorder
        if source is not None:
            source.changes.flush(PATIENCE)
        return recorder

    def answer(self, method: str, params: Mapping[str, Any], view: str = "") -> Any:
        """The result of a view's request; see `wire.Request`.

        Raises:
            TypeError, ValueError, LookupError: it cannot be answered; the message names the parameter.
        """
        return self._answers.answer(method, params, view)

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` when there may be something new to show, on any thread; returns the way to stop."""
        return self.pace.listen(fn)

    def close(self) -> None:
        """Stop all that is being done, and let go of the observable."""
        with self._lock:
            if self._observable is None:
                return
            for stop in self._stops:
                stop()
            self._stops.clear()  # they hold the observable
            self._observable = None
            self.pace.close()
        for part in (self.entries, self.survey, self.simulation, self.texts, self.screen):
            part.close()

    def refuse(self, problem: QueryError | None) -> None:
        """Show why a query was not taken over."""
        self.problem = None if problem is None else {
            "field": clean(problem.field), "message": clean(problem.message), "at": problem.at
        }  # fmt: skip
        self.pace.tell()

    def look_again(self) -> None:
        """Have the views ask for the open value again."""
        self.looks += 1
        self.pace.tell()

    @traitlets.observe("query")
    def _on_query(self, change: Any) -> None:
        with self._lock:
            if self._observable is None or self.entries.query == self.query:
                return
            self.problem = None
            last = self.entries
            self.entries = EntryList(self._observable, self.query, self.texts, self.pace.tell_soon)
        last.close()
        self.entries.wait(AT_ONCE)
        self.pace.tell()

    @traitlets.observe("open_key")
    def _on_open(self, change: Any) -> None:
        self.pace.tell()

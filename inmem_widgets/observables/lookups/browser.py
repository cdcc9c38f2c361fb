"""Cache counters without their looks: what is listed and open, and what their views show."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import traitlets

from inmem_widgets.core.cache import CacheStats as CacheStats
from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key as Key
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.keys.listbrowser import AT_ONCE, PATIENCE, ListBrowser
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
from inmem_widgets.observables.session import State
from inmem_widgets.wire import WhatIf


class OpenEntry(traitlets.TraitType["Key | None", "Key | None"]):
    """The key of an entry, or None."""

    def validate(self, obj: Any, value: Any) -> Key | None:
        if value is None or plain([value]):
            return value  # type: ignore[no-any-return]
        raise traitlets.TraitError(
            f"{self.name}: got {type(value).__name__}, accepted is None or (prompt, llm_string), both str"
        )


class CacheBrowser(ListBrowser[ObservableCache]):
    """What cache counters show of a cache; all their views share it. Any thread may call its methods."""

    query = traitlets.Instance(EntryQuery, args=())
    """Which entries are listed; settable."""
    open_key = OpenEntry(None)
    """(prompt, llm_string) of the entry whose value is shown; settable."""
    closed_text = "the counters are closed: make others with inspect(cache)"

    def __init__(self, observable: ObservableCache, *, name: str | None = None) -> None:
        super().__init__(observable, name)
        self.texts = Texts()
        self.entries = EntryList(observable, EntryQuery(), self.texts, self.pace.tell_soon)
        self.survey = Survey(observable, self.pace.tell_soon)
        self.simulation = Simulation(self.pace.tell_soon)
        self.screen = Screen(self)
        self._answers = Answers(self)
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

    def _answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        return self._answers.answer(method, params, view)

    def _close(self) -> None:
        for part in (self.entries, self.survey, self.simulation, self.texts, self.screen):
            part.close()

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

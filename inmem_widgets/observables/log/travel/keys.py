"""The key table of an earlier moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import traitlets

from inmem_widgets.core.store import InMemoryBaseStore, InMemoryByteStore, InMemoryStore
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.log.past.lazy import dict_of
from inmem_widgets.observables.log.past.moment import Moment, outline
from inmem_widgets.observables.log.past.seek import seek
from inmem_widgets.observables.store import ObservableStore

PATIENCE: Final = 1.0
"""Seconds that the browser is given to take in another moment."""


class StoreThen(ObservableStore):
    """A store as it was; when and how often its keys were written and read by then is not known."""

    def key_figures(self) -> dict[str, dict[str, Any]]:
        return {}


class PastKeys:
    """A store's keys as they were."""

    unknown: Mapping[str, str] = {}

    def __init__(self, live: KeyBrowser, moment: Moment, tell: Callable[[], None]) -> None:
        self._log = live.observable.log
        source = live.observable.source
        of_bytes = source is not None and source._values is bytes
        self._store: InMemoryBaseStore[Any] = InMemoryByteStore() if of_bytes else InMemoryStore()
        self.moment = moment
        self._store.store = dict_of(moment.values)
        self._observable = StoreThen(self._store)
        self._observable.abilities = live.observable.abilities
        self.browser = KeyBrowser(
            self._observable, query=live.query, formatters=live.formatters, name=live.name
        )
        self._links = [
            traitlets.link((live, trait), (self.browser, trait))
            for trait in ("query", "selection", "open_key")
        ]
        self.browser.on_update(tell)

    def at(self, number: int) -> Moment:
        """A moment to be shown: without values, as one near this one takes only what is between them.

        Raises:
            As `EventLog.at`.
        """
        return outline(self._log, number)

    def show(self, moment: Moment) -> None:
        """Go on to another moment."""
        shown = self._store._store
        if not seek(self._log, shown, self.moment.number, moment.number):
            shown = dict_of(self._log.at(moment.number).values)
        self.moment = moment
        self._store.store = shown
        self._store.changes.flush(PATIENCE)
        self.browser.wait(PATIENCE)

    def close(self) -> None:
        """Let go of it."""
        for link in self._links:
            link.unlink()
        self.browser.close()
        self._observable.close()

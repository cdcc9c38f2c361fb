"""Browsers that end with their test; checkpointers that are not ours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from inmem_widgets import observe
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.query import EntryQuery
from inmem_widgets.observables.reading import polling
from tests.observables.browsing import Make
from tests.observables.caching import Browse
from tests.observables.foreigners import Make as MakeSaver
from tests.observables.foreigners import sqlite, upstream


@pytest.fixture
def browse() -> Iterator[Make]:
    """`browse(store, **fields)`: a browser that is closed in the end; it keeps the store."""
    made: list[KeyBrowser] = []
    kept: list[Any] = []

    def browse(store: Any, **options: Any) -> KeyBrowser:
        own = {name: options.pop(name) for name in ("editable", "formatters", "name") if name in options}
        if options.pop("keep", True):
            kept.append(store)
        browser = KeyBrowser(observe(store), query=Query(**options), **own)
        made.append(browser)
        return browser

    yield browse
    for browser in made:
        browser.close()


@pytest.fixture
def counters() -> Iterator[Browse]:
    """`counters(cache, **fields)`: the browser of a cache, closed in the end; it keeps the cache."""
    made: list[CacheBrowser] = []
    kept: list[Any] = []

    def counters(cache: Any, *, name: str | None = None, keep: bool = True, **query: Any) -> CacheBrowser:
        if keep:
            kept.append(cache)
        browser = CacheBrowser(observe(cache), name=name)
        browser.query = EntryQuery(**query)
        made.append(browser)
        return browser

    yield counters
    for browser in made:
        browser.close()


@pytest.fixture(params=[sqlite, upstream], ids=["sqlite", "upstream"])
def make(request: pytest.FixtureRequest) -> MakeSaver:
    found: MakeSaver = request.param
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "REFRESH", 0.01)
    monkeypatch.setattr(polling, "PACE", 0)


@pytest.fixture
def no_polling_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """What appears does so because it was told."""
    monkeypatch.setattr(polling, "REFRESH", 3_600.0)
    monkeypatch.setattr(polling, "RESCAN", 3_600.0)


@pytest.fixture
def waiting() -> Iterator[Callable[[Any, Callable[[], Any]], None]]:
    """`waiting(observable, condition)`: until it holds, which is looked at whenever there is news."""
    stops: list[Callable[[], None]] = []

    def wait(observable: Any, condition: Callable[[], Any]) -> None:
        news = threading.Event()
        stops.append(observable.on_update(news.set))
        until = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < until, "nothing happened"
            news.wait(0.5)
            news.clear()

    yield wait
    for stop in stops:
        stop()

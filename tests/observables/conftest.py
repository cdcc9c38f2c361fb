"""Browsers that end with their test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from inmem_widgets import observe
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.query import EntryQuery
from tests.observables.browsing import Make
from tests.observables.caching import Browse


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

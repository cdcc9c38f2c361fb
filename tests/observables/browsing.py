"""Key browsers for tests, and ways to wait for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inmem_widgets import InMemoryStore
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.census import Census

Make = Callable[..., KeyBrowser]


def store_of(values: dict[str, Any]) -> InMemoryStore[Any]:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(values)
    return store


def census_of(store: InMemoryStore[Any]) -> Census:
    return Census(store, list(store.store))


def numbered(n: int) -> InMemoryStore[Any]:
    return store_of({f"k{i}": i for i in range(n)})


def keys_of(browser: KeyBrowser, **params: Any) -> list[str]:
    return [row["key"] for row in browser.state(params)["rows"]]


def id_of(browser: KeyBrowser, key: str) -> int:
    return browser.observable.key_id(key)

"""How long a browser keeps what it shows."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from langchain_core.caches import InMemoryCache as PlainCache
from langgraph.store.memory import InMemoryStore as Memory

from inmem_widgets import InMemoryCache, InMemoryStore, observe
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.lookups.browser import CacheBrowser
from tests.observables.waiting import let_go

OBJECTS = [InMemoryStore, Memory, InMemoryCache, PlainCache]


def browser_of(obj: Any) -> KeyBrowser | CacheBrowser:
    observable = observe(obj)
    made = CacheBrowser(observable) if isinstance(observable, ObservableCache) else KeyBrowser(observable)
    made.state({})
    return made


@pytest.mark.parametrize("make", OBJECTS)
def test_an_open_browser_keeps_no_object_alive(make: Any) -> None:
    obj = make()
    browser = browser_of(obj)
    gone = weakref.ref(obj)
    del obj
    let_go()
    assert gone() is None
    assert browser.observable.source is None
    browser.close()


@pytest.mark.parametrize("make", OBJECTS)
def test_a_closed_browser_keeps_no_observable_alive(make: Any) -> None:
    obj = make()
    browser = browser_of(obj)
    gone = weakref.ref(browser.observable)
    browser.close()
    browser.close()
    let_go()
    assert gone() is None
    with pytest.raises(RuntimeError, match=r"(is|are) closed: make"):
        _ = browser.observable


@pytest.mark.parametrize("make", OBJECTS)
def test_a_browser_that_nobody_closed_goes_with_its_observable(make: Any) -> None:
    obj = make()
    browser = browser_of(obj)
    gone = [weakref.ref(browser), weakref.ref(browser.observable)]
    del browser
    let_go()
    assert [each() for each in gone] == [None, None]

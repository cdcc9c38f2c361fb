"""A report begins to watch all objects or none, not while it watches already, and ends with all of them."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from langchain_core.stores import InMemoryStore as TheirStore

from inmem_widgets import InMemoryCache, InMemoryStore, observe, watch
from inmem_widgets.observables.report import part
from tests.observables.waiting import let_go


def test_where_one_object_is_gone_none_is_watched() -> None:
    cache, store, later = InMemoryCache(), InMemoryStore[int](), InMemoryCache()
    seen = watch(cache, store, later)
    del store
    with pytest.raises(ReferenceError, match="store: the object is gone"):
        seen.begin()
    assert not (seen.running or cache.changes.active or later.changes.active)


def test_one_that_watches_is_not_begun_again() -> None:
    store = InMemoryStore[int]()
    with watch(store) as seen:
        with pytest.raises(RuntimeError, match="it is watching already"), seen:
            pass
        store.mset([("a", 1)])
    assert seen.summary(store)["added"] == 1
    assert [each.number for each in seen.changes(store)] == [1]
    assert not store.changes.active


def test_where_one_cannot_be_ended_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, store = InMemoryCache(), InMemoryStore[int]()

    def fails() -> None:
        raise MemoryError

    seen = watch(cache, store)
    seen.begin()
    store.mset([("a", 1)])
    monkeypatch.setattr(seen.parts[0], "end", fails)
    with pytest.raises(MemoryError):
        seen.end()
    assert not (seen.running or store.changes.active)
    assert seen.summary(store)["added"] == 1


def test_each_block_has_a_report_of_its_own() -> None:
    store, cache = InMemoryStore[int](), InMemoryCache()
    seen = watch(store, cache)
    seen.begin()
    store.mset([("a", 1)])
    cache.lookup("p", "m")
    seen.end(ZeroDivisionError())
    assert seen.error == "ZeroDivisionError" and seen.summary(store)["added"] == 1
    store.mdelete(["a"])
    with seen:
        store.mset([("a", 2), ("b", 3)])
    assert seen.summary(store)["added"] == 2 and seen.summary(cache)["misses"] == 0
    assert (seen.error, len(seen.changes(store)), seen.parts[0].name) == ("", 1, "store")
    assert not store.changes.active


@pytest.mark.parametrize("kind", [InMemoryStore, TheirStore])
def test_one_that_is_let_go_in_the_midst_of_its_block_listens_no_longer(kind: Any) -> None:
    store = kind()
    observed = observe(store)
    feed = observed.feed
    assert feed is not None
    listening = len(feed._listeners)
    seen = watch(store)
    seen.begin()
    store.mset([("a", 1)])
    assert len(feed._listeners) == listening + 1 and seen.summary(store)["added"] == 1
    del seen
    gc.collect()
    let_go()
    assert len(feed._listeners) == listening


def test_one_that_is_interrupted_while_it_ends_listens_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(feed: Any) -> bool:
        raise KeyboardInterrupt

    store, cache = InMemoryStore[int](), InMemoryCache()
    seen = watch(store, cache)
    seen.begin()
    store.mset([("a", 1)])
    monkeypatch.setattr(part, "_flushed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        seen.end()
    monkeypatch.undo()
    assert not (seen.running or store.changes.active or cache.changes.active)

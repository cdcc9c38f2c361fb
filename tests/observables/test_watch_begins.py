"""A report begins to watch all objects or none, not while it watches already, and ends with all of them."""

from __future__ import annotations

import pytest

from inmem_widgets import InMemoryCache, InMemoryStore, watch


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

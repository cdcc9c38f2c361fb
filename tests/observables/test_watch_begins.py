"""A report begins to watch all objects or none, and not while it watches already."""

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

"""Reads of stores: told to who asks, and they take no numbers."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets.core.change import Change, read, told
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.store import InMemoryStore
from tests.threads import WAIT


class Doubling(InMemoryStore[int]):
    def mget(self, keys: Any) -> list[int | None]:
        return [None if value is None else 2 * value for value in super().mget(keys)]


@pytest.mark.parametrize("kind", [InMemoryStore, Doubling])
async def test_reads_are_told_to_who_asks_and_take_no_numbers(kind: type[InMemoryStore[int]]) -> None:
    before, store = InMemoryStore.mget, kind()
    everything, changes = list[Change](), list[Change]()
    assert "mget" not in vars(store)
    stops = [
        store.changes.listen(everything.append, reads=True, time=True, origin=True),
        store.changes.listen(changes.append),
    ]
    store.mget(["a"])
    store.mset([("a", 1)])
    store.mget(iter(["a", "b"]))  # type: ignore[arg-type]
    await store.amget(["a"])
    store.mset([("b", 2)])
    store.mget(["b"])
    assert store.changes.count == 2
    assert store.changes.flush(WAIT)
    assert store.changes.count == 2
    assert [(each.number, each.kind, [*each.keys]) for each in everything] == [
        (0, "get", ["a"]), (1, "set", ["a"]), (1, "get", ["a", "b"]), (1, "get", ["a"]), (2, "set", ["b"]),
        (2, "get", ["b"]),
    ]  # fmt: skip
    assert [[*each.values] for each in everything if each.kind == "get"] == [[None], [1, None], [1], [2]]
    assert all(each.time and each.by for each in everything)
    assert [(each.number, each.kind) for each in changes] == [(1, "set"), (2, "set")]
    with pytest.raises(TypeError, match="keys: expected a sequence of str"):
        store.mget("ab")
    other = InMemoryStore[int]()
    other.changes.listen(lambda change: pytest.fail("nobody asked"))
    other.mget(["a"])
    stops[0]()
    assert InMemoryStore.mget is before
    store.mget(["a"])
    store.mset([("c", 3)])
    assert store.changes.flush(WAIT)
    assert [each.number for each in changes] == [1, 2, 3]
    assert len(everything) == 6


def test_results_of_reads_are_the_callers_own() -> None:
    store, got = InMemoryStore[list[int]](), list[Change]()
    store.mset([("a", [1])])
    stop = store.changes.listen(got.append, reads=True)
    value = store.mget(["a"])
    assert value[0] is store.store["a"]
    value.append(None)
    assert store.changes.flush(WAIT)
    assert got[0].values == ([1],)
    for other in (copy.copy(store), copy.deepcopy(store), pickle.loads(pickle.dumps(store))):
        other.mget(["a"])
    assert store.changes.flush(WAIT)
    assert len(got) == 1
    stop()


def test_a_store_that_goes_while_its_reads_are_asked_for_leaves_nothing() -> None:
    before = InMemoryStore.mget
    store = InMemoryStore[int]()
    unlisten = store.changes.listen(lambda change: None, reads=True)
    alive = weakref.ref(store)
    del store
    gc.collect()
    assert alive() is None
    unlisten()
    assert InMemoryStore.mget is before


@given(st.lists(st.sampled_from(["get", "set", "listen", "unlisten", "flush"])))
def test_numbers_have_no_gaps_whoever_reads(steps: list[str]) -> None:
    feed, got, ends = Changes(), list[Change](), list[Callable[[], None]]()
    feed.listen(got.append)
    made = 0
    for step in steps:
        match step:
            case "get":
                feed.append((read, "get", ("k",)))
            case "set":
                made += 1
                feed.append((told, "set", (made,)))
            case "listen":
                ends.append(feed.listen(lambda change: None, reads=True))
            case "unlisten" if ends:
                ends.pop()()
            case "flush":
                assert feed.flush(WAIT)
        assert feed.count == made
        if feed.asleep:
            feed.wake()
    assert feed.flush(WAIT)
    assert [(each.number, each.keys) for each in got] == [(n, (n,)) for n in range(1, made + 1)]


def test_reads_that_were_lost_are_no_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    from inmem_widgets.core import changes

    monkeypatch.setattr(changes, "LIMIT", 10)
    feed, got = Changes(), list[Change]()
    feed.listen(got.append)
    with feed._lock:
        for _ in range(50):
            feed.append((read, "get", ("k",)))
        feed.append((told, "set", ("a",)))
        feed.wake()
    assert feed.flush(WAIT)
    assert [each.number for each in got] == [1]

"""langchain-core's stores, shown and told in place."""

from __future__ import annotations

import asyncio
import gc
import pickle
import threading
import weakref
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_classic.storage import LocalFileStore
from langchain_core.stores import BaseStore, InMemoryByteStore, InMemoryStore

from inmem_widgets import inspect
from inmem_widgets.core.change import MISSING, UNKNOWN
from tests.observables.taps.telling import Listened, previews, rows, seen
from tests.threads import until


class Words(BaseStore[str, int]):
    """A user's store, that keeps its own in its own way and counts what it is asked."""

    def __init__(self) -> None:
        self._held: list[tuple[str, int]] = []
        self.asked: list[str] = []

    def mget(self, keys: Sequence[str]) -> list[int | None]:
        self.asked += keys
        held = dict(self._held)
        return [held.get(key) for key in keys]

    def mset(self, key_value_pairs: Sequence[tuple[str, int]]) -> None:
        self._held = [*({**dict(self._held), **dict(key_value_pairs)}).items()]

    def mdelete(self, keys: Sequence[str]) -> None:
        self._held = [pair for pair in self._held if pair[0] not in keys]

    def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
        return (key for key, _ in [*self._held] if key.startswith(prefix or ""))


class AsyncOnly(BaseStore[str, int]):
    """A user's store whose other half refuses."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    async def amget(self, keys: Sequence[str]) -> list[int | None]:
        await asyncio.sleep(0)
        return [self._held.get(key) for key in keys]

    async def amset(self, key_value_pairs: Sequence[tuple[str, int]]) -> None:
        await asyncio.sleep(0)
        self._held |= dict(key_value_pairs)

    async def amdelete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._held.pop(key, None)

    async def ayield_keys(self, *, prefix: str | None = None) -> AsyncIterator[str]:
        for key in [*self._held]:
            yield key

    def mget(self, keys: Any) -> Any:
        raise NotImplementedError("await amget")

    def mset(self, key_value_pairs: Any) -> None:
        raise NotImplementedError("await amset")

    def mdelete(self, keys: Any) -> None:
        raise NotImplementedError("await amdelete")

    def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
        raise NotImplementedError("await ayield_keys")


@pytest.fixture(params=["memory", "bytes", "words", "files"])
def store(request: Any, tmp_path: Path) -> Any:
    makers = {
        "memory": InMemoryStore,
        "bytes": InMemoryByteStore,
        "words": Words,
        "files": lambda: LocalFileStore(tmp_path),
    }
    return makers[request.param]()


def value_for(store: Any, n: int) -> Any:
    return n if isinstance(store, InMemoryStore | Words) else b"%d" % n


def test_all_that_is_done_is_told_shown_and_restored(store: Any) -> None:
    kind, before = type(store), set(vars(store))
    store.mset([("a", value_for(store, 1))])
    observable = seen(store)
    heard = Listened(observable, reads=True)
    store.mset([("b", value_for(store, 2)), ("c", value_for(store, 3))])
    store.mset(iter([("d", value_for(store, 4))]))
    found = store.mget(["a", "nope"])
    store.mdelete(["b", "nope"])
    assert heard.told() == [
        ("set", ["b", "c"], [value_for(store, 2), value_for(store, 3)]),
        ("set", ["d"], [value_for(store, 4)]),
        ("get", ["a", "nope"], found),
        ("delete", ["b"], None),
    ]
    assert {*previews(observable)} == {"a", "c", "d"} == {*store.yield_keys()}
    assert observable.size == 3 and observable.object is store and isinstance(store, kind)
    assert store.__class__ is kind
    observable.detach()
    assert type(store) is kind and {*vars(store)} == before
    store.mset([("e", value_for(store, 5))])
    assert heard.told()[-1][0] == "delete"


async def test_awaited_calls_are_told_once_with_who_made_them(store: Any) -> None:
    observable = seen(store)
    heard = Listened(observable, origin=True, time=True)
    await store.amset([("a", value_for(store, 1))])
    await store.amdelete(["a"])
    assert [told[0] for told in heard.told()] == ["set", "delete"]
    assert all(change.by is not None and change.time for change in heard)
    observable.detach()


def test_the_dict_of_a_memory_store_is_shown_itself() -> None:
    store = InMemoryStore()
    observable = seen(store)
    heard = Listened(observable, old=True)
    store.mset([("a", [1])])
    store.store["b"] = 2  # past it: shown, not told
    store.mset([("a", 3)])
    store.mdelete(["b", "a"])
    assert heard.told() and [[*(change.old or ())] for change in heard] == [[MISSING], [[1]], [2, 3]]
    assert observable.reading is None
    store.store = {"new": 1}
    assert [*rows(observable)] == ["new"]


def test_the_widget_shows_sorts_searches_and_opens(store: Any) -> None:
    store.mset([(f"user/{n}", value_for(store, n)) for n in range(20)])
    table = inspect(store, filter="user/1*", sort="key", descending=True)
    assert table.browser.keys() == [f"user/{n}" for n in [*range(19, 9, -1), 1]]
    state = table.browser.state({"tree": True, "space": True})
    assert state["total"] == 20 and state["size"] == 11 and not state["editable"]
    table.browser.open_key = "user/7"
    assert table.browser.value == value_for(store, 7)
    assert table.browser.answer("value", {})["reason"]
    table.close()


def test_editing_is_refused_with_the_reason(store: Any) -> None:
    with pytest.raises(ValueError, match="editable: .* cannot write a value only while"):
        inspect(store, editable=True)


def test_values_are_read_when_they_are_shown_and_once() -> None:
    store = Words()
    store.mset([(f"w{n:04}", n) for n in range(1_000)])
    observable = seen(store)
    assert observable.size == 1_000 and store.asked == []
    until(lambda: {row["type"] for row in observable.window(0, 10)[1]} == {"int"})
    assert store.asked == [f"w{n:04}" for n in range(10)]
    assert observable.window(0, 10)[1][3]["preview"] == "3"
    assert observable.value("w0500") == 500 and observable.value("nope") is MISSING
    store.mset([("w0003", 33)])  # is not what was read any more
    assert until(lambda: observable.window(3, 4)[1][0]["preview"]) == "33"
    assert store.asked.count("w0004") == 1


def test_what_changes_past_a_store_appears_once_and_on_demand() -> None:
    store = Words()
    store.mset([("a", 1), ("b", 2)])
    observable = seen(store)
    heard = Listened(observable)
    store._held = [("b", 20), ("c", 3)]
    assert observable.refresh(10)
    assert [(kind, keys) for kind, keys, _ in heard.told()] == [("delete", ["a"]), ("set", ["c"])]
    assert all(change.info == {"elsewhere": True} for change in heard)
    assert previews(observable) == {"b": "20", "c": "3"}
    store.mset([("d", 4)])
    observable.refresh(10)
    assert [keys for _, keys, _ in heard.told()][2:] == [["d"]]  # told by the call, and no more


def test_a_store_that_cannot_be_read_says_why_and_is_told_all_the_same() -> None:
    class Broken(Words):
        def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
            raise OSError("the disk is gone")

    store = Broken()
    observable = seen(store)
    assert observable.reading is not None and observable.reading["problem"] == "OSError: the disk is gone"
    heard = Listened(observable)
    store.mset([("a", 1)])
    assert heard.told() == [("set", ["a"], [1])] and [*rows(observable)] == ["a"]
    with pytest.raises(RuntimeError, match="the disk is gone"):
        observable.refresh()


# -- async only --


async def test_a_store_that_can_only_be_awaited() -> None:
    store = AsyncOnly()
    await store.amset([("a", 1)])
    observable = seen(store)
    heard = Listened(observable)
    await store.amset([("b", 2)])
    await asyncio.to_thread(until, lambda: {*rows(observable)} == {"a", "b"})
    assert await asyncio.to_thread(previews, observable) == {"a": "1", "b": "2"}
    assert ("set", ["b"], [2]) in heard.told()
    with pytest.raises(NotImplementedError, match="await amset"):
        store.mset([("c", 1)])


# -- lives --


@pytest.mark.parametrize("make", [InMemoryStore, Words])
def test_nothing_keeps_a_store_alive(make: Any) -> None:
    store = make()
    observable = seen(store)
    previews(observable)
    gone = weakref.ref(store)
    del store
    until(lambda: gc.collect() is not None and gone() is None)
    assert observable.object is None and observable.size >= 0


def test_observing_again_finds_the_same_tap_and_state() -> None:
    store = Words()
    store.mset([("a", 1)])
    first = seen(store)
    previews(first)
    source = first.source
    first.close()
    assert type(store) is Words
    second = seen(store)
    assert second is not first and second.source is source and store.asked == ["a"]
    assert previews(second) == {"a": "1"} and store.asked == ["a"]


def test_pickles_and_copies_of_a_watched_store_are_plain(store: Any) -> None:
    store.mset([("a", value_for(store, 1))])
    kind, observable = type(store), seen(store)
    if kind is not Words:
        twin = pickle.loads(pickle.dumps(store))
        assert type(twin) is kind and twin.mget(["a"]) == store.mget(["a"])
    observable.close()


Steps = st.lists(
    st.tuples(
        st.sampled_from(["set", "delete", "past", "read", "look"]),
        st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 9)), max_size=3),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(Steps)
def test_whatever_is_done_the_rows_are_the_store_s(steps: Any) -> None:
    store = Words()
    observable = seen(store)
    for step, pairs in steps:
        if step == "set":
            store.mset(pairs)
        elif step == "delete":
            store.mdelete([key for key, _ in pairs])
        elif step == "past":
            store._held = pairs[:1] + [pair for pair in store._held if pair[0] not in dict(pairs)]
        elif step == "read":
            store.mget([key for key, _ in pairs])
        else:
            rows(observable)
    observable.refresh(10)
    held = dict(store._held)
    assert {key: value for key, value in previews(observable).items() if key} == {
        key: str(value) for key, value in held.items()
    }
    observable.detach()


def test_threads_write_while_it_is_read_again_and_again() -> None:
    store = InMemoryLike()
    observable = seen(store)
    heard = Listened(observable)
    threads = [
        threading.Thread(target=lambda n=n: [store.mset([(f"{n}/{i}", i)]) for i in range(300)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        observable.refresh(10)
        rows(observable)
    observable.refresh(10)
    assert observable.size == 1_200 == len(store.held)
    told = [key for _, keys, _ in heard.told() for key in keys]
    assert sorted(told) == sorted(store.held)  # each once, by its call
    heard.stop()


class InMemoryLike(Words):
    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, int] = {}

    def mget(self, keys: Sequence[str]) -> list[int | None]:
        return [self.held.get(key) for key in keys]

    def mset(self, key_value_pairs: Sequence[tuple[str, int]]) -> None:
        self.held.update(key_value_pairs)

    def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
        yield from [*self.held]


def test_old_values_are_those_known_without_reading() -> None:
    store = Words()
    store.mset([("a", 1), ("b", 2)])
    observable = seen(store)
    assert observable.value("a") == 1
    heard = Listened(observable, old=True)
    store.mset([("a", 10), ("b", 20), ("new", 1)])
    assert heard.told() and [*(heard[0].old or ())] == [1, UNKNOWN, MISSING]

"""The direct way of calls of a single key: the same as the general one in all that can be seen."""

from __future__ import annotations

import asyncio
import logging
import threading
import weakref
from collections import OrderedDict, UserDict
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.caches import InMemoryCache
from langchain_core.outputs import Generation
from langchain_core.stores import InMemoryBaseStore, InMemoryStore
from langgraph.store.memory import InMemoryStore as LongTerm

from inmem_widgets import observe, watched_dict
from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.taps import calls, mirror
from inmem_widgets.observables.taps.calls import quietly
from inmem_widgets.observables.taps.registry import tap_of
from tests.observables.taps.telling import Listened, seen
from tests.observables.taps.test_longterm import Own
from tests.observables.waiting import let_go

ASKED = {"old": True, "time": True, "origin": True, "reads": True}


def directly(obj: Any, *names: str) -> None:
    """Have the general way fail, so that what is told is told directly."""
    tap: Any = tap_of(obj)

    def fail(call: Any) -> Any:
        raise AssertionError(call)

    tap.methods = {
        name: how._replace(begin=fail) if name in names else how for name, how in tap.methods.items()
    }


def events(heard: Listened) -> list[Any]:
    return [
        (*told, each.old and [*each.old]) for told, each in zip(heard.told(), heard, strict=True)
    ]  # fmt: skip


async def test_single_keys_of_langchain_s_store_go_directly() -> None:
    store = InMemoryStore()
    heard = Listened(seen(store), **ASKED)
    directly(store, "mset", "mget", "mdelete")
    store.mset([("a", 1)])
    await store.amset([("a", 2)])
    assert store.mget(["a"]) == [2] and await store.amget(["no"]) == [None]
    store.mdelete(["no"])
    await store.amdelete(["a"])
    assert events(heard) == [
        ("set", ["a"], [1], [MISSING]), ("set", ["a"], [2], [1]),
        ("get", ["a"], [2], None), ("get", ["no"], [None], None), ("delete", ["a"], None, [2]),
    ]  # fmt: skip
    assert all(each.by is not None and each.time for each in heard)
    heard.stop()


@pytest.mark.parametrize("make", [UserDict, watched_dict, lambda: watched_dict(OrderedDict())])
@pytest.mark.parametrize("key", ["a", 1, ("x", 2)])
def test_items_of_mappings_go_directly(make: Any, key: Any) -> None:
    mapping = make()
    heard = Listened(seen(mapping), **ASKED)
    directly(mapping, "__setitem__", "__delitem__", "__getitem__")
    mapping[key] = 1
    mapping[key] = 2
    assert mapping[key] == 2
    with pytest.raises(KeyError):
        mapping["no"]
    del mapping[key]
    text = str(key) if key != ("x", 2) else "('x', 2)"
    assert events(heard) == [
        ("set", [text], [1], [MISSING]), ("set", [text], [2], [1]),
        ("get", [text], [2], None), ("delete", [text], None, [2]),
    ]  # fmt: skip
    heard.stop()


async def test_single_operations_of_the_long_term_store_go_directly() -> None:
    store = LongTerm()
    observable = seen(store)
    heard = Listened(observable, **ASKED)
    assert observable.refresh(10)
    directly(store, "batch", "abatch")
    given = {"n": 1}
    store.put(("users", "a/b"), "k", given)
    given["n"] = 0  # what was stored is a copy
    await store.aput(("users", "a/b"), "k", {"n": 2})
    item = await store.aget(("users", "a/b"), "k")
    assert item is not None and observable.value("users/a%2Fb/k") is item.value
    await store.adelete(("users", "a/b"), "k")
    assert store.get(("users", "a/b"), "k") is None
    key = "users/a%2Fb/k"
    assert events(heard) == [
        ("set", [key], [{"n": 1}], [MISSING]), ("set", [key], [{"n": 2}], [{"n": 1}]),
        ("get", [key], [{"n": 2}], None), ("delete", [key], None, [{"n": 2}]), ("get", [key], [None], None),
    ]  # fmt: skip
    assert not observable.window(0, 9)[1]
    heard.stop()


async def test_lookups_and_updates_go_directly() -> None:
    cache, value = InMemoryCache(maxsize=1), [Generation(text="x")]
    heard = Listened(observe(cache), **ASKED)  # type: ignore[arg-type]
    directly(cache, "lookup", "update")
    assert cache.lookup("p", "m") is None
    cache.update("p", "m", value)
    assert await cache.alookup("p", "m") is value
    await cache.aupdate("q", "m", value)
    assert len(heard.told()) == 4 and [(each.kind, each.info) for each in heard] == [
        ("miss", {}), ("insert", {}), ("hit", {}),
        ("insert", {"evicted": ("p", "m"), "before": {("p", "m"): value}}),
    ]  # fmt: skip
    heard.stop()


def test_what_is_unusual_goes_the_general_way() -> None:
    class Mine(InMemoryStore):
        def mset(self, key_value_pairs: Any) -> None:
            super().mset(key_value_pairs)

    for make in (Mine, InMemoryStore):
        store = make()
        heard = Listened(seen(store))
        store.mset(key_value_pairs=[("a", 1)])
        store.mset(iter([("b", 2)]))  # type: ignore[arg-type]
        store.mset((("c", 3),))
        store.mset([["d", 4]])  # type: ignore[list-item]
        store.mset([("e", 5), ("f", 6)])
        assert [keys for _, keys, _ in heard.told()] == [["a"], ["b"], ["c"], ["d"], ["e", "f"]]
        heard.stop()
    assert store.mget([*"abcdef"]) == [1, 2, 3, 4, 5, 6]


def test_a_function_that_is_patched_is_not_the_one_that_is_known() -> None:
    store = InMemoryStore()
    heard = Listened(seen(store))
    with mock.patch.object(InMemoryBaseStore, "mset", lambda self, pairs: self.store.update(a="patched")):
        store.mset([("a", 1)])
    assert store.store == {"a": "patched"} and heard.told() == [("set", ["a"], [1])]
    heard.stop()


def test_errors_are_the_object_s_and_nothing_is_told_then(caplog: pytest.LogCaptureFixture) -> None:
    store, long = InMemoryStore(), LongTerm()
    heard = [Listened(seen(each), **ASKED) for each in (store, long)]
    with pytest.raises(ValueError, match="unpack"):
        store.mset([("a", 1, 2)])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        store.mset()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unhashable"):
        store.mdelete([[]])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        long.put(("a",), "k", 3)  # type: ignore[arg-type]
    assert not heard[0].told() and not heard[1].told()
    for each in heard:
        each.stop()


def test_a_tap_that_fails_bothers_nobody(caplog: pytest.LogCaptureFixture) -> None:
    store = InMemoryStore()
    heard = Listened(seen(store))
    tap: Any = tap_of(store)

    def failing(*args: Any) -> Any:
        raise ZeroDivisionError

    calls._failed.discard(failing.__code__)
    tap.direct = dict.fromkeys(tap.direct, (lambda *args: args, failing))
    with caplog.at_level(logging.ERROR, "inmem_widgets"):
        store.mset([("a", 1)])
        store.mset([("b", 1)])
    assert store.store == {"a": 1, "b": 1} and heard.told() == []
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
    heard.stop()


def test_what_is_done_for_looking_or_inside_is_not_told_directly() -> None:
    class Twice(UserDict[str, int]):
        def __setitem__(self, key: str, item: int) -> None:
            super().__setitem__(key, item)
            self.update_more(key)

        def update_more(self, key: str) -> None:
            if "more" not in self.data:
                self["more"] = 1

    mapping, store = Twice(), InMemoryStore()
    heard = [Listened(seen(mapping)), Listened(seen(store))]
    mapping["a"] = 1
    assert heard[0].told() == [("set", ["a"], [1])]
    with quietly():
        store.mset([("a", 1)])
    store.mset([("b", 1)])
    assert heard[1].told() == [("set", ["b"], [1])]
    for each in heard:
        each.stop()


def test_a_second_instance_tells_what_the_first_does() -> None:
    first, second = watched_dict({"a": 1}), watched_dict({"a": 1})
    heard = [Listened(seen(first)), Listened(seen(second))]
    for each in (first, second):
        each.pop("a")
        each.update(b=2)
    assert heard[0].told() == heard[1].told() == [("delete", ["a"], None), ("set", ["b"], [2])]
    for one in heard:
        one.stop()


def test_nothing_is_kept_alive_and_all_is_restored() -> None:
    store, value = InMemoryStore(), threading.Event()
    before = dict(vars(InMemoryStore))
    heard = Listened(seen(store))
    store.mset([("a", value)])
    heard.told()
    heard.clear()
    gone = weakref.ref(value)
    store.mdelete(["a"])
    heard.told()
    heard.stop()
    heard.clear()
    del value
    let_go()
    assert gone() is None and dict(vars(InMemoryStore)) == before


async def test_tasks_and_threads_tell_all_of_their_writes() -> None:
    store, mapping = LongTerm(), UserDict[str, int]()
    heard = [Listened(seen(store)), Listened(seen(mapping))]

    async def write(n: int) -> None:
        for i in range(50):
            await store.aput(("a",), f"{n}-{i}", {"n": i})
            mapping[f"{n}-{i}"] = i

    def run(n: int) -> None:
        asyncio.run(write(n))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in heard:
        assert len(each.told()) == 200 and {key for _, keys, _ in each.told() for key in keys}
        each.stop()


def test_what_it_told_itself_is_not_found_by_a_reading_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "UNDER_WAY", 0.0)
    for store in (Own(), LongTerm()):
        observable = seen(store)
        heard = Listened(observable)
        assert observable.refresh(10)
        before = len(heard.told())
        store.put(("a",), "k", {"n": 1})
        assert observable.refresh(10)
        assert heard.told()[before:] == [("set", ["a/k"], [{"n": 1}])]
        heard.stop()


STEPS = st.lists(st.tuples(st.sampled_from(["set", "many", "del", "get", "kwargs"]), st.sampled_from("ab")))


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_both_ways_tell_the_same(steps: list[tuple[str, str]]) -> None:
    class General(InMemoryStore):
        def mset(self, *args: Any, **kwargs: Any) -> None:
            super().mset(*args, **kwargs)

        def mget(self, *args: Any) -> list[Any]:
            return super().mget(*args)

        def mdelete(self, *args: Any) -> None:
            super().mdelete(*args)

    told = []
    for make in (InMemoryStore, General):
        store: Any = make()
        heard = Listened(seen(store), **ASKED)
        for n, (step, key) in enumerate(steps):
            if step == "set":
                store.mset([(key, n)])
            elif step == "many":
                store.mset([(key, n), ("c", n)])
            elif step == "del":
                store.mdelete([key])
            elif step == "get":
                store.mget([key])
            else:
                store.mset(key_value_pairs=[(key, n)])
        told.append(events(heard))
        heard.stop()
    assert told[0] == told[1]

"""Calls of tapped objects do what they did, whatever is given, returned or raised."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import functools
import gc
import threading
import traceback
import weakref
from collections import UserDict
from collections.abc import Iterator, MutableMapping
from typing import Any, Protocol, runtime_checkable
from unittest import mock

import cachetools
import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.stores import InMemoryStore
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.base import PutOp
from langgraph.store.memory import InMemoryStore as LongTerm

from inmem_widgets import observe
from inmem_widgets.observables.tappedstore import TappedStore
from inmem_widgets.observables.taps.calls import Call, Method
from inmem_widgets.observables.taps.registry import tap, tap_of, untap
from inmem_widgets.observables.taps.swap import TapError
from tests.observables.taps.own import Heard
from tests.observables.taps.telling import Listened, previews


def put(call: Call) -> Any:
    return lambda result: [("set", (call.args[0],), (call.args[1],))]


PUT = {"put": Method(put), "aput": Method(put)}


class Own:
    def put(self, key: Any, value: Any) -> Any:
        return value() if callable(value) else value

    async def aput(self, key: Any, value: Any) -> Any:
        return await value() if callable(value) else self.put(key, value)


def pairs(error: BaseException) -> Iterator[tuple[str, int]]:
    yield "a", 1
    yield "b", 2
    raise error


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), GeneratorExit()])
def test_what_is_given_fails_where_it_did(error: BaseException) -> None:
    store, mapping = InMemoryStore(), UserDict[str, int]()
    heard = [Listened(observe(store)), Listened(observe(mapping))]
    with pytest.raises(type(error)) as raised:
        store.mset(pairs(error))
    assert raised.value is error and store.store == {"a": 1, "b": 2}
    with pytest.raises(type(error)):
        mapping.update(pairs(error))
    assert mapping == {"a": 1, "b": 2}
    for each in heard:
        each.stop()


def test_what_is_returned_lazily_stays_so() -> None:
    class Lazy(InMemoryStore):
        def mget(self, keys: Any) -> Any:
            return (self.store.get(key) for key in keys)

    store = Lazy()
    store.mset([("a", 1)])
    heard = Listened(observe(store), reads=True)
    assert [*store.mget(["a", "b"])] == [1, None]
    assert [change[:2] for change in heard.told()] == [("get", ["a", "b"])]
    heard.stop()


def test_a_future_is_the_very_one_and_is_told_when_it_is_done() -> None:
    obj, future = Own(), concurrent.futures.Future[int]()
    heard = Heard(tap(obj, PUT))
    assert obj.put("a", lambda: future) is future
    assert heard.keys() == []
    future.set_result(1)
    assert heard.keys() == ["a"]
    failed = concurrent.futures.Future[int]()
    obj.put("b", lambda: failed)
    failed.set_exception(ValueError())
    assert heard.keys() == ["a"]
    heard.stop()


@pytest.mark.parametrize("error", [KeyboardInterrupt, asyncio.CancelledError, StopIteration, SystemExit])
def test_whatever_is_raised_is_raised_and_the_next_call_is_told(error: type[BaseException]) -> None:
    obj = Own()
    heard = Heard(tap(obj, PUT))

    def fail() -> None:
        raise error

    with pytest.raises(error) as raised:
        obj.put("a", fail)
    frames = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert len(frames) <= 4 and frames[-1] == "fail"
    obj.put("b", 1)
    assert heard.keys() == ["b"]
    heard.stop()


async def test_a_call_that_is_cancelled_or_dropped_leaves_nothing_behind() -> None:
    obj = Own()
    heard = Heard(tap(obj, PUT))
    task = asyncio.ensure_future(obj.aput("a", asyncio.Event().wait))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    dropped = obj.aput("b", asyncio.Event().wait)
    contextvars.copy_context().run(dropped.send, None)
    dropped.close()
    obj.put("c", 1)
    await obj.aput("d", 1)
    assert heard.keys() == ["c", "d"]
    heard.stop()


def test_a_context_copied_in_a_call_keeps_nothing_alive() -> None:
    obj, kept = Own(), []
    heard = Heard(tap(obj, PUT))
    obj.put("a", lambda: kept.append(contextvars.copy_context()))
    heard.stop()
    gone = weakref.ref(obj)
    del obj
    gc.collect()
    assert kept and gone() is None


def test_what_goes_on_after_the_call_it_was_begun_in_is_told() -> None:
    obj, go = Own(), threading.Event()
    threads = []

    def begin() -> None:
        context = contextvars.copy_context()

        def later() -> None:
            go.wait(10)
            obj.put("later", 1)

        threads.append(threading.Thread(target=context.run, args=(later,)))
        threads[0].start()

    heard = Heard(tap(obj, PUT))
    obj.put("a", begin)
    go.set()
    threads[0].join()
    assert heard.keys() == ["a", "later"]
    heard.stop()


def test_operations_that_failed_once_are_told_when_they_are_tried_again() -> None:
    class Shaky(LongTerm):
        fails = True

        def _apply_put_ops(self, ops: Any) -> None:
            if self.fails:
                raise ConnectionError
            super()._apply_put_ops(ops)

    store = Shaky()
    heard, ops = Listened(observe(store)), [PutOp(("a",), "x", {"n": 1})]
    with pytest.raises(ConnectionError):
        store.batch(ops)
    store.fails = False
    store.batch(ops)
    assert heard.told() == [("set", ["a/x"], [{"n": 1}])]
    heard.stop()


def test_detached_while_a_call_is_inside() -> None:
    obj = Own()
    before = dict(vars(Own))
    heard = Heard(tap(obj, PUT))
    assert obj.put("a", lambda: untap(obj)) is None
    assert dict(vars(Own)) == before  # whether that call is told is left open
    again = Heard(tap(obj, PUT))
    obj.put("b", 1)
    assert again.keys() == ["b"]
    again.stop()
    heard.stop()
    assert dict(vars(Own)) == before


class Kinds:
    @staticmethod
    def put(key: Any, value: Any) -> Any:
        return key, value

    @classmethod
    def aput(cls, key: Any, value: Any) -> Any:
        return cls, key, value

    def _three(self, key: Any, value: Any) -> Any:
        return self, key, value

    part = functools.partialmethod(_three, "key")

    @functools.lru_cache  # noqa: B019
    def cached(self, key: Any, value: Any) -> Any:
        return key, value


def test_methods_of_any_kind() -> None:
    obj, other = Kinds(), Kinds()
    before = dict(vars(Kinds))
    heard = Heard(
        tap(obj, {**PUT, "part": Method(lambda c: lambda r: [("set", ("p",))]), "cached": Method(put)})
    )
    for each in (obj, other, Kinds):
        assert each.put(1, 2) == (1, 2) and each.aput(1, 2) == (Kinds, 1, 2)  # type: ignore[attr-defined]
    assert obj.part(3) == (obj, "key", 3) and other.part(3) == (other, "key", 3)
    assert obj.cached("c", 1) == obj.cached("c", 1) and Kinds.cached.cache_info().hits == 1
    assert heard.keys() == ["p", "c", "c"]
    heard.stop()
    assert dict(vars(Kinds)) == before


@pytest.mark.parametrize("inherited", [True, False])
@pytest.mark.parametrize("first", ["tap", "patch"])
@pytest.mark.parametrize("ends", ["tap", "patch"])
def test_patches_end_before_and_after_taps(inherited: bool, first: str, ends: str) -> None:
    class Base:
        def put(self, key: Any, value: Any) -> Any:
            return "original"

    class Derived(Base):
        if not inherited:

            def put(self, key: Any, value: Any) -> Any:
                return "original"

    obj, before = Derived(), dict(vars(Derived))
    patch = mock.patch.object(Derived, "put", return_value="patched")
    heard: Any = None
    for what in (first, "patch" if first == "tap" else "tap"):
        if what == "tap":
            heard = Heard(tap(obj, PUT))
        else:
            patch.start()
    assert obj.put("a", 1) == "patched"
    for what in (ends, "patch" if ends == "tap" else "tap"):
        heard.stop() if what == "tap" else patch.stop()
        assert obj.put("a", 1) == ("patched" if what == "tap" == ends else "original")
    obj.put("b", 1)
    assert dict(vars(Derived)) == before
    untap(obj)
    again = Heard(tap(obj, PUT))
    obj.put("c", 1)
    assert again.keys() == ["c"]
    again.stop()
    assert dict(vars(Derived)) == before


@pytest.mark.parametrize("make", [InMemoryStore, InMemoryCache, LongTerm, lambda: cachetools.LRUCache(3)])
def test_a_proxy_is_refused_in_so_many_words(make: Any) -> None:
    obj = make()
    with pytest.raises(TapError, match="ProxyType is implemented in C"):
        observe(weakref.proxy(obj))


@runtime_checkable
class Puts(Protocol):
    def put(self, key: Any, value: Any) -> Any: ...


def test_protocols_hold() -> None:
    obj = Own()
    heard = Heard(tap(obj, PUT))
    assert isinstance(obj, Puts)
    heard.stop()


class Held(MutableMapping[str, Any]):
    """A mapping whose items are attributes too, one of which is called data."""

    def __init__(self) -> None:
        object.__setattr__(self, "held", {})

    def __getattr__(self, name: str) -> Any:
        return self.held[name]

    def __getitem__(self, key: str) -> Any:
        return self.held[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.held[key] = value

    def __delitem__(self, key: str) -> None:
        del self.held[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)


def test_items_that_are_attributes_are_items() -> None:
    mapping = Held()
    observe(Held()).close()  # `data` is not there
    mapping["data"] = {"not": "its"}
    mapping["b"] = 1
    assert previews(observe(mapping)) == {"data": "{'not': 'its'}", "b": "1"}  # type: ignore[arg-type]


FILLED = {"a": 1}


@pytest.mark.parametrize(
    "make",
    [
        InMemoryStore, InMemoryCache, LongTerm, InMemorySaver, Held, lambda: UserDict(FILLED),
        lambda: cachetools.LRUCache(3), lambda: cachetools.TTLCache(3, 1), lambda: cachetools.LFUCache(3),
    ],
)  # fmt: skip
def test_attributes_stay_where_they_are_fast(make: Any) -> None:
    obj = make()
    if isinstance(obj, MutableMapping):
        obj["a"] = 1
    before = [type(each) for each in gc.get_referents(obj)]
    observable = observe(obj)
    feed = tap_of(obj).feed  # type: ignore[union-attr]
    stop = feed.listen(print, old=True, time=True, origin=True)
    if isinstance(obj, MutableMapping):
        obj["a"] = 2
    observable.sync()
    if isinstance(observable, TappedStore):
        observable.window(0, 10)
        observable.refresh(10)
    stop()
    observable.detach()
    # asked for its `__dict__`, an object has that, too, from then on, and is slower
    assert [type(each) for each in gc.get_referents(obj)] == before

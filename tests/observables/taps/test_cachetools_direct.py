"""The direct way of cachetools' own classes tells what the general one does, which subclasses go."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from cachetools import RRCache
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import observe
from inmem_widgets.core.change import Change
from inmem_widgets.observables.taps.registry import tap_of
from tests.observables.taps.test_cachetools import MAKERS, Clock, run, steps
from tests.observables.taps.test_direct import directly
from tests.observables.waiting import WAIT
from tests.threads import together


def told(observable: Any, heard: list[Change]) -> list[Any]:
    assert observable.feed.flush(WAIT)
    return [(*each[:5], each.info) for each in heard]


def listened(cache: Any) -> tuple[Any, list[Change]]:
    observable: Any = observe(cache)
    heard: list[Change] = []
    observable.feed.listen(heard.append, old=True, origin=True, time=True)
    return observable, heard


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*MAKERS]), steps)
def test_both_ways_tell_the_same(kind: str, after: Any) -> None:
    clocks = Clock(), Clock()
    one, other = (MAKERS[kind](clock) for clock in clocks)
    other.__class__ = type("General", (type(other),), {})
    found = []
    for cache, clock in zip((one, other), clocks, strict=True):
        observable, heard = listened(cache)
        for step in after:
            run(cache, clock, *step)
        found.append(told(observable, heard))
        assert tap_of(cache).within == {}  # type: ignore[union-attr]
        observable.detach()
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["Cache", "FIFO", "LRU", "LFU", "RR", "TTL"])
def test_lookups_and_writes_go_directly(kind: str) -> None:
    clock = Clock()
    cache = MAKERS[kind](clock)
    observable, heard = listened(cache)
    directly(cache, "__setitem__", "__getitem__", "__missing__", "get", "setdefault", "popitem", "expire")
    for key in "aabcd":
        cache[key] = 1
    assert cache["d"] == cache.get("d") == cache.setdefault("d", 2) == cache.setdefault("e", 1) == 1
    assert cache.get("no", 3) == 3
    with pytest.raises(KeyError):
        cache["no"]
    clock.now = 10.0
    cache["f"] = None
    assert cache.get("f") is None
    assert [each[1] for each in told(observable, heard) if each[1] != "evict"] == [
        "insert", "refresh", "insert", "insert", "insert", "hit", "hit", "hit", "insert", "miss", "miss",
        "insert", "hit",
    ]  # fmt: skip
    assert observable.inserts - observable.evictions == observable.size
    assert all(each.by and each.time for each in heard)
    observable.detach()


def test_a_call_that_is_interrupted_leaves_nothing_behind() -> None:
    def interrupted(keys: Any) -> Any:
        raise KeyboardInterrupt

    cache = RRCache[str, int](1, choice=interrupted)
    observable, heard = listened(cache)
    cache["a"] = 1
    with pytest.raises(KeyboardInterrupt):
        cache["b"] = 1
    cache.pop("a")
    assert [each[1:3] for each in told(observable, heard)] == [
        ("insert", (("a", ""),)), ("evict", (("a", ""),))
    ]  # fmt: skip
    assert tap_of(cache).within == {}  # type: ignore[union-attr]
    observable.detach()


def test_what_other_threads_do_meanwhile_is_told() -> None:
    inside, done = threading.Event(), threading.Event()

    def choice(keys: Any) -> Any:
        inside.set()
        assert done.wait(WAIT)
        return "a"

    cache = RRCache[str, int](1, choice=choice)
    observable, heard = listened(cache)
    cache["a"] = 1

    def write() -> None:
        cache["b"] = 2

    def look() -> None:
        assert inside.wait(WAIT)
        assert cache.get("a") == 1 and cache.get("no") is None
        done.set()

    together(write, look)
    assert [each[1] for each in told(observable, heard)] == ["insert", "hit", "miss", "insert"]
    assert heard[-1].info == {"evicted": ("a", ""), "before": {("a", ""): 1}}
    observable.detach()

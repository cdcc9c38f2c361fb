"""Caches of cachetools: the figures are an oracle's, the entries a twin's, and nothing is used by looking."""

from __future__ import annotations

import copy
import pickle
import threading
from collections import Counter
from typing import Any

import cachetools
import numpy as np  # noqa: F401 - hypothesis looks at it, which a thread may be half done importing
import pytest
from cachetools import FIFOCache, LFUCache, LRUCache, RRCache, TLRUCache, TTLCache
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inmem_widgets import inspect, observe
from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.observables.lookups.explained import told
from inmem_widgets.observables.taps import cachetools as taps
from tests.observables.caching import settled
from tests.observables.taps.untapped import untapped
from tests.observables.waiting import WAIT
from tests.threads import together


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _first(keys: Any) -> Any:
    return keys[0]


def _expires(key: Any, value: float, now: float) -> float:
    return now + value


MAKERS: dict[str, Any] = {
    "Cache": lambda clock: cachetools.Cache(3),
    "FIFO": lambda clock: FIFOCache(3),
    "LRU": lambda clock: LRUCache(3),
    "LFU": lambda clock: LFUCache(3),
    "RR": lambda clock: RRCache(3, choice=_first),
    "TTL": lambda clock: TTLCache(3, 4, timer=clock),
    "TLRU": lambda clock: TLRUCache(3, _expires, timer=clock),
    "sized": lambda clock: LRUCache(6, getsizeof=lambda value: value),
    "endless": lambda clock: LRUCache(float("inf")),
}
KEYS = ["a", "b", 1, ("b", 1), None, (1,), "(1,)"]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["[]", "[]", "get", "set", "set", "setdefault", "pop", "del", "popitem", "tick", "clear", "len"]
        ),
        st.sampled_from(KEYS),
        st.integers(0, 5),
    ),
    max_size=50,
)


def run(cache: Any, clock: Clock, what: str, key: Any, value: int) -> tuple[Any, Any]:
    """(what it returned, the type of what it raised)."""
    try:
        match what:
            case "[]":
                return cache[key], None
            case "get":
                return cache.get(key, MISSING), None
            case "set":
                cache[key] = value
            case "setdefault":
                return cache.setdefault(key, value), None
            case "pop":
                return cache.pop(key, None), None
            case "del":
                del cache[key]
            case "popitem":
                return cache.popitem(), None
            case "tick":
                clock.now += value
            case "clear":
                cache.clear()
            case "len":
                return len(cache), None
    except (KeyError, ValueError) as error:
        return None, type(error)
    return None, None


def held(cache: Any) -> dict[Any, Any]:
    return dict(cache._Cache__data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*MAKERS]), steps, steps)
@example("sized", [], [("set", ("b", 1), 0), ("set", "a", 2), ("set", ("b", 1), 5)])  # makes room for itself
def test_all_that_happens_is_told(kind: str, before: Any, after: Any) -> None:
    clock, other = Clock(), Clock()
    cache, twin = MAKERS[kind](clock), MAKERS[kind](other)
    for step in before:
        assert run(cache, clock, *step) == run(twin, other, *step)
    observable: Any = observe(cache)
    heard: list[Change] = []
    observable.feed.listen(heard.append, old=True)
    expected: Counter[str] = Counter()
    for step in after:
        what, key, value = step
        there, was = key in twin, held(twin)
        result = run(twin, other, *step)
        assert run(cache, clock, *step) == result
        now = held(twin)
        if what in ("[]", "get"):
            expected["hits" if there else "misses"] += 1
        expected["hits"] += what == "setdefault" and there
        written = what == "set" and result[1] is None and (key in now)
        written |= what == "setdefault" and not there and result[1] is None and key in now
        if written:
            expected["refreshes" if there else "inserts"] += 1
        elif what == "clear":
            expected["clears"] += 1
        gone = 0 if what == "clear" else len([each for each in was if each not in now])
        gone += written and not there and key in was  # it had expired
        expected["gone"] += gone
        expected["deleted"] += result[1] is None and what == "popitem"
        expected["deleted"] += result[1] is None and what in ("pop", "del") and there
    assert observable.feed.flush(WAIT)
    got = {name: getattr(observable, name) for name in ("hits", "misses", "inserts", "refreshes", "clears")}
    assert got == {name: expected[name] for name in got}
    assert observable.evictions == expected["gone"] - expected["deleted"]
    assert observable.size == len(held(twin)) and held(cache) == held(twin)
    source = observable.source
    with source._lock:
        mirror, texts = dict(source._cache), {source._texts.of(key): key for key in held(cache)}
    assert {texts[text]: value for (text, _), value in mirror.items()} == held(cache)
    if kind in ("FIFO", "LRU"):
        order = [texts[text] for text, _ in source._cache]
        assert order == [twin.popitem()[0] for _ in range(len(twin))]
    # undone, one after the other, it is what it was
    for change in reversed(heard):
        for key, value in zip(change.keys, change.old or (), strict=False):
            mirror.pop(key, None)
            if value is not MISSING:
                mirror[key] = value
        mirror.update(change.info.get("before", {}))
    start = MAKERS[kind](clock := Clock())
    for step in before:
        run(start, clock, *step)
    assert sorted(map(repr, mirror.values())) == sorted(map(repr, held(start).values()))
    observable.detach()
    assert type(cache).__module__ == "cachetools"


def test_a_function_under_cached_is_its_cache() -> None:
    @cachetools.cached(LRUCache(2), info=True)
    def double(x: int) -> int:
        return 2 * x

    own = untapped(double.cache)
    counters = inspect(double)
    for x in (1, 2, 1, 3, 2):
        assert double(x) == 2 * x
    observable: Any = counters.observable
    info = double.cache_info()
    assert (observable.hits, observable.misses, observable.size) == (info.hits, info.misses, info.currsize)
    assert observe(double) is observe(double.cache) is observable
    state = settled(counters.browser, entries=True, lookups="all", why=True)
    assert [row["prompt"] for row in state["rows"]] == ["(3,)", "(2,)"]
    assert (state["why"]["cold"], state["why"]["evicted"], state["evictions"]) == (3, 1, 2)
    assert counters._state({})["watched"]["how"] == "tapped"
    assert counters.what_if()["policy"].iloc[0] == "lru"
    check = counters.browser.simulation.state(counters.observable.recorder)["check"]
    assert check == {"simulated": 1, "measured": 1, "problem": ""}
    counters.close()
    observable.detach()
    assert untapped(double.cache) == own


@pytest.mark.parametrize("kind", [*MAKERS])
def test_it_is_what_it_was(kind: str) -> None:
    cache = MAKERS[kind](Clock())
    before, own = type(cache), untapped(cache)
    cache["a"] = 1
    observable = observe(cache)
    assert isinstance(cache, before) and cache.__class__ is before and untapped(cache) != own
    assert type(copy.copy(cache)) is before and copy.copy(cache)["a"] == 1
    if kind not in ("sized",):
        twin = pickle.loads(pickle.dumps(cache))
        assert type(twin) is before and dict(twin) == {"a": 1}
    observable.detach()
    assert untapped(cache) == own
    assert cache["a"] == 1


def test_looking_uses_and_expires_nothing() -> None:
    clock = Clock()
    cache: Any = TTLCache(3, 4, timer=clock)
    lru: Any = LRUCache(2)
    for each in (cache, lru):
        each["a"], each["b"] = 1, 2
    widgets = [inspect(cache), inspect(lru)]
    clock.now = 10.0
    for widget in widgets:
        settled(widget.browser, entries=True, lookups="all", why=True)
        widget.browser.open_key = ("a", "")
        assert widget.value == 1
        widget.entries_frame()
        assert widget.observable.hits == widget.observable.evictions == 0
    assert len(held(cache)) == 2
    lru["c"] = 3
    assert "a" not in lru
    for widget in widgets:
        widget.close()


def test_why_an_entry_went_is_told() -> None:
    clock = Clock()
    cache: Any = TTLCache(2, 4, timer=clock)
    counters = inspect(cache)
    cache["old"] = 1
    clock.now = 5.0
    cache["x"] = 1
    del cache["x"]
    cache["y"] = cache["z"] = cache["last"] = 1
    for key in ("old", "x", "y", "never"):
        assert cache.get(key) is None
    lines = [told(each) for each in counters.browser.lookups()]
    assert [each.outcome for each in counters.browser.lookups()] == ["evicted"] * 3 + ["cold"]
    assert "it expired" in lines[0] and "it was deleted" in lines[1] and "insertion of “last”" in lines[2]
    assert "TTLCache" in counters.browser.simulation.state(counters.observable.recorder)["problem"]
    counters.close()


def test_what_cannot_be_simulated_says_why() -> None:
    class Mine(LRUCache[Any, Any]):
        def popitem(self) -> Any:
            return super().popitem()

    lfu, fifo = LFUCache[Any, Any](2), FIFOCache[Any, Any](2)
    lfu["a"] = fifo["a"] = 1
    found = {}
    for cache in (Mine(2), lfu, fifo, LRUCache[Any, Any](5, getsizeof=len)):
        observable: Any = observe(cache)
        found[observable.type_name] = observable.source.no_whatif
        if cache is fifo:
            assert not observable.source.no_whatif
            cache["a"] = 2
            assert "moves them" in observable.source.no_whatif
    assert "Mine cannot be simulated" in found["Mine"]
    assert "at first" in found["LFUCache"]
    assert "getsizeof" in found["LRUCache"]


def test_a_subclass_that_computes_what_is_missing() -> None:
    class Squares(LRUCache[int, int]):
        def __missing__(self, key: int) -> int:
            self[key] = key * key
            return key * key

    cache = Squares(2)
    observable: Any = observe(cache)
    assert [cache[3], cache[3], cache[4], cache[5], cache[3]] == [9, 9, 16, 25, 9]
    assert (observable.hits, observable.misses, observable.inserts, observable.evictions) == (1, 4, 4, 2)


def test_threads_lose_no_count() -> None:
    cache = LRUCache[Any, Any](float("inf"))
    observable: Any = observe(cache)

    def work(name: int) -> Any:
        def go() -> None:
            for i in range(200):
                cache.get((name, i))
                cache[name, i] = i

        return go

    together(*map(work, range(4)))
    assert (observable.misses, observable.inserts, observable.size) == (800, 800, 800)
    assert observable.feed.flush(WAIT)
    assert len(observable.source._cache) == 800


def test_keys_whose_code_fails_and_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Evil:
        def __hash__(self) -> int:
            if threading.current_thread().name.startswith("inmem"):
                raise RuntimeError("not by us")
            return 1

        def __repr__(self) -> str:
            raise AssertionError("nobody asks")

    monkeypatch.setattr(taps, "MISSED", 10)
    cache = LRUCache[Any, Any](5)
    observable: Any = observe(cache)
    cache[Evil()] = 1
    for i in range(100):
        assert cache.get(i) is None
    assert observable.feed.flush(WAIT)
    assert len(observable.source._texts._keys) <= 11
    assert observable.misses == 100

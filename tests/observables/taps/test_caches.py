"""Caches of langchain-core that are not ours: figures are an oracle's, and nothing else changes."""

from __future__ import annotations

import asyncio
import copy
import pickle
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np  # noqa: F401 - hypothesis looks at it, which a thread may be half done importing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.caches import BaseCache, InMemoryCache
from langchain_core.outputs import Generation

from inmem_widgets import inspect, observe
from inmem_widgets.core.change import Change
from inmem_widgets.observables.taps import caches
from inmem_widgets.observables.taps.abilities import ABILITIES, NO_EVICTIONS
from tests.observables.caching import answer, ask, settled
from tests.observables.taps.untapped import untapped
from tests.observables.waiting import WAIT, let_go
from tests.threads import together

VALUE = [Generation(text="x")]


class Own(BaseCache):
    """A user's cache: counts its lookups, forgets what it likes."""

    def __init__(self) -> None:
        self.entries: dict[Any, Any] = {}
        self.looked_up = 0

    def lookup(self, prompt: str, llm_string: str) -> Any:
        self.looked_up += 1
        return self.entries.get((prompt, llm_string))

    def update(self, prompt: str, llm_string: str, return_val: Any) -> None:
        if return_val is None:
            raise ValueError("no value")
        self.entries[prompt, llm_string] = return_val

    def clear(self, **kwargs: Any) -> None:
        self.entries.clear()


class Async(Own):
    """With methods of its own for both ways; one of them calls the other."""

    async def alookup(self, prompt: str, llm_string: str) -> Any:
        await asyncio.sleep(0)
        return self.lookup(prompt, llm_string)

    async def aupdate(self, prompt: str, llm_string: str, return_val: Any) -> None:
        await asyncio.sleep(0)
        self.entries[prompt, llm_string] = return_val

    async def aclear(self, **kwargs: Any) -> None:
        await asyncio.to_thread(self.clear)


def sqlite(path: Path) -> Any:
    community = pytest.importorskip("langchain_community.cache")
    return community.SQLiteCache(str(path / "llm.db"))


def flushed(obj: Any) -> Any:
    """Its observable, when all that happened is taken in."""
    observable = observe(obj)
    assert observable.source.changes.flush(WAIT)
    return observable


def counts(observable: Any) -> dict[str, Any]:
    names = ("hits", "misses", "inserts", "refreshes", "evictions", "clears")
    return {name: getattr(observable, name) for name in names}


# --- the object is what it was -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [InMemoryCache, Own, Async])
def test_a_watched_cache_is_what_it_was(kind: Any) -> None:
    cache = kind()
    cache.update("a", "m", VALUE)
    alias, before, own = cache, pickle.dumps(cache), untapped(cache)
    observable = observe(cache)
    assert observable.object is cache and observe(alias) is observable
    for each in (copy.copy(cache), copy.deepcopy(cache), pickle.loads(pickle.dumps(cache))):
        assert type(each) is kind and each.lookup("a", "m") == VALUE
    assert pickle.dumps(cache) == before or kind is not InMemoryCache
    assert cache.__class__ is kind and isinstance(cache, kind)
    assert observable.hits == 0
    assert alias.lookup("a", "m") == VALUE
    assert observable.hits == 1
    observable.detach()
    assert untapped(cache) == own and observable.closed
    alias.lookup("a", "m")
    again = observe(cache)
    assert again.hits == 0 and untapped(cache) != own
    del again
    assert untapped(cache) == own  # nobody held the observable


def test_a_cache_is_not_kept_alive_and_watching_ends_with_who_watches() -> None:
    cache: Any = InMemoryCache(maxsize=3)
    own = untapped(cache)
    widget = inspect(cache)
    gone = weakref.ref(cache)
    ask(cache, "a")
    widget.close()
    assert untapped(cache) == own
    observable = observe(cache)
    del cache
    let_go()
    assert gone() is None and observable.source is None and observable.object is None


def test_an_error_is_the_callers_and_nothing_is_told_then() -> None:
    cache: Any = Own()
    observable = observe(cache)
    with pytest.raises(ValueError, match="no value"):
        cache.update("a", "m", None)
    with pytest.raises(TypeError):
        cache.lookup("a")
    assert not any(counts(observable).values())


# --- figures -------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(st.sampled_from(["ask", "ask", "update", "clear"]), st.sampled_from("abcdef")), max_size=60
)


@settings(max_examples=80, deadline=None)
@given(steps, steps, st.none() | st.integers(1, 4))
def test_upstreams_cache_tells_all_its_evictions(before: Any, after: Any, maxsize: int | None) -> None:
    """The twin is never watched: what is missing in it was evicted."""
    cache: Any = InMemoryCache(maxsize=maxsize)
    twin: Any = InMemoryCache(maxsize=maxsize)

    def run(each: Any, what: str, prompt: str) -> None:
        if what == "ask":
            ask(each, prompt)
        elif what == "update":
            each.update(prompt, "m", VALUE)
        else:
            each.clear()

    for step in before:
        run(cache, *step)
        run(twin, *step)
    heard: list[Change] = []
    observable = observe(cache)
    assert observable.source is not None
    observable.source.changes.listen(heard.append, old=True)
    expected, evicted = Counter[str](), []
    for what, prompt in after:
        held = dict(twin._cache)
        key = prompt, "m"
        wrote = what == "update" or (what == "ask" and key not in held)
        expected["hits"] += what == "ask" and key in held
        expected["misses"] += what == "ask" and key not in held
        expected["inserts"] += wrote and key not in held
        expected["refreshes"] += wrote and key in held
        expected["clears"] += what == "clear"
        run(cache, what, prompt)
        run(twin, what, prompt)
        if what != "clear":
            evicted += [each for each in held if each not in twin._cache]
    assert flushed(cache) is observable
    expected["evictions"] = len(evicted)
    assert counts(observable) == {name: expected[name] for name in counts(observable)}
    assert (observable.size, observable.maxsize) == (len(twin._cache), maxsize)
    told = [change for change in heard if "evicted" in change.info]
    assert [change.info["evicted"] for change in told] == evicted
    assert all(isinstance(change.info["before"][change.info["evicted"]], list) for change in told)
    assert list(cache._cache) == list(twin._cache)
    reasons = observable.recorder.reasons
    assert reasons.cold + reasons.evicted + reasons.cleared + reasons.unknown == expected["misses"]
    if maxsize is None:
        assert reasons.unknown == 0
    observable.detach()


@pytest.mark.parametrize("maxsize", [None, 40])
def test_threads_lose_no_count(maxsize: int | None) -> None:
    cache = InMemoryCache(maxsize=maxsize)
    observable = observe(cache)
    n, threads = 300, 4

    def work(name: int) -> Any:
        def run() -> None:
            for i in range(n):
                cache.lookup(f"{name} {i}", "m")
                cache.update(f"{name} {i}", "m", VALUE)

        return run

    try:
        together(*map(work, range(threads)))
    except KeyError:
        pytest.skip("upstream's eviction is not safe beside another")
    assert observable.misses + observable.hits == observable.inserts == n * threads
    assert observable.evictions == n * threads - observable.size
    flushed(cache)
    assert observable.recorder.missed_events == 0
    observable.detach()


async def test_async_callers_are_counted_once() -> None:
    cache = Async()
    observable = observe(cache)
    assert await cache.alookup("a", "m") is None
    await cache.aupdate("a", "m", VALUE)
    await asyncio.gather(*(cache.alookup("a", "m") for _ in range(10)))
    await cache.aclear()
    plain = Own()
    other = observe(plain)
    assert await plain.alookup("a", "m") is None  # in an executor, by its base
    await plain.aupdate("a", "m", VALUE)
    assert await plain.alookup("a", "m") == VALUE
    assert counts(observable) == {
        "hits": 10, "misses": 1, "inserts": 1, "refreshes": 0, "evictions": None, "clears": 1
    }  # fmt: skip
    assert (other.hits, other.misses, other.inserts) == (1, 1, 1)


# --- a cache that cannot be read -----------------------------------------------------------------


def test_sqlite_in_the_widget(tmp_path: Path) -> None:
    cache = sqlite(tmp_path)
    ask(cache, "before")
    own = untapped(cache)
    counters = inspect(cache, prices={"gpt-4o": (1.0, 2.0)})
    assert counters.state["title"]["type"] == "SQLiteCache"
    assert not ask(cache, "a", value=answer(tokens=(100, 20)))
    for _ in range(3):
        assert ask(cache, "a")
    assert ask(cache, "before")
    sqlite(tmp_path).clear()  # somebody else
    assert not ask(cache, "a", value=answer(tokens=(100, 20)))
    state = settled(counters.browser, entries=True, lookups="all", why=True, whatif=True)
    assert (state["hits"], state["misses"], state["inserts"]) == (4, 2, 2)
    assert [row["outcome"] for row in state["lookups"]] == ["unknown", "hit", "hit", "hit", "hit", "cold"]
    assert {row["prompt"]: row["hits"] for row in state["rows"]} == {"a": 0, "before": 1}
    assert (state["why"]["cold"], state["why"]["unknown"]) == (1, 1)
    assert state["saved"]["input_tokens"] == 300 and state["saved"]["seconds"] > 0
    assert NO_EVICTIONS in state["whatif"]["problem"]
    with pytest.raises(RuntimeError, match=NO_EVICTIONS):
        counters.what_if()
    watched = counters._state({})["watched"]
    assert watched["how"] == "tapped" and watched["unknown"]["evictions"] == NO_EVICTIONS
    assert "seen since watching began" in watched["note"]
    assert counters.observable.evictions is None and counters.observable.size is None
    figures = dict(counters.html_rows()[1])
    assert (figures["evictions"], figures["size"]) == ("unknown", "unknown of unknown")
    counters.close()
    assert untapped(cache) == own


def test_nothing_we_read_is_a_lookup() -> None:
    cache: Any = Own()
    counters = inspect(cache)
    ask(cache, "a")
    assert ask(cache, "a")
    state = settled(counters.browser, entries=True, lookups="all", why=True, whatif=True)
    counters.browser.open_key = ("a", "m")
    assert counters.value[0].text == "a"
    counters.entries_frame(), counters.static_html()
    settled(counters.browser, entries=True)
    assert len(state["rows"]) == 1
    assert cache.looked_up == 2 == counters.observable.hits + counters.observable.misses
    counters.close()


def test_what_went_without_a_word_is_an_entry_no_longer() -> None:
    cache: Any = Own()
    observable = observe(cache)
    ask(cache, "a")
    del cache.entries["a", "m"]
    assert cache.lookup("a", "m") is None
    assert observable.source is not None and not observable.source._cache
    assert (observable.misses, observable.evictions) == (2, None)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "KEYS", 20)
    monkeypatch.setattr(caches, "VALUES", 5)
    cache: Any = Own()
    observable = observe(cache)
    for i in range(50):
        ask(cache, f"p{i}")
    source: Any = observable.source
    assert len(source._cache) == 20 and len(source._valued) == 5
    assert [type(value) is list for value in source._cache.values()] == [False] * 15 + [True] * 5
    browser = inspect(cache).browser
    rows = settled(browser, entries=True)["rows"]
    assert len(rows) == 20 and rows[0]["prompt"] == "p30"


def test_watching_anew_counts_anew() -> None:
    cache: Any = Own()
    first = observe(cache)
    ask(cache, "a")
    assert first.misses == 1
    first.close()
    ask(cache, "b")  # nobody sees that
    second = observe(cache)
    assert second is not first and (second.misses, second.size) == (0, None)
    assert second.abilities is ABILITIES["caches"]
    assert ask(cache, "b") and second.hits == 1

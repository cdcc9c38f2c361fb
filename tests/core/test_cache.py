"""The cache: langchain-tests' suites, parity with the original, the limit, the counts, threads."""

from __future__ import annotations

import copy
import pickle
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.caches import BaseCache
from langchain_core.caches import InMemoryCache as Reference
from langchain_core.globals import set_llm_cache
from langchain_core.language_models import FakeListChatModel
from langchain_core.outputs import Generation
from langchain_tests.integration_tests.cache import AsyncCacheTestSuite, SyncCacheTestSuite

from inmem_widgets import CacheStats, Change, InMemoryCache
from inmem_widgets.core.change import MISSING
from tests.threads import together

WAIT = 10.0
KINDS: list[dict[str, Any]] = [{}, {"maxsize": 3}, {"maxsize": 3, "policy": "lru"}, {"policy": "lru"}]
VALUE = [Generation(text="value")]


class TestSuiteSync(SyncCacheTestSuite):
    @pytest.fixture(params=KINDS, ids=str)
    def cache(self, request: pytest.FixtureRequest) -> BaseCache:
        return InMemoryCache(**request.param)


class TestSuiteAsync(AsyncCacheTestSuite):
    @pytest.fixture(params=KINDS, ids=str)
    async def cache(self, request: pytest.FixtureRequest) -> BaseCache:
        return InMemoryCache(**request.param)


# --- parity and an oracle -----------------------------------------------------------------------

prompts = st.sampled_from("abcdef")
operations = st.lists(
    st.one_of(
        st.tuples(st.just("update"), prompts, st.integers(0, 9)),
        st.tuples(st.just("lookup"), prompts),
        st.tuples(st.just("clear")),
    ),
    max_size=60,
)


class Oracle:
    """What the cache has to do, said plainly."""

    def __init__(self, maxsize: int | None, policy: str) -> None:
        self.entries: OrderedDict[str, Any] = OrderedDict()
        self.maxsize, self.lru, self.counts = maxsize, policy == "lru" and maxsize is not None, Counter[str]()

    def lookup(self, prompt: str) -> Any:
        self.counts["misses" if prompt not in self.entries else "hits"] += 1
        if self.lru and prompt in self.entries:
            self.entries.move_to_end(prompt)
        return self.entries.get(prompt)

    def update(self, prompt: str, value: Any) -> None:
        if prompt in self.entries:
            self.counts["refreshes"] += 1
            if self.lru:
                self.entries.move_to_end(prompt)
        else:
            self.counts["inserts"] += 1
            if len(self.entries) == self.maxsize:
                self.entries.popitem(last=False)
                self.counts["evictions"] += 1
        self.entries[prompt] = value

    def clear(self) -> None:
        self.entries.clear()
        self.counts["clears"] += 1


def call(cache: Any, step: tuple[Any, ...]) -> Any:
    match step:
        case "update", prompt, number:
            return cache.update(prompt, "model", [Generation(text=str(number))])
        case "lookup", prompt:
            return cache.lookup(prompt, "model")
    return cache.clear()


@settings(max_examples=300, deadline=None)
@given(operations, st.none() | st.integers(1, 4), st.sampled_from(["fifo", "lru"]), st.booleans())
def test_entries_and_counts(steps: list[Any], maxsize: int | None, policy: Any, watched: bool) -> None:
    cache, oracle, got = (
        InMemoryCache(maxsize=maxsize, policy=policy),
        Oracle(maxsize, policy),
        list[Change](),
    )
    if watched:
        cache.changes.listen(got.append, old=True, time=True)
    for step in steps:
        match step:
            case "update", prompt, number:
                oracle.update(prompt, [Generation(text=str(number))])
                call(cache, step)
            case "lookup", prompt:
                assert call(cache, step) == oracle.lookup(prompt)
            case _:
                oracle.clear()
                call(cache, step)
        assert {prompt: value for (prompt, _), value in cache._cache.items()} == oracle.entries
    stats = cache.stats()
    assert stats == CacheStats(**oracle.counts, size=len(oracle.entries), maxsize=maxsize)
    assert cache.changes.flush(WAIT)
    if watched:
        assert replayed(got) == dict(cache._cache)
        kinds = Counter(change.kind for change in got)
        assert kinds == +Counter(
            hit=stats.hits,
            miss=stats.misses,
            insert=stats.inserts,
            refresh=stats.refreshes,
            clear=stats.clears,
        )
        assert sum("evicted" in change.info for change in got) == stats.evictions


def replayed(changes: list[Change]) -> dict[Any, Any]:
    state: dict[Any, Any] = {}
    for change in changes:
        assert change.time is not None
        if change.kind in {"insert", "refresh"}:
            assert change.values is not None
            assert list(change.old or ()) == [state.get(change.keys[0], MISSING)]
            if "evicted" in change.info:
                del state[change.info["evicted"]]
            state[change.keys[0]] = change.values[0]
        elif change.kind == "clear":
            state.clear()
        else:
            assert (change.keys[0] in state) == (change.kind == "hit")
    return state


@settings(max_examples=200, deadline=None)
@given(operations)
def test_same_as_the_original_without_a_limit(steps: list[Any]) -> None:
    ours, theirs = InMemoryCache(), Reference()
    for step in steps:
        assert call(ours, step) == call(theirs, step)
    assert list(ours._cache.items()) == list(theirs._cache.items())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 9), unique=True), st.integers(1, 4))
def test_same_as_the_original_with_a_limit_and_new_keys(numbers: list[int], maxsize: int) -> None:
    ours, theirs = InMemoryCache(maxsize=maxsize), Reference(maxsize=maxsize)
    for number in numbers:
        for cache in (ours, theirs):
            cache.update(f"prompt {number}", "model", VALUE)
    assert list(ours._cache) == list(theirs._cache)


# --- what is better, and the edges --------------------------------------------------------------


@pytest.mark.parametrize("policy", ["fifo", "lru"])
def test_a_refresh_evicts_nothing(policy: Any) -> None:
    """langchain issue 36750."""
    cache = InMemoryCache(maxsize=2, policy=policy)
    for prompt in ("a", "b", "b", "a"):
        cache.update(prompt, "model", VALUE)
    assert len(cache._cache) == 2
    assert cache.stats() == CacheStats(inserts=2, refreshes=2, size=2, maxsize=2)


def test_lru_keeps_what_is_used() -> None:
    cache = InMemoryCache(maxsize=2, policy="lru")
    cache.update("a", "m", VALUE)
    cache.update("b", "m", VALUE)
    cache.lookup("a", "m")
    assert cache._cache["b", "m"] == VALUE  # not a use
    cache.update("c", "m", VALUE)
    assert list(cache._cache) == [("a", "m"), ("c", "m")]


@pytest.mark.parametrize("maxsize", [True, False, 1.0, "1", [1]])
def test_maxsize_is_an_int(maxsize: Any) -> None:
    with pytest.raises(TypeError, match="maxsize must be an int >= 1 or None, got"):
        InMemoryCache(maxsize=maxsize)


@pytest.mark.parametrize("maxsize", [0, -1])
def test_maxsize_is_positive(maxsize: int) -> None:
    with pytest.raises(ValueError, match="maxsize must be greater than 0"):
        InMemoryCache(maxsize=maxsize)


def test_an_unknown_policy() -> None:
    with pytest.raises(ValueError, match="policy must be one of fifo, lru, got 'lfu'"):
        InMemoryCache(policy="lfu")  # type: ignore[arg-type]


def test_what_can_be_read() -> None:
    cache = InMemoryCache(maxsize=7, policy="lru")
    assert (cache.maxsize, cache._maxsize, cache.policy, cache._cache) == (7, 7, "lru", {})


def test_stats_are_a_value() -> None:
    cache = InMemoryCache(maxsize=5)
    cache.update("a", "m", VALUE)
    before = cache.stats()
    cache.lookup("a", "m")
    cache.lookup("a", "m")
    cache.lookup("b", "m")
    cache.update("b", "m", VALUE)
    window = cache.stats() - before
    assert window == CacheStats(hits=2, misses=1, inserts=1, size=2, maxsize=5)
    assert (window.lookups, window.hit_ratio) == (3, pytest.approx(2 / 3))
    assert before.hit_ratio is None
    assert hash(before) == hash(before - CacheStats())
    with pytest.raises(FrozenInstanceError):
        before.hits = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        before - 1  # type: ignore[operator]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("again", [copy.deepcopy, lambda cache: pickle.loads(pickle.dumps(cache))])
def test_copies(again: Callable[[Any], Any], kind: dict[str, Any]) -> None:
    cache = InMemoryCache(**kind)
    cache.changes.listen(lambda change: None)
    for prompt in "abcd":
        cache.update(prompt, "m", VALUE)
    cache.lookup("d", "m")
    cache.lookup("no", "m")
    other = again(cache)
    assert other.stats() == cache.stats()
    assert other._cache == cache._cache
    assert not other.changes.active
    other.update("e", "m", VALUE)
    assert list(other._cache)[-2:] == [("d", "m"), ("e", "m")]
    assert ("e", "m") not in cache._cache
    assert copy.copy(cache)._cache is cache._cache  # as the original's


TAMPERING: list[Callable[[InMemoryCache], object]] = [
    lambda cache: cache._cache.clear(),
    lambda cache: cache._cache.pop(("b", "m"), None),
    lambda cache: cache._cache.pop(("d", "m"), None),
    lambda cache: setattr(cache, "_cache", {}),
    lambda cache: setattr(cache, "_cache", {("x", "m"): VALUE, ("y", "m"): VALUE}),
]


@pytest.mark.parametrize("policy", ["fifo", "lru"])
@pytest.mark.parametrize("tamper", TAMPERING)
def test_writing_into_the_dict_directly_does_no_lasting_harm(
    tamper: Callable[[InMemoryCache], object], policy: Any
) -> None:
    cache = InMemoryCache(maxsize=3, policy=policy)
    for prompt in "abcd":
        cache.update(prompt, "m", VALUE)
    tamper(cache)
    for number in range(9):
        cache.update(f"new {number}", "m", VALUE)
        assert len(cache._cache) <= 3
    assert [prompt for prompt, _ in cache._cache] == ["new 6", "new 7", "new 8"]
    assert cache.lookup("new 8", "m") == VALUE


def test_a_chat_model_uses_it() -> None:
    cache = InMemoryCache(maxsize=2)
    set_llm_cache(cache)
    try:
        model = FakeListChatModel(responses=["one", "two"])
        answers = [model.invoke("same question").content for _ in range(2)]
    finally:
        set_llm_cache(None)
    assert answers == ["one", "one"]
    assert (cache.stats().hits, cache.stats().misses) == (1, 1)


# --- threads ------------------------------------------------------------------------------------


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("kind", [{}, {"maxsize": 7}, {"maxsize": 7, "policy": "lru"}], ids=str)
def test_counts_and_limit_under_threads(kind: dict[str, Any], watched: bool) -> None:
    cache, got = InMemoryCache(**kind), list[Change]()
    if watched:
        cache.changes.listen(got.append, old=True, time=True)
    hits, updates, largest, rounds = Counter[bool](), Counter[str](), [0], 3_000

    def work(seed: int) -> None:
        found, size = [0, 0], 0
        for i in range(rounds):
            prompt = f"{(i * (seed + 3)) % 23}"
            if i % 3:
                found[cache.lookup(prompt, "m") is not None] += 1
            else:
                cache.update(prompt, "m", VALUE)
            size = max(size, len(cache._cache))
            if i % 1_000 == 999 and seed == 0:
                cache.clear()
        hits.update({True: found[1], False: found[0]})
        updates["all"] += rounds // 3
        largest[0] = max(largest[0], size)

    def look() -> None:
        for _ in range(500):
            stats = cache.stats()
            if cache.maxsize is not None:
                assert stats.size <= cache.maxsize

    together(*[lambda seed=seed: work(seed) for seed in range(4)], look)
    stats = cache.stats()
    assert (stats.hits, stats.misses) == (hits[True], hits[False])
    assert stats.lookups == 4 * 2 * rounds // 3
    assert stats.inserts + stats.refreshes == 4 * rounds // 3
    assert stats.clears == 3
    assert stats.size == len(cache._cache)
    if cache.maxsize is not None:
        assert largest[0] <= cache.maxsize
    if watched:
        assert cache.changes.flush(WAIT)
        mutations = [change for change in got if change.kind not in {"hit", "miss"}]
        assert replayed(mutations) == dict(cache._cache)
        assert Counter(change.kind for change in got) == Counter(
            hit=stats.hits,
            miss=stats.misses,
            insert=stats.inserts,
            refresh=stats.refreshes,
            clear=stats.clears,
        )


@pytest.fixture(autouse=True)
def _no_global_cache() -> Iterator[None]:
    yield
    set_llm_cache(None)

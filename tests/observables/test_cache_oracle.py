"""The figures of a cache equal an oracle's, under threads too."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryCache, observe
from tests.observables.recording import answer, asked, counted
from tests.threads import together

WAIT = 10.0
COUNTS = ("hits", "misses", "inserts", "refreshes", "evictions", "clears", "size", "maxsize")


# --- an oracle ----------------------------------------------------------------------------------

operations = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from("abcde")),
        st.tuples(st.just("update"), st.sampled_from("abcde")),
        st.tuples(st.just("clear"), st.just("")),
        st.tuples(st.just("mark"), st.just("")),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(operations, st.none() | st.integers(1, 4), st.sampled_from(["fifo", "lru"]))
def test_figures_are_those_of_an_oracle(
    steps: list[tuple[str, str]], maxsize: int | None, policy: Any
) -> None:
    cache = InMemoryCache(maxsize=maxsize, policy=policy)
    watched = observe(cache)
    pushed: dict[str, Any] = {}
    watched.observe(lambda change: pushed.__setitem__(change["name"], change["new"]))
    marked: Counter[str] | None = None
    counts = Counter[str]()
    for what, prompt in steps:
        if what == "ask":
            counts["hits" if asked(cache, prompt, answer(10, 2)) else "misses"] += 1
        elif what == "update":
            cache.update(prompt, "m", answer(10, 2))
        elif what == "clear":
            cache.clear()
        else:
            watched.mark()
            marked = counts.copy()
    assert cache.changes.flush(WAIT)
    stats = cache.stats()
    for name in COUNTS:
        assert getattr(watched, name) == getattr(stats, name)
    assert (watched.hits, watched.misses) == (counts["hits"], counts["misses"])
    assert watched.hit_ratio == stats.hit_ratio
    since = counts - (marked or Counter())
    assert (watched.saved_input_tokens, watched.saved_output_tokens) == (
        10 * since["hits"],
        2 * since["hits"],
    )
    assert (watched.saved_tokens_unknown, watched.saved_money_unknown) == (0, since["hits"])
    assert (watched.stampedes, watched.duplicate_answers) == (0, 0)
    if marked is None:
        assert watched.rates_mark is None
        assert watched.marked is None
    else:
        assert counted(watched.rates_mark, "hits") == since["hits"]
        assert counted(watched.rates_mark, "misses") == since["misses"]
        assert watched.marked is not None
        assert watched.marked["hits"] == marked["hits"]
    for history in (watched.history(), watched.history_all()):
        assert sum(history["hits"]) == counts["hits"]
        assert sum(history["misses"]) == counts["misses"]
        assert sum(history["evictions"]) == stats.evictions
    # who was told last was told the same as who reads
    for name, value in pushed.items():
        if not name.startswith("rates"):
            assert value == getattr(watched, name)


@pytest.mark.parametrize("kind", [{}, {"maxsize": 7}, {"maxsize": 7, "policy": "lru"}], ids=str)
def test_under_threads_all_figures_equal_an_independent_count(kind: dict[str, Any]) -> None:
    cache = InMemoryCache(**kind)
    watched = observe(cache)
    pushed: dict[str, Any] = {}
    watched.observe(lambda change: pushed.__setitem__(change["name"], change["new"]))
    watched.mark()
    rounds, total, lock = 600, Counter[str](), threading.Lock()

    def work(seed: int) -> None:
        mine = Counter[str]()
        for i in range(rounds):
            prompt = f"{(i * (seed + 3)) % 23}"
            if i % 5:
                mine["hits" if asked(cache, prompt, answer(10, 2)) else "misses"] += 1
            else:
                cache.update(prompt, "m", answer(10, 2))
                mine["updates"] += 1
            if i % 200 == 199 and seed == 0:
                cache.clear()
                mine["clears"] += 1
        with lock:
            total.update(mine)

    def look() -> None:
        for _ in range(20):
            assert watched.hits >= 0
            watched.history()
            assert watched.rates(10).seconds <= 11.0

    together(*[lambda seed=seed: work(seed) for seed in range(3)], look)
    assert cache.changes.flush(WAIT)
    assert watched.recorder.missed_events == 0
    assert (watched.hits, watched.misses, watched.clears) == (total["hits"], total["misses"], total["clears"])
    assert watched.inserts + watched.refreshes == total["updates"] + total["misses"]
    assert watched.recorder.seen == total["hits"] + total["misses"]
    assert watched.saved_input_tokens == 10 * total["hits"]
    assert watched.saved_output_tokens == 2 * total["hits"]
    assert watched.saved_tokens_unknown == 0
    assert counted(watched.rates_mark, "hits") == total["hits"]
    assert counted(watched.rates_mark, "misses") == total["misses"]
    for history in (watched.history(), watched.history_all()):
        assert sum(history["hits"]) == total["hits"]
        assert sum(history["misses"]) == total["misses"]
        assert sum(history["evictions"]) == watched.evictions
    for name in (*COUNTS, "saved_input_tokens", "saved_output_tokens"):
        assert pushed.get(name, getattr(watched, name)) == getattr(watched, name)

"""Simulated caches do what real ones did, and would have done."""

from __future__ import annotations

from array import array
from collections import Counter
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from cachetools import FIFOCache, LRUCache
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from langchain_core.caches import InMemoryCache as Upstream

from inmem_widgets import InMemoryCache
from inmem_widgets.observables.whatif.curves import curve, finish, simulate
from inmem_widgets.observables.whatif.script import prepare
from inmem_widgets.observables.whatif.trace import ANSWER, CLEAR, HIT, MISSED, POLICIES, Trace, trace_of
from tests.observables.replaying import CACHES, OfLangChain, OfTools, Step, histories, record, replayed

KEYS = 6
SIZES = range(1, KEYS + 3)
maxsizes = st.one_of(st.none(), st.integers(1, KEYS))
cuts = st.integers(0, 60)


def trace_from(history: list[Step], policy: str, maxsize: int | None, cut: int) -> tuple[Trace, Counter[int]]:
    cache: Any = (
        Upstream(maxsize=maxsize)
        if policy == "fifo_upstream"
        else InMemoryCache(maxsize=maxsize, policy=policy)  # type: ignore[arg-type]
    )
    return record(OfLangChain(cache), history, KEYS, cut)


def hits(trace: Trace, policy: str, maxsize: int) -> Counter[int]:
    return +Counter(dict(enumerate(simulate(trace, policy, maxsize).tolist())))


@settings(deadline=None)
@given(histories(), st.sampled_from(["fifo", "fifo_upstream", "lru"]), maxsizes, cuts)
@example(
    [*(("call", key) for key in (4, 0, 1, 2, 3, 5)), ("update", 0), ("call", 4)], "fifo_upstream", None, 0
)
def test_at_the_present_size_and_policy_it_is_what_happened(
    history: list[Step], policy: str, maxsize: int | None, cut: int
) -> None:
    """Calls that cross each other, answers never given or given twice, and a log that was cut, too."""
    trace, measured = trace_from(history, policy, maxsize, cut)
    assert hits(trace, policy, maxsize or KEYS + 1) == measured  # which is never full


@settings(deadline=None)
@given(histories(), st.sampled_from(["fifo", "lru"]), maxsizes, cuts, st.sampled_from(list(CACHES)))
def test_at_any_other_it_is_what_real_caches_do(
    history: list[Step], policy: str, maxsize: int | None, cut: int, other: str
) -> None:
    trace, _ = trace_from(history, policy, maxsize, cut)
    for size in SIZES:
        assert hits(trace, other, size) == +replayed(trace, CACHES[other](size))


@pytest.mark.parametrize("policy", list(CACHES))
def test_and_in_a_long_run(policy: str) -> None:
    """Queues go round many times, ghosts come back, stale entries are repaired."""
    rng = np.random.default_rng(1)
    trace, _ = trace_of((rng.zipf(1.1, 4_000) % 300).tolist())
    for at in (900, 2_000, 2_010):
        trace.ops.insert(at, CLEAR)
    for size in (1, 2, 7, 10, 11, 45, 100, 299, 300):
        assert hits(trace, policy, size) == +replayed(trace, CACHES[policy](size))


@settings(deadline=None)
@given(histories(["call"]), st.integers(1, KEYS))
def test_cachetools_agrees(history: list[Step], size: int) -> None:
    trace, _ = trace_of([key for _, key in history])
    assert hits(trace, "fifo", size) == +replayed(trace, OfTools(FIFOCache(size)))
    assert hits(trace, "lru", size) == +replayed(trace, OfTools(LRUCache(size)))


@settings(deadline=None)
@given(histories(["call", "update", "clear"]), maxsizes, cuts)
def test_stack_distances_say_what_the_simulation_says(
    history: list[Step], maxsize: int | None, cut: int
) -> None:
    """With updates and clears, but every miss answered at once."""
    trace, _ = trace_from(history, "lru", maxsize, cut)
    script = finish(prepare(trace))
    assume(script.plain)  # not cut amid a call
    for size, found in zip(SIZES, finish(curve(script, "lru", SIZES)), strict=True):
        assert +Counter(dict(enumerate(found.tolist()))) == +replayed(trace, CACHES["lru"](size))


@settings(deadline=None)
@given(histories(), st.sampled_from(["fifo", "lru"]), maxsizes, cuts)
def test_no_policy_beats_the_optimum(history: list[Step], policy: str, maxsize: int | None, cut: int) -> None:
    trace, _ = trace_from(history, policy, maxsize, cut)
    for size in SIZES:
        bound = simulate(trace, "optimum", size).sum()
        assert all(simulate(trace, policy, size).sum() <= bound for policy in POLICIES)


@settings(deadline=None)
@given(histories(["call", "update", "clear"], keys=5, most=12), st.integers(1, 4))
@example([("call", 0), ("call", 1), ("call", 2), ("update", 0), ("call", 1)], 2)  # no use to hold key 0
def test_the_optimum_is_what_trying_everything_finds(history: list[Step], size: int) -> None:
    most = {frozenset[int](): 0}  # hits so far, by what is held
    for kind, key in history:
        after: dict[frozenset[int], int] = {}
        for held, count in most.items():
            hit = kind == "call" and key in held
            for rest in combinations(held, min(len(held), size - 1)) if key not in held else [held]:
                now = frozenset[int]() if kind == "clear" else frozenset({*rest, key})
                after[now] = max(after.get(now, 0), count + hit)
        most = after
    trace, _ = trace_from(history, "fifo", None, 0)
    assert simulate(trace, "optimum", size).sum() == max(most.values())


@settings(deadline=None)
@given(histories(["call"]), st.sampled_from(["lru", "optimum"]))
def test_larger_stacks_hit_more(history: list[Step], policy: str) -> None:
    trace, _ = trace_of([key for _, key in history])
    found = [simulate(trace, policy, size).sum() for size in SIZES]
    assert found == sorted(found)


def faults(keys: list[int], policy: str, size: int) -> int:
    return len(keys) - int(simulate(trace_of(keys)[0], policy, size).sum())


def test_beladys_anomaly() -> None:
    """Belady, Nelson and Shedler, 1969: more room, more faults."""
    keys = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
    assert [faults(keys, "fifo", size) for size in (3, 4)] == [9, 10]
    assert [faults(keys, "lru", size) for size in (3, 4)] == [10, 8]
    assert [faults(keys, "optimum", size) for size in (3, 4)] == [7, 6]


def test_the_textbooks_reference_string() -> None:
    """Silberschatz, Galvin and Gagne, Operating System Concepts, "Page replacement"."""
    keys = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1]
    assert {policy: faults(keys, policy, 3) for policy in ("fifo", "lru", "optimum")} == {
        "fifo": 15, "lru": 12, "optimum": 9,
    }  # fmt: skip


def test_a_refresh_costs_an_entry_upstream_only() -> None:
    cache = OfLangChain(InMemoryCache(maxsize=2))
    trace, _ = record(cache, [("call", 0), ("call", 1), ("update", 1), ("call", 0), ("call", 1)], KEYS)
    assert hits(trace, "fifo", 2) == {0: 1, 1: 1}
    assert hits(trace, "fifo_upstream", 2) == {1: 1}


def test_an_answer_is_the_latest_lookups() -> None:
    """Of two that missed, in a cache in which only the first one hits."""
    a, b, c = 0, 4, 8
    ops = array("q", [a + MISSED, b + HIT, a + MISSED, c + MISSED, a + ANSWER, a + HIT])
    assert hits(Trace(ops, 3, start=[0]), "fifo", 1) == {0: 2}


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_and_one(policy: str) -> None:
    assert simulate(trace_of([])[0], policy, 1).tolist() == []
    assert simulate(trace_of(["a"])[0], policy, 1).tolist() == [0]
    assert simulate(trace_of(["a", "a"])[0], policy, 1).tolist() == [1]

"""How busy it was along a log, in few buckets."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryCache, InMemoryStore, observe
from inmem_widgets.observables.log import EventLog
from inmem_widgets.observables.log.activity import BUCKETS, FEW, GONE, Activities
from inmem_widgets.wire import Activity
from tests.observables.log.filling import filled


def counted(log: EventLog, state: Activity) -> Activity:
    """The same buckets, from the changes themselves."""
    changes = log.changes()
    parts = [
        [change for change in changes if start <= change.number < start + state["width"]]
        for start in range(state["start"], log.last + 1, state["width"])
    ]
    return {
        "start": state["start"],
        "width": state["width"],
        "changes": [*map(len, parts)],
        "gone": [sum(change.kind in GONE or "evicted" in change.info for change in part) for part in parts],
        "missed": [sum(change.kind == "miss" for change in part) for part in parts],
        "times": [round(part[-1].time, 3) for part in parts],
    }


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 1_000, 20_000])
def test_all_changes_are_in_few_buckets(count: int) -> None:
    _, log = filled(count, most=100_000)
    state = Activities(log).state()
    assert sum(state["changes"]) == count
    assert len(state["changes"]) <= BUCKETS
    assert state["width"] == 1 or len(state["changes"]) > FEW
    assert math.log2(state["width"]).is_integer()
    assert state == counted(log, state)


def test_of_a_log_that_lets_go_only_what_is_kept_is_told() -> None:
    store, log = filled(5_000, most=100)
    state = Activities(log).state()
    assert state == counted(log, state)
    assert sum(state["changes"]) == 100
    assert state["start"] <= log.first < state["start"] + state["width"]
    assert store is not None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("sdlmw"), st.integers(1, 90)), max_size=30), st.integers(1, 300))
def test_what_is_kept_up_to_date_is_what_is_counted_anew(todo: list[tuple[str, int]], most: int) -> None:
    cache = InMemoryCache(maxsize=20)
    log = EventLog(observe(cache), most=most)
    activities = Activities(log)
    for what, times in todo:
        for n in range(times):
            if what == "s":
                cache.update(f"prompt {n}", "model", [])
            elif what == "d":
                cache.clear()
            else:
                cache.lookup(f"prompt {n if what == 'l' else -n}", "model")
        log.catch_up()
        state = activities.state()
        exact = counted(log, state)
        assert len(state["changes"]) <= BUCKETS
        # what the first bucket has may have been let go of since it was counted
        for name in ("changes", "gone", "missed", "times"):
            column: Any = state[name]  # type: ignore[literal-required]
            assert column[1:] == exact[name][1:], name  # type: ignore[literal-required]
    log.close()


def test_evictions_and_deletions_are_gone() -> None:
    store = InMemoryStore[Any]()
    log = EventLog(observable := observe(store))
    store.mset([("a", 1), ("b", 2)])
    store.mdelete(["a"])
    log.catch_up()
    state = Activities(log).state()
    assert (state["changes"], state["gone"]) == ([1, 1], [0, 1])
    assert observable.source is store

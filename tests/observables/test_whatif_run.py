"""The background run: curves, self-check, suggestion, what it cannot know."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryCache
from inmem_widgets.observables.whatif.curves import simulate
from inmem_widgets.observables.whatif.knee import LEAST, knee
from inmem_widgets.observables.whatif.run import WhatIfRun
from inmem_widgets.observables.whatif.sizes import COUNT, default_sizes
from inmem_widgets.observables.whatif.trace import CLEAR, HIT, MISSED, POLICIES, UPDATE, Trace, trace_of
from inmem_widgets.wire.cache import WhatIf
from tests.observables.replaying import OfLangChain, record


def skewed(lookups: int = 1_000, keys: int = 100) -> list[int]:
    return (np.random.default_rng(3).zipf(1.3, lookups) % keys).tolist()


def recorded(maxsize: int | None, looked_up: list[int] | None = None, policy: Any = "fifo") -> Trace:
    keys = skewed() if looked_up is None else looked_up
    cache = InMemoryCache(maxsize=maxsize, policy=policy)
    return record(OfLangChain(cache), [("call", key) for key in keys], 1 + max(keys, default=-1))[0]


def ran(trace: Trace, **more: Any) -> WhatIf:
    run = WhatIfRun()
    run.start(lambda: trace, **more)
    assert run.wait(30)
    return run.state()


@pytest.mark.parametrize("policy", ["fifo", "lru"])
@pytest.mark.parametrize("maxsize", [1, 16, 1_000, None])
def test_the_curves_of_a_log(maxsize: int | None, policy: str) -> None:
    trace = recorded(maxsize, policy=policy)
    state = ran(trace)
    sizes, curves = state["sizes"], {curve["policy"]: curve for curve in state["curves"]}
    assert state["progress"] is None and state["problem"] == ""
    assert (state["lookups"], state["lost"]) == (1_000, 0)
    assert (state["policy"], state["maxsize"]) == (policy, maxsize)
    assert state["curves"][0]["policy"] == policy
    assert sorted({*curves, "fifo_upstream"}) == sorted(POLICIES)
    assert sizes[0] == 1 and sizes == sorted(set(sizes))
    present = sizes[-1] if maxsize is None else maxsize
    at = sizes.index(present)
    assert state["ratio"] == curves[policy]["ratios"][at]
    measured = sum(op & 3 == HIT for op in trace.ops)
    assert state["check"] == {"simulated": measured, "measured": measured, "problem": ""}
    for name, curve in curves.items():
        expected = [int(simulate(trace, name, size).sum()) / 1_000 for size in sizes]
        assert curve["ratios"] == expected
        assert curve["seconds"] is curve["tokens"] is None


def test_sizes_and_policies_may_be_chosen() -> None:
    state = ran(recorded(16), sizes=[4, 2], policies=["sieve"])
    assert set(state["sizes"]) >= {2, 4, 16}
    assert [curve["policy"] for curve in state["curves"]] == ["fifo", "sieve"]


def test_seconds_and_tokens_of_what_is_known() -> None:
    ops = array("q", [0, 2, 1, 4, 6, 5, 5, 8, 10, 9])  # hits: one of key 0, two of key 1, one of key 2
    trace = Trace(ops, 3, seconds=array("d", [2.5, nan, 1.0]), tokens=array("d", [nan, 100, nan]))
    state = ran(trace, sizes=[1, 3])
    fifo = state["curves"][0]
    assert fifo["seconds"] == [3.5, 3.5] and fifo["tokens"] == [200, 200]
    assert state["notes"] == [
        "the load time is known of 2 of the 3 keys that are hit",
        "the number of tokens is known of 1 of the 3 keys that are hit",
        "FIFO upstream would have done as FIFO",
    ]
    (optimum,) = [curve for curve in state["curves"] if curve["policy"] == "optimum"]
    assert optimum["seconds"] is optimum["tokens"] is None  # it bounds hits


def test_the_refresh_defect_shows() -> None:
    history = [("call", key) for key in (0, 1, 0, 1)] + [("update", 1), ("call", 0), ("call", 1)] * 5
    trace, _ = record(OfLangChain(InMemoryCache(maxsize=2)), history, 2)
    state = ran(trace)
    ratios = {curve["policy"]: curve["ratios"][-1] for curve in state["curves"]}
    assert ratios["fifo_upstream"] < ratios["fifo"]


@pytest.mark.parametrize("ops", [[], [CLEAR], [4 * 0 + UPDATE, CLEAR]])
def test_no_lookups(ops: list[int]) -> None:
    state = ran(Trace(array("q", ops), 1, maxsize=8))
    assert state["problem"] == "No lookups in the log"
    assert (state["lookups"], state["sizes"], state["curves"], state["check"]) == (0, [], [], None)


def test_only_misses_without_answers() -> None:
    state = ran(Trace(array("q", [4 * key + MISSED for key in range(5)]), 5, maxsize=2))
    assert state["ratio"] == 0 and state["suggestion"] is None
    assert state["check"] == {"simulated": 0, "measured": 0, "problem": ""}


def test_what_cannot_be_known_is_said() -> None:
    trace = recorded(16)
    cut = replace(trace, start=list(range(16)), lost=500, certain=False)
    state = ran(cut)
    assert state["lost"] == 500
    assert state["check"] is not None
    assert state["check"]["problem"] == "what was cached at first, or a lookup since, is not known"
    assert state["notes"][0].startswith("sizes above 16 begin with the 16 entries held when the log begins")


def test_a_log_that_is_not_true_is_found_out() -> None:
    state = ran(Trace(array("q", [4 * 0 + MISSED, 4 * 0 + HIT]), 1, maxsize=1))
    check = state["check"]
    assert check is not None
    assert (check["simulated"], check["measured"]) == (0, 1)
    assert "changed other than by its methods" in check["problem"]


def test_curves_come_one_after_the_other() -> None:
    seen: list[int] = []
    go = threading.Event()
    run = WhatIfRun(lambda: seen.append(len(run.state()["curves"])))

    def trace() -> Trace:
        assert go.wait(30)
        return recorded(64, skewed(40_000, 2_000))

    run.start(trace)
    assert run.running and run.state()["progress"] == 0 and run.seen == 0
    go.set()
    assert run.wait(60)
    assert seen == sorted(seen)
    assert run.seen == 40_000 and not run.running


def held(run: WhatIfRun, trace: Trace, policies: list[str] | None = None) -> Callable[[], None]:
    """Begin a run that waits for its log until what is returned is called."""
    go = threading.Event()

    def wait() -> Trace:
        assert go.wait(30)
        return trace

    run.start(wait, policies=policies or POLICIES)
    return go.set


def test_cancelling_keeps_what_there_is() -> None:
    run = WhatIfRun()
    run.start(lambda: recorded(16), policies=["lru"])
    assert run.wait(30)
    before = run.state()
    go = held(run, recorded(32))
    assert run.state() == {**before, "progress": 0.0}  # the earlier curves show until there are others
    run.cancel()
    go()
    assert run.wait(30)
    assert run.state() == before


def test_a_later_run_takes_the_place_of_an_earlier_one() -> None:
    run = WhatIfRun()
    go = held(run, recorded(16))
    run.start(lambda: recorded(32))
    assert run.wait(30)
    go()
    assert run.state()["maxsize"] == 32


def test_a_failure_is_told(caplog: pytest.LogCaptureFixture) -> None:
    run = WhatIfRun()
    run.start(lambda: Trace(array("q", [4 * 7 + HIT]), 1, lost=5))  # a key beyond their number
    assert run.wait(30)
    assert run.state()["problem"].startswith("The simulation failed: ")
    assert run.seen == 6  # not begun again for the same
    assert "what-if" in caplog.text


def test_closed_for_good() -> None:
    run = WhatIfRun()
    run.start(lambda: recorded(16))
    run.close()
    run.start(lambda: recorded(16))
    assert not run.running and run.state()["curves"] == []


@settings(deadline=None)
@given(st.integers(1, 200_000), st.one_of(st.none(), st.integers(1, 300_000)))
def test_default_sizes(most: int, present: int | None) -> None:
    sizes = default_sizes(most, present)
    assert sizes == sorted(set(sizes))
    assert len(sizes) <= COUNT + 1
    assert sizes[0] == 1 and {most, present or most} <= set(sizes)
    assert sizes[-1] == max(most, present or 0)
    if most <= COUNT - 2:
        assert set(range(1, most + 1)) <= set(sizes)
    if most >= 100:
        assert len(sizes) >= COUNT - 2


GRID = [1, 2, 4, 8, 16, 32, 64, 128, 256]


def suggested(ratios: list[float], present: int | None, lookups: int = 100_000) -> int | None:
    found = knee(GRID, ratios, present, lookups)
    return None if found is None else found["maxsize"]


SATURATED = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.605, 0.608, 0.609]


def test_the_size_beyond_which_more_buys_little() -> None:
    assert suggested(SATURATED, 4) == 32
    found = knee(GRID, SATURATED, 4, 100_000)
    assert found is not None and found["ratio"] == 0.6
    assert found["text"] == (
        "30.0 points more than now, 97\u2009% of what is to be gained; doubling again gains 0.5 points"
    )


def test_a_cliff_is_seen_from_far() -> None:
    """A loop over 64 keys: nothing is gained before all fit in."""
    assert suggested([0, 0, 0, 0, 0, 0, 0.9, 0.9, 0.9], 2) == 64


def test_nothing_where_the_present_size_is_right_or_the_curve_flat() -> None:
    assert suggested(SATURATED, 32) is None
    assert suggested(SATURATED, 64) is None
    assert suggested([0.5] * 9, 1) is None
    assert suggested([0.0] * 9, 256) is None


def test_nothing_from_a_short_log() -> None:
    assert suggested(SATURATED, 4, LEAST - 1) is None
    assert suggested(SATURATED, 4, LEAST) == 32


def test_a_smaller_size_where_entries_are_wasted() -> None:
    flat = [0.1, 0.3, 0.5, 0.5996, 0.6, 0.6, 0.6, 0.6, 0.6]
    assert suggested(flat, 256) == 8
    found = knee(GRID, flat, 256, 100_000)
    assert found is not None and found["text"] == "loses under 0.1 points against 256"
    found = knee(GRID, flat, None, 100_000)
    assert found is not None and found["text"] == "loses under 0.1 points against no limit"


def test_the_suggestion_is_simulated() -> None:
    trace = recorded(4, skewed(4_000, 300))
    state = ran(trace)
    found = state["suggestion"]
    assert found is not None and found["maxsize"] > 4
    assert found["ratio"] == simulate(trace, "fifo", found["maxsize"]).sum() / 4_000
    assert found["maxsize"] in state["sizes"]


def test_a_lookup_is_never_kept_waiting_for_long() -> None:
    """Each step is small: at most some thousand operations, whatever the log."""
    from inmem_widgets.observables.whatif.script import STEP
    from inmem_widgets.observables.whatif.study import study

    trace, _ = trace_of(range(10 * STEP))
    steps = sum(1 for _ in study(trace, [5], ["fifo", "sieve", "optimum"], lambda made: None))
    assert steps >= 3 * 10

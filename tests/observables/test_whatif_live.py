"""What callers on threads do to a watched cache, recorded and simulated."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, observe
from inmem_widgets.observables.whatif.run import WhatIfRun
from tests.threads import together

VALUE = [Generation(text="Paris")]


def caller(cache: InMemoryCache, seed: int) -> Callable[[], None]:
    """Calls of a model, some of which fail; now and then an answer is cached again."""

    def call() -> None:
        random = Random(seed)
        for _ in range(500):
            prompt = str(int(random.paretovariate(0.8)) % 100)
            if cache.lookup(prompt, "model") is None:
                if random.random() < 0.9:
                    cache.update(prompt, "model", VALUE)
            elif random.random() < 0.05:
                cache.update(prompt, "model", VALUE)

    return call


@pytest.mark.parametrize("policy", ["fifo", "lru"])
@pytest.mark.parametrize("maxsize", [5, 50, None])
@pytest.mark.parametrize("callers", [1, 4])
def test_simulated_hits_are_the_measured_ones(policy: Any, maxsize: int | None, callers: int) -> None:
    cache = InMemoryCache(maxsize=maxsize, policy=policy)
    for number in range(20):
        cache.update(str(number), "model", VALUE)
    observed = observe(cache)
    together(*(caller(cache, seed) for seed in range(callers)))
    assert cache.changes.flush()
    run = WhatIfRun()
    run.start(observed.recorder.log.trace, policies=())
    assert run.wait(30)
    state, stats = run.state(), cache.stats()
    check = state["check"]
    assert check is not None
    assert check["measured"] == stats.hits
    assert (state["lookups"], state["lost"], run.seen) == (stats.lookups, 0, stats.lookups)
    if callers == 1 or not check["problem"].startswith("what was cached"):  # one overtook another in LRU
        assert check == {"simulated": stats.hits, "measured": stats.hits, "problem": ""}


def test_lookups_go_on_during_a_run() -> None:
    """And are not in it: it is of the log as it was."""
    cache = InMemoryCache(maxsize=50)
    observed = observe(cache)
    caller(cache, 1)()
    assert cache.changes.flush()
    run = WhatIfRun(caller(cache, 2))  # at each report of progress
    run.start(observed.recorder.log.trace)
    assert run.wait(60)
    assert run.state()["lookups"] == run.seen == 500
    assert cache.stats().lookups >= 1_000

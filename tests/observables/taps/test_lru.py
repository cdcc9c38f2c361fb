"""Functions under lru_cache: counters only, and what is not known is not shown as 0."""

from __future__ import annotations

import functools
import gc
import threading
import weakref
from functools import cache, lru_cache
from typing import Any

import numpy as np  # noqa: F401 - hypothesis looks at it, which a thread may be half done importing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import inspect, observe
from inmem_widgets.observables.taps import lru
from inmem_widgets.observables.taps.abilities import ABILITIES
from tests.observables.caching import settled

WAIT = 20.0


def made(maxsize: int | None = 2) -> Any:
    @lru_cache(maxsize)
    def double(x: int) -> int:
        return 2 * x

    return double


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 4) | st.just("clear"), max_size=40), st.none() | st.integers(0, 3))
def test_counters_are_the_functions_own_and_go_on_after_a_clear(
    steps: list[Any], maxsize: int | None
) -> None:
    double = made(maxsize)
    observable: Any = observe(double)
    hits = misses = 0
    for step in steps:
        if step == "clear":
            assert (observable.hits, observable.misses) == (hits, misses)
            double.cache_clear()
            assert (observable.hits, observable.misses, observable.size) == (hits, misses, 0)
        else:
            before = double.cache_info()
            double(step)
            hits += double.cache_info().hits - before.hits
            misses += double.cache_info().misses - before.misses
    assert (observable.hits, observable.misses) == (hits, misses)
    info = double.cache_info()
    assert (observable.size, observable.maxsize) == (info.currsize, maxsize)


def test_what_is_not_known_is_said() -> None:
    double = made()
    counters = inspect(double)
    for x in (1, 2, 1):
        double(x)
    observable: Any = counters.observable
    assert (observable.hits, observable.misses) == (1, 2)
    for name in ("inserts", "refreshes", "evictions", "clears", "bytes", "saved_seconds", "saved_money"):
        assert getattr(observable, name) is None
    assert (observable.hits, observable.hit_ratio, observable.duplicate_answers) == (1, 1 / 3, None)
    state = settled(counters.browser, entries=True, lookups="all", why=True, whatif=True)
    watched = counters._state({})["watched"]
    assert (watched["how"], watched["interval"]) == ("read", 1.0)
    assert {"evictions", "inserts", "saved", "why", "rows"} <= {*watched["unknown"]}
    assert "single calls are not seen" in state["whatif"]["problem"]
    assert counters.state["title"]["type"] == "lru_cache"
    rows = dict(counters.html_rows()[1])
    assert rows["evictions"] == rows["memory"] == "unknown" and "saved time" not in rows
    counters.close()


def test_methods_are_their_functions() -> None:
    class Model:
        @cache  # noqa: B019 - what is tested
        def ask(self, x: int) -> int:
            return x

        @staticmethod
        @lru_cache(3)
        def name(x: int) -> int:
            return x

    model = Model()
    observable: Any = observe(model.ask)
    assert observe(Model.ask) is observable and observable.object is Model.ask
    model.ask(1)
    model.ask(1)
    assert (observable.hits, observable.misses) == (1, 1)
    assert observe(Model.name).abilities is ABILITIES["lru functions"]
    for wrong in (len, model, lambda: 1):
        with pytest.raises(TypeError, match=r"functools\.lru_cache"):
            observe(wrong)


def test_it_is_read_while_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lru, "EVERY", 0.01)
    double = made()
    observable: Any = observe(double)
    news = threading.Event()
    observable.observe(lambda change: news.set(), "hits")
    double(1)
    double(1)
    assert news.wait(WAIT)
    observable.unobserve_all()


def test_nothing_is_done_to_it_and_it_is_not_kept_alive() -> None:
    double = made()
    before = dict(vars(double))
    observable: Any = observe(double)
    observable.observe(print, "misses")
    assert vars(double) == before and type(double) is functools._lru_cache_wrapper
    gone = weakref.ref(double)
    observable.detach()
    assert observe(double) is not observable
    again: Any = observe(double)
    again.observe(print, "misses")
    del double, again
    gc.collect()
    assert gone() is None

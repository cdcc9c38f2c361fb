"""The figures of a cache as traits: links, mark, prices, edges."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import ipywidgets
import pytest
import traitlets

from inmem_widgets import InMemoryCache, observe
from inmem_widgets.observables.rates import Rates
from tests.observables.recording import PLAIN, answer, asked, counted
from tests.observables.waiting import let_go, until

WAIT = 10.0
COUNTS = ("hits", "misses", "inserts", "refreshes", "evictions", "clears", "size", "maxsize")
FIGURES = (
    *COUNTS, "hit_ratio", "bytes", "rates_1s", "rates_10s", "rates_1min", "rates_mark", "saved_seconds",
    "saved_seconds_unknown", "saved_input_tokens", "saved_output_tokens", "saved_tokens_unknown",
    "saved_money", "saved_money_unknown", "stampedes", "duplicate_answers",
)  # fmt: skip


# --- traits -------------------------------------------------------------------------------------


def test_every_figure_is_a_trait_that_cannot_be_set() -> None:
    watched = observe(InMemoryCache())
    for name in FIGURES:
        assert watched.has_trait(name)
        with pytest.raises(traitlets.TraitError):
            setattr(watched, name, 1)


def test_what_events_tell_is_up_to_date_when_read() -> None:
    cache = InMemoryCache()
    watched = observe(cache)
    for n in range(500):
        asked(cache, "a", answer(3, 4))
        assert (watched.saved_input_tokens, watched.saved_output_tokens) == (3 * n, 4 * n)
    cache.lookup("b", "m")
    cache.lookup("b", "m")
    assert watched.stampedes == 1


def test_figures_link_to_a_widget() -> None:
    cache = InMemoryCache()
    watched, label = observe(cache), ipywidgets.IntText()
    link = traitlets.dlink((watched, "misses"), (label, "value"))
    asked(cache, "a")
    assert cache.changes.flush(WAIT)
    assert label.value == 1
    link.unlink()
    assert not watched.attended


def test_rates_are_told_of_until_their_window_is_empty() -> None:
    cache = InMemoryCache()
    watched = observe(cache)
    rates: list[Rates] = []
    watched.observe(lambda change: rates.append(change["new"]), "rates_1s")
    asked(cache, "a")
    assert cache.changes.flush(WAIT)
    assert rates[-1].misses > 0
    until(watched, lambda: rates[-1].misses == 0)


def test_bytes_follow_the_entries() -> None:
    cache = InMemoryCache(maxsize=2)
    watched = observe(cache)
    assert watched.total_bytes() == (0, "exact")
    cache.update("a", "m", PLAIN)
    small = watched.bytes
    cache.update("x" * 100_000, "m", PLAIN)
    assert watched.bytes > small + 100_000
    cache.clear()
    assert watched.bytes == 0


@pytest.mark.parametrize("seconds", [0, -1, 61, float("nan"), float("inf")])
def test_a_window_out_of_bounds(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds: got .*, accepted is more than 0 and at most 60"):
        observe(InMemoryCache()).rates(seconds)


@pytest.mark.parametrize("seconds", ["1", None, True])
def test_a_window_that_is_no_number(seconds: Any) -> None:
    with pytest.raises(TypeError, match="seconds: got .*, accepted is a number"):
        observe(InMemoryCache()).rates(seconds)


# --- mark, prices -------------------------------------------------------------------------------


def test_count_from_here_and_no_longer() -> None:
    cache = InMemoryCache()
    watched = observe(cache)
    for _ in range(3):
        asked(cache, "a", answer(10, 2))
    watched.mark()
    asked(cache, "a")
    assert cache.changes.flush(WAIT)
    assert watched.marked is not None
    assert (watched.marked["hits"], watched.marked["misses"]) == (2, 1)
    assert (counted(watched.rates_mark, "hits"), watched.rates_mark.ratio) == (1, 1.0)
    assert (watched.saved_input_tokens, watched.saved()["input_tokens"]) == (10, 10)
    watched.mark(False)
    assert [watched.marked, watched.rates_mark, watched.saved_input_tokens] == [None, None, 30]


def test_money_needs_prices() -> None:
    cache = InMemoryCache()
    watched = observe(cache)
    for _ in range(3):
        asked(cache, "a", answer(1_000, 100, "gpt-4o"))
        asked(cache, "b", answer(1_000, 100, "other"))
    assert cache.changes.flush(WAIT)
    assert (watched.saved_money, watched.saved_money_unknown) == (None, 4)
    told: list[Any] = []
    watched.observe(lambda change: told.append(change["new"]), "saved_money")
    watched.prices = {"gpt-4o": (2.5, 10)}
    watched.currency = "€"
    assert watched.saved_money == pytest.approx(2 * (1_000 * 2.5 + 100 * 10) / 1e6)
    assert watched.saved_money_unknown == 2
    assert watched.saved()["currency"] == "€"
    assert told == [watched.saved_money]
    watched.prices = None
    assert watched.saved_money is None


@pytest.mark.parametrize(
    ("prices", "error", "message"),
    [
        ([("m", (1, 2))], TypeError, "prices: got list, accepted is a mapping of model names"),
        ({1: (1, 2)}, TypeError, "prices: got 1 as a model name"),
        ({"m": 1}, TypeError, r"prices\['m'\]: got 1, accepted is"),
        ({"m": (1, 2, 3)}, TypeError, r"prices\['m'\]: got \(1, 2, 3\)"),
        ({"m": ("1", 2)}, TypeError, r"prices\['m'\]: got \('1', 2\)"),
        ({"m": (True, 2)}, TypeError, r"prices\['m'\]: got \(True, 2\)"),
        ({"m": (-1, 2)}, ValueError, r"prices\['m'\]: got \(-1, 2\), a price is finite and >= 0"),
        ({"m": (1, float("nan"))}, ValueError, r"prices\['m'\]"),
        ({"m": (1, float("inf"))}, ValueError, r"prices\['m'\]"),
    ],
)
def test_prices_are_checked(prices: Any, error: type[Exception], message: str) -> None:
    watched = observe(InMemoryCache())
    watched.prices = {"kept": (1, 2)}
    with pytest.raises(error, match=message):
        watched.prices = prices
    assert watched.prices == {"kept": (1.0, 2.0)}


def test_a_price_table_is_a_copy() -> None:
    watched, given_prices = observe(InMemoryCache()), {"m": (1.0, 2.0)}
    watched.prices = given_prices
    given_prices["m"] = (9.0, 9.0)
    assert watched.prices == {"m": (1.0, 2.0)}
    with pytest.raises(TypeError):
        watched.prices["m"] = (3.0, 4.0)


def test_a_currency_is_a_short_text() -> None:
    watched = observe(InMemoryCache())
    with pytest.raises(TypeError, match="currency: got int"):
        watched.currency = 1
    with pytest.raises(ValueError, match="currency: got .*, accepted are at most 8 characters"):
        watched.currency = "x" * 9


# --- edges --------------------------------------------------------------------------------------


def test_an_empty_cache_without_a_limit() -> None:
    watched = observe(InMemoryCache())
    assert (watched.maxsize, watched.size, watched.hit_ratio, watched.bytes) == (None, 0, None, 0)
    assert (watched.saved_seconds, watched.saved_money, watched.rates_mark) == (0.0, None, None)
    assert (watched.rates_1s.hits, watched.rates_1s.ratio) == (0.0, None)
    assert sum(watched.history()["hits"]) == 0


def test_what_was_counted_before_watching_is_in_the_counts_but_in_no_rate() -> None:
    cache = InMemoryCache()
    for _ in range(3):
        asked(cache, "a")
    watched = observe(cache)
    assert (watched.hits, watched.misses) == (2, 1)
    assert (watched.rates_1min.hits, sum(watched.history_all()["hits"])) == (0.0, 0)
    asked(cache, "a")
    assert sum(watched.history_all()["hits"]) == 1


def test_clear_while_watched() -> None:
    cache = InMemoryCache(maxsize=2)
    watched = observe(cache)
    for prompt in "abc":
        asked(cache, prompt)
    cache.clear()
    assert not asked(cache, "c")
    assert cache.changes.flush(WAIT)
    assert (watched.size, watched.clears, watched.evictions, watched.misses) == (1, 1, 1, 4)
    assert watched.recorder.reasons.cleared == 1


def test_an_entry_replaced_by_another_thread() -> None:
    cache = InMemoryCache(maxsize=2)
    watched = observe(cache)
    asked(cache, "a", answer(10, 2))
    thread = threading.Thread(target=lambda: cache.update("a", "m", answer(99, 9)))
    thread.start()
    thread.join()
    asked(cache, "a")
    assert cache.changes.flush(WAIT)
    assert (watched.refreshes, watched.size, watched.saved_input_tokens) == (1, 1, 99)


def test_observed_twice_is_observed_once() -> None:
    cache = InMemoryCache()
    first, second = observe(cache), observe(cache)
    assert first is second
    asked(cache, "a")
    assert cache.changes.flush(WAIT)
    assert first.recorder.seen == 1


def test_a_cache_that_is_gone() -> None:
    cache = InMemoryCache()
    watched = observe(cache)
    asked(cache, "a")
    assert cache.changes.flush(WAIT)
    assert watched.misses == 1
    gone = weakref.ref(cache)
    del cache
    gc.collect()
    assert gone() is None
    assert (watched.source, watched.misses, watched.total_bytes()[0]) == (None, 1, None)
    assert sum(watched.history()["misses"]) == 1
    watched.mark()
    assert watched.marked is not None


def test_nothing_is_left_behind() -> None:
    cache = InMemoryCache()
    watched = observe(cache)
    stop = watched.on_update(lambda: None)
    asked(cache, "a")
    assert cache.changes.flush(WAIT)
    stop()
    dead = weakref.ref(watched)
    del watched, stop
    let_go()
    assert dead() is None
    assert not cache.changes.active

"""What cache counters show and answer."""

from __future__ import annotations

import json
from typing import Any, get_type_hints

import pytest
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache
from inmem_widgets.observables.whatif.trace import Trace
from inmem_widgets.wire import CacheState, EntryRow, Lookup
from tests.observables.caching import ALL, Browse, answer, ask, chat_prompt, filled, llm_string, settled
from tests.observables.waiting import WAIT, until


def fields_of(state: Any) -> set[str]:
    return set(get_type_hints(state))


@pytest.mark.parametrize("maxsize", [None, 2])
def test_states_have_all_fields_of_the_wire(counters: Browse, maxsize: int | None) -> None:
    cache = InMemoryCache(maxsize=maxsize)
    browser = counters(cache)
    made_by_widgets = {"seq", "now", "title", "watched", "log", "travel"}
    for asked in range(2):
        state = settled(browser, **ALL)
        json.dumps(state)
        assert {*state} == fields_of(CacheState) - made_by_widgets
        assert (state["maxsize"], state["size"]) == (maxsize, min(2, 4 * asked))
        for i in range(4):
            ask(cache, f"p{i // 2}")
        browser.open_key = ("p0", "m")
    assert [{*row} for row in state["rows"]] == [fields_of(EntryRow)] * 2
    assert [{*row} for row in state["lookups"]] == [fields_of(Lookup)] * 4


def test_an_empty_cache_knows_of_nothing(counters: Browse) -> None:
    state = settled(counters(InMemoryCache()), **ALL)
    assert (state["size"], state["maxsize"], state["listed"], state["rows"]) == (0, None, 0, [])
    assert (state["lookups"], state["open"], state["open_row"], state["mark"]) == ([], None, None, None)
    assert state["saved"]["money"] is None
    assert state["rates"]["1 min"]["ratio"] is None


def test_what_is_expensive_is_made_only_where_a_view_asks(
    counters: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = filled(3)
    browser = counters(cache)
    for i in range(300):
        ask(cache, f"p{i % 5}")
    for part, method in ((browser.survey, "why"), (browser.simulation, "state"), (browser.entries, "window")):
        monkeypatch.setattr(part, method, lambda *_, **__: pytest.fail("was made"))
    monkeypatch.setattr(
        browser.observable.recorder.feed, "rows", lambda *_: pytest.fail("was made"), raising=False
    )
    state = settled(browser)
    assert (state["lookups"], state["why"], state["whatif"], state["rows"]) == (None, None, None, [])
    assert not browser.simulation.run.running


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"lookups": "some"}, "lookups: got 'some', accepted are '', 'all' and 'missed'"),
        ({"lookups": 3}, "lookups: got 3"),
        ({"why": "yes"}, "why: got 'yes', accepted is true or false"),
        ({"whatif": 1}, "whatif: got 1"),
        ({"entries": "all"}, "entries: got 'all'"),
        ({"entries": True, "start": "seven"}, "seven"),
    ],
)
def test_bad_parameters_name_themselves(counters: Browse, params: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        counters(filled(3)).state(params)


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("format", {}, "method: got 'format', accepted are look, ping, mark"),
        ("mark", {}, "on: missing, accepted is true or false"),
        ("mark", {"on": 1}, "on: got 1"),
        ("explain", {}, "number: missing"),
        ("explain", {"number": 99}, "number: lookup 99 is not kept any more"),
        ("whatif", {"run": "now"}, "run: got 'now'"),
        ("open", {"id": 7}, "id: 7 is of no entry that is cached now"),
        ("open", {"id": -7}, "id: got -7"),
        ("open", {}, "id: missing"),
        ("locate", {"id": 7}, "id: 7 is of no entry"),
        ("value", {}, "open_key: no entry is open"),
        ("code", {"of": "value"}, "open_key: no entry is open"),
        ("code", {"of": "view"}, "of: got 'view', accepted are 'stats', 'entries'"),
    ],
)
def test_bad_requests_name_the_parameter(
    counters: Browse, method: str, params: dict[str, Any], message: str
) -> None:
    with pytest.raises((TypeError, ValueError, LookupError), match=message):
        counters(filled(3)).answer(method, params)


# -- lookups, reasons, what if --


def test_the_feed_tells_of_each_lookup(counters: Browse) -> None:
    cache = InMemoryCache(maxsize=1)
    browser = counters(cache)
    ask(cache, "a")
    ask(cache, "a")
    ask(cache, "b")  # evicts a
    ask(cache, "a")
    cache.clear()
    ask(cache, "a")
    rows = settled(browser, lookups="all")["lookups"]
    assert [row["number"] for row in rows] == [5, 4, 3, 2, 1]
    assert [row["outcome"] for row in rows] == ["cleared", "evicted", "cold", "hit", "cold"]
    assert [row["note"] for row in rows] == ["cleared 1 lookup ago", "evicted 1 lookup ago", "", "", ""]
    assert [row["prompt"] for row in rows] == ["a", "a", "b", "a", "a"]
    missed = settled(browser, lookups="missed")["lookups"]
    assert [row["number"] for row in missed] == [5, 4, 3, 1]
    assert settled(browser)["seen"] == 5
    why = settled(browser, why=True)["why"]
    assert (why["cold"], why["evicted"], why["cleared"], why["unknown"]) == (2, 1, 1, 0)


def test_explanations_name_the_lookup(counters: Browse) -> None:
    cache = InMemoryCache()
    browser = counters(cache)
    ask(cache, chat_prompt("Tea?"), llm_string(temperature=0.0))
    ask(cache, chat_prompt("Tea?"), llm_string(temperature=0.2))
    settled(browser)
    found = browser.answer("explain", {"number": 2})
    assert (found["number"], found["outcome"]) == (2, "cold")
    assert "Tea?" in found["prompt"]


def test_what_if_begins_by_itself_and_again_when_the_log_has_doubled(counters: Browse) -> None:
    cache = InMemoryCache(maxsize=5)
    browser = counters(cache)

    def look_up(n: int) -> None:
        for i in range(n):
            ask(cache, f"p{i % 9}")
        assert cache.changes.flush(WAIT)

    look_up(99)
    state = settled(browser, whatif=True)
    assert (state["whatif"]["lookups"], browser.simulation.run.seen) == (0, 0)
    assert state["whatif"]["notes"] == ["The curves come with 100 lookups"]
    look_up(1)
    assert browser.simulation.run.seen == 0  # nobody looks
    until(browser, lambda: settled(browser, whatif=True)["whatif"]["lookups"] == 100)
    state = settled(browser, whatif=True)
    assert state["whatif"]["check"]["simulated"] == state["whatif"]["check"]["measured"] == cache.stats().hits
    look_up(99)
    state = settled(browser, whatif=True)
    assert state["seen"] - state["whatif"]["lookups"] - state["whatif"]["lost"] == 99
    look_up(1)
    until(browser, lambda: settled(browser, whatif=True)["whatif"]["lookups"] == 200)
    look_up(10)
    browser.answer("whatif", {"run": True})
    until(browser, lambda: settled(browser, whatif=True)["whatif"]["lookups"] == 210)


def test_what_was_cancelled_waits_to_be_asked_for(counters: Browse) -> None:
    cache = InMemoryCache(maxsize=5)
    browser = counters(cache)
    browser.answer("whatif", {"run": False})
    for i in range(200):
        ask(cache, f"p{i % 9}")
    assert settled(browser, whatif=True)["whatif"]["curves"] == []
    browser.answer("whatif", {"run": True})
    until(browser, lambda: settled(browser, whatif=True)["whatif"]["lookups"] == 200)


def test_closing_counters_ends_who_waits_for_the_curves(
    counters: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = counters(filled(2))
    recorder = browser.observable.recorder
    trace = recorder.log.trace

    def closing() -> Trace:
        browser.close()
        return trace()

    monkeypatch.setattr(recorder.log, "trace", closing)
    ask(browser.cache, "p9")
    with pytest.raises(RuntimeError, match="closed"):
        browser.what_if()


# -- figures --


def test_counting_from_a_mark(counters: Browse) -> None:
    cache = filled(2)
    browser = counters(cache)
    cache.lookup("p0", "m")
    browser.answer("mark", {"on": True})
    cache.lookup("p1", "m")
    state = settled(browser)
    assert (state["hits"], state["mark"]["hits"], state["mark"]["inserts"]) == (2, 1, 2)
    assert state["rates"]["mark"]["ratio"] == 1.0
    browser.answer("mark", {"on": False})
    assert settled(browser)["mark"] is None
    assert "mark" not in settled(browser)["rates"]


def test_what_was_saved_in_money_by_the_users_prices(counters: Browse) -> None:
    cache = InMemoryCache()
    browser = counters(cache)
    observable = browser.observable
    ask(cache, "p", "m", answer("x", (1_000_000, 500_000), "gpt-4o"))
    ask(cache, "q", "m", [Generation(text="no tokens")])
    for prompt in ("p", "p", "q"):
        ask(cache, prompt)
    saved = settled(browser)["saved"]
    assert (saved["input_tokens"], saved["output_tokens"], saved["tokens_unknown"]) == (
        2_000_000,
        1_000_000,
        1,
    )
    assert saved["money"] is None
    observable.prices, observable.currency = {"gpt-4o": (2.5, 10.0)}, "€"
    saved = settled(browser)["saved"]
    assert (saved["money"], saved["money_unknown"], saved["currency"]) == (15.0, 1, "€")


def test_lookups_out_of_two_browsers_count_once(counters: Browse) -> None:
    cache = filled(2)
    one, other = counters(cache), counters(cache, sort="prompt")
    assert one.observable is other.observable
    cache.lookup("p0", "m")
    for browser in (one, other):
        state = settled(browser, **ALL)
        assert (state["hits"], state["seen"], state["rows"][0]["hits"]) == (1, 1, 1)
    one.close()
    cache.lookup("p0", "m")
    assert settled(other)["hits"] == 2

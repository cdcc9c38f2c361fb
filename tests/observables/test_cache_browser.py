"""What cache counters show and answer."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from typing import Any, get_type_hints

import pandas as pd
import pytest
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, observe
from inmem_widgets.core.cache import CacheStats
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.query import EntryQuery
from inmem_widgets.wire import CacheState, EntryRow, Lookup
from tests.observables.caching import (
    SECRET,
    WAIT,
    Browse,
    answer,
    ask,
    chat_prompt,
    filled,
    llm_string,
    prompts_of,
    settled,
    until,
)

ALL = {"entries": True, "lookups": "all", "why": True, "whatif": True}


def fields_of(state: Any) -> set[str]:
    return set(get_type_hints(state))


@pytest.mark.parametrize("maxsize", [None, 2])
def test_states_have_all_fields_of_the_wire(counters: Browse, maxsize: int | None) -> None:
    cache = InMemoryCache(maxsize=maxsize)
    browser = counters(cache)
    made_by_widgets = {"seq", "now", "title"}
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


# -- the open entry --


def test_the_value_of_an_entry_are_its_generations_as_messages(counters: Browse) -> None:
    cache = InMemoryCache()
    cache.update(chat_prompt("Tea?"), llm_string(), answer("Gladly.", (1_200, 2)))
    browser = counters(cache)
    (row,) = settled(browser, entries=True)["rows"]
    assert row["tokens"] == 1_202
    browser.answer("open", {"id": row["id"]})
    view = browser.answer("value", {})
    (message,) = view["blocks"]
    assert (view["format"], message["kind"], message["role"]) == ("messages", "message", "ai")
    assert message["text"][0]["text"] == "Gladly."
    assert (view["id"], view["version"]) == (row["id"], browser.state({})["open"]["version"])
    assert (view["edit"], view["reason"]) == (None, "what a model answered is shown, not changed")
    tree = browser.answer("value", {"path": [0], "format": "fields"})
    assert tree["name"]
    browser.answer("open", {"id": None})
    assert browser.state({})["open"] is None


@pytest.mark.parametrize("value", [[], None, 7, "text", {"a": 1}, [object()], [Generation(text="x"), 3]])
def test_values_that_are_no_generations_are_shown_as_what_they_are(counters: Browse, value: Any) -> None:
    cache = InMemoryCache()
    cache.update("p", "no JSON {", value)
    browser = counters(cache)
    browser.open_key = ("p", "no JSON {")
    state = settled(browser, entries=True)
    assert state["open"]["type"]
    assert state["rows"][0]["tokens"] is None
    assert state["rows"][0]["model"] == "no JSON {"
    assert browser.answer("value", {})["blocks"]


def test_the_open_entry_is_followed(counters: Browse) -> None:
    cache = filled(2, maxsize=2)
    browser = counters(cache)
    browser.open_key = ("p0", "m")
    first = settled(browser)
    assert not first["open"]["gone"]
    assert first["open_row"]["prompt"] == "p0"

    cache.update("p0", "m", [Generation(text="another")])
    refreshed = settled(browser)["open"]
    assert refreshed["version"] != first["open"]["version"]
    assert browser.answer("value", {})["blocks"][0]["text"][0]["text"] == "another"

    cache.update("p1", "m", [Generation(text="not this one")])
    assert settled(browser)["open"]["version"] == refreshed["version"]

    ask(cache, "p2")  # evicts p0
    gone = settled(browser)
    assert gone["open"]["gone"]
    assert gone["open"]["version"] != refreshed["version"]
    assert gone["open_row"]["size"] is not None  # as it was last
    with pytest.raises(LookupError, match="not in the cache"):
        browser.answer("value", {})

    ask(cache, "p0", value=[Generation(text="back")])
    back = settled(browser)["open"]
    assert (back["gone"], back["id"]) == (False, first["open"]["id"])
    assert browser.value[0].text == "back"
    cache.clear()
    assert settled(browser)["open"]["gone"]


def test_only_a_key_can_be_opened(counters: Browse) -> None:
    browser = counters(filled(1))
    for wrong in ("p0", ("p0",), ("p0", 3), ["p0", "m"]):
        with pytest.raises(Exception, match=r"open_key: got \w+, accepted is None or \(prompt, llm_string\)"):
            browser.open_key = wrong
    assert browser.open_key is None


def test_looking_uses_nothing(counters: Browse) -> None:
    cache = filled(20, maxsize=20, policy="lru")
    before, order = cache.stats(), list(cache._cache)
    browser = counters(cache, sort="size")
    browser.open_key = ("p3", "m")
    settled(browser, **ALL)
    browser.answer("value", {})
    browser.answer("locate", {"id": browser.state({})["open"]["id"]})
    assert cache.stats() == before
    assert list(cache._cache) == order


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


# -- code --


def run(code: str, **names: Any) -> Any:
    """What a cell shows."""
    *before, last = code.splitlines() if "lookup(" not in code else [code]
    exec("\n".join(before), names)
    return eval(last, names)


def test_generated_cells_run_and_show_what_the_view_shows(counters: Browse) -> None:
    cache = InMemoryCache(maxsize=8)
    browser = counters(cache, name="my_cache")

    def cell(of: str) -> Any:
        return run(browser.answer("code", {"of": of})["code"], my_cache=cache)

    for i in range(150):
        ask(cache, f"p{i % 9}")
        ask(cache, f"p{i % 9}", "other")
    assert cell("stats") == cache.stats()
    browser.answer("mark", {"on": True})
    ask(cache, "p1")
    since: CacheStats = cell("stats")
    assert since.lookups == 1

    for sort in ("stored", "prompt", "model", "hits", "age", "used", "size"):
        for descending in (False, True):
            browser.query = EntryQuery(filter="oth", sort=sort, descending=descending)
            shown, frame = prompts_of(browser), cell("entries")
            assert sorted(frame["prompt"]) == sorted(shown)
            if sort not in ("hits", "size"):  # which have ties, kept in the cache's own order here
                assert frame["prompt"].tolist() == shown
    assert isinstance(cell("lookups"), pd.DataFrame)
    assert cell("lookups")["number"].tolist() == list(range(1, 302))
    assert cell("history")["hits"].sum() == cache.stats().hits
    assert {"fifo", "lru"} <= set(cell("whatif")["policy"])
    ask(cache, "p1")
    browser.open_key = ("p1", "m")
    assert cell("value") is browser.value


def test_no_secret_and_no_long_text_gets_into_a_cell(counters: Browse) -> None:
    cache = filled(0)
    browser = counters(cache, name="not a name")
    assert browser.answer("code", {"of": "stats"})["code"] == "cache.stats()"
    for key, problem in ((("p", llm_string(api_key=SECRET)), "secrets"), (("x" * 20_000, "m"), "10,000")):
        cache.update(*key, answer())
        browser.open_key = key
        with pytest.raises(ValueError, match=problem):
            browser.answer("code", {"of": "value"})


# -- what must not hurt --


def test_secrets_are_masked_wherever_text_is_shown(counters: Browse) -> None:
    cache = InMemoryCache()
    browser = counters(cache)
    ask(cache, f"my key is {SECRET}", llm_string(openai_api_key=SECRET))
    ask(cache, f"my key is {SECRET}", llm_string(openai_api_key=SECRET, temperature=1))
    browser.open_key = next(iter(cache._cache))
    state = settled(browser, **ALL)
    shown = json.dumps([state, browser.answer("explain", {"number": 2}), browser.picture()])
    assert SECRET not in shown
    assert SECRET[8:] not in shown


def test_a_prompt_of_5_mb_costs_a_line(counters: Browse) -> None:
    cache = InMemoryCache()
    browser = counters(cache, filter="begin", sort="prompt")
    key = ("begin " + "x" * 5_000_000, llm_string() + "y" * 5_000_000)
    ask(cache, *key)
    browser.open_key = key
    state = settled(browser, **ALL)
    assert state["listed"] == 1
    assert len(json.dumps({**state, "history": 0, "all": 0})) < 20_000
    assert len(json.dumps(browser.answer("explain", {"number": 1}))) < 50_000


def test_text_that_no_encoder_takes(counters: Browse) -> None:
    cache = InMemoryCache()
    browser = counters(cache)
    ask(cache, "\ud800 and \x00", "\udfff")
    browser.query = EntryQuery(filter="\ud800")
    browser.open_key = ("\ud800 and \x00", "\udfff")
    json.dumps(settled(browser, **ALL), ensure_ascii=False).encode()


def test_what_is_no_key_is_left_out(counters: Browse) -> None:
    cache = filled(2)
    browser = counters(cache, sort="prompt")

    class Rude(str):
        def __hash__(self) -> int:
            return hash(str(self))

        def casefold(self) -> str:
            raise AssertionError("foreign code was run")

    cache._cache["no tuple"] = 1  # type: ignore[index, assignment]
    cache._cache[(Rude("x"), "m")] = []
    cache._cache[(1, 2)] = []  # type: ignore[index]
    browser.query = EntryQuery(sort="prompt", descending=True)
    assert prompts_of(browser) == ["p1", "p0"]
    browser.query = EntryQuery()
    json.dumps(settled(browser, **ALL))


def test_closing_ends_all_and_lets_go(counters: Browse) -> None:
    cache = filled(2_000, maxsize=2_000)
    browser = CacheBrowser(observe(cache))
    for i in range(300):
        ask(cache, f"p{i}")
    browser.query = EntryQuery(sort="size")
    browser.state(ALL)
    watched = weakref.ref(browser.observable)
    browser.close()
    browser.close()
    assert browser.entries.wait(WAIT)
    assert browser.simulation.run.wait(WAIT)
    for thread in threading.enumerate():  # deliveries and tasks linger for a moment
        if thread.name.startswith("inmem-widgets"):
            thread.join(WAIT)
    gc.collect()
    assert watched() is None
    assert not cache.changes.active
    with pytest.raises(RuntimeError, match="the counters are closed: make others with inspect"):
        browser.state({})


def test_a_browser_that_is_forgotten_goes(counters: Browse) -> None:
    cache = filled(3)
    held = observe(cache)
    gone = weakref.ref(browser := CacheBrowser(held))
    settled(browser, **ALL)
    del browser
    for thread in threading.enumerate():
        if thread.name.startswith("inmem-widgets"):
            thread.join(WAIT)
    gc.collect()
    assert gone() is None

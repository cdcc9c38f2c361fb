"""What must not hurt cache counters, and what they leave behind."""

from __future__ import annotations

import json
import weakref

import pytest

from inmem_widgets import InMemoryCache, observe
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.query import EntryQuery
from tests.observables.caching import ALL, SECRET, Browse, ask, filled, llm_string, prompts_of, settled
from tests.observables.waiting import WAIT, let_go


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


def test_a_key_that_cannot_be_compared_spoils_nothing(counters: Browse) -> None:
    class Rude(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            raise AssertionError("foreign code was run")

    cache, prompt = InMemoryCache(), Rude("x")
    cache.update(prompt, "m", [])
    browser = counters(cache)
    for asked in (prompt, "y"):
        cache.lookup(asked, "m")
    assert cache.changes.flush()
    assert browser.observable.recorder.seen == 2
    assert browser.observable.saved()["tokens_unknown"] == 1
    browser.open_key = ("x", "m")
    opened = settled(browser, **ALL)["open"]
    assert opened["gone"]


def test_an_entry_is_as_large_as_its_key_and_value(counters: Browse) -> None:
    cache = InMemoryCache()
    browser = counters(cache)
    for prompt in ("short", "long " * 100_000):
        ask(cache, prompt)
    browser.query = EntryQuery(sort="size", descending=True)
    state = settled(browser, entries=True)
    sizes = [row["size"] for row in state["rows"]]
    assert sizes[0] > 500_000 > sizes[1]
    assert state["bytes"] == pytest.approx(sum(sizes), rel=0.01)


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
    let_go()
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
    let_go()
    assert gone() is None

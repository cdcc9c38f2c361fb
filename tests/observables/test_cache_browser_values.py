"""The open entry of cache counters, and the cells they write."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache
from inmem_widgets.core.cache import CacheStats
from inmem_widgets.observables.lookups.query import EntryQuery
from tests.observables.caching import (
    ALL,
    SECRET,
    Browse,
    answer,
    ask,
    chat_prompt,
    filled,
    llm_string,
    prompts_of,
    settled,
)


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

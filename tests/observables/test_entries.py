"""Entries of a cache: which are listed, in which order, and in which rows."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, observe
from inmem_widgets.observables.keys.query import QueryError
from inmem_widgets.observables.lookups import entries as entries_module
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.query import EntryQuery
from tests.observables.caching import (
    Browse,
    answer,
    ask,
    chat_prompt,
    filled,
    llm_string,
    prompts_of,
    settled,
)
from tests.observables.waiting import WAIT, until


def test_the_caches_own_order_needs_no_work(counters: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = counters(filled(100, maxsize=50))
    monkeypatch.setattr(entries_module.Background, "want", lambda *_, **__: pytest.fail("was made"))
    assert prompts_of(browser, start=0, stop=3) == ["p50", "p51", "p52"]
    assert prompts_of(browser, start=48, stop=60) == ["p98", "p99"]
    browser.query = EntryQuery(descending=True)
    assert prompts_of(browser, start=0, stop=2) == ["p99", "p98"]


def test_of_lru_the_entry_unused_for_longest_is_first_and_looking_is_no_use(counters: Browse) -> None:
    cache = filled(3, maxsize=3, policy="lru")
    browser = counters(cache)
    cache.lookup("p0", "m")
    for _ in range(3):
        assert prompts_of(browser) == ["p1", "p2", "p0"]
    browser.open_key = ("p1", "m")
    assert browser.value[0].text == "a1"
    assert prompts_of(browser) == ["p1", "p2", "p0"]
    assert cache.stats().hits == 1


def test_filtering_by_prompt_and_model_in_any_case_unless_there_is_a_capital(counters: Browse) -> None:
    cache = InMemoryCache()
    cache.update(chat_prompt("Make TEA"), llm_string("gpt-4o"), answer())
    cache.update(chat_prompt("Brew tea"), llm_string("claude"), answer())
    cache.update(chat_prompt("coffee"), llm_string("claude"), answer())
    browser = counters(cache)

    def listed(wanted: str) -> list[str]:
        browser.query = EntryQuery(filter=wanted)
        return prompts_of(browser)

    assert len(listed("tea")) == 2
    assert len(listed("TEA")) == 1
    assert len(listed("Tea")) == 0
    assert len(listed("claude")) == 2
    assert len(listed("make  tea")) == 1  # white space as it is shown
    assert len(listed("brew\ntea")) == 1
    assert len(listed("HumanMessage")) == 0  # of the text that is shown, not of how it is stored
    assert len(listed("")) == 3


def test_sorting_by_all_that_is_known(counters: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = InMemoryCache()
    cache.update("before", "m", [])
    browser = counters(cache)
    ask(cache, "b", "m2", answer("long " * 50, (5, 5)))
    ask(cache, "A", "m3", answer("x", (10, 1)))
    ask(cache, "c", "m1", [Generation(text="no tokens known")])
    for prompt, llm, times in (("A", "m3", 2), ("b", "m2", 1), ("c", "m1", 3)):
        for _ in range(times):
            cache.lookup(prompt, llm)
    assert cache.changes.flush(WAIT)

    def listed(sort: Any, *, descending: bool = False) -> str:
        browser.query = EntryQuery(sort=sort, descending=descending)
        return " ".join(prompts_of(browser))

    assert listed("stored") == "before b A c"
    assert listed("stored", descending=True) == "c A b before"
    assert listed("prompt") == "A b before c"
    assert listed("prompt", descending=True) == "c before b A"
    assert listed("model") == "before c b A"
    assert listed("hits").replace("before ", "").replace(" before", "") == "b A c"
    assert listed("hits", descending=True).replace(" before", "") == "c A b"
    # what is not known comes last, ascending or descending
    assert listed("tokens") == "b A before c"
    assert listed("tokens", descending=True) == "A b before c"
    assert listed("age") == "c A b before"
    assert listed("age", descending=True) == "b A c before"
    assert listed("used") == "A b c before"
    assert listed("used", descending=True) == "c b A before"
    assert listed("load").endswith("before")
    assert listed("load", descending=True).endswith("before")
    assert listed("size").split()[0] == "before"
    assert listed("size", descending=True).split()[-1] == "before"


QUERIES = st.builds(
    EntryQuery,
    filter=st.sampled_from(["", "1", "p2", "P", "m", "zz"]),
    sort=st.sampled_from(["stored", "prompt", "model", "size", "hits"]),
    descending=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["fifo", "lru"]),
    st.lists(
        st.tuples(st.sampled_from(["ask", "update", "clear", "query"]), st.integers(0, 30), QUERIES),
        max_size=40,
    ),
)
def test_lists_equal_an_oracle(policy: Any, steps: list[tuple[str, int, EntryQuery]]) -> None:
    cache = InMemoryCache(maxsize=12, policy=policy)
    browser = CacheBrowser(observe(cache))
    hits: dict[str, int] = {}
    try:
        for what, i, query in steps:
            if (f"p{i}", "m") not in cache._cache:
                hits[f"p{i}"] = 0
            if what == "ask":
                hits[f"p{i}"] += ask(cache, f"p{i}")
            elif what == "update":
                cache.update(f"p{i}", "m", [Generation(text="x" * i)])
            elif what == "clear":
                cache.clear()
            else:
                browser.query = query
        query = browser.query
        keys = [p for p, _ in cache._cache if query.filter in p or query.filter == "m"]
        state = settled(browser, entries=True)
        assert state["listed"] == len(keys)
        shown = [row["prompt"] for row in state["rows"]]
        assert sorted(shown) == sorted(keys)
        by: dict[str, Any] = {"prompt": str, "model": lambda key: "m"}
        if query.sort in by:
            assert shown == sorted(keys, key=by[query.sort], reverse=query.descending)
        elif query.sort == "stored":
            assert shown == (keys[::-1] if query.descending else keys)
        else:
            numbers = [row[query.sort] for row in state["rows"]]
            assert numbers == sorted(numbers, reverse=query.descending)
        assert [row["hits"] for row in state["rows"]] == [hits[prompt] for prompt in shown]
        for i, row in enumerate(state["rows"]):
            assert browser.answer("locate", {"id": row["id"]}) == {"row": i}
    finally:
        browser.close()


@pytest.mark.parametrize("query", [{"filter": "p"}, {"sort": "prompt"}, {"sort": "size"}, {"sort": "hits"}])
def test_a_list_is_made_in_small_steps(counters: Browse, query: dict[str, Any]) -> None:
    count = 3_000
    browser = counters(filled(count))
    browser.query = EntryQuery(**query)
    assert browser.entries.wait(WAIT)
    progress = list(browser.entries._make())
    assert len(progress) >= count / entries_module.CHUNK
    assert progress == sorted(progress)


def test_ids_stay_with_their_keys(counters: Browse) -> None:
    cache = filled(5)
    browser = counters(cache)
    before = {row["prompt"]: row["id"] for row in settled(browser, entries=True)["rows"]}
    cache.clear()
    for i in reversed(range(5)):
        ask(cache, f"p{i}")
    browser.query = EntryQuery(sort="prompt", descending=True)
    after = {row["prompt"]: row["id"] for row in settled(browser, entries=True)["rows"]}
    assert after == before
    assert all(0 <= number < 1 << 53 for number in after.values())
    assert len(set(after.values())) == 5


def test_a_list_follows_the_cache_while_somebody_looks(counters: Browse) -> None:
    cache = filled(10)
    browser = counters(cache, filter="p1")
    assert prompts_of(browser) == ["p1"]
    ask(cache, "p11")
    until(browser, lambda: browser.state({"entries": True})["listed"] == 2)
    cache.clear()
    until(browser, lambda: browser.state({"entries": True})["listed"] == 0)


def test_rows_of_entries_that_left_meanwhile_say_so(counters: Browse) -> None:
    cache = filled(3, maxsize=3)
    browser = counters(cache)
    state = settled(browser, entries=True)
    first = state["rows"][0]["id"]
    assert state["removed"] == []
    ask(cache, "p3")  # evicts p0
    assert settled(browser, entries=True)["removed"] == [first]
    ask(cache, "p0")  # is back, and evicts p1
    assert settled(browser, entries=True)["removed"] == [state["rows"][1]["id"]]
    cache.clear()
    assert len(settled(browser, entries=True)["removed"]) == 4


def test_nothing_is_made_for_views_that_show_no_entries(
    counters: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = counters(filled(10), sort="prompt")
    assert browser.entries.wait(WAIT)
    calls: list[Any] = []
    monkeypatch.setattr(browser.entries, "_want", lambda **_: calls.append(1))
    state = browser.state({})
    assert (state["rows"], state["listed"], calls) == ([], 0, [])
    assert browser.state({"entries": True})["listed"] == 10
    assert calls


def test_a_list_nobody_looks_at_keeps_nothing(counters: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries_module, "IDLE", -1.0)
    cache = filled(10)
    browser = counters(cache, sort="prompt")
    settled(browser, entries=True)
    ask(cache, "p3")
    assert cache.changes.flush(WAIT)
    assert browser.entries._made.result is None
    assert not browser.screen.departed._shown
    assert prompts_of(browser, stop=1) == ["p0"]  # and is there again when looked at


def test_a_browser_does_not_keep_the_cache_alive_and_tells_when_it_is_gone(counters: Browse) -> None:
    cache = filled(1_000)
    browser = counters(cache, keep=False, sort="prompt", filter="p1")
    browser.open_key = ("p1", "m")
    settled(browser, entries=True, lookups="all", why=True, whatif=True)
    gone = weakref.ref(cache)
    del cache
    gc.collect()
    assert gone() is None
    state = browser.state({"entries": True, "lookups": "all", "why": True, "whatif": True})
    assert (state["listed"], state["rows"], state["size"]) == (0, [], 1_000)
    assert state["open"]["gone"]
    with pytest.raises(LookupError, match="is gone"):
        browser.cache  # noqa: B018


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("filter", 7, "filter: got 7, accepted is a str"),
        ("filter", "x" * 2_000, "filter: got 2,000 characters, at most 1,000 are accepted"),
        ("sort", "colour", "sort: got 'colour', accepted is 'stored' or 'prompt'"),
        ("descending", 1, "descending: got 1, accepted is True or False"),
        ("colour", "red", "colour: not a part of a query, which has filter, sort, descending"),
    ],
)
def test_bad_queries_name_the_argument(counters: Browse, field: str, value: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        EntryQuery().but({field: value})
    browser = counters(filled(3))
    before = browser.query
    browser.answer("entries", {field: value})
    problem = browser.state({})["problem"]
    assert problem["field"] == field
    assert browser.query == before
    browser.answer("entries", {"sort": "prompt"})
    assert browser.state({})["problem"] is None
    assert browser.query.sort == "prompt"


def test_writers_beside_a_list_being_made(counters: Browse) -> None:
    cache = filled(3_000, maxsize=3_000)
    browser = counters(cache)
    stop = threading.Event()

    def write() -> None:
        i = 3_000
        while not stop.is_set():
            ask(cache, f"p{i}")
            i += 1
            if i % 50 == 0:
                stop.wait(0.001)  # leaves the others some time

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for sort in ("prompt", "size", "hits", "stored"):
            for wanted in ("", "9"):
                browser.query = EntryQuery(filter=wanted, sort=sort)
                until(browser, lambda: browser.state({"entries": True})["progress"] is None)
                assert browser.state({"entries": True})["listed"] > 0
    finally:
        stop.set()
        writer.join()
    assert len(prompts_of(browser)) == 40

"""The cache counters' widget: what Python gets of it, what its views share, what is sent and when."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from typing import Any

import pandas as pd
import pytest
from langchain_core.outputs import Generation

from inmem_widgets import (
    CacheCounters,
    InMemoryCache,
    InMemorySaver,
    InMemoryStore,
    inspect,
    observe,
    to_frame,
)
from inmem_widgets.observables.lookups.query import EntryQuery
from inmem_widgets.widgets import bundles
from tests.observables.caching import SECRET, answer, chat_prompt, filled, llm_string, settled
from tests.observables.caching import ask as look_up
from tests.observables.waiting import WAIT
from tests.widgets.conftest import Ask, answers
from tests.widgets.test_key_table import patches
from tests.widgets.test_messages import opened, request

VALUE = [Generation(text="x")]


def test_views_share_query_and_open_entry_but_not_what_they_ask_for(ask: Ask) -> None:
    cache = filled(30)
    counters = inspect(cache)
    (a, b) = answers(ask(counters, opened("a", entries=True), opened("b", lookups="all")))
    assert (len(a["state"]["rows"]), b["state"]["rows"]) == (30, [])
    assert (a["state"]["lookups"], b["state"]["lookups"]) == (None, [])
    number = a["state"]["rows"][3]["id"]
    news = patches(ask(counters, request(1, "open", "a", id=number)))
    assert news["a"]["open"]["id"] == news["b"]["open"]["id"] == number
    assert counters.open_key == ("p3", "m")
    assert counters.value[0].text == "a3"
    ask(counters, request(2, "entries", "a", filter="p1"))
    assert counters.browser.entries.wait(WAIT)
    ask(counters, request(3, "look", "a"))
    (answer,) = answers(ask(counters, opened("a", entries=True)))
    assert answer["state"]["entry_query"]["filter"] == counters.query.filter == "p1"
    assert answer["state"]["listed"] == 11
    counters.close()


def test_all_requests_are_answered_errors_included(ask: Ask) -> None:
    cache = filled(3)
    counters = inspect(cache)
    ask(counters, opened(lookups="all"))
    look_up(cache, "p7")
    assert cache.changes.flush(WAIT)

    def reply(method: str, **params: Any) -> dict[str, Any]:
        sent = ask(counters, {**request(1, method), "params": params})
        (found,) = [message for message in sent if message["kind"] == "reply"]
        return found

    assert reply("explain", number=1)["result"]["outcome"] == "cold"
    assert "LookupError: number" in reply("explain", number=7)["error"]
    assert "LookupError: id" in reply("open", id=1)["error"]
    assert "no entry is open" in reply("value")["error"]
    assert "TypeError: on" in reply("mark")["error"]
    assert "accepted are look, ping" in reply("delete", ids=[])["error"]
    for method, fits in (("entries", {"sort": "hits"}), ("whatif", {"run": False}), ("mark", {"on": True})):
        assert reply(method, **fits)["result"] is None


def test_the_rest_of_the_code_is_sent_when_asked_for(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    counters = inspect(cache := filled(1))
    monkeypatch.setattr(bundles, "STATIC", tmp_path)
    (tmp_path / "cache_panes.js").write_text("script")
    (tmp_path / "cache_panes.css").write_text("style")
    (reply,) = answers(ask(counters, request(1, "module")))
    assert reply["result"] == {"script": "script", "style": "style"}
    assert cache.stats().lookups == 0


def test_each_view_gets_patches_that_follow(ask: Ask) -> None:
    cache = InMemoryCache(maxsize=3)
    counters = inspect(cache)
    (answer,) = answers(ask(counters, opened()))
    look_up(cache, "p")
    look_up(cache, "p")
    assert cache.changes.flush(WAIT)
    ask(counters, request(1, "look"))
    (answer,) = answers(ask(counters, opened()))
    assert (answer["state"]["hits"], answer["state"]["misses"]) == (1, 1)


def test_frames(ask: Ask) -> None:
    cache = InMemoryCache(maxsize=2)
    counters = inspect(cache)
    for prompt in ("a", "a", "b", "c", "a"):
        look_up(cache, prompt)
    frame = counters.lookups_frame()
    assert frame["number"].tolist() == [1, 2, 3, 4, 5]
    assert frame["outcome"].tolist() == ["cold", "hit", "cold", "cold", "evicted"]
    assert frame["lookups_ago"].isna().tolist() == [True, True, True, True, False]
    entries = counters.entries_frame()
    assert entries["prompt"].tolist() == ["c", "a"]
    assert entries["hits"].tolist() == [0, 0]
    pd.testing.assert_frame_equal(entries, to_frame(cache))
    for lately in (False, True):
        history = counters.history_frame(lately=lately)
        assert history[["hits", "misses", "evictions"]].sum().tolist() == [1, 4, 2]
        assert history["time"].is_monotonic_increasing
    what_if = counters.what_if()
    assert what_if.query("policy == 'fifo' and maxsize == 2")["hit_ratio"].tolist() == [0.2]
    assert counters.stats() == cache.stats()


def kinds(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


def test_frames_have_the_same_columns_and_types_without_rows() -> None:
    empty, full = inspect(nothing := InMemoryCache()), inspect(cache := filled(1))
    for i in range(120):
        look_up(cache, chat_prompt(f"{i % 50}"), llm_string(), answer())
    for name in ("entries_frame", "lookups_frame", "history_frame", "what_if"):
        without, with_rows = getattr(empty, name)(), getattr(full, name)()
        assert len(with_rows)
        assert kinds(without) == kinds(with_rows), name
    assert kinds(full.lookups_frame()) == {
        "number": "int64",
        "time": "datetime64[us, UTC]",
        "outcome": "category",
        "prompt": "str",
        "llm_string": "str",
        "asked": "str",
        "load_time": "Float64",
        "waiting": "bool",
        "beside": "bool",
        "lookups_ago": "Int64",
    }
    assert nothing.stats().lookups == 0


def test_secrets_are_masked_in_frames_and_pictures_unless_the_raw_text_is_asked_for() -> None:
    cache = InMemoryCache()
    counters = inspect(cache)
    look_up(cache, f"my key: {SECRET}", llm_string(openai_api_key=SECRET))
    for frame in (counters.entries_frame, counters.lookups_frame):
        text = frame().to_csv()
        assert SECRET[8:] not in text
        assert SECRET in frame(mask=False).to_csv()
    assert SECRET[8:] not in to_frame(cache).to_csv()
    assert SECRET in to_frame(cache, mask=False).to_csv()
    data, _ = counters._repr_mimebundle_()
    assert SECRET[8:] not in json.dumps([data, counters.state])


def test_the_picture_for_where_no_script_runs() -> None:
    cache = InMemoryCache(maxsize=2)
    counters = inspect(cache, prices={"gpt-4o": (1_000_000.0, 0.0)}, currency="€")
    for prompt in ("a", "b", "c", "a", "a"):
        look_up(cache, prompt, value=answer("<script>", (2, 1)))
    assert cache.changes.flush(WAIT)
    html = counters.static_html()
    for text in ("20.0%", "2 of 2", "€2.00", "missed: evicted before", "5 lookups"):
        assert text in html
    cache.update("a", "m", [Generation(text="no tokens")])
    look_up(cache, "a")
    assert cache.changes.flush(WAIT)
    assert "at least" in counters.static_html()
    assert "unknown" in inspect(InMemoryCache()).static_html()


# -- arguments --


def test_prices_of_the_user() -> None:
    cache = InMemoryCache()
    counters = inspect(cache, prices={"m": (1, 2)}, currency="kr")
    assert counters.observable.prices == {"m": (1.0, 2.0)}
    assert counters.observable.currency == "kr"
    assert inspect(cache).state["saved"]["currency"] == "kr"  # of the cache, not of one widget


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"prices": 3}, TypeError, "prices: got int, accepted is"),
        ({"prices": {"m": 3}}, TypeError, r"prices\['m'\]: got 3"),
        ({"prices": {"m": (1, -2)}}, ValueError, r"prices\['m'\]: got \(1, -2\)"),
        ({"prices": {3: (1, 2)}}, TypeError, "prices: got 3 as a model name"),
        ({"currency": 3}, TypeError, "currency: got int"),
        ({"prices": {"m": (1, 2)}, "currency": "far too long"}, ValueError, "currency: got 'far too long'"),
        ({"prices": {"m": (1, 2)}, "currency": "kr", "name": 5}, TypeError, "name: got 5, accepted is a str"),
        ({"filter": "x"}, TypeError, "filter: for stores only, and not for InMemoryCache"),
        ({"editable": True}, TypeError, "editable: for stores and checkpointers only"),
    ],
)
def test_bad_arguments_change_nothing(options: Any, error: type[Exception], message: str) -> None:
    cache = InMemoryCache()
    held = observe(cache)
    with pytest.raises(error, match=message):
        inspect(cache, **options)
    assert (held.prices, held.currency) == (None, "$")


@pytest.mark.parametrize("other", [InMemoryStore(), InMemorySaver()], ids=["store", "saver"])
def test_prices_are_for_caches_only(other: Any) -> None:
    for options in ({"prices": {}}, {"currency": "€"}):
        (name,) = options
        with pytest.raises(TypeError, match=f"{name}: for caches only, and not for {type(other).__name__}"):
            inspect(other, **options)
        with pytest.raises(TypeError, match=f"{name}: for caches only"):
            inspect(InMemoryCache(), other, **options)
    with pytest.raises(TypeError, match=f"mask: not for .* of {type(other).__name__}, which take"):
        to_frame(other, mask=True)
    with pytest.raises(TypeError, match="mask: got 1, accepted is True or False"):
        to_frame(InMemoryCache(), mask=1)  # type: ignore[arg-type]


def test_python_changes_what_is_listed_and_counted_from() -> None:
    cache = filled(3)
    counters = inspect(cache)
    counters.show(sort="prompt", descending=True)
    assert counters.query == EntryQuery(sort="prompt", descending=True)
    counters.query = EntryQuery(filter="p1")
    with pytest.raises(ValueError, match="colour: not a part of a query"):
        counters.show(colour="red")
    assert counters.query.filter == "p1"
    counters.open_key = ("p1", "m")
    assert counters.value == [Generation(text="a1")]
    counters.mark()
    assert counters.observable.marked is not None
    counters.mark(False)
    assert counters.observable.marked is None


# -- life --


def test_counters_keep_neither_the_cache_nor_anything_else_alive(ask: Ask) -> None:
    cache = filled(200)
    counters = inspect(cache)
    for i in range(150):
        look_up(cache, f"p{i}")
    ask(counters, opened(entries=True, lookups="all", why=True, whatif=True))
    ask(counters, request(1, "entries", sort="size"))
    settled(counters.browser, entries=True, lookups="all", why=True, whatif=True)
    gone = weakref.ref(cache)
    del cache
    gc.collect()
    assert gone() is None
    told = patches(ask(counters, request(2, "ping")))["v"]
    assert told["title"]["gone"]
    assert told["listed"] == 0
    with pytest.raises(LookupError, match="the cache is gone"):
        counters.stats()
    assert len(counters.entries_frame()) == 0
    assert len(counters.lookups_frame()) == 150
    assert "150 lookups" in counters.static_html()


def test_closing_ends_the_watching() -> None:
    cache = filled(200)
    counters = inspect(cache)
    counters.show(sort="prompt")
    counters.close()
    for thread in threading.enumerate():  # deliveries and tasks linger for a moment
        if thread.name.startswith("inmem-widgets"):
            thread.join(WAIT)
    gc.collect()
    assert not cache.changes.active
    counters.close()
    with pytest.raises(RuntimeError, match="make others? with inspect|make another with inspect"):
        counters.stats()


def test_two_widgets_of_one_cache_agree(ask: Ask) -> None:
    cache = filled(3)
    one, other = inspect(cache), CacheCounters(observe(cache))
    look_up(cache, "p1")
    look_up(cache, "p9")
    assert cache.changes.flush(WAIT)
    states = [ask(each, opened(lookups="all"))[-1]["state"] for each in (one, other)]
    for name in ("hits", "misses", "seen", "lookups", "saved", "stampedes"):
        assert states[0][name] == states[1][name]
    one.close()
    look_up(cache, "p1")
    assert cache.changes.flush(WAIT)
    assert ask(other, opened())[-1]["state"]["hits"] == 2


def test_requests_beside_a_writer_never_fail(ask: Ask) -> None:
    cache = InMemoryCache(maxsize=500, policy="lru")
    counters = inspect(cache)
    ask(counters, opened(entries=True, lookups="all", why=True))
    stop = threading.Event()

    def write() -> None:
        i = 0
        while not stop.is_set():
            i += 1
            look_up(cache, f"p{(i * 7) % 900}", value=VALUE)
            if i % 50 == 0:
                stop.wait(0.001)  # leaves the others some time
            if i % 500 == 0:
                cache.clear()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(30):
            params = {"start": n * 7, "stop": n * 7 + 40, "lookups": ("all", "missed")[n % 2]}
            sent = ask(counters, request(n, "look", **params))
            if n % 10 == 0:
                sent += ask(counters, request(n, "entries", sort=("stored", "hits", "prompt")[n // 10 % 3]))
            assert not [m for m in sent if "error" in m]
    finally:
        stop.set()
        writer.join()
    assert cache.changes.flush(WAIT)
    (answer,) = [m for m in ask(counters, opened()) if m["kind"] == "opened"]
    assert {name: answer["state"][name] for name in ("hits", "misses")} == {
        "hits": cache.stats().hits,
        "misses": cache.stats().misses,
    }

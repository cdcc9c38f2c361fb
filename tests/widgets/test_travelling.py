"""Travelling in the log, in widgets: the key table and the counters as they were."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import (
    CacheCounters,
    InMemoryCache,
    KeyTable,
)
from inmem_widgets.widgets.base import InspectorWidget
from tests.widgets.conftest import Ask
from tests.widgets.logviews import View, keys_in, store_of


def test_the_table_shows_how_it_was_and_comes_back(ask: Ask) -> None:
    store = store_of(a=1, b=2)
    table = KeyTable(store, editable=True)
    view = View(table, ask)
    store.mset([("a", "new"), ("c", 3)])
    store.mdelete(["b"])
    view.look()
    view.do("travel", at=0)
    assert (view.result, view.error) == (None, "")
    assert keys_in(view.state) == {"a": "1", "b": "2"}
    assert (view.state["total"], view.state["editable"]) == (2, False)
    travel = view.state["travel"]
    assert (travel["at"], travel["first"], travel["last"], travel["row"]) == (0, 0, 2, None)
    view.do("travel", at=1)
    assert keys_in(view.state) == {"a": "new", "b": "2", "c": "3"}
    assert view.state["travel"]["row"]["kind"] == "change"
    assert table.travel == 1
    assert table.listed_keys() == ["a", "c", "b"]
    assert list(table.to_frame()["key"]) == ["a", "c", "b"]
    # the live object goes on, and is not shown
    store.mset([("d", 4)])
    assert keys_in(view.look()) == {"a": "new", "b": "2", "c": "3"}
    assert view.state["travel"]["last"] == 3
    view.do("travel", at=None)
    assert keys_in(view.state) == {"a": "new", "c": "3", "d": "4"}
    assert (view.state["travel"]["at"], view.state["editable"]) == (None, True)


def test_query_selection_and_values_hold_in_both(ask: Ask) -> None:
    store = store_of(tea="green", coffee="black")
    table = KeyTable(store)
    store.mset([("tea", "red")])
    view = View(table, ask)
    view.look()
    table.show(filter="te")
    view.do("travel", at=0)
    assert keys_in(view.look()) == {"tea": "green"}
    view.do("open", id=view.state["rows"][0]["id"])
    assert (table.open_key, table.value) == ("tea", "green")
    assert view.do("value")["edit"] is None
    view.do("query", filter="")
    assert set(keys_in(view.look())) == {"tea", "coffee"}
    view.do("travel", at=None)
    assert table.query.filter == ""
    assert (table.open_key, table.value) == ("tea", "red")


@pytest.mark.parametrize("method", ["edit", "delete", "bulk"])
def test_nothing_is_changed_at_an_earlier_moment(ask: Ask, method: str) -> None:
    store = store_of(a=1)
    table = KeyTable(store, editable=True)
    store.mset([("a", 2)])
    view = View(table, ask)
    view.look()
    view.do("travel", at=0)
    view.do(method, ids=[view.state["rows"][0]["id"]], key="x", language="text", text="y")
    assert "PermissionError: what is shown is how it was after change 0" in view.error
    assert store.mget(["a", "x"]) == [2, None]


def test_where_it_cannot_go_it_stays(ask: Ask) -> None:
    store = store_of(a=1)
    table = KeyTable(store, log=2)
    for n in range(5):
        store.mset([("a", n)])
    view = View(table, ask)
    view.look()
    view.do("travel", at=4)
    for wrong, text in (
        ({"at": 1}, "LookupError: when: got 1"),
        ({"at": "x"}, "at: got 'x'"),
        ({"time": "x"}, "time: got"),
    ):
        view.do("travel", **wrong)
        assert text in view.error
        assert (table.travel, keys_in(view.look())) == (4, {"a": "3"})
    view.do("travel", time=4e9)
    assert table.travel == 5
    with pytest.raises(LookupError):
        table.travel = 99
    assert table.travel == 5


def test_methods_of_the_table_tell_of_moments() -> None:
    store = store_of(a=1)
    table = KeyTable(store)
    store.mset([("a", 2), ("b", 3)])
    assert table.at(0).values == {"a": 1}
    assert dict(zip(table.difference(0, 1)["key"], table.difference(0, 1)["change"], strict=True)) == {
        "a": "changed",
        "b": "added",
    }
    assert list(table.events_frame()["kind"]) == ["change"]
    assert list(table.at(0).frame()["key"]) == ["a"]


def test_the_static_picture_is_of_the_moment_shown() -> None:
    store = store_of(a="first")
    table = KeyTable(store)
    store.mset([("a", "second")])
    table.travel = 0
    html = table.static_html()
    assert "first" in html
    assert "second" not in html
    assert "as it was after change 0" in html


def test_counters_show_counts_and_entries_of_then(ask: Ask) -> None:
    cache = InMemoryCache(maxsize=2, policy="lru")
    counters = CacheCounters(cache)
    for prompt in "abc":
        cache.lookup(prompt, "m")
        cache.update(prompt, "m", [Generation(text=prompt.upper())])
    cache.lookup("c", "m")
    cache.clear()
    view = View(counters, ask, entries=True, lookups="all", why=True)
    view.look()
    assert (view.state["size"], view.state["clears"]) == (0, 1)
    view.do("travel", at=6)
    state = view.state
    assert {row["prompt"] for row in state["rows"]} == {"b", "c"}
    counts = {
        name: state[name] for name in ("hits", "misses", "inserts", "evictions", "clears", "size", "maxsize")
    }
    assert counts == {
        "hits": 0, "misses": 3, "inserts": 3, "evictions": 1, "clears": 0, "size": 2, "maxsize": 2
    }  # fmt: skip
    assert state["policy"] == "lru"
    assert [row["outcome"] for row in state["lookups"]] == ["cold"] * 3
    assert "saved" in state["watched"]["unknown"]
    view.do("open", id=state["rows"][0]["id"])
    assert counters.value[0].text in "BC"
    for method in ("mark", "whatif"):
        view.do(method, on=True, run=True)
        assert "come back to now" in view.error
    view.do("travel", at=2)
    assert (view.state["misses"], view.state["size"]) == (1, 1)
    view.do("travel", at=None)
    assert (view.state["size"], view.state["hits"], view.state["watched"]) == (0, 1, None)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from("abcd"), st.integers(0, 9)),
        st.tuples(st.just("delete"), st.sampled_from("abcd"), st.just(0)),
        st.tuples(st.just("travel"), st.just(""), st.integers(0, 10)),
        st.tuples(st.just("now"), st.just(""), st.just(0)),
        st.tuples(st.just("filter"), st.sampled_from(["", "a"]), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(actions=ACTIONS)
def test_patches_make_what_a_fresh_view_gets_wherever_it_travels(actions: list[tuple[str, str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        sent: list[Any] = []
        patched.setattr(
            InspectorWidget, "send", lambda self, content, buffers=None: sent.append((self, content))
        )

        def ask(widget: InspectorWidget[Any], *messages: Any) -> list[Any]:
            for message in messages:
                widget._receive(widget, message, [])
            found = [content for sender, content in sent if sender is widget]
            sent.clear()
            return found

        store = store_of(a=0)
        table = KeyTable(store)
        view = View(table, ask)
        oracle = {0: {"a": "0"}}
        for what, key, n in actions:
            if what == "set":
                store.mset([(key, n)])
            elif what == "delete":
                store.mdelete([key])
            elif what == "travel":
                view.look()
                view.do("travel", at=n % (1 + store.changes.count))
            elif what == "now":
                view.do("travel", at=None)
            else:
                view.do("query", filter=key)
            oracle[store.changes.count] = {key: str(value) for key, value in store._store.items()}
            shown = view.look()
            number = store.changes.count if table.travel is None else table.travel
            wanted = table.query.filter
            table.listed_keys()  # waits for the list
            shown = view.look()
            assert keys_in(shown) == {k: v for k, v in oracle[number].items() if wanted in k}
            fresh = {**table._state(table._sessions["v"].params), "now": 0, "seq": 0}
            assert {**shown, "now": 0, "seq": 0} == fresh
        table.close()


# --- life ---------------------------------------------------------------------------------------


def test_a_closed_widget_that_travelled_leaves_nothing_behind(ask: Ask) -> None:
    store = store_of(a=1)
    table = KeyTable(store)
    store.mset([("a", 2)])
    View(table, ask).look()
    table.travel = 0
    past = weakref.ref(table.shown.observable)
    log = weakref.ref(table.observable.log)
    table.close()
    gc.collect()
    assert past() is None
    assert log() is None
    assert not store.changes.active


def test_leaving_travel_lets_go_of_what_was_shown(ask: Ask) -> None:
    store = store_of(a=1)
    table = KeyTable(store)
    store.mset([("a", 2)])
    view = View(table, ask)
    view.look()
    view.do("travel", at=0)
    past = weakref.ref(table.shown.observable)
    view.do("travel", at=None)
    gc.collect()
    assert past() is None


def test_writing_goes_on_while_somebody_travels(ask: Ask) -> None:
    store = store_of(a=0)
    table = KeyTable(store)
    view = View(table, ask)
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.wait(0.0005):
            store.mset([(f"k{n % 50}", n)])
            n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            last = table.observable.log.last
            view.do("travel", at=last)
            assert view.error == ""
        view.do("travel", at=None)
    finally:
        stop.set()
        writer.join()
    assert view.look()["total"] == len(store._store)

"""What a key table lists, its faces, and its end, without a widget."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any

import pytest

from inmem_widgets import InMemoryCache, inspect
from inmem_widgets.observables.keys.query import Query, QueryError
from tests.observables.browsing import Make, id_of, keys_of, numbered, store_of
from tests.observables.waiting import WAIT, let_go, until


def test_a_query_lists_and_says_how_many_of_how_many(browse: Make) -> None:
    store = numbered(1000)
    browser = browse(store)
    state = browser.state({"start": 990, "stop": 1010})
    assert (state["size"], state["total"], len(state["rows"])) == (1000, 1000, 10)
    browser.answer("query", {"filter": "k99", "sort": "key", "descending": True})
    assert browser.keys() == sorted([k for k in store.store if "k99" in k], reverse=True)
    state = browser.state({})
    assert (state["size"], state["total"], state["progress"], state["matching"]) == (11, 1000, None, "text")
    assert state["query"]["filter"] == "k99"
    store.mset([("k99 new", 1)])
    assert store.changes.flush(WAIT)
    until(browser, lambda: "k99 new" in keys_of(browser))


def test_a_query_that_cannot_be_says_why_and_leaves_the_list(browse: Make) -> None:
    browser = browse(numbered(20), filter="k1")
    before = browser.keys()
    browser.answer("query", {"filter": "(", "mode": "regex"})
    problem = browser.state({})["problem"]
    assert (problem["field"], problem["at"]) == ("filter", 1)
    assert "missing )" in problem["message"]
    assert browser.keys() == keys_of(browser) == before
    for wrong, named in (({"min_size": "1"}, "min_size"), ({"sort": "colour"}, "sort"), ({"x": 1}, "x")):
        browser.answer("query", wrong)
        assert browser.state({})["problem"]["field"] == named
    browser.answer("query", {"filter": "k1"})
    assert browser.state({})["problem"] is None


def test_a_query_that_takes_too_long_leaves_the_list_before(browse: Make) -> None:
    browser = browse(store_of({"a" * 40: 1, "b": 2}), filter="b")
    assert browser.keys() == ["b"]
    browser.query = Query(filter="(a|a|aa)+$x", mode="regex")
    until(browser, lambda: browser.state({})["problem"] is not None)
    assert browser.state({})["problem"]["field"] == "filter"
    assert keys_of(browser) == ["b"]
    with pytest.raises(QueryError, match="filter: takes too long"):
        browser.keys()
    browser.answer("query", {"filter": "a", "mode": "text"})
    assert browser.keys() == ["a" * 40]
    assert browser.state({})["problem"] is None


def test_deleted_keys_show_until_the_list_is_made_again(browse: Make) -> None:
    store = numbered(10)
    browser = browse(store, sort="key")
    browser.keys()
    del store.store["k3"]  # nobody tells
    (row,) = [row for row in browser.state({})["rows"] if row["key"] == "k3"]
    assert (row["change"], row["type"], row["size"], row["preview"]) == ("deleted", "", None, "")


def test_locate(browse: Make) -> None:
    browser = browse(numbered(300), sort="key")
    names = browser.keys()
    assert browser.answer("locate", {"id": id_of(browser, "k77")}) == {"row": names.index("k77")}
    browser.answer("query", {"filter": "k1"})
    browser.keys()
    assert browser.answer("locate", {"id": id_of(browser, "k77")}) == {"row": None}


def test_unknown_methods_are_told_what_is_accepted(browse: Make) -> None:
    with pytest.raises(ValueError, match="method: got 'drop', accepted are look, ping, query"):
        browse(numbered(1)).answer("drop", {})


def task_threads() -> set[threading.Thread]:
    return {t for t in threading.enumerate() if t.name.startswith(("inmem-widgets task", "Thread-"))}


def test_closing_ends_all_threads_and_lets_go(browse: Make) -> None:
    store = store_of({f"k{i}": {"a": [i] * 20} for i in range(50_000)})
    before = task_threads()
    browser = browse(store, sort="preview")
    gone = weakref.ref(browser.observable)
    browser.state({"tree": True, "space": True, "recent": True})
    browser.query = Query(filter="k", sort="size")
    browser.close()
    browser.close()
    for thread in task_threads() - before:
        thread.join(WAIT)
        assert not thread.is_alive()
    gc.collect()
    assert gone() is None
    with pytest.raises(RuntimeError, match="the table is closed"):
        browser.state({})
    with pytest.raises(RuntimeError, match="the table is closed"):
        browser.keys()
    let_go()


def test_when_the_store_goes_nothing_is_listed(browse: Make) -> None:
    store = numbered(5)
    browser = browse(store, sort="key", editable=True, keep=False)
    browser.keys()
    browser.open_key = "k1"
    assert store.changes.flush(WAIT)
    number = id_of(browser, "k1")
    del store
    gc.collect()
    assert browser.observable.source is None
    state = browser.state({"tree": True, "space": True, "recent": True})
    assert (state["total"], state["size"], state["rows"]) == (0, 0, [])
    assert state["open"]["gone"]
    with pytest.raises(LookupError, match="not in the store"):
        _ = browser.value
    with pytest.raises(LookupError, match="the store is gone"):
        browser.answer("delete", {"ids": [number]})


def test_inspect_passes_on_and_refuses() -> None:
    store = numbered(30)
    table = inspect(store, filter="k1", sort="key", descending=True, editable=True)
    assert table.query == Query(filter="k1", sort="key", descending=True)
    assert table.browser.editable
    told = "editable: for stores and checkpointers only; sort: for stores only, and not for InMemoryCache"
    with pytest.raises(TypeError, match=told):
        inspect(InMemoryCache(), sort="key", editable=True)
    with pytest.raises(TypeError, match="filtr: no argument of a key table, which takes name, editable"):
        inspect(store, filtr="x")
    with pytest.raises(ValueError, match="sort: got 'color'"):
        inspect(store, sort="color")
    with pytest.raises(TypeError, match="formatters"):
        inspect(store, formatters=["x"])
    table.close()


def test_the_tree_and_the_space_are_made_in_the_background(browse: Make) -> None:
    store = store_of({f"{a}:{b}:{i}": "x" * 10 for a in "ab" for b in "cd" for i in range(5)})
    browser = browse(store)
    state = browser.state({})
    assert (state["tree"], state["space"], state["recent"], state["delimiters"]) == (None, None, None, ":")
    params: dict[str, Any] = {"tree": True, "expanded": ["a:"], "space": True}
    until(
        browser, lambda: [row["bytes"] for row in browser.state(params)["tree"] or ()] == [100, 50, 50, 100]
    )
    assert [row["prefix"] for row in browser.state(params)["tree"]] == ["a:", "a:c:", "a:d:", "b:"]
    until(browser, lambda: browser.state(params)["space"]["progress"] is None)
    space = browser.state(params)["space"]
    assert (space["keys"], space["bytes"], space["exact"]) == (20, 200, 20)
    browser.answer("query", {"namespace": "a:"})
    assert len(browser.keys()) == 10
    # What is narrowed to is still among all.
    until(browser, lambda: len(browser.state(params)["tree"] or ()) == 4)
    browser.answer("query", {"delimiters": ""})
    assert browser.state(params)["tree"] == []
    with pytest.raises(TypeError, match="expanded: got 'a:', accepted is a list of prefixes"):
        browser.state({"tree": True, "expanded": "a:"})


def test_views_with_other_namespaces_open_do_not_keep_each_other_busy(browse: Make) -> None:
    store = store_of({f"{a}:{b}:{i}": 1 for a in "ab" for b in "cd" for i in range(5)})
    browser = browse(store)
    views: list[dict[str, Any]] = [{"tree": True, "expanded": [prefix]} for prefix in ("a:", "b:")]

    def settled() -> bool:
        trees = [browser.state(view)["tree"] or [] for view in views]
        return all(len(tree) == 4 and tree[0]["bytes"] is not None for tree in trees)

    until(browser, settled)
    assert [row["prefix"] for row in browser.state(views[0])["tree"]] == ["a:", "a:c:", "a:d:", "b:"]
    assert [row["prefix"] for row in browser.state(views[1])["tree"]] == ["a:", "b:", "b:c:", "b:d:"]
    for thread in threading.enumerate():
        if thread.name == "inmem-widgets task":
            thread.join(WAIT)
    for view in views * 3:
        browser.state(view)
        assert not [t for t in threading.enumerate() if t.name == "inmem-widgets task"]


def test_a_namespace_whose_name_cannot_be_shown_can_be_narrowed_to(browse: Make) -> None:
    long = "long" * 300
    store = store_of({f"{long}:1": 1, f"{long}:2": 2, "\ud800:3": 3, "other:4": 4})
    browser = browse(store)
    until(browser, lambda: len(browser.state({"tree": True})["tree"] or ()) == 3)
    for row, keys in zip(browser.state({"tree": True})["tree"], (2, 1, 1), strict=True):
        browser.answer("query", {"namespace": row["prefix"]})
        assert len(browser.keys()) == keys
        assert browser.state({})["query"]["namespace"] == row["prefix"]


def test_while_a_query_fails_rows_are_those_of_the_list_before(browse: Make) -> None:
    store = store_of({"b": 1, "c": 2, "a" * 500: 3})
    browser = browse(store)
    browser.keys()
    browser.query = Query(filter=r"(.*)(.*)(.*)(.*)(.*)[^\x00-\U0010ffff]|b|c", mode="regex")
    until(browser, lambda: browser.state({})["problem"] is not None)
    assert keys_of(browser)[:2] == ["b", "c"]
    assert browser.answer("locate", {"id": id_of(browser, "c")}) == {"row": 1}
    browser.answer("select", {"first": 1, "last": 1})
    assert browser.selection == ["c"]


def test_keys_that_are_no_text_are_passed_over(browse: Make) -> None:
    store = store_of({"a:1": 1, "b:2": 2})
    direct: Any = store.store
    direct[5] = "five"
    direct["c:3"] = 3
    direct["x", 1] = "pair"
    browser = browse(store)
    state = browser.state({"tree": True, "space": True, "recent": True})
    assert [row["key"] for row in state["rows"]] == browser.keys() == ["a:1", "b:2", "c:3"]
    assert state["delimiters"] == ":"
    store.mset([("d:4", 4)])
    assert store.changes.flush(WAIT)
    assert keys_of(browser) == browser.keys() == ["a:1", "b:2", "c:3", "d:4"]


def test_views_are_told_the_size_of_all_values_once_the_last_change_is_in_it(browse: Make) -> None:
    store = store_of({f"k{i}": [1] for i in range(2_000)})
    browser = browse(store)
    before = browser.state({})["bytes"]
    browser.observable._total._due = time.monotonic() + 3  # as where it takes long to measure them
    store.mset([(key, [1] * 100) for key in store._store])
    assert store.changes.flush(WAIT)
    assert browser.state({})["bytes"] == before
    until(browser, lambda: browser.state({})["bytes"] > 5 * before)


def test_faces_hold_no_keys_of_a_store_that_is_gone(browse: Make) -> None:
    store = store_of({f"a:{i}": i for i in range(100)})
    browser = browse(store, keep=False)
    faces = {"tree": True, "space": True}

    def made() -> bool:
        state = browser.state(faces)
        return bool(state["tree"]) and state["tree"][0]["bytes"] is not None and bool(state["space"]["types"])

    until(browser, made)
    found = browser.listing.found()
    assert found is not None
    census, before = weakref.ref(found[0]), browser.state(faces)
    del store, found
    deadline = time.monotonic() + WAIT
    while census() is not None:  # tasks end after the step they are at
        gc.collect()
        assert time.monotonic() < deadline
    after = browser.state(faces)
    assert (after["tree"], after["space"]["types"]) == (before["tree"], before["space"]["types"])

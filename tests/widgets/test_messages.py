"""What a widget answers, and what it never does."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
import traitlets

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, inspect, observe
from tests.widgets.conftest import Ask, answers


class Target(traitlets.HasTraits):
    number = traitlets.Int()


def opened(view: str = "v", **params: Any) -> dict[str, Any]:
    return {"kind": "open", "view": view, "params": params}


def request(number: int, method: str, view: str = "v", **params: Any) -> dict[str, Any]:
    return {"kind": "request", "view": view, "id": number, "method": method, "params": params}


def store_of(n: int) -> InMemoryStore[int]:
    store: InMemoryStore[int] = InMemoryStore()
    store.mset([(f"k{i}", i) for i in range(n)])
    return store


def test_a_view_opens_looks_and_is_answered(ask: Ask) -> None:
    store = store_of(1000)
    table = inspect(store)
    (answer,) = answers(ask(table, opened(start=10, stop=12)))
    assert answer["kind"] == "opened"
    assert [row["key"] for row in answer["state"]["rows"]] == ["k10", "k11"]
    patch, reply = ask(table, request(1, "look", start=990, stop=1020))
    assert patch["prev"] == answer["state"]["seq"]
    assert patch["set"]["start"] == 990
    assert len(patch["set"]["rows"]) == 10
    assert reply == {"kind": "reply", "view": "v", "id": 1, "result": None}
    assert ask(table, request(2, "ping")) == [{"kind": "reply", "view": "v", "id": 2, "result": None}]
    (refused,) = answers(ask(table, request(3, "ping", view="forgotten")))
    assert "open it again" in refused["error"]


def test_every_request_is_answered_errors_included(ask: Ask) -> None:
    store = store_of(1)
    table = inspect(store)
    replies = ask(table, request(1, "look"), request(2, "format the disk"), request(3, "state"))
    assert [r["id"] for r in replies] == [1, 2, 3]
    assert "not open" in replies[0]["error"]
    assert "format the disk" in replies[1]["error"]
    ask(table, opened())
    (bad,) = answers(ask(table, request(4, "look", start="seven")))
    assert "ValueError" in bad["error"]


def test_what_one_view_gets_wrong_is_not_remembered_and_harms_no_other(ask: Ask) -> None:
    store = store_of(3)
    table = inspect(store)
    ask(table, opened("a"), opened("b"), request(1, "look", view="a", start="seven"))
    store.mset([("k0", 9)])
    assert store.changes.flush(30)
    assert sorted(m["view"] for m in ask(table) if m["kind"] == "patch") == ["a", "b"]


@pytest.mark.parametrize(
    "message", [None, 7, "open", [], {}, {"view": 3}, {"kind": "open"}, {"kind": "?", "view": "v"}]
)
def test_nonsense_is_ignored(ask: Ask, message: Any) -> None:
    store = store_of(1)
    assert ask(inspect(store), message) == []


def test_changes_reach_every_open_view_and_no_closed_one(ask: Ask) -> None:
    store = store_of(3)
    table = inspect(store)
    ask(table, opened("a"), opened("b"), {"kind": "close", "view": "b"})
    store.mset([("k0", 9)])
    assert store.changes.flush(30)
    (patch,) = ask(table)
    assert (patch["view"], list(patch["rows"])) == ("a", ["0"])
    assert patch["rows"]["0"]["preview"] == "9"
    assert patch["rows"]["0"]["change"] == "changed"
    table.close()
    store.mset([("k1", 9)])
    assert store.changes.flush(30)
    assert ask(table) == []


def test_new_keys_are_told_from_changed_ones(ask: Ask) -> None:
    store = store_of(3)
    table = inspect(store)
    ask(table, opened())
    store.mset([("k1", 5), ("new", 6)])
    store.mdelete(["k0"])
    assert store.changes.flush(30)
    ask(table)
    (answer,) = answers(ask(table, opened()))
    assert {r["key"]: r["change"] for r in answer["state"]["rows"]} == {
        "k1": "changed",
        "k2": None,
        "new": "inserted",
    }


def test_browser_requests_beside_a_writer_never_fail(ask: Ask) -> None:
    store = store_of(2000)
    table = inspect(store)
    ask(table, opened())
    stop = threading.Event()

    def write() -> None:
        i = 0
        while not stop.is_set():
            i += 1
            store.mset([(f"x{i % 5000}", i)])
            store.mdelete([f"x{(i * 7) % 5000}"])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(300):
            sent = ask(table, request(n, "look", start=(n * 37) % 6000, stop=(n * 37) % 6000 + 50))
            assert not [m for m in sent if "error" in m]
    finally:
        stop.set()
        writer.join()


def test_a_widget_keeps_neither_the_store_nor_the_observable_alive(ask: Ask) -> None:
    store = store_of(3)
    table = inspect(store)
    ask(table, opened())
    gone = weakref.ref(store)
    assert store.changes.flush(30)
    del store
    gc.collect()
    assert gone() is None
    (patch, _) = ask(table, request(1, "ping"))
    assert patch["set"]["title"]["gone"]
    assert patch["set"]["size"] == 0
    (reply,) = answers(ask(table, request(2, "ping")))
    assert "error" not in reply


def test_one_observable_for_one_object() -> None:
    store, cache = store_of(1), InMemoryCache()
    assert observe(store) is observe(store)
    held = observe(cache)
    assert inspect(cache).observable is held


def test_figures_are_fresh_when_read_and_links_follow() -> None:
    cache = InMemoryCache()
    observable = observe(cache)
    assert observable.hit_ratio is None
    seen: list[int] = []
    observable.observe(lambda change: seen.append(change["new"]), "misses")
    cache.lookup("p", "llm")
    assert observable.misses == 1
    assert seen == [1]
    with pytest.raises(traitlets.TraitError):
        observable.misses = 7  # type: ignore[misc]


def test_a_link_lives_as_long_as_the_object_without_anybody_holding_it() -> None:
    cache, target = InMemoryCache(), Target()
    seen: list[int] = []
    observe(cache).observe(lambda change: seen.append(change["new"]), "misses")
    gc.collect()
    cache.lookup("p", "llm")
    assert cache.changes.flush(30)
    assert seen == [1]
    gone = weakref.ref(observe(cache))
    observe(cache).unobserve_all()
    gc.collect()
    assert gone() is None
    assert not cache.changes.active

    traitlets.dlink((observe(cache), "misses"), (target, "number"))
    gone = weakref.ref(observe(cache))
    del cache
    for thread in threading.enumerate():  # deliveries linger for a moment
        if thread.name.startswith("inmem-widgets"):
            thread.join(30)
    gc.collect()
    assert gone() is None


def test_unknown_types_are_told_what_is_accepted() -> None:
    with pytest.raises(TypeError, match=r"builtins\.list.*BaseStore, BaseCache.*BaseCheckpointSaver"):
        inspect([])
    with pytest.raises(TypeError, match="at least one"):
        inspect()


def test_the_variable_names_the_widget() -> None:
    my_store = store_of(0)
    assert inspect(my_store).state["title"] == {
        "type": "InMemoryStore", "name": "my_store", "gone": False, "ended": False,
    }  # fmt: skip
    assert inspect(store_of(0)).state["title"]["name"] is None
    assert inspect(my_store, name="other").state["title"]["name"] == "other"
    scope: dict[Any, Any] = {1: my_store, "inspect": inspect, "named": my_store}
    exec("shown = inspect(named)", scope)
    assert scope["shown"].state["title"]["name"] == "named"


def test_several_objects_are_one_inspector() -> None:
    store, cache, saver = store_of(1), InMemoryCache(), InMemorySaver()
    inspector = inspect(store, cache, saver)
    assert [type(w).__name__ for w in inspector.widgets] == [
        "KeyTable",
        "CacheCounters",
        "CheckpointTimeline",
    ]
    inspector.close()
    gc.collect()


def test_the_saved_notebook_has_an_escaped_picture() -> None:
    store: InMemoryStore[str] = InMemoryStore()
    store.mset([("<img src=x onerror=alert(1)>", "<script>alert(2)</script>")])
    data, _ = inspect(store)._repr_mimebundle_()
    html = data["text/html"]
    assert "&lt;img src=x" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "1 of 1 keys" in html
    for obj in (InMemoryCache(), InMemorySaver()):
        assert "Snapshot of" in inspect(obj)._repr_mimebundle_()[0]["text/html"]

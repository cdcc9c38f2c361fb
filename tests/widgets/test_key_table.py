"""The key table's widget: what its views share, what Python gets of it, what is sent and when."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import traitlets

from inmem_widgets import InMemoryStore, KeyTable, inspect, observe, to_frame
from inmem_widgets.observables.keys import pace as pace_module
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.widgets import base
from tests.widgets.conftest import Ask, answers
from tests.widgets.test_messages import opened, request, store_of

WAIT = 20.0


def patches(messages: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What was set, by view."""
    found: dict[str, dict[str, Any]] = {}
    for message in messages:
        if message["kind"] == "patch":
            found.setdefault(message["view"], {}).update(message["set"])
    return found


def test_views_share_query_selection_and_open_key(ask: Ask) -> None:
    store = store_of(30)
    table = inspect(store)
    (answer, _) = answers(ask(table, opened("a"), opened("b")))
    number = answer["state"]["rows"][3]["id"]
    news = patches(ask(table, request(1, "select", "a", ids=[number])))
    assert news["a"]["selection"] == news["b"]["selection"] == [number]
    assert table.selection == ["k3"]
    news = patches(ask(table, request(2, "open", "a", id=number)))
    assert news["b"]["open"]["key"] == table.open_key == "k3"
    ask(table, request(3, "query", "a", filter="k1"))
    table.listed_keys()
    ask(table, request(4, "look", "b"))
    (answer,) = answers(ask(table, opened("b")))
    assert answer["state"]["query"]["filter"] == table.query.filter == "k1"
    assert answer["state"]["size"] == 11
    ask(table)
    table.selection = []
    told: dict[str, Any] = {}
    while told.get("selection") is None:  # another thread may be the one that sends it
        told.update(patches(ask(table)).get("a", {}))
    assert told["selection"] == []
    table.close()


def test_faces_are_each_views_own(ask: Ask) -> None:
    store = store_of(3)
    table = inspect(store)
    a, b = ask(table, opened("a", recent=True), opened("b"))
    assert a["state"]["recent"] == []
    assert b["state"]["recent"] is None
    table.close()


def test_python_has_what_the_view_has() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("b", [1]), ("a", "text"), ("c", {"x": 1})])
    table = inspect(store, sort="key", descending=True)
    assert table.listed_keys() == ["c", "b", "a"]
    frame = table.to_frame()
    assert frame["key"].tolist() == ["c", "b", "a"]
    assert frame.dtypes.equals(to_frame(store).dtypes)
    table.show(filter="a", sort="stored", descending=False)
    assert table.to_frame()["key"].tolist() == ["a"]
    table.open_key = "b"
    assert table.value is store.mget(["b"])[0]
    with pytest.raises(ValueError, match="sort: got 'colour'"):
        table.show(sort="colour")
    assert table.query == Query(filter="a")
    table.query = Query()
    assert table.listed_keys() == ["b", "a", "c"]
    with pytest.raises(traitlets.TraitError):
        table.query = "a"  # type: ignore[assignment]
    assert table.code() == "from inmem_widgets import inspect\n\ninspect(store)"
    store.mdelete(["b"])
    assert table.to_frame()["key"].tolist() == ["a", "c"]
    table.show(sort="size", descending=True)
    table.listed_keys()
    for i in range(20):
        store.mset([("new", "x" * 10_000 * i)])
        assert int(table.to_frame()["size"].iloc[0]) >= 10_000 * i
    table.show(filter="nothing like it")
    assert table.to_frame().dtypes.astype(str).equals(to_frame(store).dtypes.astype(str))
    table.close()
    with pytest.raises(RuntimeError, match="the table is closed"):
        table.listed_keys()


def test_selection_is_a_trait() -> None:
    store = store_of(5)
    table = inspect(store)
    seen: list[list[str]] = []
    table.observe(lambda change: seen.append(change["new"]), "selection")
    table.selection = ["k1", "k2", "k1"]
    table.browser.answer("select", {"first": 0, "last": 0})
    assert seen == [["k1", "k2"], ["k0"]]
    with pytest.raises(traitlets.TraitError, match="selection: got str 'k1', accepted is a list"):
        table.selection = "k1"
    assert table.selection == ["k0"]
    assert KeyTable.selection.metadata.get("sync") is None  # a large one is nothing for the comm
    table.close()


def test_the_static_picture_shows_what_is_listed() -> None:
    store = store_of(300)
    table = inspect(store, filter="k2", sort="key", descending=True)
    html = table.static_html()
    assert "10 of 111 keys listed of 300" in html
    assert html.index("k299") < html.index("k298")
    assert ">k0<" not in html
    table.close()


def test_background_news_are_spaced_and_the_last_is_told(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "SPACING", 1.0)
    store = store_of(3)
    table = inspect(store)
    told: list[str] = []
    late = threading.Event()
    table.browser.pace.tell()
    table.browser.on_update(lambda: (told.append(threading.current_thread().name), late.set()))
    for _ in range(50):
        table.browser.pace.tell_soon()
    assert told == []
    assert late.wait(WAIT)
    assert len(told) == 1
    table.close()


def come(table: Any) -> None:
    """The time for which what is to be sent was held back is over."""
    table._later.cancel()
    table._quiet = dict.fromkeys(table._quiet, 0.0)
    table._push_rest()


def test_a_view_gets_no_more_bytes_than_it_can_take(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "RATE", 10)
    store: InMemoryStore[str] = InMemoryStore()
    keys = [f"k{i}" for i in range(100)]
    store.mset([(key, "x" * 200) for key in keys])
    table = inspect(store)
    ask(table, opened("v", stop=100))
    store.mset([(key, "y" * 200) for key in keys])  # some 30 kB: most of an hour's worth
    assert store.changes.flush(WAIT)
    (patch,) = [m for m in ask(table) if m["kind"] == "patch"]
    assert len(json.dumps(patch)) > 20_000
    store.mset([("k0", "z")])
    assert store.changes.flush(WAIT)
    assert [m for m in ask(table) if m["kind"] == "patch"] == []
    come(table)
    (patch,) = [m for m in ask(table) if m["kind"] == "patch"]
    assert patch["rows"]["0"]["preview"] == "z"
    store.mset([("k1", "w")])
    (patch, _) = ask(table, request(1, "look"))  # what is asked for comes at once
    assert patch["rows"]["1"]["preview"] == "w"
    table.close()


def test_pushes_keep_their_distance_and_what_is_asked_for_does_not_wait(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "SPACING", 1_000)
    store = store_of(3)
    table = inspect(store)
    ask(table, opened())
    for value, patches in ((7, 1), (8, 0)):
        store.mset([("k0", value)])
        assert store.changes.flush(WAIT)
        assert [m["kind"] for m in ask(table)] == ["patch"] * patches
    patch, reply = ask(table, request(1, "query", descending=True))
    assert patch["set"]["query"]["descending"]
    assert [row["preview"] for row in patch["set"].get("rows", patch["rows"].values())][-1] == "8"
    assert reply["kind"] == "reply"
    table.close()


def test_closing_stops_what_was_to_be_sent(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "RATE", 1)
    store = store_of(3)
    table = inspect(store)
    ask(table, opened())
    for value in (7, 8):
        store.mset([("k0", value)])
        assert store.changes.flush(WAIT)
    ask(table)
    timer = table._later
    assert timer is not None
    table.close()
    timer.join(WAIT)
    assert not timer.is_alive()
    assert ask(table) == []


def test_the_last_change_reaches_a_view_after_all_others_left(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "RATE", 1)
    store = store_of(3)
    table = inspect(store)
    for view in ("a", "b"):  # the first one leaves while something is yet to be sent to it
        ask(table, opened(view))
        for value in ("x" * 500, f"last of {view}"):
            store.mset([("k0", value)])
            assert store.changes.flush(WAIT)
        assert table._later is not None
        if view == "a":
            ask(table, {"kind": "close", "view": "a"})
        come(table)
    assert [m for m in ask(table) if m["kind"] == "patch"][-1]["rows"]["0"]["preview"] == "last of b"
    table.close()


def test_a_name_that_is_no_text_is_refused_and_leaves_nothing() -> None:
    store = store_of(3)
    observable = observe(store)
    with pytest.raises(TypeError, match="name: got 5, accepted is a str or None"):
        inspect(store, name=5)  # type: ignore[arg-type]
    assert not observable._updates

"""Adding, changing and deleting, one key or all that match."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from inmem_widgets import InMemoryByteStore
from inmem_widgets.observables.keys import batch as batch_module
from inmem_widgets.observables.keys import bulk as bulk_module
from inmem_widgets.observables.keys import marks as marks_module
from inmem_widgets.observables.keys.browser import KeyBrowser
from tests.observables.browsing import Make, id_of, numbered, store_of
from tests.observables.waiting import WAIT, until


def test_nothing_is_changed_unless_editable(browse: Make) -> None:
    browser = browse(store_of({"a": "text"}))
    browser.open_key = "a"
    answer = browser.answer("value", {})
    assert answer["edit"] is None
    assert "editable=True" in answer["reason"]
    for method, params in (
        ("edit", {"key": "b", "language": "text", "text": "x"}),
        ("delete", {"ids": [id_of(browser, "a")]}),
        ("bulk", {"query": {}, "count": 1, "changes": 0}),
    ):
        with pytest.raises(PermissionError, match=r"inspect\(store, editable=True\)"):
            browser.answer(method, params)
    assert browser.observable.source is not None
    assert browser.observable.source.store == {"a": "text"}
    with pytest.raises(TypeError, match="editable: got 'yes'"):
        browse(store_of({}), editable="yes")


def test_add_edit_and_conflict(browse: Make) -> None:
    store = store_of({"a": {"n": 1}})
    browser = browse(store, editable=True)
    browser.open_key = "a"
    edit = browser.answer("value", {})["edit"]
    mine = {"id": id_of(browser, "a"), "token": edit["token"], "language": "json", "text": '{"n": 2}'}
    assert browser.answer("edit", mine) == {"id": id_of(browser, "a"), "conflict": None, "missing": False}
    assert store.store == {"a": {"n": 2}}
    refused = browser.answer("edit", {**mine, "text": '{"n": 3}'})
    assert refused["id"] is None
    assert json.loads(refused["conflict"]["text"]) == {"n": 2}
    new = {"key": "b", "language": "text", "text": "hi"}
    assert browser.answer("edit", new)["id"] == id_of(browser, "b")
    assert browser.answer("edit", new) == {"id": None, "conflict": None, "missing": True}
    store.mdelete(["a"])
    assert browser.answer("edit", mine)["missing"]
    assert store.store == {"b": "hi"}
    for params, message in (
        ({**new, "language": "yaml"}, "language: got 'yaml', accepted are 'text' and 'json'"),
        ({**new, "text": None}, "text: got None"),
        ({"key": 3, "language": "text", "text": ""}, "key: got 3"),
        ({**new, "key": "x" * 10_001}, "key: got 10,001 characters"),
        ({"language": "text", "text": ""}, "id: missing"),
        ({"id": id_of(browser, "b"), "language": "text", "text": ""}, "token: missing"),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            browser.answer("edit", params)


def test_a_byte_store_gets_bytes(browse: Make) -> None:
    store = InMemoryByteStore()
    browser = browse(store, editable=True)
    assert browser.state({})["takes"] == "bytes"
    browser.answer("edit", {"key": "a", "language": "json", "text": "[1]"})
    assert store.store == {"a": b"[1]"}


def test_delete_the_given_or_the_selected(browse: Make) -> None:
    store = numbered(10)
    browser = browse(store, editable=True)
    browser.selection = ["k1", "k2", "k3"]
    assert browser.answer("delete", {"ids": [id_of(browser, k) for k in ("k1", "k9", "nothing")]}) == {
        "deleted": 2
    }
    assert browser.selection == ["k2", "k3"]
    store.mdelete(["k2"])
    with pytest.raises(ValueError, match="count: 1 keys were confirmed, 2 are selected now"):
        browser.answer("delete", {"ids": None, "count": 1})
    assert browser.answer("delete", {"ids": None, "count": 2}) == {"deleted": 1}
    assert browser.selection == []
    assert [*store.store] == ["k0", "k4", "k5", "k6", "k7", "k8"]
    with pytest.raises(TypeError, match="ids: missing"):
        browser.answer("delete", {})


def confirmed(browser: KeyBrowser) -> dict[str, Any]:
    """What a view shows for confirmation."""
    browser.keys()
    state = browser.state({})
    return {"query": state["query"], "count": state["size"], "changes": state["changes"]}


def finished(browser: KeyBrowser) -> dict[str, Any]:
    assert browser.bulk is not None
    assert browser.bulk.wait(WAIT)
    bulk = browser.state({})["bulk"]
    assert bulk["done"] == bulk["deleted"] + bulk["kept"] + bulk["gone"]
    return dict(bulk)


def test_bulk_delete_of_what_the_filter_matches(browse: Make) -> None:
    store = store_of({f"{'ab'[i % 2]}{i}": i for i in range(9_000)})
    browser = browse(store, filter="a*", editable=True)
    given = confirmed(browser)
    assert given["count"] == 4_500
    told = [0]
    browser.on_update(lambda: told.append(browser.state({})["bulk"]["done"]))
    browser.answer("bulk", given)
    bulk = finished(browser)
    assert (bulk["state"], bulk["deleted"], bulk["kept"], bulk["gone"]) == ("done", 4_500, 0, 0)
    assert all(key.startswith("b") for key in store.store)
    assert len(store) == 4_500
    until(browser, lambda: browser.state({})["size"] == 0)
    assert told == sorted(told)


def test_bulk_delete_is_refused_for_another_count(browse: Make) -> None:
    store = numbered(10)
    browser = browse(store, filter="k", editable=True)
    given = confirmed(browser)
    store.mset([("k new", 1)])
    assert store.changes.flush(WAIT)
    with pytest.raises(ValueError, match="count: 10 keys were confirmed, 11 match now; confirm again"):
        browser.answer("bulk", given)
    with pytest.raises(ValueError, match="changes: got 99"):
        browser.answer("bulk", {**confirmed(browser), "changes": 99})
    with pytest.raises(TypeError, match="count: missing"):
        browser.answer("bulk", {"query": given["query"], "changes": 0})
    browser.query = browser.query.but({"filter": "k*"})  # another view; as many keys match
    with pytest.raises(ValueError, match="query: what was confirmed is not what is listed now"):
        browser.answer("bulk", {**confirmed(browser), "query": given["query"]})
    assert len(store) == 11
    assert browser.state({})["bulk"] is None


def test_bulk_delete_keeps_what_was_written_since_it_was_confirmed(browse: Make) -> None:
    same = object()
    store = store_of({f"k{i}": i for i in range(100)} | {"k same": same})
    browser = browse(store, filter="k", editable=True)
    store.mset([("k7", "before")])
    assert store.changes.flush(WAIT)
    given = confirmed(browser)
    store.mset([("k1", "since"), ("k same", same)])
    store.mdelete(["k2"])
    store.mset([("k2", "made again")])
    assert store.changes.flush(WAIT)
    browser.answer("bulk", given)
    bulk = finished(browser)
    assert (bulk["deleted"], bulk["kept"], bulk["gone"]) == (98, 3, 0)
    assert store.store == {"k1": "since", "k same": same, "k2": "made again"}


def test_bulk_delete_beside_writers_loses_nothing(browse: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_module, "CHUNK", 50)
    store = numbered(5_000)
    browser = browse(store, filter="k", editable=True)
    given = confirmed(browser)
    written: dict[str, str] = {}
    go = threading.Event()

    def write() -> None:
        go.wait(WAIT)
        for i in range(0, 5_000, 3):
            written[f"k{i}"] = f"new {i}"
            store.mset([(f"k{i}", f"new {i}")])

    writer = threading.Thread(target=write)
    writer.start()
    go.set()
    browser.answer("bulk", given)
    bulk = finished(browser)
    writer.join()
    assert store.store == written
    assert bulk["done"] == bulk["total"] == 5_000


def test_bulk_delete_keeps_what_is_written_in_the_last_moment(
    browse: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = numbered(10)
    browser = browse(store, filter="k", editable=True)
    given = confirmed(browser)
    delete = store._delete

    def late(*args: Any) -> int:
        store.mset([("k3", "late")])
        return delete(*args)

    monkeypatch.setattr(store, "_delete", late)
    browser.answer("bulk", given)
    assert finished(browser)["kept"] == 1
    assert store.store == {"k3": "late"}


def test_bulk_delete_can_be_cancelled(browse: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    store = numbered(10_000)
    browser = browse(store, filter="k", editable=True)
    given = confirmed(browser)
    began, go_on = threading.Event(), threading.Event()
    delete = store._delete

    def slow(*args: Any) -> int:
        began.set()
        assert go_on.wait(WAIT)
        return delete(*args)

    monkeypatch.setattr(store, "_delete", slow)
    browser.answer("bulk", given)
    assert began.wait(WAIT)
    with pytest.raises(RuntimeError, match="another deletion is running"):
        browser.answer("bulk", given)
    browser.answer("cancel", {})
    go_on.set()
    bulk = finished(browser)
    assert bulk["state"] == "cancelled"
    assert bulk["done"] == bulk["deleted"] == bulk_module.CHUNK
    assert len(store) == 10_000 - bulk_module.CHUNK


def test_a_bulk_delete_of_a_store_that_goes_fails_quietly(
    browse: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = numbered(10)
    browser = browse(store, filter="k", editable=True)
    given = confirmed(browser)

    def broken(*args: Any) -> int:
        raise MemoryError("no more")

    monkeypatch.setattr(store, "_delete", broken)
    browser.answer("bulk", given)
    bulk = finished(browser)
    assert (bulk["state"], bulk["message"]) == ("failed", "no more")


def test_bulk_delete_keeps_what_another_dict_brought_since(browse: Make) -> None:
    store = numbered(3)
    browser = browse(store, filter="k", editable=True)
    given = confirmed(browser)
    store.store = {"k7": 7, "k8": 8, "k9": 9}
    assert store.changes.flush(WAIT)
    browser.answer("bulk", given)
    assert finished(browser)["kept"] == 3
    assert len(store) == 3


@pytest.mark.parametrize("at_once", [True, False])
def test_bulk_delete_keeps_what_was_written_too_long_ago_to_be_remembered(
    browse: Make, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    monkeypatch.setattr(batch_module, "MOST", 10)
    monkeypatch.setattr(marks_module, "REMEMBERED", 20)
    store = numbered(100)
    browser = browse(store, filter="k", editable=True)
    given = confirmed(browser)
    written = [(f"k{i}", "since") for i in range(90)]
    for pairs in [written] if at_once else [[pair] for pair in written]:
        store.mset(pairs)
        assert store.changes.flush(WAIT)
    browser.answer("bulk", given)
    bulk = finished(browser)
    assert (bulk["deleted"] + bulk["kept"], bulk["gone"]) == (100, 0)
    assert set(dict(written)) <= store.store.keys()
    browser.answer("bulk", {**confirmed(browser), "count": len(store)})
    assert finished(browser)["kept"] == 0
    assert len(store) == 0

"""What a key table shows and does, without a widget."""

from __future__ import annotations

import base64
import gc
import json
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import traitlets

from inmem_widgets import InMemoryByteStore, InMemoryCache, InMemoryStore, KeyTable, inspect, observe
from inmem_widgets.observables.keys import bulk as bulk_module
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.keylist import MOST
from inmem_widgets.observables.keys.query import Query, QueryError
from inmem_widgets.observables.keys.screen import TOLD

WAIT = 20.0
Make = Callable[..., KeyBrowser]


def store_of(values: dict[str, Any]) -> InMemoryStore[Any]:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(values)
    return store


def numbered(n: int) -> InMemoryStore[Any]:
    return store_of({f"k{i}": i for i in range(n)})


@pytest.fixture
def browse() -> Iterator[Make]:
    """`browse(store, **fields)`: a browser that is closed in the end; it keeps the store."""
    made: list[KeyBrowser] = []
    kept: list[Any] = []

    def browse(store: Any, **options: Any) -> KeyBrowser:
        own = {name: options.pop(name) for name in ("editable", "formatters", "name") if name in options}
        if options.pop("keep", True):
            kept.append(store)
        browser = KeyBrowser(observe(store), query=Query(**options), **own)
        made.append(browser)
        return browser

    yield browse
    for browser in made:
        browser.close()


def until(browser: KeyBrowser, fits: Callable[[], bool]) -> None:
    """Wait until something is so, looking when the browser says that there is news."""
    news = threading.Event()
    stop = browser.on_update(news.set)
    try:
        while not fits():
            assert news.wait(WAIT)
            news.clear()
    finally:
        stop()


def keys_of(browser: KeyBrowser, **params: Any) -> list[str]:
    return [row["key"] for row in browser.state(params)["rows"]]


def id_of(browser: KeyBrowser, key: str) -> int:
    return browser.observable.key_id(key)


# -- find --


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


# -- selection and the open key --


def test_selection_follows_views_and_python(browse: Make) -> None:
    browser = browse(numbered(50))
    seen: list[Any] = []
    browser.observe(lambda change: seen.append(change["new"]), "selection")
    browser.answer("select", {"ids": [id_of(browser, "k3"), id_of(browser, "k5")]})
    assert browser.selection == ["k3", "k5"]
    browser.answer("select", {"first": 10, "last": 12, "add": True})
    browser.answer("select", {"first": 11, "last": 13, "add": True})  # nothing twice
    assert browser.selection == ["k3", "k5", "k10", "k11", "k12", "k13"]
    assert seen[-1] == browser.selection
    browser.selection = ["k7", "not there"]
    state = browser.state({})
    assert state["selection"] == [id_of(browser, "k7"), id_of(browser, "not there")]
    assert state["selected"] == 2
    browser.answer("select", {"ids": []})
    assert browser.selection == []


def test_a_selection_is_kept_whatever_happens_to_its_keys(browse: Make) -> None:
    store = numbered(5)
    browser = browse(store)
    browser.selection, browser.open_key = ["k1"], "k1"
    store.mdelete(["k1"])
    assert store.changes.flush(WAIT)
    assert browser.selection == ["k1"]
    assert browser.state({})["open"]["gone"]
    store.mset([("k1", "back")])
    assert not browser.state({})["open"]["gone"]
    assert browser.value == "back"


def test_of_a_large_selection_a_view_is_told_what_is_in_its_window(browse: Make) -> None:
    browser = browse(numbered(3 * TOLD))
    browser.answer("select", {"first": 0, "last": 2 * TOLD - 1})
    state = browser.state({"start": 2 * TOLD - 5, "stop": 2 * TOLD + 5})
    assert state["selected"] == 2 * TOLD
    assert state["selection"] == [row["id"] for row in state["rows"][:5]]


def test_wrong_selections_are_refused_naming_the_argument(browse: Make) -> None:
    browser = browse(numbered(3))
    browser.selection = ["k1"]
    for wrong, message in (
        ("k1", "selection: got str 'k1'"),
        ([1], "selection: got 1 in it"),
        (None, "selection: got NoneType"),
        ([str(i) for i in range(MOST + 1)], "selection: got 100,001 keys"),
    ):
        with pytest.raises(traitlets.TraitError, match=message):
            browser.selection = wrong
    for params, message in (
        ({"ids": 7}, "ids: got 7"),
        ({"ids": ["k1"]}, "ids: got 'k1' in it"),
        ({"ids": [True]}, "ids: got True"),
        ({"ids": [123]}, "id: 123 is of no key shown lately"),
        ({}, "first: missing"),
        ({"first": -1, "last": 2}, "first: got -1"),
        ({"first": 0, "last": "x"}, "last: got 'x'"),
        ({"first": 0, "last": MOST}, "last: 100,001 rows from 0 on, at most 100,000"),
        ({"ids": [], "add": "yes"}, "add: got 'yes'"),
    ):
        with pytest.raises((ValueError, TypeError, LookupError), match=message):
            browser.answer("select", params)
    assert browser.selection == ["k1"]


def test_the_value_is_the_object_itself(browse: Make) -> None:
    value = object()
    browser = browse(store_of({"a": value, "none": None}))
    with pytest.raises(LookupError, match="open_key: no key is open"):
        _ = browser.value
    browser.answer("open", {"id": id_of(browser, "a")})
    assert browser.open_key == "a"
    assert browser.value is value
    browser.open_key = "none"
    assert browser.value is None
    browser.open_key = "missing"
    with pytest.raises(LookupError, match="'missing' is not in the store"):
        _ = browser.value
    browser.answer("open", {"id": None})
    assert browser.open_key is None
    with pytest.raises(traitlets.TraitError, match="open_key"):
        browser.open_key = 3  # type: ignore[assignment]


def test_the_version_tells_another_value(browse: Make) -> None:
    store = store_of({"a": {"x": 1}, "b": 1})
    equal: list[dict[str, int]] = [{"x": 1}, {"x": 1}]
    browser = browse(store)
    browser.open_key = "a"
    versions = []

    def version() -> int:
        opened = browser.state({})["open"]
        versions.append(opened["version"])
        return versions[-1]

    assert version() == version()
    store.mset([("b", 2)])
    assert store.changes.flush(WAIT)
    assert version() == versions[0]
    for change in (
        lambda: store.mset([("a", {"x": 1})]),
        lambda: store.store.update(a=equal[0]),  # nobody tells
        lambda: store.store.update(a=equal[1]),
        lambda: store.mget(["a"])[0].update(z=3),  # in place
        lambda: browser.answer("open", {"id": id_of(browser, "a")}),
        lambda: store.mdelete(["a"]),
    ):
        change()
        assert store.changes.flush(WAIT)
        assert version() not in versions[:-1]


def test_a_value_is_answered_in_formats_and_by_path(browse: Make) -> None:
    browser = browse(store_of({"a": {"x": [1, 2]}}), formatters={"upper": lambda v: "SHOUT"})
    browser.open_key = "a"
    answer = browser.answer("value", {})
    assert answer["formats"][0] == answer["format"] == "upper"
    assert answer["version"] == browser.state({})["open"]["version"]
    tree = next(name for name in answer["formats"] if name != "upper")
    answer = browser.answer("value", {"format": tree})
    assert answer["format"] == tree
    assert json.dumps(answer)
    node = browser.answer("value", {"format": tree, "path": [0]})
    assert [child["preview"] for child in node["children"]] == ["1", "2"]
    for params, message in (
        ({"path": "0"}, "path: got '0'"),
        ({"path": [-1]}, r"path: got \[-1\]"),
        ({"format": 3}, "format: got 3"),
        ({"offset": -1}, "offset: got -1"),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            browser.answer("value", params)


# -- edits --


def test_nothing_is_changed_unless_editable(browse: Make) -> None:
    browser = browse(store_of({"a": "text"}))
    browser.open_key = "a"
    answer = browser.answer("value", {})
    assert answer["edit"] is None
    assert "editable=True" in answer["reason"]
    for method, params in (
        ("edit", {"key": "b", "language": "text", "text": "x"}),
        ("delete", {"ids": [id_of(browser, "a")]}),
        ("bulk", {"count": 1, "changes": 0}),
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
    assert browser.answer("delete", {"ids": None}) == {"deleted": 1}
    assert browser.selection == []
    assert [*store.store] == ["k0", "k4", "k5", "k6", "k7", "k8"]
    with pytest.raises(TypeError, match="ids: missing"):
        browser.answer("delete", {})


def confirmed(browser: KeyBrowser) -> dict[str, int]:
    """What a view shows for confirmation."""
    browser.keys()
    state = browser.state({})
    return {"count": state["size"], "changes": state["changes"]}


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
        browser.answer("bulk", {"changes": 0})
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


# -- code and files --

KEYS = ["plain", 'it\'s "quoted"', "new\nline", "\ud800", "‮bidi", "{x}", "\\", "", "مرحبا", "*?[a]"]


def run(code: str, store: Any, name: str = "store") -> Any:
    """What a cell evaluates to, with the widgets it made."""
    names: dict[str, Any] = {name: store}
    *lines, last = code.rsplit("\n", 1) if "\n" in code else ["", code]
    try:
        value = compile(last, "cell", "eval")
    except SyntaxError:
        exec(compile(code, "cell", "exec"), names)
        return None
    exec(compile("\n".join(lines), "cell", "exec"), names)
    return eval(value, names)


@pytest.mark.parametrize("key", KEYS)
def test_cells_run_with_any_key(browse: Make, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = store_of({key: "value", "other": 2, "third": 3})
    browser = browse(store, editable=True, name="keys", filter=key, mode="text", sort="key", descending=True)
    browser.open_key, browser.selection = key, [key, "third"]

    def cell(of: str) -> str:
        return str(browser.answer("code", {"of": of})["code"])

    table = run(cell("view"), store, "keys")
    assert isinstance(table, KeyTable)
    assert table.query == browser.query
    assert table.browser.editable
    table.close()
    assert run(cell("value"), store, "keys") == "value"
    assert run(cell("selection"), store, "keys") == {key: "value", "third": 3}
    run(cell("delete"), store, "keys")
    assert [*store.store] == ["other"]
    store.mset([(key, 1)])
    listed = browser.keys()
    run(cell("bulk"), store, "keys")
    assert not set(listed) & store.store.keys()
    assert "deleted" in capsys.readouterr().out


def test_the_cell_of_a_view_says_only_what_differs(browse: Make) -> None:
    store = numbered(2)
    code = browse(store, name="store").answer("code", {"of": "view"})["code"]
    assert code == "from inmem_widgets import inspect\n\ninspect(store)"
    browser = browse(store, name="not a name", filter="prod:*", sort="size", descending=True)
    assert browser.answer("code", {"of": "view"})["code"].endswith(
        "inspect(store, filter='prod:*', sort='size', descending=True)"
    )
    browser = browse(store, name="table", types=("int", "str"), min_size=3, formatters={"x": str})
    assert run(browser.answer("code", {"of": "view"})["code"], store, "table").query == browser.query
    browser.selection = ["k0"]
    run(browser.answer("code", {"of": "bulk"})["code"], store, "table")
    with pytest.raises(LookupError, match="no key is open"):
        browser.answer("code", {"of": "value"})
    with pytest.raises(ValueError, match="of: got 'nothing', accepted are 'view'"):
        browser.answer("code", {"of": "nothing"})
    browser.selection = []
    with pytest.raises(LookupError, match="selection: nothing is selected"):
        browser.answer("code", {"of": "delete"})
    browser.selection = [str(i) for i in range(1_001)]
    with pytest.raises(ValueError, match="selection: 1,001 keys are selected, at most 1,000 fit"):
        browser.answer("code", {"of": "selection"})


def test_files_are_of_what_is_listed(browse: Make) -> None:
    browser = browse(numbered(30), filter="k1", sort="key", descending=True, name="my_store")

    def file(view: str) -> tuple[str, list[str]]:
        data, number = b"", 0
        while True:
            piece = browser.answer("export", {"format": "jsonl", "piece": number}, view)
            data += base64.b64decode(piece["data"])
            number += 1
            if piece["last"]:
                return piece["name"], [json.loads(line)["key"] for line in data.splitlines()]

    assert file("a") == ("my_store.jsonl", browser.keys())
    browser.answer("query", {"filter": "k2"})
    assert file("a") == file("b") == ("my_store.jsonl", browser.keys())
    for params, message in (
        ({"format": "xls", "piece": 0}, "format: got 'xls'"),
        ({"format": "csv"}, "piece: missing"),
        ({"format": "csv", "piece": 1}, "piece: got 1, but no such file"),
        ({"piece": 0}, "format: missing"),
    ):
        with pytest.raises((ValueError, TypeError, LookupError), match=message):
            browser.answer("export", params, "a")


def test_two_views_may_fetch_files_at_the_same_time(browse: Make) -> None:
    store = store_of({f"k{i}": "x" * 10_000 for i in range(200)})
    browser = browse(store)
    pieces: dict[str, list[str]] = {"a": [], "b": []}
    for number in range(3):
        for view, got in pieces.items():
            piece = browser.answer("export", {"format": "csv", "piece": number}, view)
            if number == 0:  # it did not arrive
                store.mset([("k0", view)])
                piece = browser.answer("export", {"format": "csv", "piece": 0}, view)
            got.append(piece["data"])
    assert piece["last"]
    assert len(pieces["a"]) == len(pieces["b"]) == 3
    first = base64.b64decode(pieces["a"][0]).splitlines()[1]
    assert first.endswith(b'x"')  # as it was when the file was begun


# -- the end --


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
    for thread in threading.enumerate():
        if thread.name.startswith("inmem-widgets"):
            thread.join(WAIT)


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
    with pytest.raises(TypeError, match="editable, sort: for stores only, and not for InMemoryCache"):
        inspect(InMemoryCache(), sort="key", editable=True)
    with pytest.raises(TypeError, match="filtr: no argument of a key table, which takes name, editable"):
        inspect(store, filtr="x")
    with pytest.raises(ValueError, match="sort: got 'color'"):
        inspect(store, sort="color")
    with pytest.raises(TypeError, match="formatters"):
        inspect(store, formatters=["x"])
    table.close()


# -- faces --


def test_the_tree_and_the_space_are_made_in_the_background(browse: Make) -> None:
    store = store_of({f"{a}:{b}:{i}": "x" * 10 for a in "ab" for b in "cd" for i in range(5)})
    browser = browse(store)
    state = browser.state({})
    assert (state["tree"], state["space"], state["recent"], state["delimiters"]) == (None, None, None, ":")
    params: dict[str, Any] = {"tree": True, "expanded": ["a:"], "space": True}
    until(browser, lambda: [row["bytes"] for row in browser.state(params)["tree"]] == [100, 50, 50, 100])
    assert [row["prefix"] for row in browser.state(params)["tree"]] == ["a:", "a:c:", "a:d:", "b:"]
    until(browser, lambda: browser.state(params)["space"]["progress"] is None)
    space = browser.state(params)["space"]
    assert (space["keys"], space["bytes"], space["exact"]) == (20, 200, 20)
    browser.answer("query", {"namespace": "a:"})
    assert len(browser.keys()) == 10
    until(browser, lambda: len(browser.state(params)["tree"]) == 4)  # what is narrowed to is still among all
    browser.answer("query", {"delimiters": ""})
    assert browser.state(params)["tree"] == []
    with pytest.raises(TypeError, match="expanded: got 'a:', accepted is a list of prefixes"):
        browser.state({"tree": True, "expanded": "a:"})


def test_views_with_other_namespaces_open_do_not_keep_each_other_busy(browse: Make) -> None:
    store = store_of({f"{a}:{b}:{i}": 1 for a in "ab" for b in "cd" for i in range(5)})
    browser = browse(store)
    views: list[dict[str, Any]] = [{"tree": True, "expanded": [prefix]} for prefix in ("a:", "b:")]

    def settled() -> bool:
        trees = [browser.state(view)["tree"] for view in views]
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
    until(browser, lambda: len(browser.state({"tree": True})["tree"]) == 3)
    for row, keys in zip(browser.state({"tree": True})["tree"], (2, 1, 1), strict=True):
        browser.answer("query", {"namespace": row["prefix"]})
        assert len(browser.keys()) == keys
        assert browser.state({})["query"]["namespace"] == row["prefix"]

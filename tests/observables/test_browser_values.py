"""The selection, the open key and its value."""

from __future__ import annotations

import json
from typing import Any

import pytest
import traitlets

from inmem_widgets.observables.keys.keylist import MOST
from inmem_widgets.observables.keys.screen import TOLD
from tests.observables.browsing import Make, id_of, numbered, store_of
from tests.observables.waiting import WAIT


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

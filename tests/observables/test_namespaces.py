"""Namespaces: every level against a plain count."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inmem_widgets.observables.keys import levels as levels_module
from inmem_widgets.observables.keys import namespaces as module
from inmem_widgets.observables.keys.namespaces import Namespaces, guess_delimiters
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.wire import NamespaceRow
from tests.observables.browsing import census_of, store_of

WAIT = 10.0


class View:
    """Asks again whenever it is told that there is more, as a browser's view does."""

    def __init__(self) -> None:
        self.told = threading.Condition()
        self.times = 0
        self.namespaces = Namespaces(self._tell)

    def _tell(self) -> None:
        with self.told:
            self.times += 1
            self.told.notify_all()

    def rows(self, found: Any, delimiters: str = ":", expanded: Any = ()) -> list[NamespaceRow]:
        """What is shown in the end."""
        trees = self.namespaces._trees
        while True:
            with self.told:
                before = self.times
            self.namespaces.rows(found, delimiters, expanded)
            if trees._task is None or not trees._task.running:
                return self.namespaces.rows(found, delimiters, expanded) or []
            with self.told:
                assert self.told.wait_for(lambda before=before: self.times > before, WAIT)


def parted(key: str, start: int, delimiters: str) -> str | None:
    """The namespace a key is in below a prefix of that length."""
    end = next((i for i in range(start, len(key)) if key[i] in delimiters), None)
    return None if end is None else key[: end + 1]


def expected(
    items: dict[str, Any], above: str, level: int, delimiters: str, opened: Any
) -> list[NamespaceRow]:
    inside = [key for key in items if key.startswith(above)]
    spaces = {key: parted(key, len(above), delimiters) for key in inside}
    counts = Counter(space for space in spaces.values() if space is not None)
    rows: list[NamespaceRow] = []
    for prefix, count in sorted(counts.items(), key=lambda item: -item[1]):  # stable, as Counter is
        members = [key for key in inside if key.startswith(prefix)]
        deep = any(parted(key, len(prefix), delimiters) for key in members)
        size = sum(size_of(items[key])[0] or 0 for key in members)
        rows.append(
            {
                "prefix": clean(prefix), "name": clean(prefix[len(above) : -1]), "level": level,
                "keys": count, "bytes": size, "expanded": (prefix in opened) if deep else None, "more": 0,
            }
        )  # fmt: skip
        if deep and prefix in opened:
            rows += expected(items, prefix, level + 1, delimiters, opened)
    return rows


KEYS = st.text(alphabet=[*"aab:::/é", "\ud800", "😀"], max_size=8)
VALUES = st.binary(max_size=9) | st.text(max_size=4) | st.integers() | st.lists(st.integers(), max_size=2)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=40), st.sampled_from([":", "/", ":/"]), st.data())
@example({"a": 1, "a:b": 2, "a::b": 3, ":a": 4, ":": 5, "::": 6, "a:": 7}, ":", None)
def test_every_level_as_counted_plainly(items: dict[str, Any], delimiters: str, data: Any) -> None:
    store, view = store_of(items), View()
    every = sorted({key[: i + 1] for key in items for i, c in enumerate(key) if c in delimiters})
    wanted = set(every) if data is None else set(data.draw(st.lists(st.sampled_from(every or [""]))))
    found = (census_of(store), None)
    assert all(row["bytes"] is None or row["keys"] for row in view.rows(found, delimiters))
    # what is sent back is what the rows said
    assert view.rows(found, delimiters, {*map(clean, wanted)}) == expected(items, "", 0, delimiters, wanted)
    view.namespaces.close()


@given(st.dictionaries(KEYS, st.binary(max_size=3), min_size=1, max_size=30), st.data())
@settings(max_examples=60, deadline=None)
def test_of_what_is_found_only(items: dict[str, Any], data: Any) -> None:
    store, view = store_of(items), View()
    chosen = sorted(data.draw(st.sets(st.integers(0, len(items) - 1))))
    keys = list(items)
    every = {key[: i + 1] for key in items for i, c in enumerate(key) if c == ":"}
    rows = view.rows((census_of(store), np.array(chosen, np.uint32)), ":", {*map(clean, every)})
    some = {keys[i]: items[keys[i]] for i in chosen}
    assert [(r["prefix"], r["keys"], r["bytes"]) for r in rows] == [
        (r["prefix"], r["keys"], r["bytes"]) for r in expected(some, "", 0, ":", every)
    ]
    view.namespaces.close()


def test_very_many_namespaces_are_counted_and_the_first_listed() -> None:
    items = {f"n{i}:{j}": b"12" for i in range(20_000) for j in range(1 + (i < 3))}
    store, view = store_of(items), View()
    rows = view.rows((census_of(store), None))
    assert len(rows) == levels_module.LISTED + 1
    assert [r["prefix"] for r in rows[:4]] == ["n0:", "n1:", "n2:", "n3:"]
    assert [r["more"] for r in rows] == [0] * 200 + [20_000 - 200]
    assert sum(r["keys"] for r in rows) == len(items)
    assert sum(r["bytes"] or 0 for r in rows) == 2 * len(items)
    view.namespaces.close()


def test_the_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 10)
    items = {f"a{i}:b{j}:c": b"1" for i in range(6) for j in range(6)}
    store, view = store_of(items), View()
    rows = view.rows((census_of(store), None), ":", [f"a{i}:" for i in range(6)])
    assert sum(not r["more"] for r in rows) == 10
    top = [r for r in rows if r["level"] == 0]
    assert sum(r["keys"] for r in top) == len(items)
    assert sum(r["more"] or 1 for r in top) == 6
    view.namespaces.close()


def test_none_at_all() -> None:
    view, store = View(), store_of({"a": 1, "b": 2})
    assert view.rows((census_of(store), None)) == []
    assert view.rows((census_of(store_of({})), None)) == []
    assert view.rows((census_of(store_of({"a:b": 1})), None), "") == []
    assert view.rows(None) == []
    view.namespaces.close()


def test_what_was_made_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    level = module.level

    def counted(keys: Any, positions: Any, prefix: str, delimiters: str) -> Any:
        made.append(prefix)
        return level(keys, positions, prefix, delimiters)

    monkeypatch.setattr(module, "level", counted)
    store, view = store_of({"a:b:c": 1, "a:d:e": 2, "f:g": 3}), View()
    found = (census_of(store), None)
    view.rows(found)
    view.rows(found, ":", ["a:"])
    view.rows(found)
    first = view.rows(found, ":", ["a:"])
    assert made == ["", "a:"]
    assert view.rows(found, ":", ["a:"]) is first
    view.rows((census_of(store), None), ":", ["a:"])
    assert made == ["", "a:", "", "a:"]
    view.namespaces.close()


def test_the_old_tree_stays_until_the_new_one_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    store, view = store_of({"a:b": 1}), View()
    before = view.rows((census_of(store), None))
    gate, level = threading.Event(), module.level

    def slow(*args: Any) -> Any:
        gate.wait(WAIT)
        return (yield from level(*args))

    monkeypatch.setattr(module, "level", slow)
    store.mset([("c:d", 1)])
    found = (census_of(store), None)
    assert view.namespaces.rows(found, ":", ()) == before
    gate.set()
    assert [row["prefix"] for row in view.rows(found)] == ["a:", "c:"]
    view.namespaces.close()


def test_a_tree_without_namespaces_is_known_once_it_is_made() -> None:
    store, view = store_of({"x.db": 1}), View()
    found = (census_of(store), None)
    assert view.namespaces.rows(None, "/", ()) is None  # not known yet
    assert view.rows(found, "/") == []
    assert view.namespaces.rows(found, "/", ()) == []
    view.namespaces.close()


def test_closed_it_ends_and_holds_nothing() -> None:
    store, view = store_of({f"a:{i}": 1 for i in range(100)}), View()
    census = census_of(store)
    alive = weakref.ref(census)
    view.rows((census, None))
    for _ in range(3):  # the last one is resting from the one before
        census = census_of(store)
        view.namespaces.rows((census, None), ":", ())
    task = view.namespaces._trees._task
    view.namespaces.close()
    assert task is None or task.wait(WAIT)
    assert view.namespaces.rows((census, None), ":", ()) is None
    del census
    gc.collect()
    assert alive() is None


def test_of_a_store_that_is_gone_only_the_rows_are_kept() -> None:
    store, view = store_of({"a:b": 1}), View()
    census = census_of(store)
    alive = weakref.ref(census)
    rows = view.rows((census, None))
    del census, store
    assert view.rows(None) == rows
    gc.collect()
    assert alive() is None
    view.namespaces.close()


@pytest.mark.parametrize(
    ("keys", "delimiters"),
    [
        (["user:1", "user:2"], ":"),
        (["a/b/c", "d/e"], "/"),
        (["docs/readme.md", "src/a.py"], "/"),
        (["a.b.c", "d.e.f"], "."),
        (["a/b:c", "d/e:f"], ":/"),
        (["https://host/path", "http://host/other"], "/"),
        ([":a", "a:", "b"], ""),
        (["a:b", "c", "d", "e"], ""),
        (["a", "b"], ""),
        ([], ""),
    ],
)
def test_delimiters_are_guessed(keys: list[str], delimiters: str) -> None:
    assert guess_delimiters(keys) == delimiters

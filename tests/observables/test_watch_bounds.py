"""A report of a watched block: bounded, in pages, masked, as a frame; and who asks wrongly."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.stores import InMemoryStore as TheirStore

from inmem_widgets import InMemoryCache, InMemoryStore, inspect, watch
from inmem_widgets.observables.report import part as parts
from inmem_widgets.observables.report import sheet as sheets
from inmem_widgets.observables.report.held import MOST_BYTES
from tests.observables.watched import a_store, rows


@pytest.fixture(params=[InMemoryStore, TheirStore])
def store(request: pytest.FixtureRequest) -> Any:
    return a_store(request.param)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST", 50)
    store = InMemoryStore()
    with watch(store) as seen:
        for i in range(200):
            store.mset([(f"key:{i}", i)])
    assert seen.summary(store)["added"] == 200
    assert [change.number for change in seen.changes(store)] == [*range(151, 201)]


def test_keys_beyond_those_kept_are_counted() -> None:
    sheet = sheets.Sheet(most=10)
    store = InMemoryStore()
    changes: list[Any] = []
    store.changes.listen(changes.append, old=True)
    for i in range(25):
        store.mset([(f"key:{i}", i)])
    store.changes.flush()
    for change in changes:
        sheet.add(change.keys[0], change.old[0], change.values[0], change.number)
    assert len(sheet) == 10
    assert sheet.sums[sheets.ADDED] == 25


def test_large_values_are_kept_in_short() -> None:
    store, held = InMemoryStore(), []
    with watch(store) as seen:
        for _ in range(5):
            value = _Large(b"x" * (MOST_BYTES // 4))
            held.append(weakref.ref(value))
            store.mset([("key", value)])
            seen.summary(store)
    store.mdelete(["key"])
    del value
    gc.collect()
    assert sum(ref() is not None for ref in held) < 5
    assert rows(seen, "added")[0]["size"]


class _Large:
    def __init__(self, data: bytes) -> None:
        self.data = data


def test_what_came_too_fast_is_said() -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        store.mset([("a", 1)])
        store.changes.flush()
        store.changes._number += 7  # as where the feed has dropped some
        store.mset([("b", 1)])
    assert seen.summary(store)["lost"] == 7
    assert "7 changes came too fast" in str(seen)


def test_secrets_are_masked_in_all_that_is_told() -> None:
    store = InMemoryStore()
    with watch(store, redact=lambda text: text.replace("hunter2", "•••")) as seen:
        store.mset([("user:hunter2", "the password is hunter2")])
        store.mget(["hunter2"])
    told = f"{seen}{seen.told()}{rows(seen, 'added')}{rows(seen, 'absent')}{seen.widget.static_html()}"
    assert "hunter2" not in told and "•••" in told
    assert seen.changes(store)[0].values == ("the password is hunter2",)  # code sees all


def test_rows_come_in_pages() -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        store.mset([(f"key:{i}", i) for i in range(250)])
    page = seen.page(0, "added", 200)
    assert [row["key"] for row in page["rows"]] == [f"key:{i}" for i in range(200, 250)]
    assert page["more"] == 0
    assert seen.page(0, "added", 0)["more"] == 150


def test_a_frame_of_all(store: Any) -> None:
    cache = InMemoryCache()
    with watch(store, cache) as seen:
        store.mset([("a", 1)])
        cache.lookup("p", "m")
        store.mget(["a"])
    frame = seen.frame()
    assert frame["kind"].tolist() == ["insert", "miss", "get"]
    assert frame["object"].tolist() == ["store", "cache", "store"]
    assert frame["key"].tolist() == ["a", "p", "a"]
    with watch(store) as none:
        pass
    assert none.frame().dtypes["time"] == frame.dtypes["time"]
    assert [*none.frame()] == [*frame]


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: watch(), TypeError, "at least one object"),
        (lambda: watch(3), TypeError, "got builtins.int"),
        (lambda: watch(InMemoryStore(), name=3), TypeError, "name: got 3"),
        (lambda: watch(InMemoryStore(), redact=3), TypeError, "redact: got int"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        call()


def test_bad_questions_are_named() -> None:
    store, other = InMemoryStore(), InMemoryStore()
    with watch(store) as seen:
        pass
    for ask, said in (
        (lambda: seen.summary(other), "not watched here; watched are store"),
        (lambda: seen.page(1, "added", 0), "part: got 1"),
        (lambda: seen.page(0, "nothing", 0), "section: got 'nothing'"),
        (lambda: seen.page(0, "added", -1), "start: got -1"),
    ):
        with pytest.raises((LookupError, ValueError), match=said):
            ask()


def test_an_inspected_object_goes_on_being_inspected() -> None:
    store = InMemoryStore()
    table = inspect(store)
    with watch(store) as seen:
        store.mset([("a", 1)])
    assert seen.summary(store)["added"] == 1
    assert table.observable.size == 1
    table.close()

"""What a widget leaves behind when it is closed, and what it keeps alive."""

from __future__ import annotations

import gc
import logging
import threading
from typing import Any

import pytest
from ipywidgets.widgets.widget import _instances
from langgraph.checkpoint.memory import InMemorySaver as TheirSaver
from langgraph.store.memory import InMemoryStore as TheirStore

from inmem_widgets import (
    CacheCounters,
    CheckpointTimeline,
    InMemoryCache,
    InMemorySaver,
    InMemoryStore,
    KeyTable,
    inspect,
    observe,
)
from tests.widgets.conftest import Ask
from tests.widgets.test_messages import opened, store_of


def test_closing_the_last_widget_ends_the_watching() -> None:
    store = store_of(3)
    before = set(_instances)
    table = inspect(store)
    assert store.changes.active
    table.close()
    gc.collect()
    assert not store.changes.active  # although `table` is still there
    assert set(_instances) == before
    table.close()
    with pytest.raises(RuntimeError, match="make another with inspect"):
        _ = table.observable


@pytest.mark.parametrize("kind", [InMemoryStore, TheirStore, InMemoryCache, InMemorySaver, TheirSaver])
@pytest.mark.parametrize("log", [False, True])
def test_a_view_of_what_was_detached_says_so(kind: Any, log: bool, ask: Ask) -> None:
    obj = kind()
    widget = inspect(obj)
    ask(widget, {"kind": "open", "view": "v", "params": {"log": log}})
    observe(obj).detach()
    (told,) = [
        message["set"]["title"]
        for message in ask(widget)
        if message["kind"] == "patch" and "title" in message["set"]
    ]
    assert told["ended"] and not told["gone"]
    watched = widget._state({"log": log})["watched"]
    assert watched is None or (watched["how"], watched["interval"]) == ("events", None)


def test_closing_an_inspector_closes_all_in_it() -> None:
    store, cache = store_of(1), InMemoryCache()
    before = set(_instances)
    inspect(store, cache).close()
    gc.collect()
    assert not store.changes.active
    assert not cache.changes.active
    assert set(_instances) == before


def test_closing_while_the_object_is_written_to_is_quiet(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    store = store_of(500)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            store.mset([("k1", 1)])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                table = inspect(store)
                ask(table, *(opened(str(i), stop=400) for i in range(4)))
                table.close()
    finally:
        stop.set()
        writer.join()
    assert store.changes.flush(30)
    assert caplog.records == []


def test_a_closed_observable_is_not_given_out_again() -> None:
    store = store_of(1)
    first = observe(store)
    first.close()
    second = observe(store)
    assert second is not first
    assert store.changes.active


@pytest.mark.parametrize(
    ("kind", "obj"),
    [(KeyTable, InMemoryStore()), (CacheCounters, InMemoryCache()), (CheckpointTimeline, InMemorySaver())],
)
def test_a_widget_can_be_made_of_its_object(kind: Any, obj: Any) -> None:
    assert kind(obj).observable is observe(obj)
    with pytest.raises(TypeError, match=r"obj: got builtins.int"):
        kind(3)
    wrong = InMemoryCache() if kind is not CacheCounters else InMemorySaver()
    with pytest.raises(TypeError, match="accepted is what Observable"):
        kind(wrong)


def test_inspect_leaves_the_callers_variables_alone() -> None:
    store = store_of(1)
    variables = locals()
    assert inspect(store).state["title"]["name"] == "store"
    assert variables["store"] is store

"""Frames of every kind of object: what they take, and the same columns with and without rows."""

from __future__ import annotations

import threading
from typing import Any

import pandas as pd
import pytest
from langchain_core.caches import InMemoryCache as TheirCache
from langchain_core.outputs import Generation
from langchain_core.stores import InMemoryStore as TheirStore
from langgraph.checkpoint.memory import InMemorySaver as TheirSaver
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, inspect, observe, to_frame, watch
from inmem_widgets.export.schema import DTYPES, Schema
from inmem_widgets.export.schemas import (
    CHECKPOINTS,
    DIFFERENCE,
    ENTRIES,
    EVENTS,
    HISTORY,
    ITEMS,
    LOOKUPS,
    STATES,
    WRITES,
)

TEXT = "str" if int(pd.__version__.partition(".")[0]) >= 3 else "string"


class State(TypedDict, total=False):
    text: str
    count: int
    parts: list[str]
    step: float


def run(saver: Any) -> Any:
    graph = StateGraph(State)
    graph.add_node("one", lambda state: {"count": 1, "parts": ["a"]})
    graph.add_node("two", lambda state: {"count": 2, "step": 0.5})
    graph.add_edge(START, "one")
    graph.add_edge("one", "two")
    graph.add_edge("two", END)
    config: Any = {"configurable": {"thread_id": "t"}}
    graph.compile(checkpointer=saver).invoke({"text": "hello"}, config)
    return saver


def stored(store: Any) -> Any:
    store.mset([("a", "text"), ("b", {"x": 1}), ("\ud800", 1)])
    return store


def cached(cache: Any) -> Any:
    cache.lookup("p", "m")
    cache.update("p", "m", [Generation(text="answer")])
    cache.lookup("p", "m")
    return cache


KINDS = [
    (InMemoryStore, stored, {"items": ITEMS, "events": EVENTS}),
    (TheirStore, stored, {"items": ITEMS, "events": EVENTS}),
    (InMemoryCache, cached, {"entries": ENTRIES, "lookups": LOOKUPS, "history": HISTORY, "events": EVENTS}),
    (TheirCache, cached, {"entries": ENTRIES, "lookups": LOOKUPS, "history": HISTORY, "events": EVENTS}),
    (InMemorySaver, run, {"checkpoints": CHECKPOINTS, "writes": WRITES, "states": STATES, "events": EVENTS}),
    (TheirSaver, run, {"checkpoints": CHECKPOINTS, "writes": WRITES, "states": STATES, "events": EVENTS}),
]


BEGIN = ("preview", "before", "after")
"""Columns that tell how values begin."""


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


def said(schema: Schema, *optional: str) -> dict[str, str]:
    return {
        column.name: TEXT if column.kind == "text" else DTYPES[column.kind]
        for column in schema
        if not column.optional or column.name in optional
    }


@pytest.mark.parametrize(("make", "use", "frames"), KINDS)
def test_columns_are_those_documented_with_and_without_rows(make: Any, use: Any, frames: Any) -> None:
    full, empty = make(), make()
    watching = [observe(full), observe(empty)]
    for each in watching:
        assert each.log.kept == 0
    use(full)
    assert watching[0].log.catch_up()
    for what, schema in frames.items():
        expected = said(schema, *BEGIN)
        found, none = to_frame(full, what), to_frame(empty, what)
        assert len(found) > 0, what
        assert len(none) == 0 or what == "history"
        assert dtypes(none) == expected
        assert dict([*dtypes(found).items()][: len(expected)]) == expected
    with pytest.raises(ValueError, match=f"what: got 'other', accepted for .* are '{next(iter(frames))}'"):
        to_frame(full, "other")


@pytest.mark.parametrize(("make", "use", "frames"), KINDS)
def test_observables_and_widgets_give_the_frames_of_their_object(make: Any, use: Any, frames: Any) -> None:
    obj = make()
    widget = inspect(obj)
    use(obj)
    assert widget.observable.log.catch_up()
    for what in frames:
        of_object = to_frame(obj, what).drop(columns="seconds", errors="ignore")
        for each in (widget.observable, widget):
            pd.testing.assert_frame_equal(
                to_frame(each, what).drop(columns="seconds", errors="ignore"), of_object
            )
    widget.close()


def test_what_is_known_of_keys() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("before", 1), ("both", 1)])
    unwatched = to_frame(store)
    assert unwatched[["created", "changed", "reads", "writes"]].isna().all(axis=None)
    watching = observe(store)
    watching.count_reads()
    store.mset([("both", 2), ("new", 1)])
    store.mset([("new", 2)])
    store.mget(["new", "before", "missing"])
    store.mget(["new"])
    frame = to_frame(store, values=True).set_index("key")
    assert frame["created"].notna().tolist() == [False, False, True]
    assert frame["changed"].notna().tolist() == [False, True, True]
    assert (frame["changed"] >= frame["created"]).tolist() == [False, False, True]
    assert frame["writes"].tolist() == [0, 1, 2]
    assert frame["reads"].tolist() == [1, 0, 2]
    assert frame["value"].tolist() == [1, 2, 2]


def test_reads_are_not_known_where_they_are_not_counted() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    watching = observe(store)
    store.mset([("a", 1)])
    store.mget(["a"])
    frame = to_frame(watching)
    assert frame["reads"].isna().all()
    assert frame["writes"].tolist() == [1]


def test_previews_can_be_left_out() -> None:
    store = stored(InMemoryStore())
    assert "preview" not in to_frame(store, preview=False)
    assert to_frame(store, preview=True)["preview"].notna().all()
    for wrong in ({"mask": True}, {"preview": 1}, {"values": "yes"}):
        with pytest.raises(TypeError, match=next(iter(wrong))):
            to_frame(store, **wrong)  # type: ignore[arg-type]


def test_states_have_channels_as_columns() -> None:
    frame = to_frame(run(InMemorySaver()), "states")
    assert frame["text"].dropna().unique().tolist() == ["hello"]
    assert str(frame["text"].dtype) == TEXT
    assert str(frame["count"].dtype) == "Int64"
    assert frame["count"].tolist()[-1] == 2
    assert pd.isna(frame["count"].tolist()[0])
    assert frame["parts"].tolist()[-1] == ["a"]
    assert str(frame["step"].dtype) == "Int64"
    assert frame["step (channel)"].tolist()[-1] == 0.5


def test_a_timeline_has_the_states_of_a_thread() -> None:
    saver = run(InMemorySaver())
    timeline = inspect(saver)
    pd.testing.assert_frame_equal(timeline.states_frame("t"), to_frame(saver, "states"))
    timeline.close()


def test_moments_and_what_differs_between_them() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    watching = observe(store)
    assert watching.log.kept == 0
    store.mset([("a", 1), ("b", "x")])
    store.mset([("a", b"yy"), ("c", None)])
    store.mdelete(["b"])
    then = watching.at(1).frame()
    assert dict(zip(then["key"], then["preview"], strict=True)) == {"a": "1", "b": "x"}
    assert dtypes(then) == said(ITEMS, "preview")
    found = watching.difference(1, 3).set_index("key")
    assert found["change"].to_dict() == {"a": "changed", "b": "deleted", "c": "added"}
    assert found.loc["a", ["type_before", "type_after", "size_after", "before", "after"]].tolist() == [
        "int", "text", 2, "1", "yy",
    ]  # fmt: skip
    assert pd.isna(found.loc["b", "size_after"])
    assert pd.isna(found.loc["b", "after"])
    assert dtypes(watching.difference(3, 3)) == said(DIFFERENCE)
    assert len(watching.difference(3, 3)) == 0


def test_events_say_who_and_what() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    watching = observe(store)
    assert watching.log.kept == 0
    store.mset([("a", 1)])
    store.mset([("a", "xy"), ("b", 2)])
    store.mdelete(["a"])
    frame = watching.events_frame()
    assert frame["number"].tolist() == [1, 2, 3]
    assert frame["kind"].tolist() == ["insert", "change", "delete"]
    assert frame["keys"].tolist() == [1, 2, 1]
    assert frame["before"].fillna("-").tolist() == ["-", "1", "xy"]
    assert frame["after"].fillna("-").tolist() == ["1", "xy", "-"]
    assert frame["type"].tolist() == ["int", "str", "str"]
    assert frame["os_thread"].tolist() == ["MainThread"] * 3
    assert frame["node"].isna().all()
    assert frame["object"].tolist() == ["InMemoryStore"] * 3


def test_what_was_seen_of_several_objects_has_the_same_columns() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    cache = InMemoryCache()
    with watch(store, cache) as seen:
        cached(cache)
        thread = threading.Thread(target=lambda: stored(store), name="worker")
        thread.start()
        thread.join()
    frame = seen.frame()
    assert dtypes(frame) == said(EVENTS, *BEGIN)
    assert {*zip(frame["object"], frame["os_thread"], strict=True)} == {
        ("cache", "MainThread"), ("store", "worker"),
    }  # fmt: skip
    with watch(store, cache) as nothing:
        pass
    assert dtypes(nothing.frame()) == said(EVENTS, *BEGIN)


def test_secrets_of_caches_are_masked_in_events() -> None:
    cache = InMemoryCache()
    watching = observe(cache)
    assert watching.log.kept == 0
    secret = "sk-proj-" + "a1B2" * 10
    with watch(cache) as seen:
        cache.clear()  # has no key by which a cache is known
        cache.update(f"use {secret}", secret, [Generation(text=f"it is {secret}")])
        cache.update(f"use {secret}", secret, [Generation(text=f"now {secret}")])
        cache.clear()
    for frame in (watching.events_frame(), watching.difference(0, 2), seen.frame()):
        assert len(frame)
        assert secret not in frame.to_csv()
    assert "now …(api key)" in str(seen)
    assert secret not in str(seen)

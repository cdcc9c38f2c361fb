"""What a watched block did to stores, caches and checkpointers, ours and others', in whatever way it ends."""

from __future__ import annotations

import asyncio
import gc
import operator
import threading
import weakref
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.caches import InMemoryCache as TheirCache
from langchain_core.stores import InMemoryStore as TheirStore
from langgraph.checkpoint.memory import InMemorySaver as TheirSaver
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe, watch
from tests.observables.watched import ANSWER, a_store, rows, sections


@pytest.fixture(params=[InMemoryStore, TheirStore])
def store(request: pytest.FixtureRequest) -> Any:
    return a_store(request.param)


def test_what_became_of_each_key(store: Any) -> None:
    with watch(store) as seen:
        store.mset([("new", {"a": 1}), ("brief", 1)])
        store.mset([("changed", [2]), ("same", "x")])
        store.mset([("new", 2)])
        store.mdelete(["gone", "brief", "never"])
        store.mget(["kept", "never", "kept"])
    assert seen.summary(store) == {
        "added": 1, "changed": 1, "deleted": 1, "set again, unchanged": 1, "added and deleted again": 1,
        "reads": 3, "lost": 0,
    }  # fmt: skip
    (new,) = rows(seen, "added")
    assert (new["key"], new["before"], new["after"], new["count"], new["type"]) == ("new", "", "2", 2, "int")
    (changed,) = rows(seen, "changed")
    assert (changed["before"], changed["after"]) == ("[1]", "[2]")
    (gone,) = rows(seen, "deleted")
    assert (gone["key"], gone["before"], gone["after"]) == ("gone", "3", "")
    assert [(row["key"], row["count"]) for row in rows(seen, "reads")] == [("kept", 2)]
    assert [row["key"] for row in rows(seen, "absent")] == ["never"]
    assert {change.kind for change in seen.changes(store)} == {"set", "delete", "get"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([None, 1, 2, "x"])), max_size=30))
@settings(max_examples=60, deadline=None)
def test_added_changed_deleted_are_what_differs(writes: list[tuple[str, Any]]) -> None:
    """The oracle: the dict before and after."""
    store = InMemoryStore()
    store.mset([("a", 1), ("b", "x")])
    before = dict(store.store)
    with watch(store) as seen:
        for key, value in writes:
            if value is None:
                store.mdelete([key])
            else:
                store.mset([(key, value)])
    after = store.store
    summary = seen.summary(store)
    assert summary["added"] == len(after.keys() - before.keys())
    assert summary["deleted"] == len(before.keys() - after.keys())
    assert summary["changed"] == sum(before[key] != after[key] for key in before.keys() & after.keys())


def test_why_lookups_missed() -> None:
    cache = InMemoryCache(maxsize=2)
    with watch(cache) as seen:
        for prompt in ("a", "b", "c", "a", "c"):
            if cache.lookup(prompt, "m") is None:
                cache.update(prompt, "m", ANSWER)
        cache.clear()
        cache.lookup("c", "m")
    assert seen.summary(cache) == {
        "hits": 1, "misses": 5, "added": 4, "evicted": 2, "clears": 1, "lost": 0,
    }  # fmt: skip
    assert [row["key"] for row in rows(seen, "miss cold")] == ["a", "b", "c"]
    assert [row["key"] for row in rows(seen, "miss evicted")] == ["a"]
    assert [row["key"] for row in rows(seen, "miss cleared")] == ["c"]
    evicted = rows(seen, "evicted")
    assert [(row["key"], row["note"]) for row in evicted] == [("a", "for c"), ("b", "for a")]
    assert evicted[0]["before"] == "three nights near the harbour"


def test_whoever_watches_a_cache_for_longer_knows_more() -> None:
    cache = InMemoryCache(maxsize=1)
    observable = observe(cache)
    cache.update("a", "m", ANSWER)
    cache.update("b", "m", ANSWER)
    with watch(cache) as seen:
        cache.lookup("a", "m")
        cache.lookup("new", "m")
    assert {*sections(seen)} == {"miss evicted", "miss cold"}
    del observable, seen
    gc.collect()
    with watch(cache) as later:
        cache.lookup("other", "m")
    assert {*sections(later)} == {"miss unknown"}


@pytest.mark.parametrize("kind", [InMemoryCache, TheirCache])
def test_caches_of_others_too(kind: Callable[[], Any]) -> None:
    cache = kind()
    with watch(cache) as seen:
        cache.lookup("a", "m")
        cache.update("a", "m", ANSWER)
        cache.lookup("a", "m")
    summary = seen.summary(cache)
    assert (summary["hits"], summary["misses"], summary["added"]) == (1, 1, 1)


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def graph_with(saver: Any, store: InMemoryStore) -> Any:
    def planner(state: State) -> Any:
        store.mset([("plan", "Bergen")])
        return {"log": ["planned"]}

    def review(state: State) -> Any:
        interrupt("fine?")
        return {}

    def broken(state: State) -> Any:
        raise ValueError("no price")

    builder = StateGraph(State)
    builder.add_node("planner", planner)
    builder.add_node("review", review)
    builder.add_node("broken", broken)
    builder.add_edge(START, "planner")
    builder.add_conditional_edges("planner", lambda s: "broken" if "break" in s["log"] else "review")
    return builder.compile(checkpointer=saver)


@pytest.mark.parametrize("kind", [InMemorySaver, TheirSaver])
def test_checkpoints_by_thread_with_interrupts_errors_and_who(kind: Callable[[], Any]) -> None:
    saver, store = kind(), InMemoryStore()
    graph = graph_with(saver, store)
    with watch(saver, store) as seen:
        graph.invoke({"log": []}, {"configurable": {"thread_id": "oslo"}})
        with pytest.raises(ValueError, match="no price"):
            graph.invoke({"log": ["break"]}, {"configurable": {"thread_id": "paris"}})
    assert seen.summary(saver) == {"checkpoints": 6, "interrupts": 1, "errors": 1, "lost": 0}
    oslo, paris = seen.told()[0]["sections"]
    assert (oslo["label"], oslo["count"], oslo["sort"]) == ("thread oslo", 3, "interrupts")
    assert paris["note"].endswith("1 error")
    assert "planner" in oslo["note"] and "review" in oslo["note"]
    assert [row["key"] for row in rows(seen, oslo["id"])] == ["step -1", "step 0", "step 1"]
    (plan,) = rows(seen, "added", part=1)
    assert plan["by"] is not None and plan["by"]["node"] == "planner"
    assert plan["by"]["text"] == "planner, step 1"


def test_nodes_of_a_thread_are_named_in_the_order_in_which_they_ran() -> None:
    """Whatever order LangGraph's threads save their writes in."""
    saver = TheirSaver()
    with watch(saver) as seen:
        for number, node in ((2, "tidy"), (1, "planner"), (3, "planner")):
            place = {"thread_id": "oslo", "checkpoint_ns": "", "checkpoint_id": f"1f-{number}"}
            saver.put_writes({"configurable": place}, [("log", 1)], "task", f"~__pregel_pull, {node}")
    (oslo,) = seen.told()[0]["sections"]
    assert oslo["note"] == "planner, tidy"


def test_what_raises_is_told_and_goes_on_its_way(store: Any) -> None:
    seen = watch(store)

    def block() -> None:
        with seen:
            store.mset([("a", 1)])
            raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        block()
    assert seen.error == "KeyError: 'lost'"
    assert not seen.running
    assert seen.summary(store)["added"] == 1
    assert "raised KeyError: 'lost'" in str(seen)


def test_nothing_happened() -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        pass
    assert seen.told()[0]["quiet"]
    assert "nothing changed" in str(seen)


def test_one_object_twice_is_watched_once() -> None:
    store = TheirStore()
    with watch(store, observe(store), store) as seen:
        store.mset([("a", 1)])
    assert len(seen.parts) == 1
    assert seen.summary(store)["added"] == 1


def test_one_block_within_another() -> None:
    store = InMemoryStore()
    with watch(store) as outer:
        store.mset([("a", 1)])
        with watch(store) as inner:
            store.mset([("b", 1)])
        store.mset([("c", 1)])
    assert [row["key"] for row in rows(outer, "added")] == ["a", "b", "c"]
    assert [row["key"] for row in rows(inner, "added")] == ["b"]


async def test_in_asynchronous_code(store: Any) -> None:
    with watch(store) as seen:
        await asyncio.gather(*(store.amset([(f"key:{i}", i)]) for i in range(20)))
    assert seen.summary(store)["added"] == 20


def test_from_other_threads() -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        thread = threading.Thread(target=lambda: store.mset([("a", 1)]), name="worker-1")
        thread.start()
        thread.join()
    by = rows(seen, "added")[0]["by"]
    assert by is not None and by["text"] == "thread worker-1"


def test_it_is_read_while_the_block_runs() -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        store.mset([("a", 1)])
        assert seen.running
        assert seen.summary(store)["added"] == 1
        store.mset([("b", 1)])
    assert seen.summary(store)["added"] == 2


def test_nothing_is_kept_alive_and_nothing_listens_afterwards() -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        store.mset([("a", 1)])
    assert not store.changes.active
    gone = weakref.ref(store)
    del store
    gc.collect()
    assert gone() is None
    assert seen.told()[0]["facts"][0]["count"] == 1


@pytest.mark.parametrize("kind", [InMemoryStore, TheirStore, InMemoryCache, TheirCache])
def test_a_report_that_is_kept_watches_nothing(kind: Any) -> None:
    obj = kind()
    watching = observe(obj)
    with watch(obj) as seen:
        pass
    gone = weakref.ref(watching)
    del watching
    gc.collect()
    assert gone() is None
    assert seen.summary(obj)["lost"] == 0


def test_an_object_that_ended_within_is_said_to_be_gone(store: Any) -> None:
    held = [a_store(type(store))]
    with watch(held[0]) as seen:
        held[0] = a_store(type(store))  # which nobody watches
        held[0].mset([("a", 1)])
        gc.collect()
    assert "nothing held it any more at the end" in str(seen)
    assert not seen.told()[0]["quiet"]


def test_a_tapped_object_is_as_before() -> None:
    store = TheirStore()
    before = object.__getattribute__(store, "__class__"), dict(vars(store))
    with watch(store):
        store.mset([("a", 1)])
        store.mdelete(["a"])
    assert (object.__getattribute__(store, "__class__"), vars(store)) == before
    assert type(store) is TheirStore


def test_a_plain_dict_is_read_before_and_after() -> None:
    plain = {"kept": 1, "changed": 1, "gone": 1}
    with watch(plain) as seen:
        plain.update(changed=2, new=3)
        del plain["gone"]
    summary = seen.summary(plain)
    assert (summary["added"], summary["deleted"]) == (1, 1)
    assert [row["key"] for row in rows(seen, "added")] == ["new"]


def test_what_cannot_be_known_is_not_0() -> None:
    settings = {"a": 1}

    @lru_cache
    def square(x: int) -> int:
        return x * x

    with watch(settings, square) as seen:
        settings["b"] = settings["a"]
        square(2)
    assert seen.summary(settings) == {"added": 1, "changed": 0, "deleted": 0, "lost": 0}
    assert seen.summary(square) == {"hits": 0, "misses": 1, "lost": 0}
    assert "added unknown (the function counts no inserts)" in str(seen)


def test_what_has_no_name_is_named_once() -> None:
    stores = [InMemoryStore[int]()]
    with watch(stores[0]) as seen:
        stores[0].mset([("a", 1)])
    assert str(seen).splitlines()[1] == "InMemoryStore: 1 added"

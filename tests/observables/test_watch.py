"""What a watched block did to stores, caches and checkpointers, ours and others', in whatever way it ends."""

from __future__ import annotations

import asyncio
import gc
import operator
import threading
import weakref
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.caches import InMemoryCache as TheirCache
from langchain_core.outputs import Generation
from langchain_core.stores import InMemoryStore as TheirStore
from langgraph.checkpoint.memory import InMemorySaver as TheirSaver
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, inspect, observe, watch
from inmem_widgets.observables.report import part as parts
from inmem_widgets.observables.report import sheet as sheets
from inmem_widgets.observables.report.held import MOST_BYTES
from inmem_widgets.wire import ReportRow, ReportSection

ANSWER = [Generation(text="three nights near the harbour")]


def sections(seen: Any, part: int = 0) -> dict[str, ReportSection]:
    return {section["id"]: section for section in seen.told()[part]["sections"]}


def rows(seen: Any, section: str, part: int = 0) -> list[ReportRow]:
    found: list[ReportRow] = seen.page(part, section, 0)["rows"]
    return found


@pytest.fixture(params=[InMemoryStore, TheirStore])
def store(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    made.mset([("kept", 1), ("changed", [1]), ("same", "x"), ("gone", 3)])
    return made


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
        sheet.write(change.keys[0], change.old[0], change.values[0], change)
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

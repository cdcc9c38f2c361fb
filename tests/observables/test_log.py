"""The log of an object: what it keeps, what it holds, what is found in it."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe
from inmem_widgets.core.change import MISSING, change
from inmem_widgets.core.origin import Origin
from inmem_widgets.observables.log import EventLog, by_row, logs
from inmem_widgets.observables.log.limits import changes_of
from inmem_widgets.observables.log.view import LogView


class Value:
    """Something that can be referred to weakly."""


def filled(count: int = 100, **limits: Any) -> tuple[InMemoryStore[Any], EventLog]:
    store = InMemoryStore[Any]()
    log = EventLog(observable := observe(store), **limits)
    store.__dict__["kept"] = observable  # as long as the store
    for n in range(count):
        store.mset([(f"key {n}", n)])
    log.catch_up()
    return store, log


# --- bounds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "count"), [(1, 3), (10, 10), (10, 11), (50, 1_234), (1_000, 999)])
def test_it_keeps_the_latest_changes_and_no_more(most: int, count: int) -> None:
    _, log = filled(count, most=most)
    kept = min(most, count)
    assert (log.first, log.last, log.kept) == (count - kept + 1, count, kept)
    assert [each.number for each in log.changes()] == [*range(log.first, count + 1)]
    assert [each.keys[0] for each in log.changes(count, count + 1)] == [f"key {count - 1}"]
    assert len(log.changes(log.first, log.first + 1)) == 1


def test_it_holds_no_more_bytes_than_it_may_however_large_values_are() -> None:
    store = InMemoryStore[Any]()
    log = EventLog(observable := observe(store), most_bytes=1_000_000)
    for n in range(300):
        store.mset([("a", bytes([n % 256]) * 50_000)])
    log.catch_up()
    assert log.bytes <= 1_000_000
    assert 5 < log.kept < 30
    assert log.last == 300
    assert log.at(log.first).values["a"][0] == (log.first - 1) % 256
    store.mset([("b", "x" * 5_000_000)])
    store.mset([("b", "y")])  # holds more than it may on its own
    log.catch_up()
    assert (log.kept, log.bytes, log.first) == (0, 0, log.last + 1)
    assert log.at(log.last).values["b"] == "y"
    store.mset([("c", 1)])
    log.catch_up()
    assert log.kept == 1
    assert observable.source is store


def test_what_it_lets_go_of_is_free() -> None:
    store, log = filled(0, most_bytes=1_000_000)
    gone = weakref.ref(value := Value())
    store.mset([("a", value)])
    del value
    store.mset([("a", 1)])
    log.catch_up()
    assert gone() is not None  # as documented: it holds previous values
    for _ in range(30):
        store.mset([("a", bytes(100_000))])
    log.catch_up()
    gc.collect()
    assert gone() is None


def test_values_of_a_store_replaced_count_as_well() -> None:
    store, log = filled(0, most_bytes=100_000)
    store.mset([(f"k{n}", bytes(1_000)) for n in range(1_000)])
    store.store = {}
    log.catch_up()
    assert log.bytes <= 100_000
    assert log.kept == 0


def test_keys_of_lookups_count_and_equal_ones_are_one() -> None:
    cache = InMemoryCache()
    log = EventLog(observable := observe(cache), most_bytes=1_000_000)
    for n in range(200):
        cache.lookup("x" * 10_000 + str(n), "m")
    log.catch_up()
    assert log.bytes <= 1_000_000
    assert log.kept < 120
    log.limit(most_bytes=2_000_000)
    before = log.kept
    for _ in range(200):
        cache.lookup("".join(["y"] * 10_000), "m")
    log.catch_up()
    assert log.kept >= before + 200 - 100
    assert observable.source is cache


def test_limits_can_be_changed() -> None:
    _, log = filled(100)
    log.limit(most=7)
    assert (log.kept, log.first) == (7, 94)
    with pytest.raises(ValueError, match="most: got 0"):
        log.limit(most=0)
    assert changes_of(True) == 100_000
    assert changes_of(5) == 5
    assert changes_of(False) is None
    with pytest.raises(ValueError, match="log: got 0"):
        changes_of(0)
    with pytest.raises(TypeError, match="log: got 'yes'"):
        changes_of("yes")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, "x", b"yy"])), min_size=1, max_size=60),
    st.sampled_from([8, 40, 1_000]),
)
def test_changes_taken_in_at_once_are_kept_as_one_by_one(writes: list[tuple[str, Any]], most: int) -> None:
    store = InMemoryStore[Any]()
    observable = observe(store)
    state: dict[str, Any] = {}
    changes = []
    for number, (key, value) in enumerate(writes, 1):
        old = [state.get(key, MISSING)]
        changes.append(change(number, "set", (key,), (value,), old, float(number), by=Origin("x")))
        state[key] = value
    together, singly = EventLog(observable, most=most), EventLog(observable, most=most)
    together.add(changes)
    for each in changes:
        # with something to tell, which takes the other way
        singly.add([each._replace(info={"why": ""})])
    assert [each._replace(info={}) for each in together.changes()] == [
        each._replace(info={}) for each in singly.changes()
    ]
    assert together.columns() == singly.columns()
    assert together.keys_touched(0, len(writes)) == singly.keys_touched(0, len(writes))
    assert observable.source is store


# --- life ---------------------------------------------------------------------------------------


def test_a_log_ends_with_its_observable_and_keeps_neither_it_nor_the_object() -> None:
    store = InMemoryStore[Any]()
    observable = observe(store)
    log = observable.log
    assert log is observable.log
    assert log in logs()
    gone = weakref.ref(observable)
    del observable
    gc.collect()
    assert gone() is None
    assert log.observable is None
    dead = weakref.ref(store)
    del store
    assert dead() is None
    number = log.last
    del log
    gc.collect()
    assert number == 0


def test_nothing_listens_once_it_is_closed() -> None:
    store, log = filled(3)
    observe(store).close()
    log.close()
    assert not store.changes.active
    assert (log.kept, log.bytes) == (0, 0)
    assert log not in logs()


def test_looking_begins_no_log() -> None:
    store = InMemoryStore[Any]()
    observable = observe(store)
    assert observable.logged is None
    assert not store.changes.wants_old


# --- finding ------------------------------------------------------------------------------------

WHO = st.builds(
    Origin,
    st.just("MainThread"),
    st.none() | st.integers(1, 3),
    st.none() | st.sampled_from(["t1", 5]),
    st.none() | st.sampled_from(["planner", "Writer"]),
    st.none() | st.integers(0, 2),
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["hit", "miss", "insert", "clear"]), st.sampled_from(["Tea", "tea pot", "cup"]), WHO
    ),
    max_size=60,
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.sampled_from(["", "tea", "Tea", "plan", "cell [2]", "nothing"]),
        "kinds": st.lists(st.sampled_from(["hit", "miss", "insert", "clear", "other"]), max_size=2),
        "node": st.sampled_from([None, "planner"]),
        "step": st.none() | st.integers(0, 2),
        "thread": st.sampled_from([None, "t1", "5"]),
        "cell": st.none() | st.integers(1, 3),
        "group": st.sampled_from(["", "kind", "key", "node", "step", "thread", "cell"]),
    },
)


def fits(event: tuple[str, str, Origin], query: dict[str, Any]) -> bool:
    kind, key, who = event
    wanted = query.get("filter", "")
    fold = (lambda text: text) if wanted != wanted.lower() else str.lower
    thread = None if who.thread_id is None else str(who.thread_id)
    asked = [(query.get("node"), who.node), (query.get("step"), who.step), (query.get("thread"), thread)]
    return (
        (kind in query["kinds"] if query.get("kinds") else True)
        and all(given is None or given == told for given, told in (*asked, (query.get("cell"), who.cell)))
        and (wanted in fold("" if kind == "clear" else key) or wanted in fold(who.text()))
    )


def label(event: tuple[str, str, Origin], by: str) -> str:
    kind, key, who = event
    if by == "kind":
        return kind
    if by == "key":
        return "" if kind == "clear" else key
    found = {"node": who.node, "step": who.step, "thread": who.thread_id, "cell": who.cell}[by]
    return "" if found is None else str(found)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=4), QUERIES, QUERIES, st.sampled_from([5, 40, 1_000]))
def test_what_a_view_finds_is_what_an_oracle_finds(
    batches: list[list[tuple[str, str, Origin]]], first: dict[str, Any], then: dict[str, Any], most: int
) -> None:
    """However changes come and go between two looks, and the query changes."""
    cache = InMemoryCache()
    log = EventLog(observable := observe(cache), most=most)
    view, happened = LogView(log, first), list[tuple[str, str, Origin]]()
    query = first
    for n, batch in enumerate(batches):
        for event in batch:
            kind, key, who = event
            happened.append(event)
            keys = () if kind == "clear" else ((key, "m"),)
            values = ([Generation(text="x")],) if kind == "insert" else None
            log.add([change(len(happened), kind, keys, values, None, float(len(happened)), by=who)])
        if n == 2:
            view.show(then)
            query = {**first, **then}
        state = view.state()
        found = [
            (number, event)
            for number, event in enumerate(happened, 1)
            if number >= log.first and fits(event, query)
        ]
        assert state["matching"] == len(found)
        assert state["progress"] is None
        assert [row["number"] for row in state["rows"]] == [number for number, _ in found][::-1][:100]
        middle = (log.first + log.last) // 2
        older = [number for number, _ in found if number < middle][::-1]
        assert [row["number"] for row in view.rows(1_000, middle)] == older
        assert (state["groups"] is None) == (not query.get("group"))
        if by := query.get("group"):
            counts: dict[str, list[int]] = {}
            for _, event in found:
                group = counts.setdefault(label(event, by), [0, 0, 0])
                for place, kind in enumerate((event[0], "hit", "miss")):
                    group[place] += event[0] == kind
            told = {g["label"]: [g["changes"], g["hits"], g["misses"]] for g in state["groups"] or ()}
            assert told == counts
            changes = [g["changes"] for g in state["groups"] or ()]
            assert changes == sorted(changes, reverse=True)
    assert observable.source is cache


def test_a_million_changes_are_looked_at_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    from inmem_widgets.observables.log import view as module

    _, log = filled(5_000)
    monkeypatch.setattr(module, "BUDGET", 0.0)  # one step of 512 each time
    view = LogView(log, {"filter": "key 4"})
    seen = []
    while (progress := view.state()["progress"]) is not None:
        seen.append(progress)
    assert seen == sorted(seen)
    assert len(seen) == 9
    assert view.state()["matching"] == len([n for n in range(5_000) if str(n).startswith("4")])


def test_rows_say_what_happened() -> None:
    store, log = filled(0)
    store.mset([("a", 1)])
    store.mset([("a", "two"), ("b", 3)])
    store.mdelete(["a"])
    store.store = {}
    log.catch_up()
    rows = log.rows({}, 10)
    assert [
        (row["number"], row["kind"], row["key"], row["keys"], row["before"], row["after"]) for row in rows
    ] == [
        (4, "reset", "", 0, "", ""),
        (3, "delete", "a", 1, "two", ""),
        (2, "change", "a", 2, "1", "two"),
        (1, "insert", "a", 1, "", "1"),
    ]
    assert [row["size"] for row in rows] == [None, None, 31, 28]
    assert rows[1]["id"] == observe(store).key_id("a")
    assert observe(store).key_of(rows[1]["id"] or 0) == "a"
    by = rows[0]["by"]
    assert by is not None
    assert by["os_thread"] == threading.current_thread().name
    assert log.state({})["kinds"] == ["change", "delete", "insert", "reset"]
    assert log.rows({"key": rows[1]["id"]}, 10) == rows[1:]
    assert log.columns().kinds == ["insert", "change", "delete", "reset"]
    assert log.columns().sizes == [28, 31, -1, -1]


def test_rows_of_caches_and_checkpointers() -> None:
    cache = InMemoryCache(maxsize=1)
    log = EventLog(observable := observe(cache))
    cache.update("first", "m", [Generation(text="x")])
    cache.update("second", "m", [Generation(text="x")])
    cache.lookup("second", "m")
    log.catch_up()
    rows = log.rows({}, 10)
    assert [(row["kind"], row["key"], row["note"]) for row in rows] == [
        ("hit", "second", ""),
        ("insert", "second", "evicted first"),
        ("insert", "first", ""),
    ]
    assert log.changes(2, 3)[0].info["evicted"] == ("first", "m")
    assert observable.source is cache
    saver = InMemorySaver()
    kept = observe(saver)
    saver.put(
        {"configurable": {"thread_id": "t", "checkpoint_ns": ""}},
        {"id": "c1", "v": 1, "ts": "", "channel_values": {}, "channel_versions": {}, "versions_seen": {}},  # type: ignore[typeddict-item]
        {},
        {},
    )
    assert kept.log.kept == 0  # since it was first asked for
    saver.delete_thread("t")
    (row,) = kept.log.rows({}, 10)
    assert (row["kind"], row["key"], row["id"]) == ("delete_thread", "t", kept.log.rows({}, 1)[0]["id"])


def test_who_it_was_in_text() -> None:
    assert by_row(None) is None
    row = by_row(Origin("w", 12, 7, "plan\ud800ner", 4, "task", "", "run", ("ns", "id")))
    assert row is not None
    assert (row["cell"], row["thread"], row["step"], row["checkpoint"]) == (12, "7", 4, "ns\nid")
    json.dumps(row).encode()
    assert row["node"] == r"plan\ud800ner"


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        ({"filter": 5}, TypeError, "filter: got 5"),
        ({"kinds": "set"}, TypeError, "kinds: got 'set'"),
        ({"kinds": [5]}, TypeError, "kinds: got"),
        ({"step": True}, TypeError, "step: got True"),
        ({"group": "colour"}, ValueError, "group: got 'colour'"),
        ({"colour": 1}, ValueError, "colour: no field"),
        ({"filter": "x" * 2_000}, ValueError, "filter: got 2,000"),
    ],
)
def test_a_wrong_query_is_refused_and_changes_nothing(wrong: dict[str, Any], error: Any, text: str) -> None:
    _, log = filled(3)
    view = LogView(log, {"filter": "key 1"})
    with pytest.raises(error, match=text):
        view.show(wrong)
    assert view.state()["matching"] == 1


# --- spilling -----------------------------------------------------------------------------------


def test_what_is_let_go_goes_to_a_file_if_asked(tmp_path: Path) -> None:
    store, log = filled(0, most=10)
    path = tmp_path / "log.jsonl"
    log.spill(path)
    for n in range(25):
        store.mset([(f"k{n}\ud800", "secret " * 100)])
    log.catch_up()
    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    assert [line["number"] for line in lines] == [*range(1, 16)]
    assert log.spilled == 15 == log.state({})["spilled"]
    assert lines[0]["keys"] == ["k0\\ud800"]
    assert len(lines[0]["after"]) == 80
    log.spill(None)
    store.mset([("a", 1)])
    log.catch_up()
    assert len(path.read_text("ascii").splitlines()) == 15
    with pytest.raises(OSError, match="No such file"):
        log.spill(tmp_path / "nowhere" / "log.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_a_full_disk_ends_the_writing_and_not_the_log() -> None:
    store, log = filled(0, most=10)
    log.spill("/dev/full")
    for n in range(3_000):
        store.mset([("a", n)])
    log.catch_up()
    assert log.kept == 10
    problem = log.state({})["problem"]
    assert problem is not None
    assert "no longer written" in problem["message"]

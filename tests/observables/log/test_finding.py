"""What is found in a log, and how it is told."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemorySaver, observe
from inmem_widgets.core.change import MISSING, UNKNOWN, change
from inmem_widgets.core.origin import Origin
from inmem_widgets.observables.log import EventLog, by_row
from inmem_widgets.observables.log.rows import key_id, key_text
from inmem_widgets.observables.log.view import LogView
from tests.observables.log.filling import filled

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


def test_progress_is_of_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from inmem_widgets.observables.log import view as module

    store, log = filled(2_000)
    monkeypatch.setattr(module, "BUDGET", 0.0)
    view = LogView(log, {"filter": "key"})
    assert view.state()["progress"] == 512 / 2_000
    log.limit(1_000)
    assert view.state()["progress"] is None
    for n in range(1_500):
        store.mset([(f"key {n}", n)])
    log.catch_up()
    assert view.progress == 0.0  # nothing of what is kept was looked at
    seen = [0.0]
    while (progress := view.state()["progress"]) is not None:
        seen.append(progress)
    assert seen == sorted({*seen})
    assert (seen[-1] < 1, view.state()["matching"]) == (True, 1_000)
    assert [row["number"] for row in view.rows(3)] == [3_500, 3_499, 3_498]


def test_rows_say_what_happened() -> None:
    store, log = filled(0)
    store.mset([("a", 1)])
    store.mset([("a", "two"), ("b", 3)])
    store.mdelete(["a"])
    store.store = {}
    log.catch_up()
    rows = LogView(log).whole().rows(10)
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
    assert LogView(log).state()["kinds"] == ["change", "delete", "insert", "reset"]
    assert LogView(log, {"key": rows[1]["id"]}).whole().rows(10) == rows[1:]
    columns = log.columns()
    assert [columns.kinds[code] for code in columns.codes] == ["insert", "change", "delete", "reset"]
    assert [*columns.sizes] == [28, 31, -1, -1]


def test_rows_of_caches_and_checkpointers() -> None:
    cache = InMemoryCache(maxsize=1)
    log = EventLog(observable := observe(cache))
    cache.update("first", "m", [Generation(text="x")])
    cache.update("second", "m", [Generation(text="x")])
    cache.lookup("second", "m")
    log.catch_up()
    rows = LogView(log).whole().rows(10)
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
    config: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "c1"}}
    saver.put_writes(config, [("plan", 1), ("messages", 2)], "task 1")
    saver.delete_thread("t")
    row, writes = LogView(kept.log).whole().rows(10)
    assert (row["kind"], row["key"], row["id"]) == ("delete_thread", "t", key_id("t"))
    assert writes["note"] == "channels plan, messages"


@pytest.mark.parametrize("old", [None, [UNKNOWN], [MISSING, 1], []])
def test_what_is_not_known_to_be_new_is_a_change_wherever_it_is_told(old: list[Any] | None) -> None:
    _, log = filled(1)
    keys = tuple("ab")[: 1 if old is None else len(old)]
    log.add([change(2, "set", keys, keys, old, 1.0)])
    (row,) = LogView(log, {"kinds": ["change"]}).whole().rows(10)
    columns = log.columns()
    assert (row["kind"], row["keys"], columns.kinds[columns.codes[-1]]) == ("change", len(keys), "change")


def test_no_method_of_a_key_is_called() -> None:
    class Trap:
        def __eq__(self, other: object) -> bool:
            raise AssertionError("__eq__ was called")

        __ne__ = __eq__

        def __hash__(self) -> int:
            return 1

        @property
        def __class__(self) -> type:
            raise AssertionError("__class__ was called")

    assert key_text(("t", "", Trap())).startswith("t · ")
    assert key_text(Trap())
    assert key_id(Trap()) is None


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

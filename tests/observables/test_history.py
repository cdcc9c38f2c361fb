"""The rows of a thread: what they tell, and that a history that grows is the one made at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemorySaver
from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.reading.own import OwnReader
from inmem_widgets.observables.threads.axis import axis
from inmem_widgets.observables.threads.history import MOST_LANES, ThreadHistory, key_of
from inmem_widgets.observables.threads.jumps import jumps, ticks
from inmem_widgets.observables.threads.status import Marks, marks_by
from tests.observables.headers import header, id_of, stories
from tests.observables.stories import STORIES, answered, asking, forked, nested_done, tool_loop


def seen(history: ThreadHistory) -> Any:
    """All that is shown of a history."""
    keys = [key_of(h) for h in history.headers]
    return (
        keys,
        history.window(keys[len(keys) // 2] if keys else None, 0, history.size),
        [jumps(history, key) for key in keys],
        axis(history),
        ticks(history),
        history.plan.width,
        history.head,
        [history.row_of(key) for key in keys],
    )


def rows_of(saver: InMemorySaver) -> list[Any]:
    history = ThreadHistory(saver.headers("t"), marks_by(OwnReader(lambda: saver), "t"))
    return history.window(None, 0, history.size)


@settings(deadline=None, max_examples=60)
@given(stories(), st.data())
def test_a_history_that_grows_is_the_one_made_at_once(
    headers: list[CheckpointHeader], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(headers)) if data.draw(st.booleans()) else headers
    history, there = ThreadHistory([]), []
    while order:
        count = data.draw(st.integers(1, 4))
        batch, order = order[:count], order[count:]
        if there and data.draw(st.booleans()):  # a task writes
            old = data.draw(st.sampled_from(there))
            there.remove(old)
            batch = [*batch, old._replace(writes=(*old.writes, ("t", "__interrupt__", "")))]
        history = history.with_headers(batch)
        there += batch
        fresh = ThreadHistory(sorted(there, key=lambda h: h.checkpoint_id, reverse=True))
        assert seen(history) == seen(fresh)


@settings(deadline=None, max_examples=60)
@given(stories(), st.data())
def test_a_moments_rows_stay_while_the_thread_grows(
    headers: list[CheckpointHeader], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(headers)))
    then = ThreadHistory(headers[:count][::-1])
    rows = then.window(None, 0, 100)
    then.with_headers([h._replace(writes=()) for h in headers[count:]])
    told = then.window(None, 0, 100)
    assert [{**row, "idle": None} for row in told] == [{**row, "idle": None} for row in rows]
    assert then.size == count == len(then.headers)


@settings(deadline=None, max_examples=60)
@given(stories(), st.data())
def test_a_window_is_a_part_of_the_whole(headers: list[CheckpointHeader], data: st.DataObject) -> None:
    history = ThreadHistory(headers[::-1])
    start = data.draw(st.integers(0, len(headers)))
    stop = data.draw(st.integers(start, len(headers) + 3))
    key = key_of(data.draw(st.sampled_from(headers)))
    assert history.window(key, start, stop) == history.window(key, 0, 100)[start:stop]


def test_a_thread_of_nothing() -> None:
    history = ThreadHistory([])
    assert (history.head, history.window(None, 0, 40), history.size) == (None, [], 0)
    assert history.summary("t")["status"] == "finished"
    assert jumps(history, ("", "x")) == dict.fromkeys(
        ("parent", "child", "fork", "interrupt", "error", "newest")
    )


def test_an_id_put_again_below_another_parent_is_laid_out_anew() -> None:
    history = ThreadHistory([header(3, 2), header(2, 1), header(1)])
    later = history.with_headers([header(3, 1)])
    assert seen(later) == seen(ThreadHistory([header(3, 1), header(2, 1), header(1)]))
    assert later.plan.width == 2


def test_the_head_is_the_newest_of_the_root_graph() -> None:
    history = ThreadHistory([header(3, ns="sub:1", caller=2), header(2, 1), header(1)])
    assert history.head is not None and history.head.checkpoint_id == id_of(2)
    assert history.with_headers([header(4, 2)]).head == header(4, 2)
    assert ThreadHistory([header(3, ns="sub:1")]).head == header(3, ns="sub:1")


def test_what_a_step_took_and_how_long_nothing_happened() -> None:
    history = ThreadHistory(
        [
            header(5, 2, at=700),
            header(4, 3, at=603),
            header(3, 2, at=602),
            header(2, 1, at=2),
            header(1, at=0),
        ]
    )
    rows = history.window(None, 0, 9)
    assert [row["took"] for row in rows] == [698, 1, 600, 2, None]
    assert [row["idle"] for row in rows] == [97, None, 600, None, None]


def test_slow_steps_are_not_idle() -> None:
    headers = [header(n, n - 1 if n else None, at=100 * n) for n in range(10)]
    assert {row["idle"] for row in ThreadHistory(headers[::-1]).window(None, 0, 10)} == {None}


def test_a_checkpoint_that_does_not_tell_its_time() -> None:
    history = ThreadHistory([header(2, 1)._replace(ts="yesterday"), header(1), header(0)._replace(ts="")])
    rows = history.window(None, 0, 3)
    assert [row["ts"] is None for row in rows] == [True, False, True]
    assert [(row["took"], row["idle"]) for row in rows] == [(None, None)] * 3
    assert axis(history)["seconds"] == 0


def test_more_lanes_than_are_drawn() -> None:
    headers = [header(0), *(header(n, 0) for n in range(1, 40))]
    history = ThreadHistory(headers[::-1])
    rows = history.window(None, 0, 40)
    assert history.plan.width == 39
    assert history.lanes == MOST_LANES
    assert max(row["lane"] for row in rows) == MOST_LANES - 1
    assert max(s["top"] for row in rows for s in row["segments"]) == MOST_LANES - 1
    assert max(len(row["segments"]) for row in rows) < 3 * MOST_LANES


def test_no_node_made_an_input_or_an_update() -> None:
    saver = InMemorySaver()
    forked(saver)
    rows = rows_of(saver)
    assert {row["source"] for row in rows} == {"input", "loop", "update"}
    assert all(bool(row["nodes"]) == (row["source"] == "loop") for row in rows)


def test_the_nodes_of_a_step_are_those_that_ran() -> None:
    saver = InMemorySaver()
    tool_loop(saver)
    names = [row["nodes"] for row in reversed(rows_of(saver))]
    assert names == [[], ["__start__"], ["agent"], ["tools"], ["agent"], ["tools"], ["agent"]]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_rows_step_source_and_parent_are_the_graphs(story: Any) -> None:
    saver = InMemorySaver()
    graph = story(saver)
    rows = {row["id"]: row for row in rows_of(saver) if not row["ns"]}
    states = list(graph.get_state_history({"configurable": {"thread_id": "t"}}))
    assert len(states) == len(rows)
    for state in states:
        row = rows[state.config["configurable"]["checkpoint_id"]]
        parent = state.parent_config and state.parent_config["configurable"]["checkpoint_id"]
        assert (row["step"], row["source"], row["parent"]) == (
            state.metadata["step"], state.metadata["source"], parent,
        )  # fmt: skip


def test_subgraphs_are_placed_by_the_nodes_that_called_them() -> None:
    saver = InMemorySaver()
    nested_done(saver)
    scopes = {tuple(row["scope"]) for row in rows_of(saver)}
    assert scopes == {(), ("sub",), ("sub", "inner")}
    lanes = {len(row["scope"]): row["lane"] for row in rows_of(saver)}
    assert lanes == {0: 0, 1: 1, 2: 2}


def test_badges_of_an_interrupt_and_of_what_is_done_beside_it() -> None:
    saver = InMemorySaver()
    asking(saver)
    badges = [badge for row in rows_of(saver) for badge in row["badges"]]
    assert badges == [
        {"kind": "interrupt", "text": "interrupt: Book it?"},
        {"kind": "pending", "text": "look done"},
    ]
    answered_ = InMemorySaver()
    answered(answered_)
    badges = [badge for row in rows_of(answered_) for badge in row["badges"]]
    assert badges == [{"kind": "interrupt", "text": "resumed: Book it?"}]


def test_badges_of_an_error_and_of_an_update() -> None:
    saver = InMemorySaver()
    forked(saver)
    notes = [b["text"] for row in rows_of(saver) for b in row["badges"] if b["kind"] == "note"]
    assert notes == ["edited plan.city"]
    failed = next(story for story in STORIES if story.__name__ == "failed")
    other = InMemorySaver()
    failed(other)
    assert rows_of(other)[0]["badges"] == [{"kind": "error", "text": "RuntimeError"}]


def test_badges_without_anything_that_tells_more() -> None:
    writes = (("a", "__error__", ""), ("b", "__interrupt__", ""), ("c", "log", ""), ("d", "log", ""))
    history = ThreadHistory([header(2, 1, writes=writes), header(1)])
    assert history.window(None, 0, 1)[0]["badges"] == [
        {"kind": "error", "text": "error"},
        {"kind": "interrupt", "text": "resumed"},
        {"kind": "pending", "text": "2 tasks done"},
    ]


def test_an_update_of_many_channels_tells_some() -> None:
    versions = {**{f"c{n}": 2 for n in range(6)}, "branch:to:a": 2, "same": 1}
    update = header(2, 1, source="update", versions=versions)
    history = ThreadHistory([update, header(1, versions={"same": 1})])
    assert history.window(None, 0, 1)[0]["badges"] == [
        {"kind": "note", "text": "edited c0, c1, c2 and 3 more"}
    ]


def test_marks_are_asked_for_once_and_again_after_new_writes() -> None:
    asked: list[str] = []

    def told(header: CheckpointHeader, parent: CheckpointHeader | None) -> Marks:
        asked.append(header.checkpoint_id)
        return Marks(waiting=("well?",))

    interrupted = header(1, writes=(("task", "__interrupt__", ""),))
    history = ThreadHistory([header(2, 1), interrupted, header(0)], told)
    for _ in range(3):
        history.window(None, 0, 3)
    assert asked == [id_of(1)]
    later = history.with_headers([interrupted._replace(writes=(*interrupted.writes, ("t", "__error__", "")))])
    later.window(None, 0, 3)
    assert asked == [id_of(1), id_of(1)]


def test_lone_surrogates_and_foreign_metadata_do_not_reach_the_wire() -> None:
    odd = header(1, ns="a\ud800:1", source=None, seen={"\udfff": {}})
    odd.metadata.update(source=object(), step="3", parents=3)
    (row,) = ThreadHistory([odd]).window(None, 0, 1)
    assert (row["ns"], row["nodes"], row["source"], row["step"]) == ("a\\ud800:1", ["\\udfff"], "loop", None)

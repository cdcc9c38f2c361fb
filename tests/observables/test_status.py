"""What runs next and how a thread stands, held against the graph itself: real graphs, every checkpoint."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.types import Command

from inmem_widgets import InMemorySaver
from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.reading.own import OwnReader
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.status import STILL, Marks, error_class, marks, marks_by, status
from tests.observables.stories import CONFIG, STORIES, asking, fan_out, forked, functional


def history_of(saver: InMemorySaver, thread: str = "t") -> ThreadHistory:
    return ThreadHistory(saver.headers(thread), marks_by(OwnReader(lambda: saver), thread))


def config_of(header: CheckpointHeader) -> Any:
    return {
        "configurable": {
            "thread_id": header.thread_id,
            "checkpoint_ns": header.checkpoint_ns,
            "checkpoint_id": header.checkpoint_id,
        }
    }


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_runs_next_is_what_the_graph_says(story: Any) -> None:
    saver = InMemorySaver()
    graph = story(saver)
    history = history_of(saver)
    for header in history.headers:
        told = sorted(history.marks(header).next)
        if story is functional and told == ["__start__"]:
            continue  # what starts is told by no checkpoint; in a `StateGraph` it is called so
        assert told == sorted(graph.get_state(config_of(header)).next), (
            header.checkpoint_ns,
            header.metadata,
        )
    head = history.head
    assert head is not None
    assert sorted(history.marks(head).left) == sorted(graph.get_state(CONFIG).next)
    assert history.status() == STORIES[story]


def test_interrupts_wait_until_they_are_answered() -> None:
    saver = InMemorySaver()
    graph = asking(saver)
    history = history_of(saver)
    assert history.head is not None
    assert history.marks(history.head).waiting == ("Book it?",)
    graph.invoke(Command(resume="yes"), CONFIG)
    (before,) = [h for h in saver.headers("t") if any(c == "__interrupt__" for _, c, _ in h.writes)]
    told = history_of(saver).marks(before)
    assert (told.waiting, told.answered) == ((), ("Book it?",))


def test_an_answer_that_is_on_its_way_runs() -> None:
    saver = InMemorySaver()
    asking(saver)
    head = saver.headers("t")[0]
    saver.put_writes(config_of(head), [("__resume__", "yes")], "00000000-0000-0000-0000-000000000000")
    assert history_of(saver).status() == "running"


def test_a_thread_with_more_to_run_is_stopped_after_a_while() -> None:
    header = CheckpointHeader("t", "", "1", None, "", {}, {}, {}, ())
    more = Marks(next=("agent",))
    assert status(more, header, 1_000.0, 1_000.0 + STILL) == "running"
    assert status(more, header, 1_000.0, 1_001.0 + STILL) == "stopped"
    assert status(more, header, None, 0.0) == "stopped"
    assert status(Marks(), header, 1_000.0, 1e9) == "finished"


def test_a_failed_node_is_told_by_its_class() -> None:
    saver = InMemorySaver()
    fan_out(saver)
    history = history_of(saver)
    assert history.head is not None
    (error,) = history.marks(history.head).errors
    assert error == "RuntimeError('no such tool')"
    assert error_class(error) == "RuntimeError"
    assert error_class("42 is no answer") == "42 is no answer"


def test_an_update_tells_what_it_edited() -> None:
    saver = InMemorySaver()
    forked(saver)
    history = history_of(saver)
    (update,) = [h for h in history.headers if h.metadata["source"] == "update"]
    assert history.marks(update).edited == ("plan.city",)


class Hostile:
    def __getattribute__(self, name: str) -> Any:
        raise AssertionError("looked into")

    def __repr__(self) -> str:
        raise AssertionError("shown")


def test_values_that_mean_nothing_do_no_harm() -> None:
    header = CheckpointHeader(
        "t", "", "1", None, "", {"__pregel_tasks": 1, "branch:to:a": "2", "join:a+b:c": 3},
        {"a": {"branch:to:a": 1}, "__interrupt__": {}}, {},
        (("task", "__error__", ""), ("task", "__interrupt__", "~__pregel_push, x")),
    )  # fmt: skip
    values = {"__pregel_tasks": [Hostile(), 3], "branch:to:a": Hostile(), "join:a+b:c": Hostile()}
    told = marks(header, values, [("task", "__error__", Hostile()), ("task", "__interrupt__", [Hostile()])])
    assert "a" in told.next
    assert told.errors == ("<Hostile>",)
    assert told.waiting == ("<Hostile>",)

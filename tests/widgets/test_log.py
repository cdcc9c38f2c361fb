"""The log in widgets."""

from __future__ import annotations

import threading

import pytest

from inmem_widgets import (
    CheckpointTimeline,
    InMemorySaver,
    KeyTable,
)
from inmem_widgets.wire import LogState
from tests.widgets.conftest import Ask, answers
from tests.widgets.logviews import View, opened, request, store_of


def test_a_view_that_shows_the_log_is_told_what_happened(ask: Ask) -> None:
    store = store_of(a=1)
    view = View(KeyTable(store), ask)
    assert (view.state["log"]["kept"], view.state["travel"]["at"]) == (0, None)
    store.mset([("a", 2)])
    store.mdelete(["a"])
    log = view.look()["log"]
    assert [(row["kind"], row["before"], row["after"]) for row in log["rows"]] == [
        ("delete", "2", ""),
        ("change", "1", "2"),
    ]
    assert (log["most"], log["lost"], log["matching"]) == (100_000, 0, 2)
    assert view.do("log", kinds=["delete"]) is None
    assert [row["number"] for row in view.state["log"]["rows"]] == [2]
    assert view.state["log"]["query"]["kinds"] == ["delete"]
    view.do("log", kinds=[], group="kind")
    assert {group["label"]: group["changes"] for group in view.state["log"]["groups"]} == {
        "change": 1,
        "delete": 1,
    }
    view.do("log", group="shape")
    assert view.error.startswith("ValueError: group: got 'shape'")
    assert view.do("older", before=2)["rows"][0]["number"] == 1
    assert view.do("older", before=2)["more"] is False
    view.do("older", before="x")
    assert "before: got 'x'" in view.error


def test_a_view_that_does_not_show_it_is_sent_none_of_it(ask: Ask) -> None:
    table = KeyTable(store_of(a=1))
    (sent,) = ask(table, opened())
    assert (sent["state"]["log"], sent["state"]["travel"]) == (None, None)
    (reply,) = answers(ask(table, request("look", log="yes")))
    assert "log: got 'yes'" in reply["error"]


def test_without_a_log_nothing_of_before_is_held(ask: Ask) -> None:
    store = store_of(a=1)
    view = View(KeyTable(store, log=False), ask)
    assert view.state["log"] is None
    assert not store.changes.wants_old
    view.do("travel", at=0)
    assert "not logged" in view.error
    with pytest.raises(TypeError, match="log: got"):
        KeyTable(store, log="all")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="log: got 0"):
        KeyTable(store, log=0)


def test_it_keeps_as_many_changes_as_asked_for(ask: Ask) -> None:
    store = store_of(a=1)
    table = KeyTable(store, log=3)
    for n in range(10):
        store.mset([("a", n)])
    log = View(table, ask).look()["log"]
    assert (log["most"], log["kept"], log["first"], log["last"]) == (3, 3, 8, 10)


def test_a_long_log_is_looked_through_in_the_background(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from inmem_widgets.observables.log import view as module

    store = store_of()
    table = KeyTable(store)
    for n in range(3_000):
        store.mset([(f"key {n}", n)])
    view = View(table, ask)
    view.look()
    monkeypatch.setattr(module, "BUDGET", 0.0)
    whole = threading.Event()
    looked = table._log_view
    assert looked is not None
    state = looked.state

    def told() -> LogState:  # pushes that had to wait come by another way
        made = state()
        if made["progress"] is None:
            whole.set()
        return made

    looked.state = told  # type: ignore[method-assign]
    view.do("log", filter="key 29")
    assert whole.wait(20)
    assert view.look()["log"]["matching"] == 111


def test_checkpointers_have_a_log_and_no_travel(ask: Ask) -> None:
    saver = InMemorySaver()
    timeline = CheckpointTimeline(saver)
    view = View(timeline, ask)
    assert (view.state["log"]["kept"], view.state["travel"]) == (0, None)
    view.do("travel", at=0)
    assert "a checkpointer keeps its history itself" in view.error
    with pytest.raises(TypeError, match="keeps its history itself"):
        timeline.travel = 0

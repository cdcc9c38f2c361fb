"""Views that are gone without having said so: a closed tab, a lost network."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import threading
import weakref
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import InMemorySaver, inspect
from inmem_widgets.widgets import heard
from tests.observables.timelines import Saving
from tests.widgets.conftest import Ask, answers
from tests.widgets.test_checkpoint_timeline import opened, request


def sqlite() -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))


def looks(timeline: Any, count: int) -> None:
    for _ in range(count):
        timeline._heard.look()


def test_a_checkpointer_is_read_no_longer_than_somebody_is_heard_of(ask: Ask) -> None:
    saver = sqlite()
    timeline = inspect(saver)
    assert not timeline.observable.attended
    ask(timeline, opened("a"), opened("b"))
    assert timeline.observable.attended
    looks(timeline, heard.SILENT)
    ask(timeline, request(1, "ping", "b"))
    looks(timeline, 1)  # "a" has not been heard of for too long
    assert timeline.observable.attended
    assert list(timeline._sessions) == ["b"]
    looks(timeline, heard.SILENT)
    assert not timeline.observable.attended
    assert not timeline._sessions
    timeline.close()


def test_a_view_that_is_there_all_the_same_is_told_to_open_again(ask: Ask) -> None:
    timeline = inspect(sqlite())
    ask(timeline, opened())
    looks(timeline, heard.SILENT + 1)
    (refused,) = answers(ask(timeline, request(1, "ping")))
    assert "open it again" in refused["error"]
    assert not timeline.observable.attended  # a ping alone is not looked for
    (answer,) = answers(ask(timeline, opened()))
    assert answer["kind"] == "opened"
    assert timeline.observable.attended
    timeline.close()


def test_nobody_looks_before_a_view_opens_nor_after_the_last_has_closed(ask: Ask) -> None:
    threads = set(threading.enumerate())
    saver = InMemorySaver()
    Saving(saver).line("t", 3)
    timeline = inspect(saver)
    known = {t for t in threading.enumerate() if isinstance(t, threading.Timer)} - threads
    assert not known
    ask(timeline, opened("a"), opened("b"), {"kind": "close", "view": "a"})
    assert timeline._heard._cancel is not None
    ask(timeline, {"kind": "close", "view": "b"})
    assert timeline._heard._cancel is None
    ask(timeline, opened("a"))
    timeline.close()
    assert timeline._heard._cancel is None


def test_looking_keeps_no_widget_alive(ask: Ask) -> None:
    timeline = inspect(InMemorySaver())
    ask(timeline, opened())
    looker = timeline._heard
    alive = weakref.ref(timeline)
    timeline.close()
    del timeline
    gc.collect()
    assert alive() is None
    looker.hear("v")
    looker.look()  # tells nobody
    looker.close()


async def test_while_a_cell_keeps_the_loop_busy_nobody_is_taken_for_gone(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heard, "BEAT", 0.001)
    timeline = inspect(sqlite())
    ask(timeline, opened())
    threading.Event().wait(0.05)  # a cell: many beats
    assert timeline._sessions
    for _ in range(2_000):
        if not timeline._sessions:
            break
        await asyncio.sleep(0.001)
    assert not timeline._sessions
    assert not timeline.observable.attended
    timeline.close()

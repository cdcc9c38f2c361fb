"""Checkpointers that are not ours tell what is done with them at once, by whom, and are what they were."""

from __future__ import annotations

import asyncio
import copy
import pickle
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph

from inmem_widgets import InMemorySaver, inspect, observe
from inmem_widgets.core.change import Change
from inmem_widgets.observables.reading import polling
from inmem_widgets.observables.taps import registry, savertap
from inmem_widgets.observables.taps.abilities import watched_state
from inmem_widgets.observables.taps.savertap import ELSEWHERE
from tests.observables.taps.untapped import untapped
from tests.threads import together

WAIT = 20.0
pytestmark = pytest.mark.usefixtures("no_polling_by_chance")


class State(TypedDict):
    n: int


def graph(saver: Any) -> Any:
    made: Any = StateGraph(State)
    made.add_node("planner", lambda state: {"n": state["n"] + 1})
    made.add_edge(START, "planner")
    return made.compile(checkpointer=saver)


def config(thread: str) -> Any:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}


def sqlite(path: Path) -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(path / "threads.db", check_same_thread=False))


def pickled(saver: Any) -> Any:
    """What comes of it, if only an error: checkpointers hold connections."""
    try:
        return pickle.dumps(saver)
    except Exception as error:
        return type(error), str(error)


Make = Callable[[Path], Any]
MAKERS: dict[str, Make] = {"memory": lambda path: Upstream(), "sqlite": sqlite}


@pytest.fixture(params=[*MAKERS])
def saver(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return MAKERS[request.param](tmp_path)


def heard_by(observable: Any) -> list[Change]:
    heard: list[Change] = []
    observable.feed.listen(heard.append, time=True, origin=True)
    return heard


def summary(changes: list[Change]) -> list[tuple[Any, ...]]:
    """But for ids: in the order of their keys, as writes of several tasks are saved side by side."""
    made = [
        (each.keys[0][:2], each.kind, each.info.get("channels"), each.by and (each.by.node, each.by.step))
        for each in changes
    ]
    return sorted(made, key=str)


def test_a_run_tells_what_ours_tells(saver: Any) -> None:
    ours, told = InMemorySaver(), []
    for each in (observe(ours), observe(saver)):
        heard = heard_by(each)
        graph(each.object).invoke({"n": 1}, config("t"))
        assert each.feed is not None and each.feed.flush(WAIT)
        told.append(summary(heard))
        assert all(change.time for change in heard)
        assert (each.threads, each.checkpoints) == (1, 3)
    assert told[0] == told[1] and len(told[0]) == 5


def test_all_that_is_done_shows_at_once(saver: Any) -> None:
    timeline = inspect(saver)
    observable = timeline.observable
    assert observable.checkpoints == 0
    run = graph(saver)
    run.invoke({"n": 1}, config("a"))
    run.invoke({"n": 1}, config("b"))
    assert (observable.threads, observable.checkpoints) == (2, 6)
    run.invoke({"n": 5}, config("a"))
    assert observable.history("a").size == 6
    saver.delete_thread("a")
    assert (observable.threads, observable.checkpoints) == (1, 3)
    timeline.close()


def test_who_looks_is_told_without_asking(saver: Any) -> None:
    observable = observe(saver)
    assert observable.checkpoints == 0
    news = threading.Event()
    observable.on_update(news.set)
    graph(saver).invoke({"n": 1}, config("a"))
    while observable.catalog.count() < 3:
        assert news.wait(WAIT)
        news.clear()


def test_what_another_process_writes_appears_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "REFRESH", 0.01)
    mine, other = sqlite(tmp_path), sqlite(tmp_path)
    graph(mine).invoke({"n": 1}, config("mine"))
    observable = observe(mine)
    assert observable.checkpoints == 3
    elsewhere = threading.Event()
    heard: list[Change] = []

    def hear(change: Change) -> None:
        heard.append(change)
        if change.info is ELSEWHERE:
            elsewhere.set()

    assert observable.feed is not None
    observable.feed.listen(hear)
    observable.on_update(lambda: None)  # somebody looks
    graph(mine).invoke({"n": 1}, config("mine"))
    graph(other).invoke({"n": 1}, config("theirs"))
    assert elsewhere.wait(WAIT)
    while observable.checkpoints < 9:
        assert observable.feed.flush(WAIT)
    told = {change.keys[0][0] for change in heard if change.info is ELSEWHERE}
    assert told == {"theirs"}  # what was done here is told once


def test_on_demand_only(tmp_path: Path) -> None:
    mine, other = sqlite(tmp_path), sqlite(tmp_path)
    observable: Any = observe(mine)
    observable.interval = None
    assert observable.checkpoints == 0
    said = watched_state(observable)
    assert said is not None and said["interval"] is None
    graph(other).invoke({"n": 1}, config("theirs"))
    assert observable.checkpoints == 0
    observable.look_again()
    assert observable.checkpoints == 3
    graph(mine).invoke({"n": 1}, config("mine"))
    assert observable.checkpoints == 6


def test_detached_it_is_what_it_was(saver: Any) -> None:
    kind, own = type(saver), untapped(saver)
    observable = observe(saver)
    assert untapped(saver) != own and saver.__class__ is kind and isinstance(saver, kind)
    assert type(copy.copy(saver)) is kind
    watched = pickled(saver)
    observable.detach()
    assert watched == pickled(saver) and untapped(saver) == own
    graph(saver).invoke({"n": 1}, config("a"))
    again = observe(saver)
    assert again is not observable and again.checkpoints >= 3
    del again
    assert untapped(saver) == own


async def test_async_sqlite_on_its_own_loop(tmp_path: Path) -> None:
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        await saver.setup()
        observable = observe(saver)
        heard = heard_by(observable)
        await graph(saver).ainvoke({"n": 1}, config("a"))
        feed = observable.feed
        assert feed is not None
        assert await asyncio.to_thread(feed.flush, WAIT)
        assert [each[1] for each in summary(heard)].count("put") == 3
        assert {each.by.thread_id for each in heard if each.by is not None} == {"a"}
        assert await asyncio.to_thread(lambda: observable.checkpoints) == 3
        # the sync methods wait for the async ones: one call is one event
        heard.clear()
        await asyncio.to_thread(
            lambda: saver.put(config("b"), empty_checkpoint(), {"step": 1, "source": "input"}, {})
        )
        await saver.adelete_thread("a")
        await asyncio.to_thread(feed.flush, WAIT)
        assert [(each.kind, each.keys[0]) for each in heard][1:] == [("delete_thread", "a")]
        assert heard[0].kind == "put" and heard[0].keys[0][0] == "b"
        assert await asyncio.to_thread(lambda: observable.checkpoints) == 1
        observable.detach()


def test_threads_lose_no_checkpoint() -> None:
    saver = Upstream()
    observable = observe(saver)
    heard = heard_by(observable)

    def work(name: int) -> Callable[[], object]:
        def run() -> None:
            for step in range(50):
                saver.put(config(f"t{name}"), empty_checkpoint(), {"step": step, "source": "loop"}, {})

        return run

    together(*map(work, range(4)))
    assert observable.feed is not None and observable.feed.flush(WAIT)
    assert len({change.keys[0] for change in heard}) == len(heard) == 200
    assert observable.checkpoints == 200


def test_one_that_cannot_be_tapped_is_read_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "why_not", lambda obj: "it is made of stone")
    monkeypatch.setattr(polling, "REFRESH", 0.01)
    saver = Upstream()
    observable = observe(saver)
    said = watched_state(observable)
    assert said is not None and said["how"] == "read" and "made of stone" in said["note"]
    heard = heard_by(observable)
    assert observable.checkpoints == 0
    graph(saver).invoke({"n": 1}, config("a"))
    while observable.checkpoints < 3:
        observable.look_again()
    assert observable.feed is not None and observable.feed.flush(WAIT)
    assert {change.info is ELSEWHERE for change in heard} == {True}
    assert type(saver) is Upstream


def test_a_bare_one_tells_its_errors() -> None:
    class Broken(Upstream):
        def put(self, *args: Any, **kwargs: Any) -> Any:
            raise OSError("disk full")

    saver = Broken()
    observable = observe(saver)
    heard = heard_by(observable)
    with pytest.raises(OSError, match="disk full"):
        saver.put(config("a"), empty_checkpoint(), {}, {})
    assert observable.feed is not None and observable.feed.flush(WAIT)
    assert not heard
    assert isinstance(saver, BaseCheckpointSaver)


def test_however_many_are_saved_between_two_readings_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(savertap, "KNOWN", 100)
    saver = Upstream()
    observable = observe(saver)
    assert observable.refresh(WAIT)
    heard = heard_by(observable)
    for count in (60, 90, 100):
        for n in range(count):
            saver.put(config(f"{count}/{n % 7}"), empty_checkpoint(), {"step": n}, {})
        assert observable.refresh(WAIT)
    tap: Any = registry.tap_of(saver).stand_in  # type: ignore[union-attr]
    assert len(tap._known) + len(tap._older) <= 202
    assert observable.feed is not None and observable.feed.flush(WAIT)
    assert len(heard) == observable.checkpoints == 250
    assert not [change for change in heard if change.info is ELSEWHERE]

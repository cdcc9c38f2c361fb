"""`AsyncSqliteSaver`: only its own event loop can read it, and that loop may be busy, or be ours."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiosqlite
import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from inmem_widgets import observe
from inmem_widgets.observables.foreignsaver import ForeignSaver
from inmem_widgets.observables.reading import access, foreign, polling
from inmem_widgets.observables.reading.reader import Unreadable
from tests.observables.graphs import BEGIN, config, key_in, looping


@pytest.fixture
async def saver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncSqliteSaver]:
    monkeypatch.setattr(polling, "REFRESH", 0.01)
    monkeypatch.setattr(polling, "PACE", 0)
    monkeypatch.setattr(access, "SLOW", 0.02)
    async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        yield saver


async def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """What a condition gives once it holds; the loop is free meanwhile."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "nothing happened"
        await asyncio.sleep(0.005)
    return found


async def test_from_its_own_loop(saver: AsyncSqliteSaver) -> None:
    """Where a cell makes the view: nothing may wait, and what comes later is told."""
    graph = looping(saver, 6)
    await graph.ainvoke(BEGIN, config("t"))
    observable = observe(saver)
    assert isinstance(observable, ForeignSaver)
    assert observable.thread_list() == ([], 0) and observable.checkpoints == 0
    told: list[None] = []
    stop = observable.on_update(lambda: told.append(None))
    await until(lambda: observable.reading["progress"] is None)
    assert told
    history = observable.history("t")
    snapshots = [each async for each in graph.aget_state_history(config("t"))]
    assert history.size == len(snapshots)
    for snapshot in snapshots[:3]:
        key = key_in(snapshot.config)
        first = observable.reader.state("t", key)
        assert first is not None and first.problem == foreign.WAITING and first.values == {}
        with pytest.raises(Unreadable):
            observable.reader.writes("t", key)
        told.clear()
        state = await until(lambda key=key: _now(observable.reader.state("t", key)))
        assert told
        assert {name: state.values[name] for name in snapshot.values} == snapshot.values
    size = history.size
    await graph.ainvoke(BEGIN, config("t"))
    await until(lambda: observable.history("t").size > size)
    await saver.adelete_thread("t")
    await until(lambda: observable.history("t").size == 0)
    assert observable.was("t")
    stop()


def _now(state: Any) -> Any:
    return state if state is not None and not state.problem else None


async def test_while_a_cell_runs(saver: AsyncSqliteSaver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of views come on another thread then; they are told why there is no answer, in time."""
    monkeypatch.setattr(foreign, "BRIEF", 0.05)
    graph = looping(saver, 6)
    await graph.ainvoke(BEGIN, config("t"))
    observable: Any = observe(saver)
    stop = observable.on_update(lambda: None)
    await until(lambda: observable.reading["progress"] is None)
    key = ("", observable.history("t").headers[0].checkpoint_id)
    seen: dict[str, Any] = {}
    done = threading.Event()

    def view() -> None:
        end = time.monotonic() + 40
        while observable.reading["problem"] != access.BUSY and time.monotonic() < end:
            time.sleep(0.005)
        seen["reading"] = observable.reading
        seen["state"] = observable.reader.state("t", key)
        seen["history"] = observable.history("t").size  # stays as it is
        seen["threads"] = observable.thread_list()[1]
        done.set()

    threading.Thread(target=view).start()
    assert done.wait(60)  # blocks the loop, as a busy cell does
    assert seen["reading"]["problem"] == "waiting for the event loop: a cell is running"
    assert seen["state"].problem == access.BUSY
    assert (seen["history"], seen["threads"]) == (observable.history("t").size, 1)
    await until(lambda: observable.reading["problem"] == "")
    state = await until(lambda: _now(observable.reader.state("t", key)))
    assert state.values["n"] == 6
    stop()


async def test_from_other_threads(saver: AsyncSqliteSaver) -> None:
    graph = looping(saver, 6)
    await graph.ainvoke(BEGIN, config("t"))

    def look() -> Any:
        observable = observe(saver)
        observable.read_whole()
        key = ("", observable.history("t").headers[0].checkpoint_id)
        return observable, observable.reader.state("t", key), observable.reader.held("t")

    observable, state, held = await asyncio.to_thread(look)
    assert state.problem == "" and state.values["n"] == 6 and len(state.values["plain"]) == 6
    assert len(held.rows) == observable.checkpoints and held.how == "sampled"


async def test_its_loop_is_gone() -> None:
    made: list[Any] = []

    async def make() -> None:
        saver = AsyncSqliteSaver(await aiosqlite.connect(":memory:"))
        await looping(saver, 3).ainvoke(BEGIN, config("t"))
        await saver.conn.close()
        made.append(saver)

    await asyncio.to_thread(asyncio.run, make())
    observable: Any = observe(made[0])
    await until(lambda: observable.reading["problem"])
    assert "Event loop is closed" in observable.reading["problem"]
    state = observable.reader.state("t", ("", "1"))
    assert state is not None and "closed" in state.problem


async def test_its_loop_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "SLOW", 0.02)
    loop = asyncio.new_event_loop()

    async def make() -> AsyncSqliteSaver:
        return AsyncSqliteSaver(await aiosqlite.connect(":memory:"))

    saver = await asyncio.to_thread(loop.run_until_complete, make())
    observable: Any = observe(saver)
    await until(lambda: observable.reading["problem"])
    assert observable.reading["problem"] == access.STILL
    observable.close()

    async def rest() -> None:
        await saver.conn.close()
        observable._worker.ask(lambda: None)

    await asyncio.to_thread(loop.run_until_complete, rest())
    loop.close()


async def test_its_connection_is_closed(saver: AsyncSqliteSaver) -> None:
    await looping(saver, 3).ainvoke(BEGIN, config("t"))
    observable: Any = observe(saver)
    stop = observable.on_update(lambda: None)
    await until(lambda: observable.reading["progress"] is None)
    size = observable.history("t").size
    await saver.conn.close()
    await until(lambda: observable.reading["problem"])
    assert observable.history("t").size == size  # what was read stays
    stop()


async def test_watching_keeps_it_not_alive() -> None:
    conn = await aiosqlite.connect(":memory:")
    saver = AsyncSqliteSaver(conn)
    await looping(saver, 3).ainvoke(BEGIN, config("t"))
    observable: Any = observe(saver)
    observable.on_update(lambda: None)
    await until(lambda: observable.reading["progress"] is None)
    alive = weakref.ref(saver)
    del saver
    await until(lambda: gc.collect() >= 0 and alive() is None)
    await conn.close()


async def test_one_that_only_has_async_methods() -> None:
    class AsyncOnly(BaseCheckpointSaver[Any]):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Upstream()

        async def aget_tuple(self, config: Any) -> Any:
            return self.inner.get_tuple(config)

        async def alist(self, config: Any, **how: Any) -> Any:
            for each in self.inner.list(config, **how):
                yield each

    saver = AsyncOnly()
    looping(saver.inner, 4).invoke(BEGIN, config("t"))
    observable: Any = observe(saver)
    await until(lambda: observable.reading["progress"] is None)
    key = ("", observable.history("t").headers[0].checkpoint_id)
    state = observable.reader.state("t", key)
    assert state is not None and state.values["n"] == 4 and state.remarks["messages"].startswith("rebuilt")

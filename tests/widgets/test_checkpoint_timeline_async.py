"""A timeline of a checkpointer that only the event loop it is used on can read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from inmem_widgets import inspect
from inmem_widgets.widgets import CheckpointTimeline
from tests.widgets.test_checkpoint_timeline import opened, request
from tests.widgets.test_checkpoint_timeline_methods import WHERE, compiled

Made = tuple[Any, CheckpointTimeline, list[dict[str, Any]]]


@pytest.fixture
async def made(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Made]:
    async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        graph = compiled(saver)
        await graph.ainvoke({"city": "Oslo", "log": []}, WHERE)
        timeline = inspect(saver, graph=graph)
        sent: list[dict[str, Any]] = []
        monkeypatch.setattr(timeline, "send", lambda content, buffers=None: sent.append(content))
        yield graph, timeline, sent
        timeline.close()


async def until(condition: Callable[[], Any]) -> Any:
    for _ in range(2_000):
        if found := condition():
            return found
        await asyncio.sleep(0.005)
    raise AssertionError("nothing happened")


async def test_requests_on_its_own_loop_are_answered_once_it_is_free(made: Made) -> None:
    _, timeline, sent = made
    timeline._receive(timeline, opened(), [])
    rows = await until(lambda: timeline.browser.state({})["rows"])
    at = f"\n{rows[0]['id']}"
    for number, method in enumerate(("state", "diff", "writes", "form")):
        timeline._receive(timeline, request(number, method, thread="t", at=at, of="resume"), [])
        reply = await until(lambda n=number: [m for m in sent if m.get("id") == n])
        assert "error" not in reply[0], reply
    (state,) = (m["result"] for m in sent if m.get("id") == 0)
    assert state["problem"] == ""
    channels = {channel["name"]: channel for channel in state["channels"]}
    assert (channels["city"]["preview"], channels["log"]["by"]["nodes"]) == ("Oslo", ["plan"])


async def test_a_run_begun_on_it_is_waited_for(made: Made) -> None:
    graph, timeline, _ = made
    await until(lambda: timeline.browser.state({})["size"] == 3)
    with pytest.raises(RuntimeError, match="event loop"):
        timeline.observable.read_whole()
    timeline.resume("yes")
    await timeline.finished()
    state = await graph.aget_state(WHERE)
    assert state.values["log"] == ["plan Oslo", "confirmed yes"]

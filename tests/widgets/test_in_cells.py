"""A checkpointer that is read on the loop a cell runs on: what a cell can ask for, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.widgets.test_checkpoint_timeline_async import Made, made, until
from tests.widgets.test_checkpoint_timeline_methods import WHERE

__all__ = ["made"]


async def test_what_cannot_be_waited_for_says_how_to_ask(made: Made) -> None:
    _, timeline, _ = made
    await until(lambda: timeline.browser.state({})["size"] == 3)
    asked: dict[str, Callable[[], Any]] = {
        "values": lambda: timeline.values,
        "first": lambda: timeline.first(lambda s: s["log"]),
        "diff": timeline.diff_frame,
        "writes": timeline.writes_frame,
        "weight": timeline.weight_frame,
        "checkpoints": timeline.checkpoints_frame,
    }
    reader: Any = timeline.observable.reader
    for name, ask in asked.items():
        reader._left.clear()  # what was answered late, and …
        reader._sizes.clear()  # … measured before
        with pytest.raises(RuntimeError, match="await asyncio.to_thread"):
            ask()
        reader._left.clear()
        found: Any = await asyncio.to_thread(ask)
        assert len(found), name


async def test_what_is_refused_later_is_told_by_whoever_waits(made: Made) -> None:
    graph, timeline, _ = made
    await until(lambda: timeline.browser.state({})["size"] == 3)
    before = [each async for each in graph.checkpointer.alist(None)]
    assert timeline.fork({"city": 7}) is None  # it is not known yet
    with pytest.raises(ValueError, match="city: Input should be a valid string"):
        await timeline.finished()
    await timeline.finished()  # told once
    assert [each async for each in graph.checkpointer.alist(None)] == before
    assert timeline.fork({"city": "Rome"}) is None
    await timeline.finished()
    assert (await graph.aget_state(WHERE)).values["city"] == "Rome"
    assert timeline.config == (await graph.aget_state(WHERE)).config

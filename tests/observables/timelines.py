"""Threads made by hand, for tests of what a timeline shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint

from inmem_widgets import observe
from inmem_widgets.observables.timeline.browser import TimelineBrowser


class Saving:
    """Puts checkpoints one after another; ids sort in the order of saving."""

    def __init__(self, saver: BaseCheckpointSaver[Any]) -> None:
        self.saver = saver
        self.number = 0
        self.versions: dict[tuple[Any, str, str], dict[str, str]] = {}

    def put(
        self, thread: Any, values: dict[str, Any], *, parent: str | None = None, ns: str = "",
        source: str = "loop", node: str = "agent",
    ) -> str:  # fmt: skip
        """Save a state in which the channels given are new; returns the checkpoint's id."""
        self.number += 1
        number = f"{self.number:06}"
        before = self.versions.get((thread, ns, parent or ""), {})
        new = dict.fromkeys(values, number)
        versions = {**before, **new}
        where: Any = {"thread_id": thread, "checkpoint_ns": ns}
        if parent is not None:
            where["checkpoint_id"] = parent
        checkpoint: Any = {
            **empty_checkpoint(), "id": number, "channel_values": values, "channel_versions": versions,
            "versions_seen": {node: {f"branch:to:{node}": number}} if source == "loop" else {},
        }  # fmt: skip
        metadata: Any = {"source": source, "step": self.number - 2, "parents": {}}
        self.saver.put({"configurable": where}, checkpoint, metadata, new)
        self.versions[thread, ns, number] = versions
        return number

    def line(self, thread: Any, count: int) -> list[str]:
        """A thread of `count` checkpoints in a row, channel `n` counting them."""
        ids: list[str] = []
        for i in range(count):
            source = "loop" if ids else "input"
            ids.append(self.put(thread, {"n": i}, parent=ids[-1] if ids else None, source=source))
        return ids


def config(thread: Any, checkpoint_id: str, ns: str = "") -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}}


Browse = Callable[..., TimelineBrowser]


def browsing() -> Iterator[Browse]:
    """A fixture: makes browsers of timelines, and closes them."""
    made: list[TimelineBrowser] = []

    def browse(saver: Any, **options: Any) -> TimelineBrowser:
        made.append(TimelineBrowser(observe(saver), **options))
        return made[-1]

    yield browse
    for browser in made:
        browser.close()

"""What is done to whole threads through a checkpointer is told once: no reading finds it a second time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver as Upstream

from inmem_widgets import observe
from inmem_widgets.core.change import Change

WAIT = 20.0
pytestmark = pytest.mark.usefixtures("no_polling_by_chance")


class Full(Upstream):
    """Has the methods that upstream's has not."""

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        for ns, rows in [*self.storage[source_thread_id].items()]:
            self.storage[target_thread_id][ns].update(rows)

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        for thread_id in thread_ids:
            for rows in self.storage[thread_id].values():
                for old in sorted(rows)[:-1]:
                    del rows[old]

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        for thread_id in [*self.storage]:
            for rows in self.storage[thread_id].values():
                for id, (_, metadata, _) in [*rows.items()]:
                    if self.serde.loads_typed(metadata).get("run_id") in run_ids:
                        del rows[id]
            if not any(self.storage[thread_id].values()):
                del self.storage[thread_id]


def put(saver: Any, thread: str, run: str = "run") -> None:
    config: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    saver.put(config, empty_checkpoint(), {"step": 1, "run_id": run}, {})


class World:
    def __init__(self) -> None:
        self.saver = Full()
        for thread in "abc":
            for n in range(3):
                put(self.saver, thread, f"{thread}{n}")
        self.observable = observe(self.saver)
        assert self.observable.refresh(WAIT)
        self.heard: list[Change] = []
        feed = self.observable.feed
        assert feed is not None
        self.feed = feed
        self.feed.listen(self.heard.append)

    def told(self) -> list[tuple[str, list[Any], bool]]:
        """Kind, threads, and whether it was done elsewhere, once all has been read."""
        assert self.feed.flush(WAIT) and self.observable.refresh(WAIT)
        assert self.observable.refresh(WAIT) and self.feed.flush(WAIT)
        assert self.observable.checkpoints == len([*self.saver.list(None)])
        found, self.heard[:] = [*self.heard], []
        return [(each.kind, threads_of(each), "elsewhere" in each.info) for each in found]


def threads_of(change: Change) -> list[Any]:
    return [key[0] if change.kind == "put" else key for key in change.keys]


def test_copies_of_checkpoints_are_not_saved_elsewhere() -> None:
    world = World()
    world.saver.copy_thread("a", target_thread_id="copy")
    world.saver.delete_thread("a")  # so it was moved
    put(world.saver, "copy")
    assert world.told() == [
        ("copy_thread", ["a", "copy"], False), ("delete_thread", ["a"], False), ("put", ["copy"], False),
    ]  # fmt: skip


@pytest.mark.parametrize("runs", [["c0"], ["c0", "c1", "c2"]])
def test_what_went_with_its_run_was_not_deleted_elsewhere(runs: list[str]) -> None:
    world = World()
    world.saver.delete_for_runs(runs)
    assert world.told() == [("delete_for_runs", [], False)]


def test_threads_that_were_pruned_whichever_they_were() -> None:
    world = World()
    world.saver.prune(iter(["a"]))  # type: ignore[arg-type]
    world.saver.prune(["b"])
    assert world.told() == [("prune", [], False), ("prune", ["b"], False)]


def test_what_others_do_to_such_a_thread_later_is_told() -> None:
    world = World()
    world.saver.copy_thread("a", "copy")
    world.saver.delete_for_runs(["c0"])
    world.saver.delete_thread("b")
    put(world.saver, "b")
    assert len(world.told()) == 4
    other = Upstream()
    other.storage, other.writes, other.blobs = world.saver.storage, world.saver.writes, world.saver.blobs
    put(other, "copy")
    other.delete_thread("b")
    other.delete_thread("c")
    assert sorted(world.told()) == [
        ("delete_thread", ["b"], True), ("delete_thread", ["c"], True), ("put", ["copy"], True),
    ]  # fmt: skip

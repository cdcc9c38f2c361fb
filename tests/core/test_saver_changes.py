"""What a saver tells its listeners."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from inmem_widgets import Change, InMemorySaver
from tests.core.checkpointing import at, ids, put


@pytest.fixture
def told() -> tuple[InMemorySaver, list[Change]]:
    saver, changes = InMemorySaver(), []
    saver.changes.listen(changes.append)
    return saver, changes


def test_every_call_is_one_change_in_order(told: tuple[InMemorySaver, list[Change]]) -> None:
    saver, changes = told
    put(saver, "t", "1", metadata={"run_id": "one"})
    put(saver, "t", "2", parent="1", ns="inner", metadata={"run_id": "two"})
    put(saver, "t", "3", parent="1")
    saver.put_writes(at("t", "", "1"), [("a", 1), ("b", 2)], "task", "path")
    saver.put_writes(at("t", "", "1"), [("a", 5), ("b", 2), ("c", 3)], "task", "path")
    saver.copy_thread("t", "u")
    saver.delete_for_runs(["two"])
    saver.prune(["t", "u", "nobody"])
    saver.delete_thread("t")
    saver.prune(["u"], strategy="delete")
    assert saver.changes.flush(5)
    assert [(each.kind, list(each.keys), dict(each.info)) for each in changes] == [
        ("put", [("t", "", "1")], {"parent": None}),
        ("put", [("t", "inner", "2")], {"parent": "1"}),
        ("put", [("t", "", "3")], {"parent": "1"}),
        ("put_writes", [("t", "", "1")], {"task_id": "task", "task_path": "path", "channels": ["a", "b"]}),
        ("put_writes", [("t", "", "1")], {"task_id": "task", "task_path": "path", "channels": ["c"]}),
        ("copy_thread", ["t", "u"], {}),
        ("delete_for_runs", ["t", "u"], {}),
        ("prune", ["t", "u"], {}),
        ("delete_thread", ["t"], {}),
        ("prune", ["u"], {}),
    ]
    assert [each.number for each in changes] == list(range(1, 11))


def test_what_changes_nothing_tells_nothing(told: tuple[InMemorySaver, list[Change]]) -> None:
    saver, changes = told
    saver.delete_thread("nobody")
    saver.copy_thread("nobody", "t")
    saver.delete_for_runs(["none"])
    saver.prune(["nobody"])
    saver.put_writes(at("t", "", "1"), [], "task")
    with pytest.raises(TypeError):
        put(saver, "t", "1", {"a": object()})
    assert list(saver.list(None)) == []
    assert saver.changes.flush(5)
    assert changes == []
    put(saver, "t", "1")
    saver.prune(["t"])
    assert saver.changes.flush(5)
    assert [each.kind for each in changes] == ["put"]


def test_a_repeated_write_is_told_once(told: tuple[InMemorySaver, list[Change]]) -> None:
    saver, changes = told
    for _ in range(2):
        saver.put_writes(at("t", "", "1"), [("a", 1)], "task")
        saver.put_writes(at("t", "", "1"), [("__interrupt__", 1)], "task")
    assert saver.changes.flush(5)
    assert [each.info["channels"] for each in changes] == [["a"], ["__interrupt__"], ["__interrupt__"]]


def test_times_only_when_asked_for() -> None:
    saver = InMemorySaver()
    plain: list[Any] = []
    timed: list[Any] = []
    unlisten = saver.changes.listen(plain.append)
    put(saver, "t", "1")
    assert saver.changes.flush(5)
    assert plain[0].time is None
    unlisten()
    saver.changes.listen(timed.append, time=True)
    put(saver, "t", "2")
    saver.put_writes(at("t", "", "1"), [("a", 1)], "task")
    saver.delete_thread("t")
    assert saver.changes.flush(5)
    times = [each.time for each in timed]
    assert len(times) == 3
    assert times == sorted(times)
    assert len(plain) == 1


def test_a_listener_may_save() -> None:
    saver = InMemorySaver()
    done: list[Any] = []

    def answer(change: Change) -> None:
        done.append(change.kind)
        if change.keys == [("t", "", "1")]:
            put(saver, "t", "2", parent="1")
            assert saver.count() == 2

    saver.changes.listen(answer)
    put(saver, "t", "1")
    assert saver.changes.flush(5)
    assert saver.changes.flush(5)
    assert done == ["put", "put"]


class Pausing(JsonPlusSerializer):
    """Lets another thread save while metadata are read."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Any = None

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        if self.meanwhile is not None:
            other, self.meanwhile = threading.Thread(target=self.meanwhile), None
            other.start()
            other.join()
        return super().loads_typed(data)


@pytest.mark.parametrize("kind", ["prune", "delete_for_runs"])
def test_what_is_saved_meanwhile_is_told_before_the_removal_and_looked_at_again(kind: str) -> None:
    serde = Pausing()
    saver, changes = InMemorySaver(serde=serde), []
    for thread in ("t", "u"):
        put(saver, thread, "1", metadata={"run_id": "r"})
        put(saver, thread, "2", parent="1", metadata={"run_id": "s"})
    saver.changes.listen(changes.append)
    serde.meanwhile = lambda: put(saver, "t", "3", parent="2", metadata={"run_id": "r"})
    if kind == "prune":
        saver.prune(["t", "u"])
        left = {"t": ["3"], "u": ["2"]}
    else:
        saver.delete_for_runs(["r"])
        left = {"t": ["2"], "u": ["2"]}
    assert saver.changes.flush(5)
    assert [(each.kind, each.keys) for each in changes] == [("put", [("t", "", "3")]), (kind, ["t", "u"])]
    assert {thread: ids(saver.list(at(thread))) for thread in left} == left


@pytest.mark.parametrize("strategy", ["keep_latest", "delete"])
def test_the_order_of_events_is_that_of_the_changes(strategy: str) -> None:
    """Replayed, they give the checkpoints that are there."""
    saver, changes = InMemorySaver(), []
    saver.changes.listen(changes.append)

    def write(thread: str) -> None:
        for number in range(300):
            put(saver, thread, f"{number:03}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "tuv"]
    for each in threads:
        each.start()
    while any(each.is_alive() for each in threads):
        saver.prune(["t", "u", "v"], strategy=strategy)
    assert saver.changes.flush(5)
    there: dict[str, list[str]] = {"t": [], "u": [], "v": []}
    for change in changes:
        if change.kind == "put":
            there[change.keys[0][0]].append(change.keys[0][2])
        else:
            for thread in change.keys:
                there[thread] = there[thread][-1:] if strategy == "keep_latest" else []
    assert {thread: ids(saver.list(at(thread)))[::-1] for thread in there} == there

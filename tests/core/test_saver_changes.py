"""What a saver tells its listeners."""

from __future__ import annotations

from typing import Any

import pytest

from inmem_widgets import Change, InMemorySaver
from tests.core.checkpointing import at, put


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

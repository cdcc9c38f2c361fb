"""`prune` means what langgraph-checkpoint-postgres' does (its tests/test_prune.py, 3.2.0)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.serde.types import TASKS, _DeltaSnapshot

from inmem_widgets import InMemorySaver
from tests.core.checkpointing import Reversed, at, body, ids, put, rows


@pytest.fixture(params=["plain", "encrypted", "factory"])
def saver(request: pytest.FixtureRequest) -> InMemorySaver:
    if request.param == "encrypted":
        return InMemorySaver(serde=EncryptedSerializer(Reversed(), JsonPlusSerializer()))
    if request.param == "factory":
        return InMemorySaver(factory=lambda *args: defaultdict(*args))
    return InMemorySaver()


def three(saver: InMemorySaver, thread: str, ns: str = "", metadata: dict[str, Any] | None = None) -> Any:
    """Three checkpoints that share a blob, each with a write; the head's config."""
    config = None
    for step, values in enumerate([{"a": [1], "s": ["shared"]}, {"a": [1, 2]}, {"a": [1, 2, 3]}]):
        parent = config and config["configurable"]["checkpoint_id"]
        versions = {"a": str(step + 1), "s": "1"}
        config = put(saver, thread, f"{step}", values, versions, ns=ns, parent=parent, metadata=metadata)
        saver.put_writes(config, [("a", step)], f"task {step}")
    return config


EVIDENCE: dict[str, Any] = {
    "counters": {"metadata": {"counters_since_delta_snapshot": {"m": [1, 1]}}},
    "versioned": {"metadata": {"delta_writes_versioned": True}},
    "snapshot": {"values": {"m": _DeltaSnapshot([1])}, "versions": {"m": "1"}},
}


def test_each_namespace_keeps_its_head_with_its_writes_and_blobs(saver: InMemorySaver) -> None:
    heads = {ns: three(saver, "t", ns) for ns in ("", "sub:1")}
    three(saver, "other")
    before = {ns: saver.get_tuple(head) for ns, head in heads.items()}
    other = rows(saver, "other")

    saver.prune(["t"])

    assert rows(saver, "t") == {
        "checkpoints": [("", "2"), ("sub:1", "2")],
        "writes": [("", "2", "task 2", 0), ("sub:1", "2", "task 2", 0)],
        "blobs": [(ns, *key) for ns in ("", "sub:1") for key in (("a", "3"), ("s", "1"))],
    }
    for ns, head in heads.items():
        assert saver.get_tuple(head) == before[ns]._replace(parent_config=None)  # type: ignore[union-attr]
    assert rows(saver, "other") == other
    assert ids(saver.list(at("t", ""))) == ["2"]
    assert sorted(ids(saver.list(None))) == ["0", "1", "2", "2", "2"]


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_a_batch_with_a_delta_thread_is_refused_before_anything_changes(
    saver: InMemorySaver, evidence: str
) -> None:
    three(saver, "ordinary")
    put(saver, "delta thread", "0", **EVIDENCE[evidence])
    put(saver, "delta thread", "1", {}, {"m": "2"}, parent="0")
    before = [rows(saver, thread) for thread in ("ordinary", "delta thread")]
    with pytest.raises(NotImplementedError, match=r"(?i)delta.*'delta thread'"):
        saver.prune(["ordinary", "delta thread"])
    assert [rows(saver, thread) for thread in ("ordinary", "delta thread")] == before


def test_delete_takes_delta_threads_too(saver: InMemorySaver) -> None:
    three(saver, "ordinary")
    three(saver, "other")
    put(saver, "delta thread", "0", metadata={"delta_writes_versioned": True})
    other = rows(saver, "other")
    saver.prune(["ordinary", "delta thread"], strategy="delete")
    empty: dict[str, list[Any]] = {"checkpoints": [], "writes": [], "blobs": []}
    assert rows(saver, "ordinary") == rows(saver, "delta thread") == empty
    assert rows(saver, "other") == other


def test_a_plain_true_is_no_snapshot(saver: InMemorySaver) -> None:
    put(saver, "t", "0", {"flag": True, "a": [1]}, {"flag": "1", "a": "1"})
    put(saver, "t", "1", {"flag": True}, {"flag": "2", "a": "1"}, parent="0")
    saver.prune(["t"])
    assert rows(saver, "t")["checkpoints"] == [("", "1")]


def test_the_parent_with_an_old_heads_sends_stays(saver: InMemorySaver) -> None:
    saver.put_writes(put(saver, "t", "0", v=1), [(TASKS, "send 1")], "task")
    second = put(saver, "t", "1", parent="0", v=1)
    head = put(saver, "t", "2", parent="1", v=1)
    saver.put_writes(second, [(TASKS, "send 2")], "task")

    saver.prune(["t"])

    assert rows(saver, "t")["checkpoints"] == [("", "1"), ("", "2")]
    kept_head, kept_parent = saver.get_tuple(head), saver.get_tuple(second)
    assert kept_head is not None
    assert kept_parent is not None
    assert kept_head.parent_config == second
    assert kept_parent.parent_config is None
    assert kept_parent.pending_writes == [("task", TASKS, "send 2")]


def test_subgraph_calls_go_with_the_checkpoint_they_started_from(saver: InMemorySaver) -> None:
    put(saver, "t", "0")
    put(saver, "t", "1", parent="0")
    for ns, root in {"finished:1": "0", "interrupted:2": "1", "running:3": "9", "own": "0"}.items():
        three(saver, "t", ns, {"parents": {"": root}})
    saver.prune(["t"])
    found = rows(saver, "t")
    kept = {"interrupted:2", "running:3", "own"}
    assert {ns for ns, *_ in found["checkpoints"]} == kept | {""}
    assert {ns for ns, *_ in found["writes"]} == {ns for ns, *_ in found["blobs"]} == kept


def test_writes_of_a_checkpoint_yet_to_come_stay(saver: InMemorySaver) -> None:
    three(saver, "t")
    saver.put_writes(at("t", "", "3"), [("a", 4)], "task")
    saver.prune(["t"])
    put(saver, "t", "3", {}, {"a": "3", "s": "1"}, parent="2")
    found = saver.get_tuple(at("t", "", "3"))
    assert found is not None
    assert found.pending_writes == [("task", "a", 4)]


@pytest.mark.parametrize("strategy", ["keep_latest", "delete"])
def test_a_single_string_is_refused(saver: InMemorySaver, strategy: str) -> None:
    for thread in ("ab", "a", "b"):
        three(saver, thread)
    with pytest.raises(TypeError, match="thread_ids: .*not a str.*'ab'"):
        saver.prune("ab", strategy=strategy)
    with pytest.raises(TypeError, match="run_ids: .*not a str"):
        saver.delete_for_runs("ab")
    assert saver.count() == 9


def test_an_unknown_strategy_changes_nothing(saver: InMemorySaver) -> None:
    three(saver, "t")
    with pytest.raises(ValueError, match="keep_all"):
        saver.prune(["t"], strategy="keep_all")
    assert saver.count() == 3


def test_a_checkpoint_saved_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child of a head is saved while the plan is made: the plan is made again."""
    saver = InMemorySaver()
    head = three(saver, "t")
    saved: list[Any] = []
    load = JsonPlusSerializer.loads_typed
    saver.put(at("t", "own"), body("own"), {"note": {1, 2}}, {})  # type: ignore[typeddict-unknown-key]

    def save_a_child(self: JsonPlusSerializer, data: tuple[str, bytes]) -> Any:
        if not saved:
            saved.append(None)
            saved[0] = put(saver, "t", "3", {"a": [4]}, {"a": "4", "s": "1"}, parent="2")
        return load(self, data)

    monkeypatch.setattr(JsonPlusSerializer, "loads_typed", save_a_child)
    saver.prune(["t"])
    child = saver.get_tuple(saved[0])
    assert child is not None
    assert child.checkpoint["channel_values"] == {"a": [4], "s": ["shared"]}
    assert saver.get_tuple(head) is None
    assert child.parent_config is None


async def test_the_async_forms(saver: InMemorySaver) -> None:
    three(saver, "t")
    await saver.aprune(["t"])
    assert saver.count("t") == 1
    await saver.acopy_thread("t", "u")
    assert saver.count("u") == 1
    put(saver, "u", "9", metadata={"run_id": "r"})
    await saver.adelete_for_runs(["r"])
    assert ids(saver.list(at("u"))) == ["2"]
    await saver.adelete_thread("u")
    assert saver.thread_ids() == ["t"]


def test_delete_for_runs_frees_blobs_and_parents(saver: InMemorySaver) -> None:
    put(saver, "t", "0", {"a": [1], "s": [0]}, {"a": "1", "s": "1"}, metadata={"run_id": "one"})
    put(saver, "t", "1", {"a": [2]}, {"a": "2", "s": "1"}, parent="0", metadata={"run_id": "two"})
    saver.put_writes(at("t", "", "0"), [("a", 1)], "task")
    saver.delete_for_runs(["one", "no such"])
    assert rows(saver, "t") == {
        "checkpoints": [("", "1")],
        "writes": [],
        "blobs": [("", "a", "2"), ("", "s", "1")],
    }
    left = saver.get_tuple(at("t"))
    assert left is not None
    assert left.parent_config is None
    assert left.checkpoint["channel_values"] == {"a": [2], "s": [0]}


def test_copy_thread_copies_everything_and_shares_nothing_that_can_change(saver: InMemorySaver) -> None:
    three(saver, "t")
    three(saver, "t", "own")
    saver.put_writes(at("t", "", "later"), [("a", 4)], "task")
    before = rows(saver, "t")
    saver.copy_thread("t", "u")
    assert rows(saver, "u") == before
    assert [each.checkpoint for each in saver.list(at("u", ""))] == [
        each.checkpoint for each in saver.list(at("t", ""))
    ]
    saver.delete_thread("t")
    assert rows(saver, "u") == before
    saver.copy_thread("u", "u")
    saver.copy_thread("nobody", "v")
    assert saver.thread_ids() == ["u"]


def test_upstream_has_none_of_these() -> None:
    """If one day it has, compare with it."""
    from langgraph.checkpoint.memory import InMemorySaver as Reference

    for name in ("prune", "copy_thread", "delete_for_runs"):
        assert getattr(Reference, name) is getattr(BaseCheckpointSaver, name)

"""`copy_thread` onto what is there already, and copies made beside writers."""

from __future__ import annotations

import copy
import threading
from collections import defaultdict
from typing import Any

import pytest
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from inmem_widgets import InMemorySaver
from tests.core.checkpointing import Reversed, at, put, rows


@pytest.fixture(params=["plain", "encrypted", "factory"])
def saver(request: pytest.FixtureRequest) -> InMemorySaver:
    if request.param == "encrypted":
        return InMemorySaver(serde=EncryptedSerializer(Reversed(), JsonPlusSerializer()))
    if request.param == "factory":
        return InMemorySaver(factory=lambda *args: defaultdict(*args))
    return InMemorySaver()


def test_what_the_target_has_under_the_same_ids_is_replaced(saver: InMemorySaver) -> None:
    put(saver, "t", "1", {"a": [1]}, {"a": "1"})
    put(saver, "t", "2", {"a": [2]}, {"a": "2"}, parent="1")
    saver.put_writes(at("t", "", "2"), [("a", "new")], "task")
    put(saver, "u", "1", {"a": [10], "s": [0]}, {"a": "10", "s": "0"})
    put(saver, "u", "2", {"a": [20]}, {"a": "20", "s": "0"}, parent="1")
    put(saver, "u", "3", {"b": [30]}, {"b": "30", "a": "20"}, parent="2")
    for id in ("1", "2", "3"):
        saver.put_writes(at("u", "", id), [("a", "old"), ("b", "old")], "task")
        saver.put_writes(at("u", "", id), [("a", "old")], "another")
    third = saver.get_tuple(at("u", "", "3"))
    saver.copy_thread("t", "u")
    assert rows(saver, "u") == {
        "checkpoints": [("", "1"), ("", "2"), ("", "3")],
        "writes": [("", "2", "task", 0), ("", "3", "another", 0), ("", "3", "task", 0), ("", "3", "task", 1)],
        "blobs": [("", "a", "1"), ("", "a", "2"), ("", "a", "20"), ("", "b", "30")],
    }
    for id in ("1", "2"):
        source, target = saver.get_tuple(at("t", "", id)), saver.get_tuple(at("u", "", id))
        assert source is not None
        assert target is not None
        assert target.checkpoint == source.checkpoint
        assert target.pending_writes == source.pending_writes
    assert saver.get_tuple(at("u", "", "3")) == third
    before = rows(saver, "u")
    saver.copy_thread("t", "u")
    assert rows(saver, "u") == before


def test_writes_saved_before_their_checkpoint_are_copied_too(saver: InMemorySaver) -> None:
    saver.put_writes(at("t", "early", "1"), [("a", 1)], "task")
    saver.copy_thread("t", "u")
    put(saver, "u", "1", ns="early")
    found = saver.get_tuple(at("u", "early"))
    assert found is not None
    assert found.pending_writes == [("task", "a", 1)]


def test_values_without_a_checkpoint_are_copied_too(saver: InMemorySaver) -> None:
    saver.blobs[("t", "", "a", "1")] = ("null", b"")
    saver.copy_thread("t", "u")
    assert set(saver.blobs) == {("t", "", "a", "1"), ("u", "", "a", "1")}
    assert set(copy.deepcopy(saver).blobs) == set(saver.blobs)


def test_a_copy_changes_apart(saver: InMemorySaver) -> None:
    put(saver, "t", "1")
    saver.put_writes(at("t", "", "1"), [("a", 1)], "task")
    saver.copy_thread("t", "u")
    apart = copy.deepcopy(saver)
    before = rows(saver, "t")
    for each, thread in ((saver, "u"), (apart, "t")):
        each.put_writes(at(thread, "", "1"), [("a", 2), ("b", 2)], "task")
        each.put_writes(at(thread, "", "1"), [("a", 2)], "another")
    assert rows(saver, "t") == before


def test_saving_again_in_a_thread_deleted_meanwhile_does_not_bring_it_back() -> None:
    class Deleting(JsonPlusSerializer):
        def loads_typed(self, data: tuple[str, bytes]) -> object:
            saver.delete_thread("t")
            return super().loads_typed(data)

    saver = InMemorySaver(serde=Deleting())
    put(saver, "t", "1", {"a": [1]}, {"a": "1"})
    put(saver, "t", "1", {"a": [2]}, {"a": "2"})
    assert saver._tables.find("t", "") is None


def test_copies_beside_a_writer() -> None:
    saver, errors = InMemorySaver(), []
    for number in range(200):
        put(saver, f"{number}", "1", {"a": [1]})
    stop = threading.Event()

    def write() -> None:
        number = 0
        try:
            while not stop.is_set():
                saver.put_writes(at(f"{200 + number % 300}", f"{number % 7}", "1"), [("a", 1)], f"{number}")
                number += 1
        except BaseException as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            assert copy.deepcopy(saver).count() == 200
            saver.copy_thread("1", "copy of 1")
            saver.delete_thread("copy of 1")
    finally:
        stop.set()
        writer.join()
    assert errors == []


def test_a_config_found_shares_nothing_that_can_change_with_the_one_asked_for(saver: InMemorySaver) -> None:
    put(saver, "t", "1")
    nested: Any = {"deep": [{"x": [1]}]}
    nested["itself"] = nested
    handler = object()
    for extra in ({}, {"user": nested}, {"user": [nested, nested]}):
        for asked in (
            {"configurable": {"thread_id": "t", "checkpoint_id": "1", **extra}},
            {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "1", **extra}},
            {**at("t", "", "1"), "metadata": {"a": extra}, "tags": ["x"], "callbacks": [handler]},
        ):
            found: Any = saver.get_tuple(asked)  # type: ignore[arg-type]
            assert not containers(found.config) & containers(asked)
            assert repr(found.config) == repr(asked)
    assert found.config["callbacks"][0] is handler


def containers(value: Any, seen: set[int] | None = None) -> set[int]:
    """Ids of all dicts and lists in it."""
    seen = set() if seen is None else seen
    if isinstance(value, (dict, list)) and id(value) not in seen:
        seen.add(id(value))
        for each in value.values() if isinstance(value, dict) else value:
            containers(each, seen)
    return seen

"""`storage`, `writes` and `blobs`: live, in upstream's shape, whoever made them."""

from __future__ import annotations

import copy
import os
import pickle
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.checkpoint.memory import PersistentDict
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from inmem_widgets import InMemorySaver
from tests.core.checkpointing import at, body, ids, put, rows

SERDE = JsonPlusSerializer()


def typed(id: str, parent: str | None = None, versions: dict[str, Any] | None = None, **metadata: Any) -> Any:
    checkpoint = body(id, {}, versions)
    del checkpoint["channel_values"]
    return SERDE.dumps_typed(checkpoint), SERDE.dumps_typed(metadata), parent


def fill(saver: Any) -> None:
    put(saver, "t", "1", {"a": [1], "b": 2, "c": None, "d": "é", "e": {"x": {1}}, "f": b"bytes"})
    put(saver, "t", "2", {"a": [2]}, {"a": "2", "b": "1"}, parent="1")
    put(saver, "t", "3", ns="inner")
    saver.put(at("u"), body("4", {}, {"gone": "1"}), {"note": {1, 2}}, {"gone": "1"})
    saver.put_writes(at("t", "", "1"), [("a", [1]), ("b", 2), ("__error__", "x")], "task", "path")
    saver.put_writes(at("t", "", "9"), [("a", None)], "early")


def plain(mapping: Any) -> Any:
    return {key: plain(value) for key, value in mapping.items()} if hasattr(mapping, "items") else mapping


def test_they_show_what_upstreams_hold() -> None:
    ours, theirs = InMemorySaver(), Reference()
    moment = body("x")["ts"]
    for saver in (ours, theirs):
        fill(saver)
    for name in ("writes", "blobs"):
        assert plain(getattr(ours, name)) == plain(getattr(theirs, name))
        assert getattr(ours, name) == getattr(theirs, name)

    def timeless(saver: Any) -> Any:
        return {
            (thread, ns, id): ({**SERDE.loads_typed(row[0]), "ts": moment}, *row[1:])
            for thread, spaces in saver.storage.items()
            for ns, found in spaces.items()
            for id, row in found.items()
        }

    assert timeless(ours) == timeless(theirs)
    assert list(ours.storage) == list(theirs.storage)
    assert len(ours.storage) == 2
    assert list(ours.storage["t"]) == ["", "inner"]
    assert list(reversed(list(ours.storage["t"][""]))) == ["2", "1"]


def test_checkpoints_are_shown_byte_for_byte() -> None:
    saver = InMemorySaver()
    checkpoint = {**body("1", {"a": 1}), "versions_seen": {"n": {"a": "1"}}, "updated_channels": ["a"]}
    saver.put(at("t"), checkpoint, {"step": 1}, {"a": "1"})  # type: ignore[typeddict-item]
    del checkpoint["channel_values"]
    assert saver.storage["t"][""]["1"][0] == SERDE.dumps_typed(checkpoint)


def test_what_is_written_into_them_is_there() -> None:
    saver = InMemorySaver()
    assert list(saver.list(None)) == []
    saver.storage["t"][""] = {"1": typed("1", None, {"a": "1"}), "2": typed("2", "1", {"a": "1"}, step=2)}
    saver.storage["t"][""]["0"] = typed("0", step=2)
    saver.blobs[("t", "", "a", "1")] = SERDE.dumps_typed([1])
    saver.writes[("t", "", "2")][("task", 0)] = ("task", "a", SERDE.dumps_typed("x"), "path")
    found = saver.get_tuple(at("t"))
    assert found is not None
    assert found.checkpoint["channel_values"] == {"a": [1]}
    assert found.pending_writes == [("task", "a", "x")]
    assert ids(saver.list(None)) == ids(saver.list(at("t"))) == ["2", "1", "0"]
    assert ids(saver.list(at("t"), filter={"step": 2})) == ["2", "0"]
    put(saver, "t", "3", parent="2")
    del saver.storage["t"][""]["2"]
    assert ids(saver.list(at("t"))) == ids(saver.list(None)) == ["3", "1", "0"]
    saver.storage["t"] = {"": {"7": typed("7")}}
    assert ids(saver.list(None)) == ["7"]
    saver.storage["u"].update({"": {"8": typed("8")}})
    assert saver.thread_ids() == ["t", "u"]
    assert list(saver.storage.pop("u")[""]) == ["8"]
    assert saver.thread_ids() == ["t"]
    saver.storage.clear()
    assert saver.count() == 0
    del saver.writes[("t", "", "2")]
    del saver.blobs[("t", "", "a", "1")]
    assert (len(saver.storage), len(saver.writes), len(saver.blobs)) == (0, 0, 0)


def test_they_behave_as_the_dicts_they_stand_for() -> None:
    saver = InMemorySaver()
    fill(saver)
    for mapping in (saver.storage, saver.storage["t"], saver.storage["t"][""], saver.writes, saver.blobs):
        missing: Any = ("x", "y", "z", 0) if mapping in (saver.writes, saver.blobs) else "x"
        assert missing not in mapping
        assert mapping.get(missing) is None
        assert mapping.pop(missing, "default") == "default"
        with pytest.raises(KeyError):
            mapping.pop(missing)
        with pytest.raises(KeyError):
            del mapping[missing]
        assert plain(copy.copy(mapping)) == plain(mapping)
        assert copy.deepcopy(mapping) == mapping
        restored = pickle.loads(pickle.dumps(mapping))
        assert isinstance(restored, dict)
        assert restored == mapping
        assert repr(mapping) == repr(plain(mapping))
    row = saver.storage["t"][""].pop("1")
    assert SERDE.loads_typed(row[0])["id"] == "1"
    assert saver.storage["new"] == {}
    assert "new" not in saver.storage
    with pytest.raises(KeyError):
        saver.storage["t"][""]["nothing"]
    with pytest.raises(KeyError):
        saver.blobs[("t", "", "nothing", "1")]
    with pytest.raises(KeyError):
        saver.writes[("t", "", "1")][("nothing", 0)]
    with pytest.raises(TypeError, match="checkpoint id: expected a str, got int"):
        saver.storage["t"][""][1] = row  # type: ignore[index]
    writes = saver.writes[("t", "", "1")]
    assert set(writes) == {("task", 0), ("task", 1), ("task", -1)}
    del writes[("task", 1)]
    assert len(writes) == 2
    writes.clear()
    assert ("t", "", "1") not in saver.writes
    assert saver.storage.setdefault("v", {"": {"1": row}}) == {"": {"1": row}}
    assert saver.storage.popitem()[0] == "v"


@pytest.mark.parametrize("name", ["storage", "writes", "blobs", "rows", "tasks"])
def test_clearing_does_not_list_the_keys_for_each(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    saver = InMemorySaver()
    for number in range(20):
        put(saver, f"{number % 5}", f"{number:02}", {"a": [number]}, {"a": f"{number}"})
        saver.put_writes(at("1", "", f"{number:02}"), [("a", 1)], "task")
        saver.put_writes(at("1", "", "01"), [("a", 1)], f"task {number}")
    views = {"rows": saver.storage["1"][""], "tasks": saver.writes[("1", "", "01")]}
    mapping: Any = views.get(name) or getattr(saver, name)
    others = [each for each in (saver.storage, saver.writes, saver.blobs) if each is not mapping]
    before = [plain(each) for each in others]
    listed = []
    original = type(mapping).__iter__

    def listing(view: Any) -> Any:
        listed.append(view)
        return original(view)

    with monkeypatch.context() as patch:
        patch.setattr(type(mapping), "__iter__", listing)
        mapping.clear()
    assert len(listed) <= 2  # `list` asks for the length, too
    assert len(mapping) == 0
    mapping.clear()
    if name in ("storage", "writes", "blobs"):
        assert [plain(each) for each in others] == before
    else:
        assert (saver.count(), len(saver.writes)) == ((16, 20) if name == "rows" else (20, 19))


def products() -> dict[str, Any]:
    return {"defaultdict": lambda *args: defaultdict(*args), "subclass": type("Sub", (defaultdict,), {})}


@pytest.mark.parametrize("kind", products())
def test_a_factorys_mappings_are_the_store(kind: str) -> None:
    ours, theirs = InMemorySaver(factory=products()[kind]), Reference()
    for saver in (ours, theirs):
        fill(saver)
    assert type(ours.storage) is not type(InMemorySaver().storage)
    assert dict(ours.blobs) == dict(theirs.blobs)
    assert dict(ours.writes) == dict(theirs.writes)
    for thread in ("t", "u"):
        assert rows(ours, thread) == rows(theirs, thread)
    ours.storage["t"][""].clear()
    assert ids(ours.list(None)) == ["4", "3"]


def test_the_factorys_products_are_entered_and_left() -> None:
    happened: list[str] = []

    class Product(defaultdict[Any, Any]):
        def __enter__(self) -> Product:
            happened.append("enter")
            return self

        def __exit__(self, *error: object) -> None:
            happened.append("exit")

    with InMemorySaver(factory=Product) as saver:
        assert happened == ["enter"] * 3
        put(saver, "t", "1")
    assert happened == ["enter"] * 3 + ["exit"] * 3


@pytest.mark.parametrize("cls", [InMemorySaver, Reference])
async def test_persistent_dict_round_trip(cls: Any, tmp_path: Path) -> None:
    """What ours saved, upstream reads, and the other way round."""
    other = Reference if cls is InMemorySaver else InMemorySaver
    paths = [tmp_path / name for name in ("storage", "writes", "blobs")]
    names = iter([*paths, *paths])

    def factory(*args: Any) -> PersistentDict:
        return PersistentDict(*args, filename=str(next(names)))

    async with cls(factory=factory) as saver:
        fill(saver)
        before = [each._replace(config={}) for each in saver.list(at("t", ""))]
    assert all(path.stat().st_size for path in paths)
    again = other(factory=factory)
    for mapping in (again.storage, again.writes, again.blobs):
        mapping.load()
    assert [each._replace(config={}) for each in again.list(at("t", ""))] == before
    assert [each.pending_writes for each in before] == [
        each.pending_writes for each in again.list({"configurable": {"thread_id": "t", "checkpoint_ns": ""}})
    ]
    if isinstance(again, InMemorySaver):
        put(again, "t", "5", parent="2")
        again.prune(["t"])
        assert rows(again, "t")["checkpoints"] == [("", "5"), ("inner", "3")]
        again.copy_thread("t", "v")
        again.delete_thread("t")
        assert again.thread_ids() == ["u", "v"]


def test_partial_as_the_issue_has_it(tmp_path: Path) -> None:
    path = tmp_path / "all"
    with InMemorySaver(factory=partial(PersistentDict, filename=str(path))) as saver:
        put(saver, "t", "1", {"a": 1})
    assert os.path.exists(path)
    with path.open("rb") as file:
        assert list(pickle.load(file)["t"][""]) == ["1"]  # the storage is closed last


def test_two_savers_over_the_same_mappings() -> None:
    first, second = InMemorySaver(), InMemorySaver()
    fill(first)
    second.storage, second.writes, second.blobs = first.storage, first.writes, first.blobs
    assert list(second.list(at("t", ""))) == list(first.list(at("t", "")))
    put(second, "t", "7", {"a": [7]}, {"a": "7"}, parent="2")
    second.put_writes(at("t", "", "7"), [("a", 1)], "task")
    found = first.get_tuple(at("t"))
    assert found is not None
    assert found.checkpoint["channel_values"] == {"a": [7]}
    assert found.pending_writes == [("task", "a", 1)]
    mine: dict[str, Any] = {}
    second.storage = mine
    put(second, "t", "8")
    assert list(mine["t"][""]) == ["8"]
    assert first.count() == 5

"""What our saver does beyond, or better than, the original."""

from __future__ import annotations

import copy
from collections import defaultdict
from datetime import timedelta
from typing import Any

import ormsgpack
import pytest
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from inmem_widgets import InMemorySaver, MemorySaver
from tests.core.checkpointing import Reversed, at, body, ids, put, rows


class Texts:
    """An old-style serializer, without `dumps_typed`."""

    def dumps(self, obj: Any) -> bytes:
        return repr(obj).encode()

    def loads(self, data: bytes) -> Any:
        return eval(data)


KINDS: dict[str, Any] = {
    "plain": dict,
    "encrypted": lambda: {"serde": EncryptedSerializer(Reversed(), JsonPlusSerializer())},
    "old serializer": lambda: {"serde": Texts()},
    "factory": lambda: {"factory": lambda *args: defaultdict(*args)},
}


@pytest.fixture(params=KINDS)
def saver(request: pytest.FixtureRequest) -> InMemorySaver:
    return InMemorySaver(**KINDS[request.param]())


def test_both_names() -> None:
    assert MemorySaver is InMemorySaver


def test_reading_adds_nothing(saver: InMemorySaver) -> None:
    """langgraph issue 8754."""
    assert saver.get_tuple(at("t")) is None
    assert saver.get_tuple(at("t", "", "1")) is None
    assert saver.get(at("t")) is None
    assert list(saver.list(at("t"))) == []
    assert list(saver.list({"configurable": {"thread_id": "t"}}, filter={"a": 1})) == []
    assert saver.get_delta_channel_history(config=at("t"), channels=["c"]) == {"c": {"writes": []}}
    assert saver.get_delta_channel_history(config=at("t"), channels=[]) == {}
    assert saver.header("t", "", "1") is None
    assert saver.headers("t") == []
    saver.delete_thread("t")
    saver.prune(["t"])
    assert (len(saver.storage), len(saver.writes), len(saver.blobs)) == (0, 0, 0)
    assert saver.thread_ids() == []
    assert saver.count() == 0


def test_all_threads_newest_first(saver: InMemorySaver) -> None:
    for number, thread in enumerate(["a", "b", "a", "c", "b"]):
        put(saver, thread, f"{number}", metadata={"step": number % 2})
    put(saver, "a", "25", ns="inner")
    assert ids(saver.list(None)) == ["4", "3", "25", "2", "1", "0"]
    assert ids(saver.list(None, limit=2)) == ["4", "3"]
    assert ids(saver.list(None, before=at("x", "", "3"))) == ["25", "2", "1", "0"]
    assert ids(saver.list(None, filter={"step": 0})) == ["4", "2", "0"]
    put(saver, "d", "35")  # out of order, and after the first listing
    put(saver, "d", "5", metadata={"step": 0})
    saver.delete_thread("b")
    assert ids(saver.list(None)) == ["5", "35", "3", "25", "2", "0"]
    assert ids(saver.list(None, filter={"step": 0})) == ["5", "2", "0"]
    assert ids(saver.list({"configurable": {"thread_id": "a"}})) == ["25", "2", "0"]
    assert ids(saver.list({"configurable": {"thread_id": "a"}}, limit=2)) == ["25", "2"]


@pytest.mark.parametrize("limit", [0, -1])
@pytest.mark.parametrize("config", [None, at("t"), at("t", "", "1")])
def test_no_limit_yields_more_than_it_says(saver: InMemorySaver, limit: int, config: Any) -> None:
    put(saver, "t", "1")
    assert list(saver.list(config, limit=limit)) == []


def test_before_compares_ids(saver: InMemorySaver) -> None:
    for id in "123":
        put(saver, "t", id)
    assert ids(saver.list(at("t"), before=at("t", "", "3"))) == ["2", "1"]
    assert ids(saver.list(at("t"), before=at("t"))) == ["3", "2", "1"]
    assert ids(saver.list(at("t", "", "2"), before=at("t", "", "2"))) == []
    assert ids(saver.list(at("t", "", "2"), before=at("t", "", "3"))) == ["2"]


def test_filters(saver: InMemorySaver) -> None:
    kinds: list[Any] = [1, 1.0, True, "1", None, [1], {"a": 1}, 2]
    for number, kind in enumerate(kinds):
        put(saver, "t", f"{number}", metadata={"kind": kind, "step": number})
    put(saver, "t", "8", metadata={"step": 8})
    found = {repr(kind): ids(saver.list(at("t"), filter={"kind": kind})) for kind in kinds}
    assert found["1"] == found["1.0"] == found["True"] == ["2", "1", "0"]
    assert found["'1'"] == ["3"]
    assert found["None"] == ["8", "4"]
    assert found["[1]"] == ["5"]
    assert found["{'a': 1}"] == ["6"]
    assert ids(saver.list(at("t"), filter={"kind": 1, "step": 1})) == ["1"]
    put(saver, "t", "1", metadata={"kind": 3, "step": 1})
    put(saver, "t", "9", metadata={"kind": 1, "step": 1})
    assert ids(saver.list(at("t"), filter={"kind": 1})) == ["9", "2", "0"]
    assert ids(saver.list(at("t"), filter={"kind": 3})) == ["1"]
    assert ids(saver.list(at("t"), filter={"kind": 1}, limit=1, before=at("t", "", "9"))) == ["2"]


def test_what_cannot_be_indexed_is_found_all_the_same() -> None:
    saver = InMemorySaver()
    put(saver, "t", "1", metadata={"kind": {1, 2}})  # not plain: kept as the serializer writes it
    put(saver, "t", "2", metadata={"kind": "text"})
    assert ids(saver.list(at("t"), filter={"kind": {1, 2}})) == ["1"]
    assert ids(saver.list(at("t"), filter={"kind": "text"})) == ["2"]

    class Anything:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    assert ids(saver.list(at("t"), filter={"kind": Anything()})) == ["2", "1"]


def test_what_is_returned_is_the_callers_own(saver: InMemorySaver) -> None:
    values = {"list": [[1], {"a": [2]}], "bytes": bytearray(b"abc"), "text": "x", "nothing": None}
    metadata = {"source": "loop", "parents": {"": "0"}}
    config = put(saver, "t", "1", values, metadata=metadata)
    saver.put_writes(config, [("list", [1])], "task")
    asked = {**at("t", "", "1"), "metadata": {"a": 1}, "tags": ["x"]}
    before = copy.deepcopy(saver.get_tuple(config))
    assert before is not None

    def spoil(value: Any) -> None:
        if isinstance(value, dict):
            for each in value.values():
                spoil(each)
            value["spoilt"] = True
        elif isinstance(value, list):
            for each in value:
                spoil(each)
            value.append("spoilt")
        elif isinstance(value, bytearray):
            value[:] = b"spoilt"

    spoil(values)
    spoil(metadata)
    for _ in range(3):
        for found in (saver.get_tuple(asked), *saver.list(at("t"))):  # type: ignore[arg-type]
            assert found is not None
            assert found.checkpoint == before.checkpoint
            assert found.metadata == before.metadata
            assert found.pending_writes == before.pending_writes
            for part in (found.config, found.checkpoint, found.metadata, found.pending_writes):
                spoil(part)
    assert asked["configurable"] == {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "1"}
    assert asked["metadata"] == {"a": 1}
    header = saver.headers("t")[0]
    spoil(header.metadata)
    spoil(header.channel_versions)
    assert saver.headers("t")[0].metadata == before.metadata
    assert saver.headers("t")[0].channel_versions == before.checkpoint["channel_versions"]


def test_saving_again_leaves_no_unreachable_blob(saver: InMemorySaver) -> None:
    put(saver, "t", "1", {"a": [1], "b": [1]}, {"a": "1", "b": "1"})
    put(saver, "t", "2", {}, {"b": "1"}, parent="1")
    put(saver, "t", "1", {"a": [2]}, {"a": "2"})
    assert rows(saver, "t")["blobs"] == [("", "a", "2"), ("", "b", "1")]
    again = saver.get_tuple(at("t", "", "1"))
    assert again is not None
    assert again.checkpoint["channel_values"] == {"a": [2]}
    put(saver, "t", "2", {}, {})
    assert rows(saver, "t")["blobs"] == [("", "a", "2")]
    assert ids(saver.list(at("t"))) == ["2", "1"]
    assert saver.count() == 2


def test_cycles_end(saver: InMemorySaver) -> None:
    put(saver, "t", "1", parent="1")
    put(saver, "u", "1", parent="3")
    put(saver, "u", "2", parent="1")
    put(saver, "u", "3", parent="2")
    for thread, id in (("t", "1"), ("u", "1"), ("u", "2"), ("u", "3")):
        saver.put_writes(at(thread, "", id), [("c", f"write at {id}")], "task")
    history = saver.get_delta_channel_history(config=at("t"), channels=["c"])
    assert [write[2] for write in history["c"]["writes"]] == ["write at 1"]
    history = saver.get_delta_channel_history(config=at("u"), channels=["c"])
    assert [write[2] for write in history["c"]["writes"]] == ["write at 3", "write at 1", "write at 2"]
    found = saver.get_tuple(at("t"))
    assert found is not None
    assert found.parent_config == at("t", "", "1")
    saver.prune(["t", "u"])
    assert saver.count() == 2


def test_a_failed_put_saves_nothing() -> None:
    saver = InMemorySaver()
    with pytest.raises(TypeError):
        put(saver, "t", "1", {"a": [1], "b": object()})
    with pytest.raises(TypeError, match=r"checkpoint\['id'\]: expected a str, got int"):
        put(saver, "t", 1, {"a": [1]})  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        saver.put_writes(at("t", "", "1"), [("a", 1), ("b", object())], "task")
    assert (len(saver.storage), len(saver.writes), len(saver.blobs)) == (0, 0, 0)


def test_writes_keep_the_first_and_special_ones_the_last(saver: InMemorySaver) -> None:
    config = put(saver, "t", "1")
    saver.put_writes(config, [("a", 1), ("b", 2)], "task", "path")
    saver.put_writes(config, [("a", 10), ("b", 20), ("c", 30)], "task", "path")
    saver.put_writes(config, [("__error__", "one"), ("__error__", "two")], "task", "path")
    saver.put_writes(config, [("__error__", "three")], "task", "path")
    saver.put_writes(config, [("a", 0)], "another", "a path before")
    saver.put_writes(config, [], "nothing")
    found = saver.get_tuple(config)
    assert found is not None
    assert found.pending_writes == [
        ("another", "a", 0),
        ("task", "__error__", "three"),
        ("task", "a", 1),
        ("task", "b", 2),
        ("task", "c", 30),
    ]
    assert saver.header("t", "", "1").writes == (  # type: ignore[union-attr]
        ("another", "a", "a path before"), ("task", "__error__", "path"), ("task", "a", "path"),
        ("task", "b", "path"), ("task", "c", "path"),
    )  # fmt: skip


def test_headers(saver: InMemorySaver) -> None:
    for number in range(3):
        parent = f"{number - 1}" if number else None
        put(
            saver,
            "t",
            f"{number}",
            {"a": [number]},
            {"a": f"{number}"},
            parent=parent,
            metadata={"step": number},
        )
    put(saver, "t", "15", ns="inner")
    saver.put_writes(at("t", "", "1"), [("a", "x")], "task", "path")
    found = saver.headers("t")
    assert [(each.checkpoint_ns, each.checkpoint_id) for each in found] == [
        ("", "2"), ("inner", "15"), ("", "1"), ("", "0"),
    ]  # fmt: skip
    header = saver.header("t", "", "1")
    assert header == found[2]
    assert header is not None
    whole = saver.get_tuple(at("t", "", "1"))
    assert whole is not None
    assert header.thread_id == "t"
    assert header.parent_id == "0"
    assert header.ts == whole.checkpoint["ts"]
    assert header.channel_versions == whole.checkpoint["channel_versions"] == {"a": "1"}
    assert header.versions_seen == whole.checkpoint["versions_seen"]
    assert header.metadata == whole.metadata
    assert header.writes == (("task", "a", "path"),)
    assert saver.count() == saver.count("t") == 4
    assert saver.count("u") == 0
    assert saver.thread_ids() == ["t"]


def test_metadata_are_merged_as_upstream_does(saver: InMemorySaver) -> None:
    config = at("t")
    config["configurable"]["user"] = "nobody"
    config["configurable"]["__private"] = "x"
    config["metadata"] = {"run_id": "r\0un", "step": 9, "object": object()}
    saver.put(config, body("1"), {"step": 1, "note": "nul\0"}, {})  # type: ignore[typeddict-unknown-key]
    found = saver.get_tuple(at("t"))
    assert found is not None
    assert found.metadata == {"step": 1, "note": "nul", "run_id": "run", "user": "nobody"}
    saver.put(at("t"), body("2"), {"note": "nul\0", "step": 0}, {})  # type: ignore[typeddict-unknown-key]
    again = saver.get_tuple(at("t"))
    assert again is not None
    assert again.metadata == {"note": "nul", "step": 0}


def test_copies_are_apart_and_allowlisted_clones_are_not(saver: InMemorySaver) -> None:
    put(saver, "t", "1", {"a": [1]})
    saver.put_writes(at("t", "", "1"), [("a", 1)], "task")
    told: list[Any] = []
    saver.changes.listen(told.append)
    apart = copy.deepcopy(saver)
    assert apart.get_tuple(at("t")) == saver.get_tuple(at("t"))
    assert apart.storage == saver.storage
    put(apart, "u", "1")
    assert saver.thread_ids() == ["t"]
    assert set(apart.storage) == {"t", "u"}
    clone = saver.with_allowlist([("somewhere", "Thing")])
    put(clone, "v", "1")
    assert saver.thread_ids() == ["t", "v"]
    assert saver.changes.flush(5)
    assert [change.keys for change in told] == [[("v", "", "1")]]


def test_versions_may_be_numbers_too(saver: InMemorySaver) -> None:
    put(saver, "t", "1", {"a": [1], "b": 2}, {"a": 1, "b": 1.5})
    found = saver.get_tuple(at("t"))
    assert found is not None
    assert found.checkpoint["channel_values"] == {"a": [1], "b": 2}
    assert found.checkpoint["channel_versions"] == {"a": 1, "b": 1.5}
    assert saver.get_next_version(None, None).split(".")[0] == f"{1:032}"
    assert saver.get_next_version("7.5", None).split(".")[0] == f"{8:032}"
    assert saver.get_next_version(3, None).split(".")[0] == f"{4:032}"  # type: ignore[arg-type]


def test_extension_types_made_by_hand_are_the_serializers() -> None:
    """What is plain is kept without the serializer's hooks; these look plain but are not."""
    by_hand = ormsgpack.Ext(2, ormsgpack.packb(("datetime", "timedelta", {"days": 1})))
    ours, theirs = InMemorySaver(), Reference()
    for saver in (ours, theirs):
        config = put(saver, "t", "1", {"a": {"x": by_hand}}, metadata={"kind": by_hand})
        saver.put_writes(config, [("a", {"y": by_hand})], "task")
        put(saver, "t", "2", {}, {"a": "1"}, parent="1")
    found, expected = (list(saver.list(at("t"), filter={"step": 1})) for saver in (ours, theirs))
    assert [each.metadata for each in found] == [each.metadata for each in expected]
    assert [each.pending_writes for each in found] == [each.pending_writes for each in expected]
    assert [each.checkpoint["channel_values"] for each in found] == [{"a": {"x": timedelta(days=1)}}] * 2
    asked: Any = {"config": at("t"), "channels": ["a"]}
    assert ours.get_delta_channel_history(**asked) == theirs.get_delta_channel_history(**asked)
    assert ours.get_delta_channel_history(**asked)["a"]["seed"] == {"x": timedelta(days=1)}

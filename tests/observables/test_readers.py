"""Reading our own saver in place: per value, exact, changing nothing, and telling what cannot be read."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import defaultdict
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.reading.own import OwnReader
from inmem_widgets.observables.reading.reader import Undecodable
from tests.observables.graphs import BEGIN, config, key_in, looping


class Picky(JsonPlusSerializer):
    """Cannot read what it wrote as "secret"."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        kind, data = super().dumps_typed(obj)
        return ("secret", data) if obj == "secret" else (kind, data)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        if data[0] == "secret":
            raise ValueError(f"cannot read {len(data[1])} bytes")
        return super().loads_typed(data)


class Cipher:
    """Turns bytes around."""

    def __init__(self, name: str = "turned") -> None:
        self.name = name

    def encrypt(self, plaintext: bytes) -> tuple[str, bytes]:
        return self.name, bytes(255 - byte for byte in plaintext)

    def decrypt(self, ciphername: str, ciphertext: bytes) -> bytes:
        if ciphername != self.name:
            raise ValueError("wrong key")
        return bytes(255 - byte for byte in ciphertext)


def put(
    saver: Any,
    values: dict[str, Any],
    thread: Any = "t",
    id: str = "0001",
    parent: str | None = None,
) -> tuple[str, str]:
    versions = dict.fromkeys(values, id)
    body = {**empty_checkpoint(), "id": id, "channel_values": values, "channel_versions": versions}
    saver.put(config(thread, parent), body, {"source": "loop", "step": 0}, versions)
    return "", id


def test_values_are_fresh_and_sizes_exact() -> None:
    saver = InMemorySaver()
    key = put(saver, {"list": [1, 2], "text": "four", "none": None, "message": HumanMessage("hi", id="1")})
    reader = observe(saver).reader
    state = reader.state("t", key)
    found = saver.get_tuple(config("t"))
    assert state is not None and found is not None and state.values == found.checkpoint["channel_values"]
    state.values["list"].append(3)
    again = reader.state("t", key)
    assert again is not None and again.values["list"] == [1, 2]
    written = {name: len(saver.serde.dumps_typed(value)[1]) for name, value in again.values.items()}
    assert again.sizes == written
    assert reader.own and reader.channels("t", key, ["text", "nope"]) == {"text": "four"}


def test_what_is_not_there_is_none() -> None:
    saver = InMemorySaver()
    reader = observe(saver).reader
    for thread, key in (("t", ("", "x")), ("t", ("sub", "0001")), ("nope", ("", "0001"))):
        put(saver, {"a": 1})
        assert reader.state(thread, key) is None
        assert reader.lazily(thread, key) is None
        assert reader.channels(thread, key, ["a"]) is None
        assert reader.writes(thread, key) is None
    assert list(saver.storage) == ["t"]
    del saver
    gc.collect()
    assert reader.state("t", ("", "0001")) is None and reader.held("t").total == 0
    assert reader.ghosts() == ([], [])


def test_channels_are_decoded_when_asked_for() -> None:
    class Counting(JsonPlusSerializer):
        reads = 0

        def loads_typed(self, data: tuple[str, bytes]) -> Any:
            Counting.reads += 1
            return super().loads_typed(data)

    saver = InMemorySaver(serde=Counting())
    key = put(saver, {"a": [1], "b": [2], "c": [3]})
    reader = observe(saver).reader
    values = reader.lazily("t", key)
    assert values is not None
    Counting.reads = 0
    assert list(values) == ["a", "b", "c"] and len(values) == 3 and "b" in values and Counting.reads == 0
    assert values["b"] == [2] and values["b"] is values["b"] and Counting.reads == 1
    with pytest.raises(KeyError, match="nope"):
        values["nope"]
    with pytest.raises(TypeError):
        values["a"] = 1  # type: ignore[index]
    saver.delete_thread("t")
    assert values["a"] == [1]  # it was there when it was asked for
    assert reader.lazily("t", key) is None


@pytest.mark.parametrize("encrypted", [False, True])
def test_what_cannot_be_deserialised_is_told_and_the_rest_stays_visible(encrypted: bool) -> None:
    serde: Any = EncryptedSerializer(Cipher(), Picky()) if encrypted else Picky()
    saver = InMemorySaver(serde=serde)
    key = put(saver, {"a": [1], "bad": "secret", "c": "plain"})
    saver.put_writes(config("t", key[1]), [("a", 1), ("bad", "secret")], "task", "~path")
    with pytest.raises(ValueError, match="cannot read"):
        saver.get_tuple(config("t"))
    observable = observe(saver)
    reader = observable.reader
    state = reader.state("t", key)
    assert state is not None and state.problem == ""
    bad = state.values.pop("bad")
    assert state.values == {"a": [1], "c": "plain"}
    assert bad == Undecodable(
        "secret+turned" if encrypted else "secret", 7, "ValueError: cannot read 7 bytes"
    )
    assert state.remarks == {"bad": bad.error}
    first, second = reader.writes("t", key) or []
    assert (first.task, first.path, first.channel, first.value) == ("task", "~path", "a", 1)
    assert isinstance(second.value, Undecodable) and second.size == 7
    assert observable.history("t").size == 1


def test_with_the_wrong_key_nothing_is_readable_and_all_is_told() -> None:
    saver = InMemorySaver(serde=EncryptedSerializer(Cipher(), JsonPlusSerializer()))
    key = put(saver, {"a": [1]})
    put(saver, {"a": [2]}, id="0002", parent="0001")
    saver.serde = EncryptedSerializer(Cipher("other"), JsonPlusSerializer())
    observable = observe(saver)
    state = observable.reader.state("t", key)
    assert state is not None and state.values == {} and "wrong key" in state.problem
    assert observable.reader.channels("t", key, ["a"]) == {}
    history = observable.history("t")
    assert [h.checkpoint_id for h in history.headers] == ["0002", "0001"]
    assert history.headers[0].parent_id == "0001"
    assert observable.thread_list()[0][0]["checkpoints"] == 2


def test_a_part_that_cannot_be_read_hides_no_other() -> None:
    def hook(code: int, data: bytes) -> Any:
        raise ValueError("no such class")

    saver = InMemorySaver(serde=JsonPlusSerializer(__unpack_ext_hook__=hook))
    key = put(saver, {"mixed": {"ok": [1], "message": HumanMessage("hi")}})
    state = observe(saver).reader.state("t", key)
    assert state is not None
    mixed = state.values["mixed"]
    assert mixed["ok"] == [1]
    assert mixed["message"].type == "langchain_core.messages.human.HumanMessage"
    assert mixed["message"].error == "ValueError: no such class" and mixed["message"].size > 10


@pytest.mark.parametrize("factory", [defaultdict, lambda *_: defaultdict(*_)], ids=["tables", "mappings"])
def test_what_is_held_counts_each_blob_once(factory: Any) -> None:
    saver = InMemorySaver(factory=factory)
    graph = looping(saver, 6)
    graph.invoke(BEGIN, config("t"))
    held = observe(saver).reader.held("t")
    assert held.how == "exact"
    for (ns, channel, version), size in held.blobs.items():
        assert size == len(saver.blobs["t", ns, channel, version][1])
    assert set(held.rows) == {(ns, id) for ns, rows in saver.storage["t"].items() for id in rows}
    writes = sum(len(stored[1]) for rows in saver.writes.values() for _, _, stored, _ in rows.values())
    assert sum(held.writes.values()) == writes
    rows = sum(len(row[0][1]) + len(row[1][1]) for ns in saver.storage["t"].values() for row in ns.values())
    assert sum(held.rows.values()) == pytest.approx(rows, rel=0.1)  # channel versions may be kept apart
    assert observe(saver).total_bytes() == (held.total, "exact")


@pytest.mark.parametrize("factory", [defaultdict, lambda *_: defaultdict(*_)], ids=["tables", "mappings"])
def test_ghosts_and_orphans(factory: Any) -> None:
    saver = InMemorySaver(factory=factory)
    put(saver, {"a": 1})
    saver.put_writes(config("t", "9999"), [("a", "x")], "task")
    saver.put_writes(config("ghost", "0001"), [("a", "xyz")], "task")
    reader = observe(saver).reader
    ghosts, orphans = reader.ghosts()
    assert ghosts == ["ghost"]
    assert sorted((o.thread_id, o.key, o.size) for o in orphans) == [
        ("ghost", ("", "0001"), 4),
        ("t", ("", "9999"), 2),
    ]
    assert reader.held("t").writes == {("", "9999"): 2}
    (write,) = reader.writes("ghost", ("", "0001")) or []
    assert (write.channel, write.value) == ("a", "xyz")


def test_reading_beside_writers() -> None:
    """No torn state: each is whole or gone, and reading changes nothing."""
    saver = InMemorySaver()
    graph = looping(saver, 30)
    stop = threading.Event()
    errors: list[BaseException] = []

    def write() -> None:
        try:
            while not stop.is_set():
                graph.invoke(BEGIN, config("t"))
                saver.delete_thread("t")
        except BaseException as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    reader, seen = observe(saver).reader, 0
    try:
        while seen < 300 and writer.is_alive():
            for header in saver.headers("t")[:5]:
                state = reader.state("t", ("", header.checkpoint_id))
                if state is not None and header.metadata.get("source") == "loop":
                    assert state.values["n"] == header.metadata["step"]
                    assert len(state.values.get("plain", [])) == header.metadata["step"]
                    seen += 1
            reader.held("t"), reader.ghosts()
    finally:
        stop.set()
        writer.join()
    assert errors == []


def test_a_reader_does_not_keep_the_saver_alive() -> None:
    saver = InMemorySaver()
    key = put(saver, {"a": [1]})
    observable = observe(saver)
    values = observable.reader.lazily("t", key)
    observable.thread_list(), observable.total_bytes(), observable.history("t")
    alive = weakref.ref(saver)
    del saver
    gc.collect()
    assert alive() is None
    assert values is not None and values["a"] == [1]
    assert observable.thread_list() == ([], 0) and observable.total_bytes() == (None, "exact")
    assert isinstance(observable.reader, OwnReader)


def test_threads_are_listed_newest_first_and_found() -> None:
    saver = InMemorySaver()
    for i, thread in enumerate(["Alpha", "beta", 3, "ALPHABET"]):
        put(saver, {"a": 1}, thread=thread, id=f"{i:04}")
    put(saver, {"a": 1}, thread="beta", id="0009")
    observable = observe(saver)
    threads, found = observable.thread_list()
    assert ([t["id"] for t in threads], found) == (["beta", "ALPHABET", "3", "Alpha"], 4)
    assert [t["checkpoints"] for t in threads] == [2, 1, 1, 1]
    threads, found = observable.thread_list("alpha")
    assert ([t["id"] for t in threads], found) == (["ALPHABET", "Alpha"], 2)
    assert observable.thread_list("nope") == ([], 0)
    assert observable.thread_id("3") == 3
    assert {t["id"]: t["bytes"] for t in observable.thread_list()[0]} == {
        str(thread): observable.reader.held(thread).total for thread in ("Alpha", "beta", 3, "ALPHABET")
    }


def test_bytes_follow_what_happens() -> None:
    saver = InMemorySaver()
    put(saver, {"a": "x" * 100}, thread="a")
    put(saver, {"a": "x" * 100}, thread="b")
    observable = observe(saver)
    before, how = observable.total_bytes()
    assert (before, how) == (observable.reader.held("a").total + observable.reader.held("b").total, "exact")
    put(saver, {"a": "x" * 5_000}, thread="a", id="0002")
    saver.delete_thread("b")
    assert saver.changes.flush(30)
    observable.total_bytes()
    assert observable.settle(10)
    assert observable.total_bytes()[0] == observable.reader.held("a").total > 5_000


def test_a_thread_that_was_is_known() -> None:
    saver = InMemorySaver()
    put(saver, {"a": 1})
    observable = observe(saver)
    assert not observable.was("t") and observable.history("t").size == 1 and observable.was("t")
    saver.delete_thread("t")
    assert saver.changes.flush(30)
    assert observable.history("t").size == 0 and observable.was("t") and not observable.was("other")
    assert observable.reading is None and key_in(config("t", "1")) == ("", "1")

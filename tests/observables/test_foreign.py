"""Checkpointers that are not ours: read through their public interface, beside whoever writes."""

from __future__ import annotations

import gc
import sqlite3
import threading
from typing import Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.foreignsaver import ForeignSaver
from inmem_widgets.observables.reading.reader import Undecodable, Unreadable
from tests.observables.foreigners import Make, upstream
from tests.observables.graphs import BEGIN, config, key_in, looping, nested
from tests.observables.test_readers import Cipher, Picky, put


def everything(saver: Any) -> Any:
    """All that upstream's saver holds, ghosts included."""
    storage = {t: {ns: dict(rows) for ns, rows in spaces.items()} for t, spaces in saver.storage.items()}
    return storage, {key: dict(value) for key, value in saver.writes.items()}, dict(saver.blobs)


def test_it_shows_what_our_own_saver_shows(make: Make) -> None:
    own, other = InMemorySaver(), make()
    graph = nested(own)
    for thread in ("a", "b"):
        graph.invoke({"notes": ["first"], "depth": 0}, config(thread))
    for found in reversed(list(own.list(None))):  # the same checkpoints into the other one
        place = found.config["configurable"]
        above = found.parent_config and found.parent_config["configurable"]["checkpoint_id"]
        at = config(place["thread_id"], above, place["checkpoint_ns"])
        other.put(at, found.checkpoint, found.metadata, found.checkpoint["channel_versions"])
        writes: dict[str, list[Any]] = {}
        for task, channel, value in found.pending_writes or []:
            writes.setdefault(task, []).append((channel, value))
        for task, each in writes.items():
            other.put_writes(found.config, each, task)
    a, b = observe(own), observe(other)
    assert isinstance(b, ForeignSaver)
    assert (a.threads, a.checkpoints) == (b.threads, b.checkpoints) == (2, a.checkpoints)
    assert b.reading is not None and b.reading["progress"] is None and b.reading["problem"] == ""
    for thread in ("a", "b"):
        mine, theirs = a.history(thread), b.history(thread)
        assert mine.size == theirs.size > 4
        assert mine.window(None, 0, 50) == theirs.window(None, 0, 50)
        for header in mine.headers:
            key = header.checkpoint_ns, header.checkpoint_id
            one, two = a.reader.state(thread, key), b.reader.state(thread, key)
            assert one is not None and two is not None and one.values == two.values
            assert [(w.task, w.channel) for w in a.reader.writes(thread, key) or []] == [
                (w.task, w.channel) for w in b.reader.writes(thread, key) or []
            ]
    without = [{**each, "bytes": None} for each in a.thread_list()[0]]
    assert without == [{**each, "bytes": None} for each in b.thread_list()[0]]


def test_sizes_of_others(make: Make) -> None:
    saver = make()
    looping(saver, 6).invoke(BEGIN, config("t"))
    observable = observe(saver)
    held = observable.reader.held("t")
    assert set(held.rows) == {("", h.checkpoint_id) for h in observable.history("t").headers}
    stored = len(saver.serde.dumps_typed([0, 1, 2, 3, 4])[1])
    plain = [size for (_, channel, _), size in held.blobs.items() if channel == "plain"]
    assert max(plain) == stored + 1 and len(plain) == 6
    assert observable.reader.held("t") == held
    total, _ = observable.total_bytes()
    assert total == pytest.approx(held.total, rel=0.02)
    looping(saver, 6).invoke(BEGIN, config("t"))
    observable.look_again()
    assert observable.reader.held("t").total > held.total


@pytest.mark.parametrize("encrypted", [False, True])
def test_what_cannot_be_deserialised(make: Make, encrypted: bool) -> None:
    serde: Any = EncryptedSerializer(Cipher(), Picky()) if encrypted else Picky()
    saver = make(serde)
    key = put(saver, {"a": [1], "bad": "secret"})
    saver.put_writes(config("t", key[1]), [("a", 1), ("bad", "secret")], "task")
    reader = observe(saver).reader
    state = reader.state("t", key)
    assert state is not None and state.values["a"] == [1] and state.problem == ""
    if make is upstream:
        bad = state.values["bad"]
        assert isinstance(bad, Undecodable) and bad.size == 7 and state.remarks["bad"] == bad.error
    kinds = [type(write.value) for write in reader.writes("t", key) or []]
    assert kinds == [int, Undecodable]
    with pytest.raises(ValueError, match="cannot read"):
        saver.get_tuple(config("t"))  # its own serializer is as it was


def test_an_encrypted_saver_of_which_the_key_is_lost(make: Make) -> None:
    saver = make(EncryptedSerializer(Cipher(), JsonPlusSerializer()))
    key = put(saver, {"a": [1]})
    assert observe(saver).reader.state("t", key).values == {"a": [1]}  # type: ignore[union-attr]
    saver.serde = EncryptedSerializer(Cipher("other"), JsonPlusSerializer())
    observable = observe(saver)
    state = observable.reader.state("t", key)
    assert state is not None and state.values == {} and "wrong key" in state.problem + str(observable.reading)


def test_an_upstream_saver_gets_no_ghosts_and_is_not_changed() -> None:
    saver = Upstream()
    looping(saver, 4).invoke(BEGIN, config("t"))
    before = everything(saver)
    observable = observe(saver)
    reader = observable.reader
    observable.thread_list("x"), observable.history("nope"), observable.total_bytes()
    for thread, key in (("nope", ("", "1")), ("t", ("sub", "1")), ("t", ("", "1"))):
        assert reader.state(thread, key) is None
        assert reader.lazily(thread, key) is None
        assert reader.channels(thread, key, ["a"]) is None
        assert reader.writes(thread, key) is None
        assert reader.held(thread).rows.keys() <= {("", id) for id in saver.storage["t"][""]}
    for header in observable.history("t").headers:
        reader.state("t", ("", header.checkpoint_id))
    observable.look_again()
    assert reader.ghosts() == ([], [])
    assert everything(saver) == before
    saver.get_tuple(config("ghost"))  # upstream's own doing
    assert reader.ghosts()[0] == ["ghost"] and observable.threads == 1


def test_an_upstream_saver_beside_writers() -> None:
    saver = Upstream()
    graph = looping(saver, 10)
    stop = threading.Event()
    errors: list[BaseException] = []

    def write(name: str) -> None:
        try:
            while not stop.is_set():
                graph.invoke(BEGIN, config(name))
                saver.delete_thread(name)
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=(f"w{i}",)) for i in range(2)]
    for each in writers:
        each.start()
    try:
        observable = observe(saver)
        seen = 0
        while seen < 60 and not errors:
            observable.look_again()
            for thread in ("w0", "w1"):
                for header in observable.history(thread).headers[:4]:
                    state = observable.reader.state(thread, ("", header.checkpoint_id))
                    if state is not None and not state.problem and header.metadata.get("source") == "loop":
                        assert state.values["n"] == header.metadata["step"]
                        seen += 1
    finally:
        stop.set()
        for each in writers:
            each.join()
    assert errors == []
    graph.invoke(BEGIN, config("last"))
    observable.look_again()
    assert set(saver.storage) == {"last"} | {name for name in ("w0", "w1") if name in saver.storage}
    assert not any(thread in saver.storage and not saver.storage[thread] for thread in ("w0", "w1"))


def test_what_cannot_be_read_says_why() -> None:
    saver = SqliteSaver(sqlite3.connect(":memory:"))  # for the thread that made it only
    put(saver, {"a": 1})
    observable = observe(saver)
    assert "same thread" in observable.reading["problem"]
    assert observable.thread_list() == ([], 0)
    state = observable.reader.state("t", ("", "0001"))
    assert state is not None and "same thread" in state.problem
    with pytest.raises(Unreadable, match="same thread"):
        observable.reader.lazily("t", ("", "0001"))


def test_a_saver_that_cannot_be_copied_is_read_as_it_is() -> None:
    closed: list[bool] = []

    class Closing(SqliteSaver):
        def __del__(self) -> None:
            closed.append(True)

    saver = Closing(sqlite3.connect(":memory:", check_same_thread=False))
    key = put(saver, {"a": 1})
    state = observe(saver).reader.state("t", key)
    assert state is not None and state.values == {"a": 1}
    gc.collect()
    assert closed == []


def test_a_saver_that_hangs_makes_nobody_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inmem_widgets.observables.reading.foreign.WAIT", 0.01)
    go = threading.Event()

    class Hanging(Upstream):
        def get_tuple(self, config: Any) -> Any:
            go.wait(20)
            return super().get_tuple(config)

    saver = Hanging()
    key = put(saver, {"a": 1})
    go.set()
    observable = observe(saver)
    assert observable.checkpoints == 1
    go.clear()
    news = threading.Event()
    stop = observable.on_update(news.set)
    state = observable.reader.state("t", key)
    assert state is not None and state.problem != ""
    news.clear()
    go.set()
    assert news.wait(20)  # that it can be had now is told
    assert observable._worker.ask(lambda: None).wait(30)
    state = observable.reader.state("t", key)
    assert state is not None and state.values == {"a": 1}
    stop()


def test_only_checkpointers_are_accepted() -> None:
    with pytest.raises(TypeError, match=r"obj: got builtins\.list, .* BaseCheckpointSaver"):
        observe([])
    bare = BaseCheckpointSaver()
    assert "NotImplementedError" in observe(bare).reading["problem"]  # type: ignore[index]
    assert key_in(config("t", "1")) == ("", "1")

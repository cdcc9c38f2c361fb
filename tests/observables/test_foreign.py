"""Checkpointers that are not ours: read through their public interface, beside whoever writes, in pieces."""

from __future__ import annotations

import gc
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables import ForeignSaver
from inmem_widgets.observables.timeline import polling
from inmem_widgets.observables.timeline.reader import Undecodable, Unreadable
from tests.observables.graphs import BEGIN, config, key_in, looping, nested
from tests.observables.test_readers import Cipher, Picky, put


def sqlite(serde: Any = None) -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False), serde=serde)


def upstream(serde: Any = None) -> Upstream:
    return Upstream(serde=serde)


Make = Callable[..., Any]


@pytest.fixture(params=[sqlite, upstream], ids=["sqlite", "upstream"])
def make(request: pytest.FixtureRequest) -> Make:
    found: Make = request.param
    return found


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "REFRESH", 0.01)
    monkeypatch.setattr(polling, "PACE", 0)


@pytest.fixture
def waiting() -> Iterator[Callable[[Any, Callable[[], Any]], None]]:
    """`waiting(observable, condition)`: until it holds, which is looked at whenever there is news."""
    stops: list[Callable[[], None]] = []

    def wait(observable: Any, condition: Callable[[], Any]) -> None:
        news = threading.Event()
        stops.append(observable.on_update(news.set))
        until = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < until, "nothing happened"
            news.wait(0.5)
            news.clear()

    yield wait
    for stop in stops:
        stop()


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


def test_changes_come_while_somebody_looks(make: Make, quick: None, waiting: Any) -> None:
    saver = make()
    graph = looping(saver, 4)
    graph.invoke(BEGIN, config("a"))
    observable = observe(saver)
    size = observable.history("a").size
    graph.invoke(BEGIN, config("a"))
    waiting(observable, lambda: observable.history("a").size > size)
    graph.invoke(BEGIN, config("b"))
    waiting(observable, lambda: observable.threads == 2)
    newest = observable.history("b").headers[0].checkpoint_id
    saver.put_writes(config("b", newest), [("__interrupt__", "wait")], "task")
    waiting(observable, lambda: observable.history("b").headers[0].writes)
    saver.delete_thread("b")
    waiting(observable, lambda: observable.history("b").size == 0)
    assert observable.was("b") and observable.threads == 1
    assert [t["id"] for t in observable.thread_list()[0]] == ["a"]


def test_nobody_looks_nothing_is_asked(make: Make, quick: None, waiting: Any) -> None:
    calls: list[str] = []

    class Counting(make().__class__):  # type: ignore[misc]
        def list(self, *args: Any, **kwargs: Any) -> Any:
            calls.append("list")
            return super().list(*args, **kwargs)

        def get_tuple(self, *args: Any, **kwargs: Any) -> Any:
            calls.append("get")
            return super().get_tuple(*args, **kwargs)

    saver = Counting(sqlite3.connect(":memory:", check_same_thread=False)) if make is sqlite else Counting()
    put(saver, {"a": 1})
    observable = observe(saver)
    stop = observable.on_update(lambda: None)
    seen = len(calls)
    deadline = time.monotonic() + 20
    while len(calls) < seen + 3:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    stop()
    worker = observable._worker
    worker.ask(lambda: None).wait(10)  # what was under way is done
    seen = len(calls)
    while worker._due is not None:  # the last look finds that nobody looks
        assert time.monotonic() < deadline
        worker.ask(lambda: None).wait(10)
    assert len(calls) == seen
    put(saver, {"a": 2}, id="0002")
    threading.Event().wait(0.02)  # what was read just before is good for a moment
    assert observable.checkpoints == 2  # who asks is told the truth


def test_watching_keeps_nothing_alive(make: Make, quick: None) -> None:
    saver = make()
    looping(saver, 4).invoke(BEGIN, config("t"))
    gc.collect()
    observable = observe(saver)
    observable.on_update(lambda: None)
    observable.history("t")
    alive, watching = weakref.ref(saver), weakref.ref(observable)
    worker = observable._worker
    reader = observable.reader
    del saver
    worker.ask(lambda: None).wait(10)
    gc.collect()
    assert alive() is None and observable.source is None
    assert observable.thread_list() == ([], 0) and observable.total_bytes()[0] is None
    assert reader.state("t", ("", "1")) is reader.writes("t", ("", "1")) is None
    assert reader.held("t").total == 0 and reader.ghosts() == ([], [])
    del observable
    worker.ask(lambda: None).wait(10)
    gc.collect()
    assert watching() is None and worker._closed


def test_an_observed_trait_keeps_the_observable_as_long_as_the_saver(make: Make, quick: None) -> None:
    saver = make()
    told: list[Any] = []
    news = threading.Event()
    observe(saver).observe(lambda change: (told.append(change["new"]), news.set()), "checkpoints")
    gc.collect()
    put(saver, {"a": 1})
    assert news.wait(20) and told == [1]
    held = weakref.ref(observe(saver))
    del saver
    gc.collect()
    found = held()
    if found is not None:  # its thread may just be at it
        found._worker.ask(lambda: None).wait(10)
        found = None
    gc.collect()
    assert held() is None


def test_the_first_reading_comes_in_pieces(monkeypatch: pytest.MonkeyPatch, waiting: Any) -> None:
    monkeypatch.setattr("inmem_widgets.observables.foreignsaver.FIRST", 0.0)
    monkeypatch.setattr(polling, "PAGE", 8)
    monkeypatch.setattr(polling, "MOST", 8)
    saver = sqlite()
    graph = looping(saver, 100)
    graph.invoke({**BEGIN, "n": 1}, {**config("t"), "recursion_limit": 200})
    observable = observe(saver)
    seen: list[Any] = []
    observable.on_update(lambda: seen.append((observable.reading["progress"], observable.catalog.count())))
    waiting(observable, lambda: observable.reading["progress"] is None)
    assert observable.checkpoints == len(list(saver.list(None)))
    shares = [share for share, _ in seen if share is not None]
    assert shares == sorted(shares) and all(0 <= share < 1 for share in shares)
    assert [count for _, count in seen] == sorted(count for _, count in seen)


def test_copies_of_a_thread_have_the_same_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAGE", 4)
    monkeypatch.setattr(polling, "MOST", 4)
    saver = sqlite()
    for id in ("0001", "0002", "0003"):
        for thread in "abcdef":
            put(saver, {"a": 1}, thread=thread, id=id)
    observable = observe(saver)
    assert (observable.threads, observable.checkpoints) == (6, 18)


def test_what_is_copied_and_pruned_elsewhere_is_found_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    saver = sqlite()
    for id in range(40):
        put(saver, {"a": 1}, id=f"{id:04}", thread="a")
    observable = observe(saver)
    assert observable.checkpoints == 40
    put(saver, {"a": 1}, id="0000", thread="copy")  # older than all that is looked at
    with saver.cursor() as cursor:
        cursor.execute("DELETE FROM checkpoints WHERE thread_id = 'a' AND checkpoint_id < '0010'")
    observable.look_again()
    assert (observable.threads, observable.checkpoints) == (2, 31)
    assert observable.history("a").size == 30


def test_a_saver_that_lists_in_another_order() -> None:
    class ByThread(SqliteSaver):
        """As upstream's `InMemorySaver` does."""

        def list(self, config: Any, *, filter: Any = None, before: Any = None, limit: Any = None) -> Any:
            found = sorted(
                super().list(config, filter=filter, before=before), key=lambda each: str(each.config)
            )
            return iter(found[:limit])

    saver = ByThread(sqlite3.connect(":memory:", check_same_thread=False))
    for thread in "ab":
        for id in range(50):
            put(saver, {"a": 1}, id=f"{id:04}", thread=thread)
    observable = observe(saver)
    assert (observable.threads, observable.checkpoints) == (2, 100)


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
    monkeypatch.setattr("inmem_widgets.observables.timeline.foreign.WAIT", 0.01)
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
    assert observable._worker.ask(lambda: None).wait(10)
    state = observable.reader.state("t", key)
    assert state is not None and state.values == {"a": 1}
    stop()


def test_only_checkpointers_are_accepted() -> None:
    with pytest.raises(TypeError, match=r"obj: got builtins\.dict, .* and any BaseCheckpointSaver"):
        observe({})  # type: ignore[call-overload]
    bare = BaseCheckpointSaver()
    assert "NotImplementedError" in observe(bare).reading["problem"]  # type: ignore[index]
    assert key_in(config("t", "1")) == ("", "1")

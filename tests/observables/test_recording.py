"""What is recorded, and what a recording survives."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.caches import InMemoryCache as LCCache
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import Generation
from langchain_core.stores import InMemoryStore as LCStore
from langgraph.graph import START, MessagesState, StateGraph

from inmem_widgets import (
    InMemoryCache,
    InMemorySaver,
    InMemoryStore,
    observe,
    record,
    replay,
    watched_dict,
)
from inmem_widgets.observables.recording import recorders, tape
from tests.observables.recordings import lines_of
from tests.threads import until

WRITER = """
import sys, time
from inmem_widgets import InMemoryStore, record
store = InMemoryStore()
store.mset([("before", "it began")])
recording = record(sys.argv[1], store)
for n in range(10_000_000):
    store.mset([(f"key-{n}", time.time())])
    print(n, flush=True)
    time.sleep(0.002)
"""


def test_a_process_that_is_killed_loses_a_second_at_most(tmp_path: Path) -> None:
    path = tmp_path / "killed.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) >= 300:
                break
        os.kill(writer.pid, signal.SIGKILL)
        killed = time.time()
        writer.stdout.close()
    with replay(path) as found:
        held = found.objects["store"].store
        assert held["before"] == "it began"
        written = [held[f"key-{n}"] for n in range(len(held) - 1)]  # none is missing in between
        assert killed - written[-1] <= 1.0
        assert not found.ended


def test_a_last_line_that_is_cut_off_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    store = InMemoryStore[Any]()
    with record(path, store) as recording:
        store.mset([("a", 1)])
        recording.flush()  # else both may be in one line
        store.mset([("b", 2)])
    data = path.read_bytes()
    cut = data.rindex(b'{"is":"change"')
    path.write_bytes(data[: cut + 30])
    with replay(path) as found:
        assert found.objects["store"].store == {"a": 1}
        assert "cut off" in found.problem
    path.write_bytes(data[:cut] + b"{damaged\n" + data[cut:])
    with replay(path) as found:
        assert found.objects["store"].store == {"a": 1, "b": 2}
        assert "1 damaged line" in found.problem


def test_each_change_is_one_line_with_time_and_origin(tmp_path: Path) -> None:
    store = InMemoryStore[Any]()
    began = time.time()
    with record(tmp_path / "r.jsonl", store, names=["notes"]) as recording:
        store.mset([("a", 1), ("b", [1, 2])])
        store.mdelete(["a"])
        assert recording.names == ("notes",)
    found = lines_of(tmp_path / "r.jsonl")
    assert [line["is"] for line in found] == ["head", "ready", "origin", "change", "change", "end"]
    first, second = found[3:5]
    assert (first["kind"], first["keys"], first["values"]) == ("set", ["a", "b"], [1, [1, 2]])
    assert (second["kind"], second["keys"]) == ("delete", ["a"])
    assert began <= first["t"] <= second["t"] <= time.time()
    assert first["by"] == found[2]["id"] and found[2]["by"]["os_thread"] == "MainThread"


def test_a_full_disk_is_told_once_and_the_object_is_unharmed(caplog: pytest.LogCaptureFixture) -> None:
    store = InMemoryStore[Any]()
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    recording = record("/dev/full", store)
    for n in range(50):
        store.mset([(f"{n}", "x" * 10_000)])
    until(lambda: recording.problem)
    assert "No space left" in recording.problem and recording.closed
    store.mset([("after", 1)])
    until(lambda: gc.collect() >= 0 and not store.changes.active)  # nobody listens any more
    recording.close()
    assert store.mget(["after"]) == [1]
    assert sum("has stopped" in each.message for each in caplog.records) == 1


def test_a_file_that_is_closed_ends_the_recording_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = InMemoryStore[Any]()
    recording = record(tmp_path / "r.jsonl", store)
    recording.flush()
    os.close(recording._tape._file.fileno())
    store.mset([("a", 1)])
    until(lambda: recording.problem)
    assert store.mget(["a"]) == [1]
    assert sum("has stopped" in each.message for each in caplog.records) == 1


def test_changes_that_come_too_fast_are_told_as_lost_and_the_contents_are_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, cache, saver = InMemoryStore[Any](), InMemoryCache(), InMemorySaver()
    with record(tmp_path / "r.jsonl", store, cache, saver) as recording:
        recording.flush()
        for obj in (store, cache):
            obj.changes._number += 7  # as if so many had been dropped
        store._store["unseen"] = 1
        cache._cache["p", "l"] = [Generation(text="unseen")]
        store.mset([("a", 1)])
        cache.lookup("p", "l")
        recording.flush()
        store.mset([("b", 1)])
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects["store"].store == {"unseen": 1, "a": 1, "b": 1}
        assert found.objects["cache"]._cache == cache._cache
        assert found.objects["cache"].stats() == cache.stats()
        assert "14 changes came too fast" in found.problem


def test_the_writer_never_waits_for_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that writes hangs: changes go on, and the queue is bounded."""
    import threading

    hangs, release = threading.Event(), threading.Event()
    writing = tape.Tape.put

    def slow(self: tape.Tape, data: bytes) -> None:
        if data.startswith(b'{"is":"change"'):
            hangs.set()
            release.wait(30)
        writing(self, data)

    monkeypatch.setattr(tape.Tape, "put", slow)
    store = InMemoryStore[Any]()
    recording = record(tmp_path / "r.jsonl", store)
    store.mset([("a", 1)])
    assert hangs.wait(20)
    for n in range(1000):
        store.mset([("n", n)])
    assert not recording.flush(0.05)
    release.set()
    recording.close()
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects["store"].store == {"a": 1, "n": 999}


def test_recording_keeps_nothing_alive_and_ends_with_its_objects(tmp_path: Path) -> None:
    import weakref

    store, saver = InMemoryStore[Any](), InMemorySaver()
    recording = record(tmp_path / "r.jsonl", store, saver)
    store.mset([("a", 1)])
    recording.flush()
    gone = weakref.ref(store), weakref.ref(saver)
    del store, saver
    until(lambda: gc.collect() >= 0 and not any(each() for each in gone))
    until(lambda: recording.closed)
    assert lines_of(tmp_path / "r.jsonl")[-1]["is"] == "end"


def test_values_are_bounded(tmp_path: Path) -> None:
    store = InMemoryStore[Any]()
    store.mset([("text", "x" * 10_000), ("list", list(range(10_000))), ("bytes", b"\xff" * 10_000)])
    with record(tmp_path / "r.jsonl", store, most=1_000):
        pass
    assert all(len(line) < 3_000 for line in (tmp_path / "r.jsonl").read_bytes().splitlines())
    with replay(tmp_path / "r.jsonl") as found:
        text, numbers = found.objects["store"].mget(["text", "list"])
        assert text.startswith("xxx") and text.endswith("more characters, not recorded")
        assert numbers[-1].endswith("more, not recorded")


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({"path": 1}, TypeError, "path"),
        ({"objs": ()}, TypeError, "at least one"),
        ({"objs": (1,)}, TypeError, "obj"),
        ({"redact": 1}, TypeError, "redact"),
        ({"names": "a"}, TypeError, "names"),
        ({"names": ["a", "b"]}, ValueError, "names"),
        ({"most": 0}, ValueError, "most"),
        ({"most": "1"}, TypeError, "most"),
    ],
)
def test_bad_arguments_are_named_and_nothing_is_written(
    tmp_path: Path, given: dict[str, Any], error: type[Exception], told: str
) -> None:
    path = tmp_path / "r.jsonl"
    objs = given.pop("objs", (InMemoryStore[Any](),))
    with pytest.raises(error, match=told):
        record(given.pop("path", path), *objs, **given)
    assert not path.exists()


def test_a_folder_that_is_not_there_leaves_nobody_listening(tmp_path: Path) -> None:
    store = InMemoryStore[Any]()
    with pytest.raises(FileNotFoundError):
        record(tmp_path / "none" / "r.jsonl", store)
    seen = observe(store)
    seen.close()
    assert not store.changes.active


def test_contents_change_while_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that never rests: what was copied and what follows agree at the end."""
    import threading

    monkeypatch.setattr(recorders, "TRIES", 3)
    store, stop = InMemoryStore[Any](), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            store.mset([(f"{n % 50}", n)])
            n += 1
            if n % 3 == 0:
                store.mdelete([f"{n % 50}"])

    writer = threading.Thread(target=write)
    writer.start()
    recording = record(tmp_path / "r.jsonl", store)
    until(lambda: recording._tape.lines > 20)
    stop.set()
    writer.join()
    recording.close()
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects["store"].store == store.store


async def test_a_checkpointer_on_an_event_loop_is_recorded_without_blocking_it(tmp_path: Path) -> None:
    saver_module = pytest.importorskip("langgraph.checkpoint.sqlite.aio")
    async with saver_module.AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        graph = StateGraph(MessagesState)
        graph.add_node("node", lambda state: {"messages": [AIMessage("answer")]})
        graph.add_edge(START, "node")
        compiled = graph.compile(checkpointer=saver)
        given: Any = {"messages": [HumanMessage("a")]}
        await compiled.ainvoke(given, {"configurable": {"thread_id": "before"}})
        recording = record(tmp_path / "r.jsonl", saver)
        await compiled.ainvoke(given, {"configurable": {"thread_id": "after"}})
        assert not recording.flush()  # cannot wait here
        assert await asyncio.to_thread(recording.flush, 20)
        await compiled.ainvoke(given, {"configurable": {"thread_id": "last"}})
        recording.close()
        await asyncio.to_thread(until, lambda: recording.closed)
        wanted = [(each.checkpoint, each.pending_writes) async for each in saver.alist(None)]
    with replay(tmp_path / "r.jsonl") as found:
        replayed = found.objects["saver"]
        assert [(each.checkpoint, each.pending_writes) for each in replayed.list(None)] == wanted


def test_stores_and_caches_of_others_are_recorded_too(tmp_path: Path) -> None:
    store, cache = LCStore(), LCCache(maxsize=2)
    notes: dict[str, int] = watched_dict({"a": 1})
    store.mset([("before", {"k": 1})])
    with record(tmp_path / "r.jsonl", store, cache, notes, names=["store", "cache", "notes"]):
        store.mset([("after", [1, 2])])
        store.mdelete(["before"])
        for n in range(3):
            cache.update(f"p{n}", "llm", [Generation(text=f"{n}")])
        cache.lookup("p2", "llm")
        notes["b"] = 2
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects["store"].store == {"after": [1, 2]}
        assert found.objects["notes"].store == {"a": 1, "b": 2}
        stats = found.objects["cache"].stats()
        assert (stats.hits, stats.inserts, stats.evictions, stats.size) == (1, 3, 1, 2)
        assert found.objects["store"].type_name == "InMemoryStore"

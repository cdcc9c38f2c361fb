"""The feed: order, numbers, pace, and that no listener can hurt."""

from __future__ import annotations

import copy
import gc
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from inmem_widgets.core import changes as module
from inmem_widgets.core.change import MISSING, Change, told
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.store import InMemoryStore

WAIT = 10.0


def write(feed: Changes, *keys: Any) -> None:
    for key in keys:
        if feed.active:
            feed.append((told, "set", (key,)))
            if feed.asleep:
                feed.wake()


def test_a_listener_gets_every_change_numbered_and_in_order() -> None:
    feed, got = Changes(), list[Change]()
    feed.listen(got.append)
    write(feed, *range(20_000))
    assert feed.flush(WAIT)
    assert [change.number for change in got] == list(range(1, 20_001))
    assert [change.keys for change in got] == [(i,) for i in range(20_000)]
    assert got[0] == Change(1, "set", (0,), None, None, None, {})


def test_numbers_are_of_the_object_not_of_the_listener() -> None:
    feed, first, second = Changes(), list[Change](), list[Change]()
    feed.listen(first.append)
    write(feed, "a", "b")
    feed.listen(second.append)  # not for what was written before, delivered or not
    write(feed, "c")
    assert feed.flush(WAIT)
    assert [change.number for change in first] == [1, 2, 3]
    assert [change.number for change in second] == [3]


def test_unlisten_is_idempotent_and_drops_what_waits() -> None:
    feed, got = Changes(), list[Change]()
    unlisten, other = feed.listen(got.append), feed.listen(lambda change: None)
    write(feed, 1)
    assert feed.flush(WAIT)
    unlisten()
    unlisten()
    assert feed.active
    write(feed, 2)
    assert feed.flush(WAIT)
    assert len(got) == 1
    other()
    assert not feed.active
    assert feed.flush(0)


def test_nothing_is_built_when_nobody_listens() -> None:
    feed = Changes()
    write(feed, 1, 2, 3)
    assert not feed._queue
    assert feed._thread is None


def test_one_that_raises_is_reported_once_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    feed, calls, others = Changes(), list[Change](), list[Change]()

    def bad(change: Change) -> None:
        calls.append(change)
        raise SystemExit("no")

    feed.listen(bad)
    feed.listen(others.append)
    with caplog.at_level(logging.ERROR, "inmem_widgets"):
        write(feed, *range(5))
        assert feed.flush(WAIT)
    assert len(calls) == len(others) == 5
    assert len(caplog.records) == 1
    assert "bad" in caplog.text


def test_a_slow_one_delays_neither_writer_nor_others() -> None:
    feed, gate, others = Changes(), threading.Event(), list[Change]()
    feed.listen(lambda change: gate.wait(WAIT))
    done = threading.Event()
    feed.listen(lambda change: (others.append(change), change.keys == ("last",) and done.set()))
    write(feed, *range(100), "last")
    assert done.wait(WAIT)
    assert len(others) == 101
    assert not feed.flush(0)  # the slow one has not got all
    gate.set()
    assert feed.flush(WAIT)


def test_overload_shows_as_a_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inmem_widgets.core.delivery.LIMIT", 10)
    feed, gate, got = Changes(), threading.Event(), list[Change]()
    feed.listen(lambda change: (gate.wait(WAIT), got.append(change)))
    write(feed, *range(1_000))
    feed.flush(0.2)
    write(feed, *range(1_000))
    gate.set()
    assert feed.flush(WAIT)
    numbers = [change.number for change in got]
    assert numbers == sorted(set(numbers))
    assert len(numbers) < 2_000
    assert numbers[-1] == 2_000


def test_a_backlog_is_cut_with_exact_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 10)
    feed, got = Changes(), list[Change]()
    feed.listen(got.append)
    feed.asleep = False  # no pump yet
    write(feed, *range(25))
    feed.asleep = True
    feed.wake()
    assert feed.flush(WAIT)
    assert [change.number for change in got] == list(range(16, 26))


def test_who_gives_a_latest_loses_nothing_of_a_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 10)
    monkeypatch.setattr("inmem_widgets.core.delivery.LIMIT", 10)
    monkeypatch.setattr(module, "SLICE", 4)
    feed, got = Changes(), list[Change]()
    feed.listen_batched(got.extend, interval=3600, latest=3600)
    feed.asleep = False  # no pump yet
    write(feed, *range(1_000))
    feed.asleep = True
    feed.wake()
    assert feed.flush(WAIT)
    assert [change.number for change in got] == list(range(1, 1_001))


def test_much_that_waits_is_delivered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inmem_widgets.core.delivery.CROWD", 10)
    feed, sizes, told = Changes(), list[int](), threading.Semaphore(0)
    feed.listen_batched(lambda batch: (sizes.append(len(batch)), told.release()), interval=3600, latest=3600)
    write(feed, "first")
    assert told.acquire(timeout=WAIT)
    write(feed, *range(10))
    assert told.acquire(timeout=WAIT)
    assert sum(sizes) == 11


def test_batches_first_at_once_then_at_the_interval_and_the_last_always() -> None:
    feed, batches, times = Changes(), list[list[Change]](), list[float]()
    first = threading.Event()

    def take(batch: list[Change]) -> None:
        times.append(time.monotonic())
        batches.append(batch)
        first.set()

    feed.listen_batched(take, interval=0.2)
    write(feed, 1)
    assert first.wait(WAIT)
    write(feed, 2, 3)
    first.clear()
    assert first.wait(WAIT)
    assert [change.keys[0] for change in batches[0]] == [1]
    assert [change.keys[0] for change in batches[1]] == [2, 3]
    assert times[1] - times[0] >= 0.19


def test_flush_does_not_wait_the_interval_out() -> None:
    feed, batches = Changes(), list[list[Change]]()
    feed.listen_batched(batches.append, interval=3600)
    write(feed, 1)
    assert feed.flush(WAIT)
    write(feed, 2)
    assert feed.flush(WAIT)
    assert [len(batch) for batch in batches] == [1, 1]


def test_without_records_only_that_something_happened() -> None:
    feed, calls = Changes(), list[list[Change]]()
    feed.listen_batched(calls.append, interval=0, records=False)
    write(feed, *range(100))
    assert feed.flush(WAIT)
    assert calls
    assert all(call == [] for call in calls)
    count = len(calls)
    assert feed.flush(WAIT)
    assert len(calls) >= count


def test_a_listener_may_write_and_may_not_wait_for_itself() -> None:
    store, seen, answers = InMemoryStore[int](), list[str](), list[bool]()

    def follow(change: Change) -> None:
        seen.extend(change.keys)
        answers.append(store.changes.flush(WAIT))
        if len(seen) < 10:
            store.mset([(f"next {len(seen)}", 1)])

    store.changes.listen(follow)
    store.mset([("start", 1)])
    while len(seen) < 10:
        assert store.changes.flush(WAIT)
    assert answers == [False] * len(answers)
    assert len(store) == 10


def test_idle_threads_end_and_nothing_is_kept_alive() -> None:
    def watched() -> tuple[weakref.ref[Any], weakref.ref[Any]]:
        store = InMemoryStore[int]()
        store.changes.listen(lambda change: store)
        store.mset([("key", 1)])
        assert store.changes.flush(WAIT)
        return weakref.ref(store), weakref.ref(store.changes)

    store, feed = watched()
    for thread in threading.enumerate():
        if thread.name.startswith("inmem-widgets"):
            thread.join(WAIT)
    gc.collect()
    assert store() is None
    assert feed() is None


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda feed: pickle.loads(pickle.dumps(feed))])
def test_a_copy_has_no_listeners(again: Callable[[Changes], Changes]) -> None:
    feed = Changes()
    feed.listen(lambda change: None)
    assert not again(feed).active


def test_many_writers_lose_nothing() -> None:
    feed, got = Changes(), list[Change]()
    feed.listen(got.append)
    threads = [threading.Thread(target=write, args=(feed, *range(n, 40_000, 4))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert feed.flush(WAIT)
    assert sorted(change.keys[0] for change in got) == list(range(40_000))
    assert [change.number for change in got] == list(range(1, 40_001))
    for n in range(4):
        mine = [change.keys[0] for change in got if change.keys[0] % 4 == n]
        assert mine == sorted(mine)


def test_bad_arguments() -> None:
    with pytest.raises(TypeError, match="fn: expected a callable, got int"):
        Changes().listen(1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="interval: expected seconds >= 0, got -1"):
        Changes().listen_batched(print, interval=-1)


def test_missing_says_so() -> None:
    assert repr(MISSING) == "MISSING"
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_a_script_that_ends_still_delivers() -> None:
    code = """
from inmem_widgets import InMemoryStore
store = InMemoryStore()
store.changes.listen(lambda change: print(change.kind, *change.keys))
store.mset([("a", 1)])
store.mdelete(["a"])
"""
    assert run(code) == "set a\ndelete a\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_goes_on() -> None:
    code = """
import os
from inmem_widgets import InMemoryStore
store = InMemoryStore()
got = []
store.changes.listen(got.append)
store.mset([("a", 1)])
store.changes.flush(10)
child = os.fork()
store.mset([("b", 1)])
assert store.changes.flush(10)
if child == 0:
    os._exit(0 if [change.keys for change in got] == [("a",), ("b",)] else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), [change.number for change in got])
"""
    assert run(code) == "0 [1, 2]\n"

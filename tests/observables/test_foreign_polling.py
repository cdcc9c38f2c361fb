"""Reading other checkpointers again and again: whole at first, in pieces, and then what is new."""

from __future__ import annotations

import gc
import sqlite3
import threading
import time
import weakref
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import observe
from inmem_widgets.observables.reading import polling
from tests.observables.foreigners import Make, sqlite
from tests.observables.graphs import BEGIN, config, looping
from tests.observables.test_readers import put


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
    worker.ask(lambda: None).wait(30)  # what was under way is done
    seen = len(calls)
    while worker._due is not None:  # the last look finds that nobody looks
        assert time.monotonic() < deadline
        worker.ask(lambda: None).wait(30)
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
    worker.ask(lambda: None).wait(30)
    gc.collect()
    assert alive() is None and observable.source is None
    assert observable.thread_list() == ([], 0) and observable.total_bytes()[0] is None
    assert reader.state("t", ("", "1")) is reader.writes("t", ("", "1")) is None
    assert reader.held("t").total == 0 and reader.ghosts() == ([], [])
    del observable
    worker.ask(lambda: None).wait(30)
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
        found._worker.ask(lambda: None).wait(30)
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

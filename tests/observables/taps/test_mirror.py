"""What is kept of a store that is read: bounded, and never older than what was told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from langchain_core.stores import BaseStore
from langgraph.store.sqlite import SqliteStore

from inmem_widgets import inspect
from inmem_widgets.observables.taps import kept, told
from inmem_widgets.observables.taps.unread import Unread, is_unread
from tests.observables.taps.telling import Listened, previews, rows, seen
from tests.threads import until


class Slow(BaseStore[str, bytes]):
    """Reads when it may, and can be stopped in the midst of it."""

    def __init__(self, held: dict[str, bytes]) -> None:
        self.held = dict(held)
        self.go, self.reading = threading.Event(), threading.Event()
        self.go.set()

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        found = [self.held.get(key) for key in keys]
        self.reading.set()
        assert self.go.wait(20)
        return found

    def mset(self, key_value_pairs: Sequence[tuple[str, bytes]]) -> None:
        self.held.update(key_value_pairs)

    def mdelete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.held.pop(key, None)

    def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
        found = [*self.held]
        self.reading.set()
        assert self.go.wait(20)
        yield from found

    def stop(self) -> None:
        self.reading.clear()
        self.go.clear()


def test_so_many_bytes_of_values_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 10_000)
    store = Slow({f"k{n:02}": b"x" * 1_000 for n in range(30)})
    observable = seen(store)
    source = observable.stand_in
    assert source is not None
    for key in store.held:
        assert observable.value(key) == b"x" * 1_000
    values = [*source.mirror.values()]
    assert sum(map(is_unread, values)) == 21 and {each.size for each in values[:21]} == {1_000}
    assert observable.total_bytes()[0] == 30_000
    assert Unread(3).size == 3 and repr(Unread(3)) == "UNREAD"


def test_what_is_written_during_a_reading_is_not_undone_by_it() -> None:
    store = Slow({"a": b"1", "b": b"1", "gone": b"1"})
    observable = seen(store)
    heard = Listened(observable)
    store.stop()
    source = observable.stand_in
    assert source is not None
    job = source.refresh()
    assert store.reading.wait(20)
    store.mset([("new", b"2")])  # the reading does not know of it
    store.mdelete(["gone"])  # and still knows of this
    store.go.set()
    assert job.wait(20)
    assert [*rows(observable)] == ["a", "b", "new"]
    assert observable.refresh(20) and [*rows(observable)] == ["a", "b", "new"]
    assert heard.told() == [("set", ["new"], [b"2"]), ("delete", ["gone"], None)]


def test_a_value_read_before_it_was_written_is_not_shown_after() -> None:
    store = Slow({"a": b"old"})
    observable = seen(store)
    store.stop()
    rows(observable)  # wants the value
    assert store.reading.wait(20)
    store.mset([("a", b"new")])
    store.go.set()
    assert previews(observable) == {"a": "new"}


def test_a_store_that_does_not_answer_stops_nobody() -> None:
    store = Slow({"a": b"1"})
    table = inspect(store)
    observable = seen(store)
    store.stop()
    store.mset([("b", b"2")])
    assert {*rows(observable)} == {"a", "b"} and observable.size == 2
    assert not observable.refresh(0.01)
    store.go.set()
    until(lambda: previews(observable) == {"a": "1", "b": "2"})
    table.close()


def test_views_are_told_when_values_have_come_and_not_again() -> None:
    store = Slow({"a": b"1"})
    observable = seen(store)
    told: list[int] = []
    stop = observable.on_update(lambda: told.append(len(rows(observable))))
    previews(observable)
    until(lambda: told)
    source = observable.stand_in
    assert source is not None
    source.worker.ask(lambda: None).wait(20)
    count = len(told)
    for _ in range(5):
        rows(observable)
        source.worker.ask(lambda: None).wait(20)
    assert len(told) == count
    stop()


def test_keys_of_one_large_call_are_not_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "NOTED", 3)
    store = Slow({})
    observable = seen(store)
    observable.refresh(10)
    heard = Listened(observable)
    for name in "abcde":
        store.mset([(name, b"")])
    observable.refresh(10)
    heard.told()
    heard.clear()
    store.mset([(str(n), b"") for n in range(10)])
    observable.refresh(10)
    assert [(kind, len(keys)) for kind, keys, _ in heard.told()] == [("set", 10)]
    heard.stop()


class Failing(Slow):
    """Raises what it is given when it is read."""

    error: BaseException | None = None

    def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
        if self.error is not None:
            raise self.error
        return super().yield_keys()

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        if self.error is not None:
            raise self.error
        return super().mget(keys)


@pytest.mark.parametrize("error", [OSError("away"), SystemExit("away"), asyncio.CancelledError("away")])
def test_whatever_a_reading_raises_is_said_and_the_next_one_goes_on(error: BaseException) -> None:
    store = Failing({"a": b"1"})
    observable = seen(store)
    assert observable.refresh(20)
    heard = Listened(observable)
    store.mset([("b", b"1")])
    store.error = error
    with pytest.raises(RuntimeError, match=f"cannot be read: {type(error).__name__}: away"):
        observable.refresh(20)
    rows(observable)  # wants the values
    source = observable.stand_in
    assert source is not None
    until(lambda: not source.wanted)
    assert observable.reading is not None and observable.reading["problem"].endswith("away")
    store.error = None
    assert observable.refresh(20) and previews(observable) == {"a": "1", "b": "1"}
    assert heard.told() == [("set", ["b"], [b"1"])]
    heard.stop()


def test_whoever_reads_is_interrupted_where_it_is_read_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with SqliteStore.from_conn_string(":memory:") as store:
        store.setup()
        observable = seen(store)
        source = observable.stand_in
        assert source is not None

        def interrupted(*_: Any) -> Any:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(source.reader, "news", interrupted)
            with pytest.raises(KeyboardInterrupt):
                observable.refresh(20)
        store.put(("n",), "a", {"v": 1})
        assert observable.refresh(20) and [*rows(observable)] == ["n/a"]

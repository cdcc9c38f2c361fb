"""Figures of what is read: what is not known yet is not told as nothing."""

from __future__ import annotations

from weakref import ref

from langchain_core.outputs import Generation

from inmem_widgets import inspect
from inmem_widgets.observables.keys.total import TotalBytes
from inmem_widgets.observables.taps.refresh import tick
from inmem_widgets.observables.taps.unread import Unread
from tests.observables.taps.telling import seen
from tests.observables.taps.test_caches import Own
from tests.observables.taps.test_mirror import Slow
from tests.threads import until


def test_bytes_of_values_that_were_not_read_are_not_known() -> None:
    total = TotalBytes()
    unread = {"a": Unread(None), "b": Unread(None)}
    assert total.of(unread, 0) == (None, "sampled")
    assert total.of({**unread, "c": b"1234"}, 1) == (12, "sampled")
    assert TotalBytes().of({}, 0)[0] == 0


def test_bytes_are_told_anew_once_values_were_read() -> None:
    observable = seen(store := Slow({"a": b"1234", "b": b"5678"}))
    assert observable.total_bytes() == (None, "sampled")
    assert observable.value("a") == b"1234"
    assert observable.total_bytes() == (8, "sampled")
    observable.value("b")
    assert observable.total_bytes() == (8, "exact") and store.held


def test_that_the_first_reading_is_done_is_told_though_nothing_is_there() -> None:
    observable = seen(store := Slow({}))
    source = observable.stand_in
    assert source is not None
    source.complete = False
    told: list[float | None] = []
    stop = observable.on_update(
        lambda: told.append(None if source.reading is None else source.reading["progress"])
    )
    tick(ref(source))
    assert until(lambda: None in told)
    stop()
    assert not store.held


def test_the_first_reading_is_nobodys_deed() -> None:
    observable = seen(store := Slow({"a": b"1"}))
    source = observable.stand_in
    assert source is not None
    log = observable.log
    source.mirror.clear()
    source.complete = False
    source.look(False)
    assert log.catch_up()
    reset = log.changes()[-1]
    assert (reset.kind, reset.by, reset.info) == ("reset", None, {"elsewhere": True}) and store.held


def test_of_a_cache_that_cannot_be_read_the_entries_seen_are_counted() -> None:
    cache = Own()
    counters = inspect(cache)
    cache.update("a", "model", [Generation(text="1")])
    cache.lookup("a", "model")
    assert counters.observable.size is None
    assert until(lambda: counters._state({})["size"] == 1)
    counters.close()

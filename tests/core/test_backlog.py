"""What waits to be numbered: as tuples or as rows, it comes to the same changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets.core import changes as module
from inmem_widgets.core.backlog import Rows, Tuples
from inmem_widgets.core.change import (
    MISSING,
    NO_INFO,
    UNTOLD,
    Change,
    Raw,
    deleted,
    evicting,
    got,
    hit,
    read,
    told,
    wrote,
    wrote_many,
)
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.origin import Origin

WAIT = 10.0
BY = Origin("a thread")
raws = st.lists(
    st.one_of(
        st.builds(lambda key, old: [wrote, key, 1, old, 2.0, BY], st.text(), st.sampled_from([UNTOLD, 0])),
        st.builds(lambda key: (deleted, key, MISSING, 0, None, None), st.text()),
        st.builds(lambda key: (got, key, 1, UNTOLD, None, None), st.text()),
        st.builds(lambda key: [hit, (key, "model"), MISSING, UNTOLD, 1.0, None], st.text()),
        st.builds(lambda key, gone: [evicting, key, 1, [gone, UNTOLD], None, None], st.text(), st.text()),
        st.builds(lambda *keys: (told, "set", keys, keys, None, None), st.text(), st.text()),
        st.builds(lambda *keys: (read, "get", keys, keys, None, None, NO_INFO, BY), st.text()),
        st.builds(lambda key: (wrote_many, ((key, 1), ("b", 2)), None, None, None), st.text()),
    )
)


def copies(raw: Iterable[Raw]) -> list[Raw]:
    """What was made of one sort of queue is not given to another one: lists may change on the way."""
    return [
        [list(item) if type(item) is list else item for item in each] if type(each) is list else each
        for each in raw
    ]


@given(raws, st.integers(0, 12))
def test_rows_come_to_the_same_changes_as_tuples(raw: list[Raw], count: int) -> None:
    tuples, rows = Tuples("set"), Rows()
    for each, other in zip(copies(raw), copies(raw), strict=True):
        tuples.append(each)
        rows.append(other)
    assert len(tuples) == len(rows) == len(raw)
    assert tuples.reads() == rows.reads() == sum(each[0] in (read, got) for each in raw)
    count = min(count, len(raw))
    for many in (count, len(raw) - count):
        some, same = tuples.take(many), rows.take(many)
        assert tuples.reads_in(some) == rows.reads_in(same)
        assert [*tuples.records(5, some)] == [*rows.records(5, same)]
    assert not len(tuples) and not len(rows)


@pytest.mark.parametrize("kind", ["tuples", "rows"])
def test_what_waits_is_bounded_where_no_thread_is_to_be_had(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, heard = module.start_thread, list[Change]()
    monkeypatch.setattr(module, "MANY", 10)
    feed = Changes(backlog=Rows() if kind == "rows" else None)
    feed.listen_batched(heard.extend, latest=1.0)

    def write(key: str) -> None:
        feed.append([wrote, key, 1, UNTOLD, None, None])
        if feed.asleep:
            feed.wake()

    monkeypatch.setattr(module, "start_thread", lambda *_: None)
    for n in range(100):
        write(f"{n}")
    assert feed.asleep and len(feed._queue) == 10 and feed.count == 100
    monkeypatch.setattr(module, "start_thread", start)
    write("last")
    assert feed.flush(WAIT)
    assert [change.number for change in heard] == list(range(92, 102))
    assert heard[-1].keys == ("last",)


def test_the_pump_looks_at_rows_no_more_often_than_its_listeners_do() -> None:
    feed: Any = Changes(backlog=Rows())
    assert feed._pause == module.PAUSE
    slow = feed.listen_batched(print, interval=3600)
    assert feed._pause == module.LONG_PAUSE
    quick = feed.listen_batched(print, interval=0.05)
    assert feed._pause == 0.025
    each = feed.listen(print)
    assert feed._pause == module.PAUSE
    for stop in (slow, quick, each):
        stop()
    assert feed._pause == module.PAUSE


def test_tuples_which_set_off_collections_do_not_wait() -> None:
    feed: Any = Changes()
    feed.listen_batched(print, interval=3600)
    assert feed._pause == module.PAUSE

"""What a report tells of each key is what going through the changes one by one tells, however they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets import InMemoryCache, InMemoryStore, observe, watch
from inmem_widgets.core.change import MISSING, UNTOLD, Change, deleted, got, read, told, wrote
from inmem_widgets.core.records import Records
from inmem_widgets.observables.report import sheet as became
from inmem_widgets.observables.report.sheet import Line, Rows, Sheet, outcome
from inmem_widgets.observables.report.stores import StorePart
from tests.observables.watched import ANSWER, rows

names = st.sampled_from("abcdef")
values = st.sampled_from([1, 2, "x", b"y", None])
pairs = st.lists(st.tuples(names, values), min_size=1, max_size=3, unique_by=lambda pair: pair[0])
deeds = st.one_of(
    st.tuples(st.just("set"), pairs),
    st.tuples(st.just("delete"), st.lists(names, min_size=1, max_size=3, unique=True)),
    st.tuples(st.just("get"), st.lists(names, min_size=1, max_size=2)),
    st.tuples(st.just("reset"), st.just([])),
)


def raws_of(story: list[Any], store: dict[str, Any]) -> Iterator[Any]:
    """What a store would leave in its queue."""
    for moment, (kind, what) in enumerate(story):
        time = float(moment)
        if kind == "set":
            olds = [store.get(key, MISSING) for key, _ in what]
            store |= dict(what)
            if len(what) == 1:
                yield [wrote, *what[0], olds[0], time, None]
            else:
                keys, new = zip(*what, strict=True)
                yield told, "set", keys, new, olds, time
        elif kind == "delete":
            gone = [key for key in what if key in store]
            olds = [store.pop(key) for key in gone]
            if len(gone) == 1:
                yield [deleted, gone[0], MISSING, olds[0], time, None]
            elif gone:
                yield told, "delete", gone, None, olds, time
        elif kind == "get":
            found = [store.get(key) for key in what]
            if len(what) == 1:
                yield [got, what[0], found[0], UNTOLD, time, None]
            else:
                yield read, "get", what, found, None, time
        else:
            yield told, "reset", (), None, None, time, {"before": dict(store)}
            store.clear()


def plainly(changes: list[Change]) -> tuple[dict[int, list[Line]], list[Line], list[Line]]:
    """The lines by what became of the key, those found and those not found: one change after the other."""
    written: dict[str, Line] = {}
    found: dict[str, Line] = {}
    absent: dict[str, Line] = {}
    between: dict[str, Any] = {}

    def take(lines: dict[str, Line], key: str, before: Any, after: Any, change: Change) -> None:
        line = lines.get(key)
        first, times = (before, 1) if line is None else (line.before, line.times + 1)
        lines[key] = Line(key, first, after, times, change.number, change.time, None)

    for change in changes:
        if change.kind == "get":
            for key, value in zip(change.keys, change.values or (), strict=True):
                take(absent if value is None else found, key, MISSING, value, change)
            continue
        held = change.info.get("before", {})
        keys, olds = (
            ([*held], [*held.values()]) if change.kind == "reset" else (change.keys, change.old or ())
        )
        for place, (key, old) in enumerate(zip(keys, olds, strict=True)):
            between[key] = old
            take(written, key, old, change.values[place] if change.values else MISSING, change)
    lines: dict[int, list[Line]] = {which: [] for which in range(6)}
    for line in written.values():
        which = outcome(line.before, line.after)
        lines[which].append(line._replace(before=between[line.key]) if which == became.BRIEF else line)
    return lines, [*found.values()], [*absent.values()]


@given(st.lists(deeds, max_size=25), st.lists(st.integers(1, 6), min_size=1), st.integers(1, 9), st.data())
def test_a_report_is_as_the_changes_one_by_one(
    story: list[Any], steps: list[int], spare: int, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(became, "SPARE", spare)
        patch.setattr(became, "FEW", data.draw(st.integers(0, 6)))  # rows that make no part of their own
        begin = {"a": 1, "b": "x"}
        raws = [*raws_of(story, dict(begin))]
        part = StorePart(observe(InMemoryStore[Any]()), "store")  # type: ignore[arg-type]
        part._next, at, number, changes = 1, 0, 1, list[Change]()
        while raws[at:]:
            step = steps[at % len(steps)]
            some = Records.of(number, raws[at : at + step], "set")
            number += len(some.changed())
            changes += some
            at += step
            part._take(some)
            if data.draw(st.booleans()):
                part.summary()  # a look in between makes no difference
        lines, found, absent = plainly(changes)
        for which in range(6):
            assert part._keys.lines(0, 100, which) == (lines[which], 0)
        assert part._keys.sums == [len(lines[which]) for which in range(6)]
        assert part._found.lines(0, 100) == (found, 0)
        assert part._absent.lines(0, 100) == (absent, 0)
        assert part._keys.touched == sum(line.times for each in lines.values() for line in each)
        assert part.changes() == changes
        assert part.lost == 0


@given(
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=40), st.integers(1, 9), st.integers(1, 5)
)
def test_what_there_is_no_room_for_is_counted(told: list[Any], most: int, step: int) -> None:
    sheet, plain = Sheet(most), Sheet(most)
    for start in range(0, len(told), step):
        keys, there = zip(*told[start : start + step], strict=True)
        afters = [1 if each else MISSING for each in there]
        numbers = [*range(start, start + len(keys))]
        sheet.write(Rows(keys, [MISSING] * len(keys), afters, numbers, numbers, numbers))
        for key, after, number in zip(keys, afters, numbers, strict=True):
            plain.add(key, MISSING, after, number, number, number)
            assert sum(plain.sums) >= len(plain)
    assert len(sheet) == min(most, len({key for key, _ in told}))
    assert sheet.sums == plain.sums
    assert sheet.lines(0, 100) == plain.lines(0, 100)


def test_what_was_added_and_deleted_again_is_shown_as_it_was() -> None:
    store = InMemoryStore[str]()
    with watch(store) as seen:
        store.mset([("brief", "first")])
        store.mset([("brief", "there for a moment")])
        store.mdelete(["brief"])
    (brief,) = rows(seen, "brief")
    assert (brief["before"], brief["after"], brief["count"]) == ("there for a moment", "", 3)
    assert (brief["type"], brief["size"]) == ("str", 18)
    assert "was there for a moment" in str(seen)


@pytest.mark.parametrize("maxsize", [None, 3])
def test_lookups_between_updates_and_evictions(maxsize: int | None) -> None:
    cache = InMemoryCache(maxsize=maxsize)
    with watch(cache) as seen:
        for n in range(40):
            cache.lookup(f"{n % 7}", "m")
            cache.update(f"{n % 5}", "m", ANSWER)
    stats = cache.stats()
    told = seen.summary(cache)
    assert (told["hits"], told["misses"]) == (stats.hits, stats.misses)
    sections = {section["id"]: section for section in seen.told()[0]["sections"]}
    missed = [sections[name] for name in sections if name.startswith("miss ")]
    keys = {(name, row["key"]) for name in sections if name.startswith("miss ") for row in rows(seen, name)}
    assert sum(row["count"] for name in sections if name.startswith("miss ") for row in rows(seen, name)) == (
        stats.misses
    )
    assert len(keys) == sum(section["count"] for section in missed)
    if maxsize is not None:
        evicted = rows(seen, "evicted")
        assert sum(row["count"] for row in evicted) == stats.evictions
        assert all(row["note"].startswith("for ") for row in evicted)
        assert evicted[0]["before"] == "three nights near the harbour"
    assert [change.kind for change in seen.changes(cache)].count("insert") == stats.inserts

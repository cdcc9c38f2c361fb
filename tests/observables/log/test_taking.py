"""Changes taken into a log many at a time are as they are taken in one by one; of a burst none is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets import InMemoryCache, InMemoryStore, observe
from inmem_widgets.core.change import (
    MISSING,
    UNTOLD,
    Change,
    change,
    deleted,
    evicting,
    hit,
    inserted,
    missed,
    refreshed,
    told,
    wrote,
)
from inmem_widgets.core.origin import Origin
from inmem_widgets.core.records import Records
from inmem_widgets.observables.log import EventLog
from inmem_widgets.observables.log.kept import Kept

WHO = [None, Origin("MainThread", 1), Origin("worker", 2, "t", "node", 3)]
values = st.one_of(st.integers(), st.text(max_size=3), st.binary(max_size=3), st.none(), st.just([1, 2]))
befores = st.one_of(st.just(MISSING), values)
keys = st.sampled_from(["a", "b", "c"])
times = st.one_of(st.none(), st.floats(0, 1e9))


@st.composite
def a_single(draw: Any) -> tuple[Any, ...]:
    """Kind, keys, values, old, time, by: of one key each."""
    kind = draw(st.sampled_from(["set", "delete", "insert", "refresh", "hit", "miss"]))
    key, time, by = draw(keys), draw(times), draw(st.sampled_from(WHO))
    if kind in ("hit", "miss"):
        return kind, (key,), None, None, time, {}, by
    old = draw(st.one_of(st.none(), befores.map(lambda each: [each])))
    return kind, (key,), None if kind == "delete" else (draw(values),), old, time, {}, by


def logged(changes: Sequence[Change], step: int) -> Kept:
    kept = Kept(0, 10_000, 1 << 40)
    for start in range(0, len(changes), step):
        kept.add(changes[start : start + step])
    return kept


def all_of(kept: Kept) -> tuple[Any, ...]:
    shown = [kept.whats.all[code].shown for part in kept.parts()[1] for code in part.block.codes]
    columns = kept.columns()
    sizes, hashes = columns.sizes, [each for part in kept.parts()[1] for each in part.block.hashes]
    return kept.changes(), shown, sizes, hashes, columns.keys, columns.counts, kept.last


@given(st.lists(a_single(), min_size=1, max_size=40))
def test_many_at_a_time_are_as_one_by_one(told: list[tuple[Any, ...]]) -> None:
    from inmem_widgets.core.change import NO_INFO

    changes = [change(n, *each[:5], NO_INFO, each[6]) for n, each in enumerate(told, 1)]
    kept = logged(changes, 40)
    one_by_one = Kept(0, 10_000, 1 << 40)
    one_by_one._add_alike = lambda *_: False  # type: ignore[method-assign]
    one_by_one.add(changes)
    assert repr(all_of(kept)) == repr(all_of(one_by_one))
    assert kept.bytes == one_by_one.bytes


sorts = st.sampled_from([wrote, deleted, hit, missed, inserted, refreshed, evicting])


@st.composite
def a_raw(draw: Any) -> Any:
    """What a writer leaves: of one key, of a pair, or of many keys."""
    sort = draw(st.one_of(sorts, sorts, st.sampled_from(["pair", told])))
    key, value, old = draw(keys), draw(values), draw(st.one_of(st.just(UNTOLD), befores))
    if sort == "pair":
        return key, value
    if sort is told:
        return told, "set", (key, "z"), (value, value), None if old is UNTOLD else [old, MISSING], draw(times)
    if sort in (hit, missed):
        value, old = MISSING, UNTOLD
    if sort is evicting:
        old = [draw(keys), draw(st.one_of(st.just(UNTOLD), values))]
    if sort is deleted:
        value = MISSING
    return [sort, key, value, old, draw(times), None]


def plainly(number: int, raw: Any) -> Change:
    return change(number, "set", raw[:1], raw[1:]) if isinstance(raw[0], str) else raw[0](number, raw)


@given(st.lists(a_raw(), min_size=1, max_size=30), st.integers(0, 30))
def test_records_are_as_the_changes_built_one_by_one(raws: list[Any], cut: int) -> None:
    plain = [plainly(n, each) for n, each in enumerate(raws, 5)]
    found = Records.of(5, raws, "set")
    assert [*found] == plain == [found[at] for at in range(len(raws))]
    assert [*found[1:-1]] == plain[1:-1]
    assert [*Records.joined([found[:cut], found[cut:], found])] == plain * 2
    assert found.columns.kinds == [each.kind for each in plain]
    assert found.keys() == ([key for each in plain for key in each.keys], [len(each.keys) for each in plain])
    assert [*found.only(frozenset({"set", "hit"}))] == [each for each in plain if each.kind in ("set", "hit")]
    assert [*found.only(frozenset({"set"}), others=True)] == [each for each in plain if each.kind != "set"]
    before = [change(each.number - 4, *each[1:]) for each in plain]
    one_by_one = logged(before, 1)
    assert repr(all_of(logged(Records.of(1, raws, "set"), 7))) == repr(all_of(one_by_one))
    assert logged(Records.of(1, raws, "set"), 40).bytes == one_by_one.bytes


@pytest.mark.parametrize("burst", [250_000])
def test_of_a_burst_nothing_is_lost(burst: int) -> None:
    store = InMemoryStore[int]()
    log = EventLog(observe(store), most=burst)
    for n in range(burst):
        store.mset([(f"key {n % 100}", n)])
    assert log.catch_up(60)
    assert (log.lost, log.last, log.kept) == (0, burst, burst)
    assert log.at(burst // 2).values == {f"key {n % 100}": n for n in range(burst // 2 - 100, burst // 2)}


def test_lookups_and_what_is_cached_are_logged_together() -> None:
    cache = InMemoryCache()
    log = EventLog(observe(cache))
    for n in range(3_000):
        cache.lookup(f"{n % 50}", "model")
        cache.update(f"{n % 50}", "model", [])
    assert log.catch_up(60)
    assert (log.lost, log.kept) == (0, 6_000)
    assert [each.kind for each in log.changes(99, 103)] == ["miss", "insert", "hit", "refresh"]
    stats = log.at(3_000).stats
    assert stats is not None
    assert (stats.hits, stats.misses, stats.inserts, stats.refreshes) == (1_450, 50, 50, 1_450)

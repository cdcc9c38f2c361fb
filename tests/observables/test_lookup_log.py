"""The log of lookups: what it holds, that its replay is what happened, and its bounds."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

from inmem_widgets.observables.lookups.digests import digest_of
from inmem_widgets.observables.lookups.log import CHUNKS, LookupLog
from inmem_widgets.observables.whatif.curves import simulate
from inmem_widgets.observables.whatif.trace import ANSWER, CLEAR, HIT, MISSED, UPDATE
from tests.observables.recording import MODEL, VALUES, Watched, answer
from tests.observables.test_recorder import KINDS, batches, held, run
from tests.threads import together

UNLIMITED = 10_000


@pytest.mark.parametrize("most", [4, 24, 100_000])
@pytest.mark.parametrize("options", KINDS, ids=str)
@settings(max_examples=30, deadline=None)
@given(held=held, batches=batches)
def test_replayed_at_the_present_size_it_is_what_happened(
    options: dict[str, Any], most: int, held: Any, batches: Any
) -> None:
    watched = Watched(held=[(prompt, VALUES[n][0]) for prompt, n in held], most=most, **options)
    time, events = 1e9, []
    for operations in batches:
        some, time = run(watched, operations, time)
        events += some
    log = watched.recorder.log
    trace = log.trace()
    lookups = [op & 3 for op in trace.ops if op != CLEAR and op & 3 in (HIT, MISSED)]
    assert len(lookups) == len(log) <= most
    assert trace.lost + len(lookups) == watched.recorder.seen
    assert trace.certain
    whats = [{"hit": HIT, "miss": MISSED}[e.kind] for e in events if e.kind in ("hit", "miss")]
    assert lookups == whats[len(whats) - len(lookups) :]

    simulated = simulate(trace, options.get("policy", "fifo"), options.get("maxsize", UNLIMITED))
    measured = Counter(op >> 2 for op in trace.ops if op != CLEAR and op & 3 == HIT)
    assert list(simulated) == [measured[key] for key in range(trace.keys)]


def small(most: int = 100_000, **options: Any) -> Watched:
    return Watched(most=most, **options)


def test_operations_are_told_apart() -> None:
    watched = Watched(maxsize=2, held=[("old", VALUES[0][0])])
    cache = watched.cache
    cache.lookup("old", MODEL)
    cache.lookup("a", MODEL)
    cache.update("a", MODEL, VALUES[0][0])
    cache.update("a", MODEL, VALUES[0][0])
    cache.clear()
    watched.take([1, 2, 4, 5, 6])
    trace = watched.recorder.log.trace()
    old = trace.start[0]
    a = 1 - old
    assert list(trace.ops) == [4 * old + HIT, 4 * a + MISSED, 4 * a + ANSWER, 4 * a + UPDATE, CLEAR]
    assert (trace.keys, trace.lost, trace.maxsize, trace.policy) == (2, 0, 2, "fifo")


def test_what_a_hit_saves_is_told_by_key() -> None:
    watched = Watched(maxsize=1, held=[("old", answer(1, 2))])
    cache = watched.cache
    cache.lookup("old", MODEL)
    watched.take([1])  # while its value can be read
    cache.lookup("a", MODEL)
    cache.update("a", MODEL, answer(10, 5))  # evicts the old one
    cache.lookup("b", MODEL)
    watched.take([2, 4.5, 5])
    trace = watched.recorder.log.trace()
    numbers = {key: n for n, key in enumerate(sorted(digest_of((p, MODEL)) for p in ("old", "a", "b")))}
    a, b, old = (numbers[digest_of((p, MODEL))] for p in ("a", "b", "old"))
    assert trace.seconds[a] == 2.5 and trace.tokens[a] == 15
    assert math.isnan(trace.seconds[b]) and math.isnan(trace.tokens[b])
    assert math.isnan(trace.seconds[old])


def test_nothing_known_of_any_key_is_said_by_no_values() -> None:
    watched = Watched()
    watched.cache.update("a", MODEL, "no generations")  # type: ignore[arg-type]
    watched.cache.lookup("a", MODEL)
    watched.take()
    trace = watched.recorder.log.trace()
    assert not trace.seconds and not trace.tokens


def test_the_costs_of_what_was_cut_off_are_kept_with_the_start() -> None:
    watched = small(most=CHUNKS)
    watched.cache.lookup("a", MODEL)
    watched.cache.update("a", MODEL, answer(10, 5))
    watched.take([1, 3])
    for _ in range(200):
        watched.cache.lookup("a", MODEL)
    watched.take([5] * 200)
    trace = watched.recorder.log.trace()
    assert trace.start == [0] and list(trace.seconds) == [2.0] and list(trace.tokens) == [15.0]
    assert trace.lost == 201 - len(trace.ops)


def test_updates_without_lookups_are_bounded() -> None:
    watched = small(most=64, maxsize=8)
    for n in range(5_000):
        watched.cache.update(f"prompt {n}", MODEL, VALUES[0][0])
    watched.take()
    trace = watched.recorder.log.trace()
    assert len(trace.ops) <= 4 * 64
    assert len(trace.start) <= 8 and trace.certain and trace.lost == 0


def test_lookups_are_bounded() -> None:
    watched = small(most=1_000, maxsize=8)
    for n in range(5_000):
        watched.cache.lookup(f"prompt {n % 11}", MODEL)
    watched.take()
    assert 1_000 - 1_000 / CHUNKS <= len(watched.recorder.log) <= 1_000


def test_many_entries_held_make_the_start_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inmem_widgets.observables.lookups.log.HELD", 5)
    watched = Watched(held=[(str(n), VALUES[0][0]) for n in range(6)])
    watched.cache.lookup("0", MODEL)
    watched.take()
    assert not watched.recorder.certain
    assert Watched(held=[(str(n), VALUES[0][0]) for n in range(5)]).recorder.certain


def overtaken(log: LookupLog, *, lookup: int, by: int) -> None:
    digest = digest_of(("a", MODEL))
    if by == ANSWER:
        log.update(digest, ANSWER, None, (1.0, 1.0))
    else:
        log.clear()
    log.lookup(7, MISSED)
    log.late(digest, lookup)


@pytest.mark.parametrize(("lookup", "by"), [(MISSED, ANSWER), (HIT, CLEAR)])
def test_a_lookup_that_was_overtaken_is_put_in_its_place(lookup: int, by: int) -> None:
    watched = Watched()
    overtaken(watched.recorder.log, lookup=lookup, by=by)
    trace = watched.recorder.log.trace()
    assert trace.certain
    assert [op if op == CLEAR else op & 3 for op in trace.ops] == [lookup, by, MISSED]


def test_it_can_be_read_while_it_is_written() -> None:
    log = LookupLog("fifo", None, Watched().recorder.entries, most=320)
    done = []

    def write() -> None:
        for n in range(3_000):
            log.lookup(n % 50, MISSED)
            log.update(n % 50, ANSWER, None, (1.0, 2.0))
            log.settle()
        done.append(True)

    def read() -> None:
        while not done:
            trace = log.trace()
            lookups = [op for op in trace.ops if op & 3 == MISSED]
            assert len(lookups) <= 320 + 20 and all(0 <= op >> 2 < trace.keys for op in trace.ops)
            assert set(trace.seconds) <= {1.0} or any(map(math.isnan, trace.seconds))

    together(write, read)
    assert log.lost + len(log) == 3_000

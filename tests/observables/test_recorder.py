"""The recorder beside an oracle, over any lookups, updates and clears."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets.observables.lookups.digests import digest_of
from tests.observables.recording import MODEL, VALUES, Oracle, Watched, same

PROMPTS = "abcdef"
KINDS: list[dict[str, Any]] = [
    {"maxsize": 1}, {"maxsize": 3}, {"maxsize": 3, "policy": "lru"}, {}, {"maxsize": 5, "policy": "lru"},
]  # fmt: skip

values = st.integers(0, len(VALUES) - 1)
operation = st.one_of(
    st.tuples(st.just("lookup"), st.sampled_from(PROMPTS)),
    st.tuples(st.just("lookup"), st.sampled_from(PROMPTS)),
    st.tuples(st.just("update"), st.sampled_from(PROMPTS), values),
    st.tuples(st.just("update"), st.sampled_from(PROMPTS), values),
    st.tuples(st.just("clear")),
)
pause = st.sampled_from([0.0, 0.25, 1.0, 700.0, -2.0])
batches = st.lists(st.lists(st.tuples(operation, pause), min_size=1, max_size=25), min_size=1, max_size=4)
held = st.lists(st.tuples(st.sampled_from(PROMPTS), values), max_size=4)


def run(watched: Watched, operations: list[Any], time: float) -> tuple[list[Any], float]:
    for name, *more in operations_of(operations):
        if name == "update":
            watched.cache.update(more[0], MODEL, VALUES[more[1]][0])
        elif name == "lookup":
            watched.cache.lookup(more[0], MODEL)
        else:
            watched.cache.clear()
    times = list(accumulate((gap for _, gap in operations), initial=time))[1:]
    return watched.take(times), times[-1]


def operations_of(operations: list[Any]) -> list[Any]:
    return [each for each, _ in operations]


@pytest.mark.parametrize("options", KINDS, ids=str)
@settings(max_examples=60, deadline=None)
@given(held=held, batches=batches)
def test_says_what_the_events_say(options: dict[str, Any], held: Any, batches: Any) -> None:
    watched = Watched(held=[(prompt, VALUES[n][0]) for prompt, n in held], **options)
    recorder, cache = watched.recorder, watched.cache
    complete = cache.stats().evictions == 0
    before = dict(cache._cache)
    start, time = watched.start, 1e9
    taken = []
    for operations in batches:
        some, time = run(watched, operations, time)
        taken.append(some)
    told = Oracle(start, complete, taken, {id(value): tokens for value, tokens in VALUES}, before)

    reasons = recorder.reasons
    assert {n: getattr(reasons, n) for n in ("cold", "evicted", "cleared", "unknown")} == {
        n: told.reasons[n] for n in ("cold", "evicted", "cleared", "unknown")
    }
    assert recorder.seen == len(told.lookups) == cache.stats().lookups
    assert recorder.missed_events == 0

    saved = recorder.savings
    assert same(saved.seconds, told.saved["seconds"])
    assert saved.seconds_unknown == told.saved["seconds_unknown"]
    assert saved.tokens_unknown == told.saved["tokens_unknown"]
    assert {n: list(sums) for n, sums in saved.models.items() if sums[2]} == told.models

    stampedes = recorder.stampedes
    assert [stampedes[n] for n in ("count", "misses", "answers")] == [
        told.stampedes[n] for n in ("count", "misses", "answers")
    ]

    rows = recorder.feed.rows(1_000)
    assert [row.number for row in rows] == list(range(len(told.lookups), 0, -1))
    for row, one in zip(reversed(rows), told.lookups, strict=True):
        assert (row.outcome, row.lookups_ago, row.waiting, row.beside) == (
            one.outcome, one.ago, one.waiting, one.beside,
        )  # fmt: skip
        assert row.evictor in ((None,) if one.evictor is None else (one.evictor, one.evictor[0]))
        assert same(row.load, one.load)
        assert recorder.feed.get(row.number) == row
    assert [row.number for row in recorder.feed.rows(3, "missed")] == [
        row.number for row in rows if row.outcome != "hit"
    ][:3]

    assert set(recorder.entries.held) == {digest_of(key) for key in cache._cache}
    for key, facts in told.entries.items():
        entry = recorder.entries.get(key)
        if entry is None:
            assert facts.hits == 0 and facts.inserted is None
            continue
        assert (entry.hits, entry.inserted, entry.used) == (facts.hits, facts.inserted, facts.used)
        assert same(entry.load, facts.load)
        known = facts.tokens or (None, None, None)
        assert (entry.input_tokens, entry.output_tokens, entry.model) == known

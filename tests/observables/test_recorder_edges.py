"""The recorder where not all can be known, where much comes, and what it does not keep alive."""

from __future__ import annotations

import random
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, Generation

from inmem_widgets import InMemoryCache
from inmem_widgets.core.change import change
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.digests import brief, digest_of
from inmem_widgets.observables.lookups.entrybook import OVERTAKEN
from inmem_widgets.observables.lookups.loads import ABANDONED
from inmem_widgets.observables.lookups.reasons import Reasons
from inmem_widgets.observables.lookups.recorder import Recorder
from inmem_widgets.observables.whatif.trace import CLEAR, HIT, MISSED, UPDATE
from tests.observables.hostile import armed, hostile
from tests.observables.recording import MODEL, VALUES, WAIT, Watched, answer, events, key
from tests.threads import together

VALUE = VALUES[0][0]


def counts(recorder: Recorder) -> dict[str, int]:
    named = ("cold", "evicted", "cleared", "unknown")
    return {name: getattr(recorder.reasons, name) for name in named if getattr(recorder.reasons, name)}


# --- what cannot be known ------------------------------------------------------------------------


def test_what_was_evicted_before_watching_began_is_not_called_cold() -> None:
    watched = Watched(maxsize=1, held=[("a", VALUE), ("b", VALUE)])
    watched.cache.lookup("a", MODEL)
    watched.cache.lookup("never", MODEL)
    watched.take()
    assert counts(watched.recorder) == {"unknown": 2}


def test_of_a_cache_that_lost_nothing_a_first_miss_is_cold() -> None:
    watched = Watched(maxsize=2, held=[("a", VALUE), ("b", VALUE)])
    watched.cache.lookup("c", MODEL)
    watched.take()
    assert counts(watched.recorder) == {"cold": 1}


def test_what_was_there_at_the_start_is_known_to_be_evicted() -> None:
    watched = Watched(maxsize=1, held=[("a", VALUE)])
    watched.cache.update("b", MODEL, VALUE)
    watched.cache.lookup("a", MODEL)
    watched.take()
    row = watched.recorder.feed.rows(1)[0]
    assert (row.outcome, row.lookups_ago, row.evictor) == ("evicted", 1, "b")
    found = watched.recorder.record(1)
    assert found is not None and found.evictor == key("b")
    assert watched.recorder.key_of(digest_of(key("b"))) == key("b")
    assert watched.recorder.key_of(1) is None


def test_evictions_forgotten_are_unknown_and_the_rest_is_cold_for_sure() -> None:
    reasons = Reasons(remembered=10)
    for n in range(45):
        reasons.evict(hash(f"key {n}"), (n, 0, "", -1))
    assert reasons.of(hash("key 44"))[0] == "evicted"
    assert reasons.of(hash("key 35")) == ("evicted", (35, 0, "", -1))
    assert reasons.of(hash("key 3")) == ("unknown", None)
    others = [reasons.of(hash(f"other {n}"))[0] for n in range(100)]
    assert others.count("cold") >= 99


def test_somebody_wrote_into_the_dict() -> None:
    watched = Watched(maxsize=3, held=[("a", VALUE)])
    watched.cache._cache.pop(key("a"))
    watched.cache.lookup("a", MODEL)
    watched.take()
    assert counts(watched.recorder) == {"unknown": 1}
    assert not watched.recorder.certain


def test_none_as_a_value_is_missed_for_reasons_unknown() -> None:
    watched = Watched()
    watched.cache.update("a", MODEL, None)  # type: ignore[arg-type]
    watched.cache.lookup("a", MODEL)
    watched.take()
    assert counts(watched.recorder) == {"unknown": 1}
    assert not watched.recorder.certain


def test_events_that_were_missed() -> None:
    watched = Watched(maxsize=2)
    cache, recorder = watched.cache, watched.recorder
    cache.lookup("a", MODEL)
    watched.take([1.0])
    assert recorder.feed.rows(1)[0].waiting
    for prompt in "abcd":
        cache.update(prompt, MODEL, VALUE)
    assert cache.changes.flush(WAIT)
    watched.waiting.clear()  # as if they had been too many
    for prompt in "cxa":
        cache.lookup(prompt, MODEL)
    watched.take([9.0, 9.0, 9.0])
    assert recorder.missed_events == 4
    assert [(row.outcome, row.waiting) for row in recorder.feed.rows(9)] == [
        ("unknown", True),  # a: evicted among the events missed
        ("unknown", True),
        ("hit", False),
        ("cold", False),  # whether it was answered is not known
    ]
    entry = recorder.entries.get(key("c"))
    assert entry is not None and (entry.hits, entry.inserted, entry.input_tokens) == (1, None, 10)
    assert recorder.entries.get(key("a")) is None
    cache.update("a", MODEL, VALUE)
    watched.take([10.0])
    entry = recorder.entries.get(key("a"))
    assert entry is not None and entry.load == 1.0


def test_the_log_begins_again_after_missed_events() -> None:
    watched = Watched(maxsize=2)
    for prompt in "abc":
        watched.cache.lookup(prompt, MODEL)
    watched.take()
    watched.cache.update("a", MODEL, VALUE)
    assert watched.cache.changes.flush(WAIT)
    watched.waiting.clear()
    watched.cache.lookup("a", MODEL)
    watched.take()  # seen when all of it had happened: it belongs to the start
    watched.cache.lookup("a", MODEL)
    watched.take()
    trace = watched.recorder.log.trace()
    assert (trace.start, list(trace.ops), trace.lost, trace.certain) == ([0], [1], 4, True)


def test_nothing_was_ever_lost_so_missed_events_do_not_make_cold_misses_doubtful() -> None:
    watched = Watched()
    watched.cache.update("a", MODEL, VALUE)
    watched.cache.changes.flush(WAIT)
    watched.waiting.clear()
    watched.cache.lookup("b", MODEL)
    watched.take()
    assert counts(watched.recorder) == {"cold": 1}


def test_the_first_events_may_be_missed_too() -> None:
    watched = Watched()
    watched.cache.lookup("a", MODEL)
    watched.cache.changes.flush(WAIT)
    watched.waiting.clear()
    watched.cache.lookup("a", MODEL)
    watched.take()
    assert (watched.recorder.missed_events, watched.recorder.seen) == (1, 1)


def test_an_answer_after_ten_minutes_took_nobody_knows_how_long() -> None:
    recorder = Recorder(InMemoryCache())
    recorder.take(events(("miss", None, 1.0), ("insert", (VALUE,), 2.0 + ABANDONED)))
    row = recorder.feed.rows(1)[0]
    assert (row.load, row.waiting, row.answered_at) == (None, False, 2.0 + ABANDONED)
    assert recorder.saved(None, "$")["seconds_unknown"] == 0


def test_an_observable_cache_has_its_recorder_see_all_with_times() -> None:
    cache = InMemoryCache(maxsize=1)
    observable = ObservableCache(cache)
    for prompt in "aab":
        if cache.lookup(prompt, MODEL) is None:
            cache.update(prompt, MODEL, VALUE)
    assert cache.changes.flush(WAIT)
    recorder = observable.recorder
    assert [row.outcome for row in recorder.feed.rows(9)] == ["cold", "hit", "cold"]
    assert all(row.load is not None and row.load >= 0 for row in recorder.feed.rows(9))
    assert recorder.saved(None, "$")["seconds_unknown"] == 0 and recorder.certain
    observable.close()


# --- threads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "outcome"), [(0.5, "cold"), (2 * OVERTAKEN, "unknown")])
def test_a_miss_that_the_insertion_of_another_thread_overtook(late: float, outcome: str) -> None:
    recorder = Recorder(InMemoryCache())
    recorder.take(events(("insert", (VALUE,), 1.0), ("miss", None, 1.0 + late), ("refresh", (VALUE,), 4.0)))
    assert counts(recorder) == {outcome: 1}
    assert recorder.feed.rows(1)[0].load == 3.0 - late
    assert recorder.certain == (outcome == "cold")


def test_a_miss_that_an_insertion_and_a_refresh_overtook_was_before_both() -> None:
    recorder = Recorder(InMemoryCache())
    made = ("insert", (VALUE,)), ("hit", None), ("refresh", (VALUE,)), ("miss", None)
    recorder.take(events(*((*each, 1.0) for each in made)))
    assert [op & 3 for op in recorder.log.trace().ops] == [MISSED, UPDATE, HIT, UPDATE]
    assert recorder.certain


def test_a_hit_that_a_clear_overtook_where_no_order_of_use_matters() -> None:
    recorder = Recorder(InMemoryCache(policy="lru"))
    recorder.take(
        [
            change(1, "insert", (key("a"),), (VALUE,), None, 1.0),
            change(2, "clear", (), None, None, 1.0),
            change(3, "hit", (key("a"),), None, None, 1.0),
        ]
    )
    trace = recorder.log.trace()
    assert [op & 3 for op in trace.ops] == [UPDATE, HIT, CLEAR & 3] and trace.certain


def test_a_hit_that_an_eviction_by_another_thread_overtook() -> None:
    cache = InMemoryCache(maxsize=1)
    recorder = Recorder(cache)
    info = {"evicted": key("a")}
    recorder.take(
        [
            change(1, "insert", (key("a"),), (VALUE,), None, 1.0),
            change(2, "insert", (key("b"),), (VALUE,), None, 1.0, info),
            change(3, "hit", (key("a"),), None, None, 1.0),
        ]
    )
    trace = recorder.log.trace()
    assert [op & 3 for op in trace.ops] == [UPDATE, HIT, UPDATE] and trace.certain
    assert recorder.savings.models == {"gpt-4o": (10, 2, 1)}  # the entry's facts are at hand for a while
    assert recorder.entries.get(key("a")) is None


def test_a_hit_on_what_somebody_wrote_into_the_dict() -> None:
    watched = Watched()
    watched.cache._cache[key("a")] = VALUE
    watched.cache.lookup("a", MODEL)
    watched.take()
    assert watched.recorder.feed.rows(1)[0].outcome == "hit"
    assert not watched.recorder.certain


def test_a_stampede_has_the_right_sum_of_load_times() -> None:
    recorder = Recorder(InMemoryCache())
    made = [("miss", None, 1.0), ("miss", None, 2.0), ("insert", (VALUE,), 5.0), ("refresh", (VALUE,), 7.0)]
    recorder.take(events(*made))
    rows = recorder.feed.rows(2)
    assert sum(row.load or 0 for row in rows) == (5 - 1) + (7 - 2)
    assert [row.beside for row in rows] == [True, False]
    assert recorder.stampedes == {"count": 1, "misses": 1, "answers": 1, "latest": "a"}
    entry = recorder.entries.get(key("a"))
    assert entry is not None and entry.load == 5 - 2  # a hit spares no more than that


def test_a_failed_call_does_not_lengthen_the_next_one() -> None:
    recorder = Recorder(InMemoryCache())
    recorder.take(events(("miss", None, 1.0), ("miss", None, 100.0), ("insert", (VALUE,), 103.0)))
    entry = recorder.entries.get(key("a"))
    assert entry is not None and entry.load == 3.0
    assert [row.waiting for row in recorder.feed.rows(2)] == [False, True]


def test_counts_are_those_of_the_cache_under_threads() -> None:
    watched = Watched(maxsize=20)

    def work(seed: int) -> None:
        pick = random.Random(seed)
        for _ in range(1_500):
            prompt = f"prompt {pick.randrange(40)}"
            if watched.cache.lookup(prompt, MODEL) is None:
                watched.cache.update(prompt, MODEL, VALUE)

    together(*(lambda seed=seed: work(seed) for seed in range(4)))
    watched.take()
    recorder, stats = watched.recorder, watched.cache.stats()
    assert recorder.missed_events == 0
    assert recorder.seen == stats.lookups
    assert sum(counts(recorder).values()) == stats.misses
    assert "unknown" not in counts(recorder)
    saved = recorder.savings
    assert saved.tokens_unknown + sum(sums[2] for sums in saved.models.values()) == stats.hits
    assert set(recorder.entries.held) == {digest_of(each) for each in watched.cache._cache}


def test_taking_in_and_beginning_do_not_meet() -> None:
    watched = Watched(maxsize=5)
    done = []

    def write() -> None:
        for n in range(2_000):
            watched.cache.update(f"{n % 9}", MODEL, VALUE)
            watched.cache.lookup(f"{n % 7}", MODEL)
        done.append(True)

    def begin() -> None:
        while not done:
            watched.recorder.begin(watched.cache)

    together(write, begin)
    watched.take()
    assert set(watched.recorder.entries.held) == {digest_of(each) for each in watched.cache._cache}


# --- foreign objects ---------------------------------------------------------------------------------


def test_no_code_of_values_or_keys_is_run() -> None:
    generation = Generation(text="x", generation_info={"token_usage": 1})
    generation.__dict__["generation_info"] = hostile(dict)
    message = AIMessage(content="x")
    message.__dict__["usage_metadata"] = hostile(dict)
    message.__dict__["response_metadata"] = {"model_name": hostile(str, "gpt")}
    strange = [
        hostile(), hostile(list), hostile(tuple), [hostile()], [hostile(str, "x")], [generation],
        [ChatGeneration(message=message)], hostile(list, [generation]), {"a": hostile()}, "text", 5,
    ]  # fmt: skip
    recorder = Recorder(InMemoryCache())
    made: list[tuple[str, Any]] = []
    for value in strange:
        made += [("miss", None), ("insert", (value,)), ("hit", None), ("refresh", (value,))]
    keys = [(hostile(str, "prompt"), hostile(str, MODEL)), (hostile(), hostile(int, 3))]
    taken = [
        change(n, kind, (keys[n // 4 % 2],), values, None, 1.0) for n, (kind, values) in enumerate(made, 1)
    ] + [change(len(made) + 1, "insert", (keys[0],), (5,), None, 1.0, {"evicted": keys[1]})]
    with armed():
        recorder.take(taken)
        recorder.feed.rows(100)
        recorder.log.trace()
        assert recorder.saved(None, "$")["tokens_unknown"] > 0
    assert {row.key for row in recorder.feed.rows(100)} == {None, key("prompt")}


def test_in_short_a_prompt_is_its_beginning_or_the_last_message() -> None:
    messages = '[{"lc": 1, "kwargs": {"content": "first"}}, {"lc": 1, "kwargs": {"content": "last one"}}]'
    assert brief(messages) == "last one"
    assert brief("word " * 1_000_000) == "word " * 31 + "word"
    assert brief("x" * 160) == "x" * 160
    assert brief("x" * 5_000_000) == ""
    assert brief("") == ""


def test_tokens_of_entries_held_before_are_read_when_they_are_hit() -> None:
    watched = Watched(held=[("a", answer(3, 4)), ("b", answer(5, 6))])
    watched.cache.lookup("a", MODEL)
    watched.take()
    watched.cache.lookup("b", MODEL)
    watched.cache.update("b", MODEL, answer(50, 60))  # before the hit is taken in: 5 and 6 are gone
    watched.take()
    saved = watched.recorder.saved({"gpt-4o": (1e6, 1e6)}, "€")
    assert (saved["input_tokens"], saved["output_tokens"], saved["tokens_unknown"]) == (3, 4, 1)
    assert (saved["money"], saved["money_unknown"], saved["seconds_unknown"]) == (7.0, 1, 2)

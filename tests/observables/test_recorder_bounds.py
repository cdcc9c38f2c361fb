"""What a recorder keeps, and what it keeps alive."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration

from inmem_widgets import InMemoryCache
from inmem_widgets.core.change import change
from inmem_widgets.observables.lookups.entrybook import EntryBook
from inmem_widgets.observables.lookups.feed import LONG, TEXTS
from inmem_widgets.observables.lookups.feed import MOST as FED
from inmem_widgets.observables.lookups.loads import DEEP, WAITING, Loads
from inmem_widgets.observables.lookups.recorder import Recorder
from tests.observables.recording import MODEL, VALUES, Watched, events, key

VALUE = VALUES[0][0]


class Text(str):
    """A text that can be held weakly."""

    __slots__ = ("__weakref__",)


def test_no_value_is_kept_alive() -> None:
    recorder = Recorder(InMemoryCache())
    message = AIMessage(content="text")
    alive = weakref.ref(message)
    value = [ChatGeneration(message=message)]
    made = [("miss", None, 1.0), ("insert", (value,), 2.0), ("hit", None, 3.0), ("refresh", (value,), 4.0)]
    recorder.take(events(*made))
    del message, value, made
    gc.collect()
    assert alive() is None


def reaches(root: Any, wanted: set[int], seen: set[int], depth: int = 0) -> bool:
    """Whether one of the objects with these ids is kept alive by another."""
    if id(root) in wanted:
        return True
    if id(root) in seen or depth > 8 or isinstance(root, type | type(gc)):
        return False
    seen.add(id(root))
    return any(reaches(each, wanted, seen, depth + 1) for each in gc.get_referents(root))


def test_no_key_is_kept_alive_but_the_feed_s() -> None:
    prompts = [str(n) * 300 for n in range(2 * FED)]
    watched = Watched(maxsize=1)
    for prompt in prompts:
        watched.cache.lookup(prompt, MODEL)
        watched.cache.update(prompt, MODEL, VALUE)
    watched.take()
    parts = dict(vars(watched.recorder))  # since 3.13 the original shows nothing to the collector
    assert reaches(parts, set(map(id, prompts[-FED:])), set())
    assert not reaches(parts, set(map(id, prompts[:-FED])), set())


def test_subclasses_of_str_are_taken_as_plain_text() -> None:
    recorder = Recorder(InMemoryCache())
    prompt = Text("prompt")
    alive = weakref.ref(prompt)
    recorder.take([change(1, "miss", ((prompt, MODEL),), None, None, 1.0)])
    recorder.take([change(2, "miss", (key("prompt"),), None, None, 1.0)])
    del prompt
    assert alive() is None
    assert [row.key for row in recorder.feed.rows(2)] == [key("prompt")] * 2
    assert len({row.digest for row in recorder.feed.rows(2)}) == 1


def test_long_prompts_do_not_pile_up() -> None:
    recorder = Recorder(InMemoryCache())
    for n in range(1, 31):
        long = ("x" * 5_000_000 + str(n), MODEL)
        recorder.take([change(2 * n - 1, "miss", (long,), None, None, 1.0)])
        recorder.take([change(2 * n, "miss", (key(f"short {n}"),), None, None, 1.0)])
    rows = recorder.feed.rows(100)
    kept = [row.key for row in rows if row.key is not None and len(row.key[0]) > LONG]
    assert 1 <= len(kept) <= TEXTS / 2 / 5_000_000
    assert kept[0][0].endswith("x30")
    assert sum(row.key is not None for row in rows) == 30 + len(kept)
    assert FED * LONG * 4 + TEXTS // 2 <= TEXTS


def test_a_prompt_too_long_to_keep_is_a_row_all_the_same() -> None:
    recorder = Recorder(InMemoryCache())
    recorder.take([change(1, "miss", (key("x" * (TEXTS // 2)),), None, None, 1.0)])
    assert [(row.key, row.outcome) for row in recorder.feed.rows(9)] == [(None, "cold")]


def test_of_many_entries_the_latest_are_known() -> None:
    book = EntryBook(most=10)
    book.begin(range(11))
    assert (list(book.held), book.whole) == ([*range(1, 11)], False)
    assert len(book.clear()) == 10
    assert (len(book.held), book.whole) == (0, True)


def test_misses_that_wait_are_bounded() -> None:
    loads = Loads()
    for n in range(WAITING + 5):
        assert not loads.missed(n, n, 1.0, "")
    assert loads.answered(0, 2.0) is None
    assert loads.answered(WAITING + 4, 2.0) == (WAITING + 4, 1.0)
    for n in range(DEEP + 1):
        loads.missed(-1, n, 1.0, "")
    answers = [loads.answered(-1, 2.0) for _ in range(DEEP + 1)]
    assert answers[:2] == [(DEEP, 1.0), (DEEP - 1, 1.0)]
    assert sum(each is not None for each in answers) == DEEP // 2 + 1


def test_the_cache_is_not_kept_alive() -> None:
    cache = InMemoryCache()
    recorder = Recorder(cache)
    recorder.begin(cache)
    alive = weakref.ref(cache)
    del cache
    gc.collect()
    assert alive() is None
    recorder.take([change(5, "miss", (key("a"),), None, None, 1.0)])
    assert (recorder.seen, recorder.missed_events) == (1, 4)
    assert recorder.key_of(3) is None

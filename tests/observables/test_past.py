"""What was cached when a lookup missed, told from the feed: never wrong, beside a cache that was watched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, observe
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.lookups.feed import MOST, LookupRecord
from inmem_widgets.observables.lookups.past import Past

steps = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["ask", "fail", "update", "clear", "ask", "ask"])),
    max_size=40,
)


def watched(
    happened: list[tuple[str, str]], maxsize: int, policy: str
) -> tuple[Past, list[LookupRecord], list[set[Key]]]:
    """The past that is told of a cache, its lookups, and what it held at each."""
    cache = InMemoryCache(maxsize=maxsize, policy=policy)  # type: ignore[arg-type]
    observable = observe(cache)
    held: list[set[Key]] = []
    for prompt, what in happened:
        if what == "clear":
            cache.clear()
            continue
        if what != "update":
            held.append(set(cache._cache))
        if what == "update" or (cache.lookup(prompt, "m") is None and what == "ask"):
            cache.update(prompt, "m", [Generation(text=prompt)])
    assert cache.changes.flush(30)
    return Past(observable.recorder), observable.recorder.feed.rows(MOST)[::-1], held


@given(steps, st.integers(1, 4), st.sampled_from(["fifo", "lru"]))
def test_what_it_says_was_cached_was(happened: list[tuple[str, str]], maxsize: int, policy: str) -> None:
    past, lookups, held = watched(happened, maxsize, policy)
    for record, then in zip(lookups, held, strict=True):
        for prompt in "abcdefgh":
            assert not past.had((prompt, "m"), record) or (prompt, "m") in then


def test_what_was_evicted_since_is_known() -> None:
    past, (*_, third, fourth), _ = watched([(prompt, "ask") for prompt in "abcd"], 2, "fifo")
    had = [[past.had((prompt, "m"), record) for record in (third, fourth)] for prompt in "abcd"]
    assert had == [[True, False], [True, True], [False, True], [False, False]]
    assert past.gone == {("a", "m"), ("b", "m")}

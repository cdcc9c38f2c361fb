"""Copies of caches that others write into at the same time."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache
from tests.threads import together

VALUE = [Generation(text="value")]
KINDS: list[dict[str, Any]] = [{}, {"maxsize": 200}, {"maxsize": 200, "policy": "lru"}]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("again", [copy.deepcopy, lambda cache: pickle.loads(pickle.dumps(cache))])
def test_copies_made_beside_writers_are_of_one_moment(
    again: Callable[[Any], Any], kind: dict[str, Any]
) -> None:
    cache = InMemoryCache(**kind)
    copies: list[InMemoryCache] = []

    def write() -> None:
        number = 0
        while len(copies) < 10 and number < 100_000:
            cache.update(str(number % 1_000), "m", VALUE)
            number += 1

    def copied() -> None:
        for _ in range(10):
            copies.append(again(cache))

    together(write, copied)
    for each in copies:
        stats = each.stats()
        assert stats.size == len(each._cache) == stats.inserts - stats.evictions
        for number in range(300):
            each.update(f"new {number}", "m", VALUE)
        stats = each.stats()
        assert stats.size == stats.inserts - stats.evictions
        assert list(each._cache)[-1] == ("new 299", "m")
        assert each.maxsize is None or stats.size == each.maxsize


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_copy_is_counted_by_itself_and_not_watched(kind: dict[str, Any]) -> None:
    cache = InMemoryCache(**kind)
    cache.changes.listen(lambda change: None)
    for prompt in "aab":
        if cache.lookup(prompt, "m") is None:
            cache.update(prompt, "m", VALUE)
    for other in (copy.copy(cache), copy.deepcopy(cache)):
        assert other.stats() == cache.stats()
        assert not other.changes.active
        before = cache.stats()
        other.lookup("a", "m")
        other.lookup("no", "m")
        assert cache.stats() == before
        assert (other.stats() - before).lookups == 2

"""What a cache holds, read beside its writers: no entry is used, moved or copied by it."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.keys.live import steadily

ID = (1 << 53) - 1
"""What a JavaScript number can hold."""


def id_of(key: Key) -> int:
    """The key's id; the same as long as Python runs."""
    return hash(key) & ID


def keys_in(cache: InMemoryCache | None) -> list[Key]:
    """All keys, the next to be evicted first, in one C call."""
    return [] if cache is None else plain(steadily(lambda: list(cache._cache)))


def window_in(cache: InMemoryCache | None, start: int, stop: int, *, descending: bool) -> list[Key]:
    """The keys start … stop - 1, from either end."""
    if cache is None:
        return []
    entries = cache._cache
    return plain(steadily(lambda: list(islice(reversed(entries) if descending else entries, start, stop))))


def value_in(cache: InMemoryCache | None, key: Key) -> Any:
    """What is cached for a key, `MISSING` where nothing is; this is no lookup."""
    try:
        return MISSING if cache is None else dict.get(cache._cache, key, MISSING)
    except Exception:  # of a key of some subclass of str that looks the same, which is asked whether it is
        return MISSING


def find(cache: InMemoryCache | None, number: int) -> Key | None:
    """The key of an id, if it is cached: nothing has to be remembered for that."""
    return next((key for key in keys_in(cache) if hash(key) & ID == number), None)


def plain(keys: list[Any]) -> list[Key]:
    """Without what was written into the dict directly and is no key: no code of a key is run."""
    return [k for k in keys if type(k) is tuple and len(k) == 2 and type(k[0]) is type(k[1]) is str]


class Held(NamedTuple):
    """What a cache held at a moment: its keys, after the event of that number, whether no writer came
    between, and whether nothing was gone from it before."""

    keys: list[Any]
    number: int
    certain: bool
    complete: bool


def held_by(cache: InMemoryCache) -> Held:
    """What it holds now: read at once, also of one with a million entries."""
    for _ in range(5):
        with cache._lock:  # of LRU, uses change the order
            before = cache.changes.count
            keys = steadily(lambda: list(cache._cache))
            number = cache.changes.count
            stats = cache.stats()
        if number == before:
            break
    return Held(keys, number, number == before, not stats.evictions and not stats.clears)

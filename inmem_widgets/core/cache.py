"""A cache for language models in memory: langchain-core's, bounded for sure, counted and observable."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from itertools import repeat, starmap
from operator import length_hint
from time import time as clock
from typing import Any, Final, Literal, Self, get_args

from langchain_core.caches import BaseCache

from inmem_widgets.core.change import (
    MISSING,
    NO_INFO,
    UNTOLD,
    Raw,
    Single,
    evicting,
    hit,
    inserted,
    missed,
    refreshed,
    told,
)
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.entries import Key as Key
from inmem_widgets.core.entries import Recent, Value
from inmem_widgets.core.origin import Captured, capture
from inmem_widgets.core.stats import CacheStats as CacheStats

Policy = Literal["fifo", "lru"]


MANY: Final = sys.maxsize
"""A count of lookups is what was taken from `repeat((), MANY)`: the cheapest step that no other
thread can get into, so it is exact without a lock. `starmap(clock, …)` of it gives the time as well."""


class InMemoryCache(BaseCache):
    """A cache keyed by prompt and model configuration, with an optional limit.

    Drop-in for `langchain_core.caches.InMemoryCache`, except that updating a key that is there never
    evicts another (langchain issue 36750). All methods may be called from any thread; there are
    never more than `maxsize` entries.

    Args:
        maxsize: Entries at most, >= 1; None for no limit.
        policy: Which entry goes when a new one needs room: "fifo" the one inserted longest ago,
            "lru" the one neither looked up nor updated for longest.

    Attributes:
        changes: Every lookup and mutation, as events: "hit", "miss", "insert" (with
            `info["evicted"]` where one had to go), "refresh", "clear". Keys are
            `(prompt, llm_string)`. All have a time, whether a listener asks or not. With previous
            values, `info["before"]` has the entries that went beside the key: evicted or cleared.
        policy: As given.

    Raises:
        TypeError: If `maxsize` is neither an int nor None.
        ValueError: If `maxsize` is below 1, or `policy` is unknown.
    """

    def __init__(self, *, maxsize: int | None = None, policy: Policy = "fifo") -> None:
        if maxsize is not None:
            if not isinstance(maxsize, int) or isinstance(maxsize, bool):
                raise TypeError(f"maxsize must be an int >= 1 or None, got {maxsize!r}")
            if maxsize < 1:
                raise ValueError(f"maxsize must be greater than 0 (or None for no limit), got {maxsize}")
        if policy not in get_args(Policy):
            raise ValueError(f"policy must be one of {', '.join(get_args(Policy))}, got {policy!r}")
        self._maxsize = maxsize
        self.policy: Policy = policy
        self._lock = threading.RLock()
        # A "fifo" cache with a limit has a slot per entry; the one whose turn it is is empty or holds the
        # oldest key. (A dict finds its first key slowly after deletions.) Every turn is an insert, and
        # from the second round on an eviction: these are beside the counts below.
        self._cache, self._slots = self._fresh()
        self._turn, self._full = 0, False
        self._inserts = self._refreshes = self._evictions = self._clears = 0
        self._count(0, 0)

    def _count(self, hits: int, misses: int) -> None:
        """Count from there, with nobody listening."""
        self._hits, self._misses = repeat((), MANY - hits), repeat((), MANY - misses)
        self._timed_hits, self._timed_misses = starmap(clock, self._hits), starmap(clock, self._misses)
        # What takes a lookup's event; None where nobody listens; False where there is more to do: to wake
        # the feed, to keep the order of use, or to say who asks.
        self._tell: Callable[[Raw], None] | Literal[False] | None = False if self._recents else None
        self.changes = Changes() if self._recents else Changes(self, tells=True)

    @property
    def _recents(self) -> bool:
        """Whether the order of use matters."""
        return self._maxsize is not None and self.policy == "lru"

    def _fresh(self) -> tuple[dict[Key, Value], list[Key | None] | None]:
        """No entries and no slots."""
        if self._recents:
            return Recent(self._lock), None
        return {}, None if self._maxsize is None else []

    @property
    def maxsize(self) -> int | None:
        """Entries at most; None without a limit."""
        return self._maxsize

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            stats, state = self.stats(), self.__dict__.copy()
            # no call but the last one: writers of "fifo" wait for no lock
            counts = (
                self._inserts, self._evictions, self._refreshes, self._turn, self._full, self._cache.copy()
            )  # fmt: skip
        inserts, evictions, refreshes, turn, full, entries = counts
        slots = None if state["_slots"] is None else [*entries]
        used = len(slots or ())
        for name in ("changes", "_lock", "_tell", "_timed_hits", "_timed_misses"):
            del state[name]  # a copy has no listeners
        return {
            **state, "_cache": entries, "_slots": slots, "_turn": used, "_full": False,
            "_inserts": inserts + turn - used, "_evictions": evictions + turn * full,
            "_refreshes": refreshes, "_hits": stats.hits, "_misses": stats.misses,
        }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = self._cache.lock if isinstance(self._cache, Recent) else threading.RLock()
        self._count(state["_hits"], state["_misses"])

    def __copy__(self) -> Self:
        """Shares the entries, as upstream's copies do."""
        other = type(self).__new__(type(self))
        other.__setstate__({**self.__getstate__(), "_cache": self._cache})
        return other

    def lookup(self, prompt: str, llm_string: str) -> Value | None:
        """The value cached for a prompt and a model configuration; None where there is none. Counted."""
        if self._tell is None:
            value = self._cache.get((prompt, llm_string))
            if value is None:
                for _ in self._misses:  # one step
                    return None
            for _ in self._hits:
                return value
        tell = self._tell
        if not tell:
            return self._look_up(prompt, llm_string)
        value = self._cache.get((prompt, llm_string))
        tell = self._tell  # anew: nothing may come between this and the event
        if not tell:
            return self._look_up(prompt, llm_string)
        if value is None:
            for time in self._timed_misses:
                tell((missed, (prompt, llm_string), MISSING, UNTOLD, time, None))
                return None
        for time in self._timed_hits:
            tell((hit, (prompt, llm_string), MISSING, UNTOLD, time, None))
            return value
        return value

    def _look_up(self, prompt: str, llm_string: str) -> Value | None:
        """`lookup` where the order of use is kept, the feed has to be woken, or origins are asked for."""
        feed, key, entries = self.changes, (prompt, llm_string), self._cache
        by = capture() if feed.wants_origin else None
        if isinstance(entries, Recent):
            return self._look_up_recent(key, by)
        value = entries.get(key)
        for time in self._timed_misses if value is None else self._timed_hits:
            if feed.active:
                feed.append((missed if value is None else hit, key, MISSING, UNTOLD, time, by))
            break
        if feed.asleep and feed.active:
            feed.wake()
        return value

    def _look_up_recent(self, key: Key, by: Captured | None) -> Value | None:
        """As `_look_up` goes on, under the lock; written again, since each lookup would pay for a call."""
        feed = self.changes
        with self._lock:
            entries = self._cache
            if isinstance(entries, Recent) and key in entries:
                entries.move_to_end(key)
            value = entries.get(key)
            for time in self._timed_misses if value is None else self._timed_hits:
                if feed.active:
                    feed.append((missed if value is None else hit, key, MISSING, UNTOLD, time, by))
                break
        if feed.asleep and feed.active:
            feed.wake()
        return value

    def update(self, prompt: str, llm_string: str, return_val: Value) -> None:
        """Cache a value. A new key at a full cache evicts the entry the policy names."""
        if self._slots is None and self._maxsize is not None:
            self._update_recent((prompt, llm_string), return_val)
            return
        key = (prompt, llm_string)
        feed = self.changes
        raw: list[Any] | None = None
        if feed.active:
            old = MISSING if feed.wants_old else UNTOLD
            by = capture() if feed.wants_origin else None
            raw = [inserted, key, return_val, old, clock(), by]
            gone: list[Any] = [None, UNTOLD]  # for one that has to go
        # CPython switches threads at calls, loops and (before 3.12) allocations: none from here to the event.
        entries, slots = self._cache, self._slots
        if key in entries:
            if raw is not None:
                raw[0] = refreshed
                if raw[3] is MISSING:
                    raw[3] = entries[key]
            self._refreshes += 1
        elif slots is None:
            self._inserts += 1
        else:
            turn = self._turn
            try:
                evicted = slots[turn]
                slots[turn] = key
                self._turn = turn + 1
                if evicted is not None:
                    if raw is not None and raw[3] is MISSING:
                        gone[1] = entries[evicted]
                    del entries[evicted]
            except (IndexError, KeyError) as error:
                self._tidy(tampered=isinstance(error, KeyError))
                return InMemoryCache.update(self, prompt, llm_string, return_val)
            if raw is not None and evicted is not None:
                raw[0], raw[3] = evicting, gone
                gone[0] = evicted
        entries[key] = return_val
        if raw is not None:
            feed.append(raw)
            if feed.asleep:
                feed.wake()

    def clear(self, **kwargs: Any) -> None:
        """Remove all entries. The counts go on; keyword arguments are ignored, as upstream's are."""
        feed = self.changes
        by = capture() if feed.wants_origin else None
        with self._lock:
            entries, slots = self._fresh()
            info = {"before": self._cache} if feed.wants_old else NO_INFO  # nobody writes to it any more
            raw = (told, "clear", (), None, None, clock(), info, by)
            self._inserts += self._turn
            if self._full:
                self._evictions += self._turn
            self._turn, self._full = 0, False
            self._cache, self._slots = entries, slots
            self._clears += 1
            if feed.active:
                feed.append(raw)
                if feed.asleep:
                    feed.wake()

    def stats(self) -> CacheStats:
        """All counts at one moment."""
        with self._lock:
            turn, evicted = self._turn, self._turn if self._full else 0
            counts = (
                self._inserts + turn, self._refreshes, self._evictions + evicted, self._clears,
                len(self._cache),
            )  # fmt: skip
            hits, misses = MANY - length_hint(self._hits), MANY - length_hint(self._misses)
        return CacheStats(hits, misses, *counts, self._maxsize)

    def _update_recent(self, key: Key, value: Value) -> None:
        feed, maxsize = self.changes, self._maxsize
        assert maxsize is not None
        by = capture() if feed.wants_origin else None
        with self._lock:
            entries = self._cache
            if not isinstance(entries, Recent):  # somebody put another dict in its place
                entries = self._cache = Recent(self._lock, entries.items())
            sort: Single = inserted
            old: Any = MISSING if feed.wants_old else UNTOLD
            if key in entries:
                entries.move_to_end(key)
                sort, old = refreshed, entries[key] if feed.wants_old else UNTOLD
                self._refreshes += 1
            else:
                while len(entries) >= maxsize:
                    evicted, gone = entries.popitem(last=False)
                    sort, old = evicting, [evicted, gone if feed.wants_old else UNTOLD]
                    self._evictions += 1
                self._inserts += 1
            entries[key] = value
            if feed.active:
                feed.append((sort, key, value, old, clock(), by))
                if feed.asleep:
                    feed.wake()

    def _tidy(self, *, tampered: bool) -> None:
        """Make more slots or begin another round; anew if somebody wrote into `_cache` directly."""
        maxsize = self._maxsize
        assert maxsize is not None
        with self._lock:
            entries, old = self._cache, self._slots
            assert old is not None
            if not tampered and self._turn < len(old):
                return  # another thread was here first
            if not tampered and len(entries) == len(old):
                more = [None] * min(max(16, len(old)), maxsize - len(old))
                if more:
                    old += more
                else:
                    self._inserts += self._turn
                    if self._full:
                        self._evictions += self._turn
                    self._turn, self._full = 0, True
                return
            while len(entries) > maxsize:
                entries.pop(next(iter(entries)), None)
            slots: list[Key | None] = []
            numbered = enumerate(slots, 1)
            slots += entries  # no call from here on
            used = 0
            if slots:
                *_, (used, _) = numbered
            self._inserts += self._turn - used - tampered  # the update that noticed is repeated
            if self._full:
                self._evictions += self._turn
            self._slots, self._turn, self._full = slots, used, False

    async def alookup(self, prompt: str, llm_string: str) -> Value | None:
        """As `lookup`."""
        return self.lookup(prompt, llm_string)

    async def aupdate(self, prompt: str, llm_string: str, return_val: Value) -> None:
        """As `update`."""
        self.update(prompt, llm_string, return_val)

    async def aclear(self, **kwargs: Any) -> None:
        """As `clear`."""
        self.clear(**kwargs)

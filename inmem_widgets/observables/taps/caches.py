"""Caches of langchain-core that are not ours, tapped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final
from weakref import ref

from langchain_core.caches import BaseCache
from langchain_core.caches import InMemoryCache as Upstream

from inmem_widgets.core.change import (
    MISSING,
    NO_INFO,
    UNKNOWN,
    UNREAD,
    UNTOLD,
    Raw,
    evicting,
    hit,
    inserted,
    missed,
    refreshed,
)
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.tappedcache import TappedCache
from inmem_widgets.observables.taps.abilities import ABILITIES, NO_EVICTIONS
from inmem_widgets.observables.taps.cachestandin import CacheStandIn, stand_in
from inmem_widgets.observables.taps.calls import Call, Direct, End, Event, Method, by
from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.swap import beneath

LOOKUP, UPDATE = Upstream.lookup, Upstream.update
AWAITED = Upstream.alookup, Upstream.aupdate, Upstream.aclear
"""These only call those that are not awaited."""
KEYS: Final = 100_000
"""Entries remembered of a cache that cannot be read."""
VALUES: Final = 2_000
"""Values remembered of those: the latest found or written."""
_ABSENT: Final[Any] = object()


def tapped(cache: Any) -> TappedCache:
    """The observable of any `BaseCache`."""
    in_memory = isinstance(cache, Upstream) and isinstance(getattr(cache, "_cache", None), dict)
    return TappedCache(stand_in(cache, MemoryCache if in_memory else SeenCache))


class LangChainCache(CacheStandIn):
    """A `BaseCache`: its lookups and updates, sync and async, as far as its class has them itself."""

    changes: TapFeed

    def methods(self, cls: type) -> Mapping[str, Method]:
        look_up, update = Direct(self._look_up, self._looked_up), Direct(self._update, self._updated)
        told = {
            "lookup": Method(by(look_up), direct={LOOKUP: look_up}),
            "update": Method(by(update), direct={UPDATE: update}),
            "clear": Method(self._clear),
        }
        both = told | {f"a{name}": Method(method.begin) for name, method in told.items()}
        own = {name for name in both if getattr(cls, name, None) is not getattr(BaseCache, name)}
        own -= {name for name in own if any(beneath(cls, name) is each for each in AWAITED)}
        return {name: method for name, method in both.items() if name in own}

    def _look_up(self, cache: Any, prompt: Any, llm_string: Any) -> Key:
        return prompt, llm_string

    def _looked_up(self, cache: Any, key: Key, found: Any) -> Raw:
        if found is None:
            self.misses.add()
            self.missed(key)
            return self.changes.single(missed, key, MISSING, UNTOLD)
        self.hits.add()
        self.hit(key, found)
        return self.changes.single(hit, key, MISSING, UNTOLD)

    def _update(self, cache: Any, prompt: Any, llm_string: Any, return_val: Any) -> Any:
        key = prompt, llm_string
        return key, return_val, self.before(cache, key)

    def _updated(self, cache: Any, begun: Any, _: Any) -> Raw:
        key, value, before = begun
        feed, (old, gone) = self.changes, self.written(key, value, before)
        (self.inserts if old is MISSING else self.refreshes).add()
        if old is not MISSING and gone is not None:
            info = {"evicted": gone[0]}
            info |= {"before": {gone[0]: gone[1]}} if feed.wants_old else {}
            feed.tell("refresh", (key,), (value,), (old,) if feed.wants_old else None, info)
            return ()
        raw = feed.single(inserted if old is MISSING else refreshed, key, value, old)
        if gone is not None:
            raw[0], raw[3] = evicting, gone
        return raw

    def _clear(self, call: Call) -> End:
        info = {"before": self.entries()} if call.feed.wants_old else NO_INFO

        def end(_: Any) -> tuple[Event]:
            self.clears.add()
            self.cleared()
            return (("clear", (), None, None, info),)

        return end

    def missed(self, key: Key) -> None:
        """A lookup found nothing."""

    def hit(self, key: Key, value: Any) -> None:
        """A lookup found something."""

    def before(self, cache: Any, key: Key) -> Any:
        """What has to be known of the time before a key is written."""

    def written(self, key: Key, value: Any, before: Any) -> tuple[Any, list[Any] | None]:
        """The value before, `MISSING` where there was none, and the key that had to go, with its value."""
        raise NotImplementedError

    def entries(self) -> dict[Key, Any]:
        """All entries known of, for who keeps them."""
        raise NotImplementedError

    def cleared(self) -> None:
        """The cache was cleared."""


class SeenCache(LangChainCache):
    """A cache that cannot be read but by looking up, which it might count: known is what its users saw."""

    partial = True

    def __init__(self, cache: Any) -> None:
        super().__init__(cache, ABILITIES["caches"])
        self._seen: OrderedDict[Key, Any] = OrderedDict()
        self._valued: OrderedDict[Key, None] = OrderedDict()

    @property
    def _cache(self) -> dict[Key, Any]:
        return self._seen

    @property
    def no_whatif(self) -> str:
        return f"What other sizes would do cannot be told: {NO_EVICTIONS}"

    def begin(self) -> None:
        super().begin()
        self.cleared()

    def missed(self, key: Key) -> None:
        with self._lock:
            self._forget(key)

    def hit(self, key: Key, value: Any) -> None:
        self.written(key, value, None)

    def written(self, key: Key, value: Any, before: None) -> tuple[Any, None]:
        with self._lock:
            seen, valued = self._seen, self._valued
            old = seen.get(key, MISSING)
            seen[key], valued[key] = value, None
            valued.move_to_end(key)
            if len(valued) > VALUES:
                last, _ = valued.popitem(last=False)
                seen[last] = UNREAD
            if len(seen) > KEYS:
                self._forget(next(iter(seen)))
        return old, None

    def entries(self) -> dict[Key, Any]:
        with self._lock:
            return dict(self._seen)

    def cleared(self) -> None:
        with self._lock:
            self._seen.clear()
            self._valued.clear()

    def _forget(self, key: Key) -> None:
        self._seen.pop(key, None)
        self._valued.pop(key, None)


class MemoryCache(LangChainCache):
    """`langchain_core.caches.InMemoryCache`, whose dict is read; what it evicts is told by what is gone."""

    policy = "fifo_upstream"

    def __init__(self, cache: Upstream) -> None:
        super().__init__(cache, ABILITIES["memory caches"])
        self._held = ref(cache)
        self._order: OrderedDict[Any, None] = OrderedDict()  # with a limit: keys, the oldest first
        self._gone: list[Any] = []  # evicted, and not told yet: their writers come right after

    @property
    def _cache(self) -> dict[Key, Any]:
        cache = self._held()
        return {} if cache is None else cache._cache

    @property
    def maxsize(self) -> int | None:
        cache = self._held()
        return None if cache is None else cache._maxsize

    def begin(self) -> None:
        super().begin()
        self._read()

    def before(self, cache: Upstream, key: Key) -> tuple[Any, Upstream, Key | None, Any]:
        """Its value; if the cache is full, which entry would have to go, and its value."""
        entries: dict[Any, Any] = cache._cache
        if len(entries) != cache._maxsize:
            return entries.get(key, MISSING), cache, None, UNTOLD
        try:
            next_one = next(iter(self._order), None)
        except RuntimeError:  # another thread got in between
            with self._lock:
                next_one = next(iter(self._order), None)
        value = entries.get(next_one, UNKNOWN) if self.changes.wants_old else UNTOLD
        return entries.get(key, MISSING), cache, next_one, value

    def written(self, key: Key, value: Any, before: Any) -> tuple[Any, list[Any] | None]:
        old, cache, next_one, its_value = before
        if cache._maxsize is None:
            return old, None
        with self._lock:
            order, entries = self._order, cache._cache
            if next_one not in entries and key in entries and order.pop(next_one, _ABSENT) is None:
                order[key] = None
                if len(order) <= len(entries) and not self._gone:  # it went for this one, and no other did
                    self.evictions.add()
                    return old, [next_one, its_value]
                self._left(next_one)
            if key not in entries:  # others have pushed it out already
                self._left(key)
            elif next_one is not None and next(iter(order), None) == key:  # it made room for itself
                order.move_to_end(key)
            else:
                order[key] = None
            while order and (oldest := next(iter(order))) not in entries:
                del order[oldest]
                self._left(oldest)
            if len(order) > len(entries):  # they are in another order: somebody wrote into the dict directly
                for gone in [each for each in order if each not in entries]:
                    del order[gone]
                    self._left(gone)
            if not self._gone:
                return old, None
            evicted = self._gone.pop(0)
        known = its_value if evicted == next_one else UNKNOWN
        return old, [evicted, known if self.changes.wants_old else UNTOLD]

    def entries(self) -> dict[Key, Any]:
        return self._cache  # nobody writes to it once it is cleared

    def _left(self, key: Key) -> None:
        self.evictions.add()
        self._gone.append(key)

    def _read(self) -> None:
        entries = self._cache
        with self._lock:
            self._order = OrderedDict.fromkeys(list(entries))

    def cleared(self) -> None:
        with self._lock:
            self._order.clear()
            self._gone.clear()

"""Caches of `cachetools`, tapped."""

from __future__ import annotations

from collections import OrderedDict
from math import inf
from types import MappingProxyType
from typing import Any, Final
from weakref import ref

import cachetools

from inmem_widgets.core.change import NO_INFO, Change, Raw, change
from inmem_widgets.core.entries import Key
from inmem_widgets.core.origin import origin
from inmem_widgets.observables.keys.live import steadily
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.tappedcache import TappedCache
from inmem_widgets.observables.taps.abilities import ABILITIES
from inmem_widgets.observables.taps.cachestandin import stand_in
from inmem_widgets.observables.taps.texts import LONGEST, Texts
from inmem_widgets.observables.taps.toldcache import ToldCache

MISSED: Final = 10_000
"""Keys that were looked up and not there whose texts are remembered."""
POLICIES: Final = {"LRUCache": "lru", "FIFOCache": "fifo", "LFUCache": "lfu"}
"""What can be simulated."""
USED: Final = ("LRUCache", "TTLCache", "TLRUCache")
"""Those that keep their entries in the order of use."""
TIMED: Final = ("TTLCache", "TLRUCache")
"""Those whose entries expire."""
BY_SIZE: Final = "the cache is limited by what its getsizeof tells, not by a number of entries"


def tapped(cache: Any) -> TappedCache:
    """The observable of a `cachetools.Cache`."""
    return TappedCache(stand_in(cache, Cachetools))


class Cachetools(ToldCache):
    """Any `cachetools.Cache`. Its keys are shown as texts, one to one: (text, "") is the key of an entry."""

    def __init__(self, cache: cachetools.Cache[Any, Any]) -> None:
        super().__init__(cache, ABILITIES["cachetools"])
        self._held = ref(cache)
        kinds = [each.__name__ for each in type(cache).__mro__ if each.__module__ == cachetools.__name__]
        self._kind = kinds[0]
        self.policy = POLICIES.get(self._kind, self._kind.removesuffix("Cache") or "any")
        self.own = type(cache).__module__ == cachetools.__name__
        self.by_size = getattr(cache, "getsizeof", None) is not cachetools.Cache.getsizeof
        self.timed = self._kind in TIMED
        if self.by_size:
            unknown = MappingProxyType({"maxsize": BY_SIZE})
            self.abilities = self.abilities._replace(unknown=unknown)
        self._began = False  # whether there were entries at first
        self._mirror: OrderedDict[Key, Any] = OrderedDict()
        self._texts = self._new_texts()
        self._missed: OrderedDict[str, None] = OrderedDict()
        self._number = 0

    @property
    def _data(self) -> dict[Any, Any]:
        """What the cache keeps its entries in: reading it uses and expires nothing."""
        found: dict[Any, Any] = _held_by(self._held(), "_Cache__data") or {}
        return found

    @property
    def _cache(self) -> dict[Key, Any]:
        return self._mirror

    def size(self) -> int:
        return len(self._data)

    @property
    def maxsize(self) -> int | None:
        cache = self._held()
        limit = inf if cache is None or self.by_size else cache.maxsize
        return None if limit == inf else int(limit)

    @property
    def no_whatif(self) -> str:
        if self._kind not in POLICIES or not self.own:
            why = f"that of {self.type_name} cannot be simulated"
        elif self.by_size:
            why = BY_SIZE
        elif self._kind == "LFUCache" and self._began:
            why = "how often the entries held at first had been used is not known"
        elif self._kind == "FIFOCache" and self.refreshes.count:
            why = "entries were written again, which moves them"
        else:
            return ""
        return f"What other sizes would do cannot be told: {why}"

    def begin(self) -> None:
        super().begin()
        with self._lock:
            self._number = self.changes.count
            self._read()
            self._began = bool(self._mirror)

    def _read(self) -> None:
        """Take in all entries, the next to go first where that can be seen."""
        cache, data = self._held(), self._data
        orders = [_held_by(cache, f"_{self._kind}__{name}") for name in ("order", "links", "items")]
        order = next((each for each in orders if isinstance(each, OrderedDict)), data)
        keys = steadily(lambda: list(order))
        self._texts, self._missed = self._new_texts(), OrderedDict()
        self._mirror = OrderedDict()
        for key in keys:
            if (value := data.get(key, self)) is not self:
                self._mirror[self._text(key), ""] = value

    def _new_texts(self) -> Texts:
        texts = Texts()
        texts.there = self._shown
        return texts

    def _shown(self) -> list[str]:
        return [*(text for text, _ in self._mirror), *self._missed]

    def _text(self, key: Any) -> str:
        try:
            return self._texts.of(key)
        except Exception:  # of the key's own code
            return preview(key, LONGEST)

    # -- how it is told: on the feed's thread --

    @staticmethod
    def _made(number: int, raw: Raw) -> Change:
        me: Cachetools = raw[1]
        return me._change(number, raw)

    def _change(self, number: int, raw: Raw) -> Change:
        _, _, time, by, kind, key, *rest = raw
        who, rich = None if by is None else origin(by), self.changes.wants_old
        with self._lock:
            if number != self._number + 1:  # some were lost
                self._read()
            self._number = number
            mirror = self._mirror
            if kind == "clear":
                info = {"before": dict(mirror)} if rich else NO_INFO
                mirror.clear()
                self._texts, self._missed = self._new_texts(), OrderedDict()
                return change(number, kind, (), None, None, time, info, who)
            shown = self._text(key), ""
            if kind == "hit":
                if self._kind in USED and shown in mirror:
                    mirror.move_to_end(shown)
                return change(number, kind, (shown,), None, None, time, NO_INFO, who)
            if kind == "miss":
                self._forget_one(shown)
                return change(number, kind, (shown,), None, None, time, NO_INFO, who)
            value, before, more = rest
            old = (before,) if rich else None
            if kind == "evict":
                self._leave(shown)
                return change(number, kind, (shown,), None, old, time, {"why": more}, who)
            info = NO_INFO
            if more is not None:
                evicted = self._text(more[0]), ""
                info = {"evicted": evicted, "before": {evicted: more[1]}} if rich else {"evicted": evicted}
                self._leave(evicted)
            mirror[shown] = value
            self._missed.pop(shown[0], None)
            if self._kind != "Cache":
                mirror.move_to_end(shown)
            return change(number, kind, (shown,), (value,), old, time, info, who)

    def _leave(self, shown: Key) -> None:
        self._mirror.pop(shown, None)
        self._remember(shown)

    def _forget_one(self, shown: Key) -> None:
        """A key was missed: nothing but its text is known of it, if it is not there, expired."""
        if shown not in self._mirror:
            self._remember(shown)

    def _remember(self, shown: Key) -> None:
        missed = self._missed
        missed[shown[0]] = None
        missed.move_to_end(shown[0])
        if len(missed) > MISSED:
            self._texts.forget(missed.popitem(last=False)[0])


def _held_by(cache: Any, name: str) -> Any:
    """An attribute; not by way of `__dict__`, which once asked for leaves an object slower for good."""
    try:
        return object.__getattribute__(cache, name)
    except AttributeError:
        return None

"""Caches of `cachetools`, tapped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from math import inf
from time import time as clock
from types import MappingProxyType
from typing import Any, Final
from weakref import ref

import cachetools

from inmem_widgets.core.change import MISSING, NO_INFO, Change, Raw, change
from inmem_widgets.core.entries import Key
from inmem_widgets.core.origin import capture, origin
from inmem_widgets.observables.keys.live import steadily
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.tappedcache import TappedCache
from inmem_widgets.observables.taps.abilities import ABILITIES
from inmem_widgets.observables.taps.cachestandin import CacheStandIn, stand_in
from inmem_widgets.observables.taps.calls import Call, End, Method
from inmem_widgets.observables.taps.texts import LONGEST, Texts

MISSED: Final = 10_000
"""Keys that were looked up and not there whose texts are remembered."""
LOOKUP, WRITE, ABSENT, FOUND = "lookup", "write", "absent", "found"
"""What is noted of calls for those inside of which they are, or that are inside of them."""
POLICIES: Final = {"LRUCache": "lru", "FIFOCache": "fifo", "LFUCache": "lfu"}
"""What can be simulated."""
USED: Final = ("LRUCache", "TTLCache", "TLRUCache")
"""Those that keep their entries in the order of use."""
BY_SIZE: Final = "the cache is limited by what its getsizeof tells, not by a number of entries"


def tapped(cache: Any) -> TappedCache:
    """The observable of a `cachetools.Cache`."""
    return TappedCache(stand_in(cache, Cachetools))


class Cachetools(CacheStandIn):
    """Any `cachetools.Cache`. Its keys are shown as texts, one to one: (text, "") is the key of an entry."""

    def __init__(self, cache: cachetools.Cache[Any, Any]) -> None:
        super().__init__(cache, ABILITIES["cachetools"])
        self._held = ref(cache)
        kinds = [each.__name__ for each in type(cache).__mro__ if each.__module__ == cachetools.__name__]
        self._kind = kinds[0]
        self.policy = POLICIES.get(self._kind, self._kind.removesuffix("Cache") or "any")
        self._own = type(cache).__module__ == cachetools.__name__
        self._by_size = getattr(cache, "getsizeof", None) is not cachetools.Cache.getsizeof
        if self._by_size:
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
        limit = inf if cache is None or self._by_size else cache.maxsize
        return None if limit == inf else int(limit)

    @property
    def no_whatif(self) -> str:
        if self._kind not in POLICIES or not self._own:
            why = f"that of {self.type_name} cannot be simulated"
        elif self._by_size:
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

    # -- what users do: on their threads --

    def methods(self, cls: type) -> Mapping[str, Method]:
        begins: dict[str, Callable[[Call], End | None]] = {
            "get": self._get,
            "setdefault": self._set_default,
            "__delitem__": self._delete,
            "pop": self._take_out,
            "clear": self._clear,
        }
        inner: dict[str, Callable[[Call], End | None]] = {
            "__getitem__": self._look_up,
            "__missing__": self._absent,
            "__setitem__": self._set,
            "popitem": self._pop_item,
            "expire": self._expire,
        }
        outer = {name: Method(begin) for name, begin in begins.items()}
        return {**outer, **{name: Method(begin, inner=True) for name, begin in inner.items()}}

    def _look_up(self, call: Call) -> End | None:
        outer = call.outer
        if outer is not None and not _is(outer, LOOKUP):
            return None  # `pop` and `setdefault` look up what they know to be there
        key = _key(call)
        call.note(LOOKUP)

        def end(_: Any) -> tuple[()]:
            if outer is not None:
                outer.note(FOUND)
            if ABSENT not in (call.notes or ()):
                self.hits.add()
                self._tell("hit", key)
            return ()

        return end

    def _absent(self, call: Call) -> None:
        if call.outer is not None and _is(call.outer, LOOKUP):
            call.outer.note(ABSENT)
            self._miss(_key(call))

    def _get(self, call: Call) -> End:
        key = _key(call)
        call.note(LOOKUP)

        def end(_: Any) -> tuple[()]:
            if call.notes == [LOOKUP]:
                self._miss(key)
            return ()

        return end

    def _miss(self, key: Any) -> None:
        self.misses.add()
        self._tell("miss", key)

    def _set(self, call: Call) -> End | None:
        if call.outer is not None and _is(call.outer, WRITE):
            return None  # `setdefault` tells it
        key, value = call.given("key", "value")
        return self._writing(call, key, lambda: value)

    def _set_default(self, call: Call) -> End | None:
        key = _key(call)
        if key in call.obj:
            return None  # it is looked up, and used
        return self._writing(call, key, lambda: self._data[key])

    def _writing(self, call: Call, key: Any, written: Callable[[], Any]) -> End:
        before = self._data.get(key, MISSING) if key in call.obj else MISSING
        call.note(WRITE)

        def end(_: Any) -> tuple[()]:
            *others, last = [each for each in (call.notes or [])[1:] if each[0] != key] or [None]
            for gone, value in others:
                self._evict(gone, value, "room")
            if key in self._data:
                known = before is not MISSING
                (self.refreshes if known else self.inserts).add()
                if last is not None:
                    self.evictions.add()
                self._tell("refresh" if known else "insert", key, written(), before, last)
            else:  # it expired at once
                if last is not None:
                    self._evict(last[0], last[1], "room")
                if before is not MISSING:
                    self._evict(key, before, "expired")
            return ()

        return end

    def _delete(self, call: Call) -> End | None:
        key = _key(call)
        if key in self._data and key not in call.obj:
            self._evict(key, self._data[key], "expired")  # it raises, and deletes it all the same
            return None
        return self._take_out(call)

    def _take_out(self, call: Call) -> End | None:
        key = _key(call)
        before = self._data.get(key, MISSING)
        if before is MISSING:
            return None

        def end(_: Any) -> tuple[()]:
            if key not in self._data:
                self._evict(key, before, "deleted")
            return ()

        return end

    def _pop_item(self, call: Call) -> End:
        def end(item: Any) -> tuple[()]:
            outer = call.outer
            if outer is None:
                self._evict(item[0], item[1], "deleted")
            elif _is(outer, WRITE):
                outer.note(item)
            return ()

        return end

    def _expire(self, call: Call) -> End:
        def end(items: Any) -> tuple[()]:
            for key, value in items or ():
                self._evict(key, value, "expired")
            return ()

        return end

    def _clear(self, call: Call) -> End:
        def end(_: Any) -> tuple[()]:
            self.clears.add()
            self._tell("clear", None)
            return ()

        return end

    def _evict(self, key: Any, value: Any, why: str) -> None:
        if why != "deleted":
            self.evictions.add()
        self._tell("evict", key, MISSING, value, why)

    def _tell(self, *what: Any) -> None:
        """Queue (kind, key, value, value before, what else)."""
        feed = self.changes
        if feed.active:
            feed.append((self._made, clock(), capture() if feed.wants_origin else None, *what))
            if feed.asleep:
                feed.wake()

    # -- how it is told: on the feed's thread --

    def _made(self, number: int, raw: Raw) -> Change:
        _, time, by, kind, key, *rest = raw
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


def _key(call: Call) -> Any:
    """Its first argument."""
    return call.args[0] if call.args else call.kwargs["key"]


def _is(call: Call, what: str) -> bool:
    return bool(call.notes) and call.notes[0] is what  # type: ignore[index]

"""What the methods of a `cachetools` cache do to its stand-in: called by them, on their threads.

What they call of each other is in the notes of the one around them: those of a `Call`, or of a direct way,
which is there for the classes of cachetools itself, whose `__missing__` raises, with entries of one size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import get_ident
from time import time as clock
from typing import Any, Final

import cachetools

from inmem_widgets.core.change import MISSING, Change, Raw
from inmem_widgets.core.origin import capture
from inmem_widgets.observables.taps.cachestandin import CacheStandIn
from inmem_widgets.observables.taps.calls import Call, Direct, End, Method
from inmem_widgets.observables.taps.feed import TapFeed

LOOKUP, WRITE, ABSENT, FOUND = "lookup", "write", "absent", "found"
"""What is noted of calls for those inside of which they are, or that are inside of them."""
FUNCTIONS: Final = {
    name: frozenset(
        getattr(getattr(cachetools, kind), name) for kind in cachetools.__all__ if kind.endswith("Cache")
    )
    for name in ("__getitem__", "__missing__", "get", "__setitem__", "setdefault")
}
"""What these methods are in the classes of cachetools."""


class ToldCache(CacheStandIn):
    """Counts and queues what is done to a cache: (`_made`, itself, time, captured, kind, key, value, value
    before, what else), as many of the latter as the kind has.

    Attributes:
        own: Whether its class is one of cachetools itself.
        by_size: Whether its entries are measured.
        timed: Whether they expire.
    """

    changes: TapFeed
    own: bool
    by_size: bool
    timed: bool

    @property
    def _data(self) -> dict[Any, Any]:
        """What the cache keeps its entries in: reading it uses and expires nothing."""
        raise NotImplementedError

    @staticmethod
    def _made(number: int, raw: Raw) -> Change:
        """The change of what was queued; on the feed's thread."""
        raise NotImplementedError

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
        directs: dict[str, Direct] = {}
        if self.own and not self.by_size:
            directs = {
                "__getitem__": Direct(self._find, self._found),
                "__missing__": Direct(self._not_found),
                "get": Direct(self._begin_get, self._got),
            }
            if cls is not cachetools.TLRUCache:  # whose user's function may fail when others have expired
                directs["__setitem__"] = Direct(self._begin_put, self._put)
                directs["setdefault"] = Direct(self._begin_default, self._put_default)
        known = {name: dict.fromkeys(FUNCTIONS[name], direct) for name, direct in directs.items()}
        return {
            name: Method(begin, inner=name in inner, direct=known.get(name, {}))
            for name, begin in (begins | inner).items()
        }

    # -- the direct way --

    def _find(self, cache: Any, key: Any) -> Any:
        """A key is looked up; if it is not there, `__missing__` tells."""
        return (key,)

    def _found(self, cache: Any, begun: Any, _: Any) -> Raw:
        self.hits.add()
        return self._raw("hit", begun[0])

    def _not_found(self, cache: Any, key: Any) -> tuple[()]:
        self._miss(key)
        return ()

    def _begin_get(self, cache: Any, key: Any, default: Any = None) -> Any:
        notes = self.tap.within[get_ident()] = []
        return key, notes

    def _got(self, cache: Any, begun: Any, _: Any) -> Raw:
        key, found = begun
        (self.hits if found else self.misses).add()
        return self._raw("hit" if found else "miss", key)

    def _begin_put(self, cache: Any, key: Any, value: Any) -> Any:
        before = cache._Cache__data.get(key, MISSING)
        if self.timed and before is not MISSING and key not in cache:
            before = MISSING  # it has expired
        notes = self.tap.within[get_ident()] = []
        return key, value, before, notes

    def _put(self, cache: Any, begun: Any, _: Any) -> Raw:
        key, value, before, notes = begun
        return self._wrote(key, value, before, self._made_room(notes) if notes else None)

    def _begin_default(self, cache: Any, key: Any, default: Any = None) -> Any:
        notes = self.tap.within[get_ident()] = []
        return key, default, notes

    def _put_default(self, cache: Any, begun: Any, _: Any) -> Raw:
        key, default, notes = begun
        if notes[-1][0] == "__getitem__":
            self.hits.add()
            return self._raw("hit", key)
        return self._wrote(key, default, MISSING, self._made_room(notes))

    def _made_room(self, notes: list[tuple[str, Any]]) -> Any:
        """The latest item that had to go; what went before it is told."""
        last = None
        for name, result in notes:
            if name == "expire":
                self._expired(result)
            elif name == "popitem":
                if last is not None:
                    self._evict(last[0], last[1], "room")
                last = result
        return last

    # -- the general way --

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
                self._queue(self._wrote(key, written(), before, last))
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
            self._expired(items)
            return ()

        return end

    def _clear(self, call: Call) -> End:
        def end(_: Any) -> tuple[()]:
            self.clears.add()
            self._tell("clear", None)
            return ()

        return end

    # -- what is told --

    def _wrote(self, key: Any, value: Any, before: Any, gone: Any) -> Raw:
        """What is to be queued of a key that was written, for which an item had to go or None."""
        if gone is not None:
            self.evictions.add()
        new = before is MISSING
        (self.inserts if new else self.refreshes).add()
        by = capture() if self.changes.wants_origin else None
        return self._made, self, clock(), by, "insert" if new else "refresh", key, value, before, gone

    def _expired(self, items: Any) -> None:
        for key, value in items or ():
            self._evict(key, value, "expired")

    def _evict(self, key: Any, value: Any, why: str) -> None:
        if why != "deleted":
            self.evictions.add()
        self._tell("evict", key, MISSING, value, why)

    def _raw(self, *what: Any) -> Raw:
        return self._made, self, clock(), capture() if self.changes.wants_origin else None, *what

    def _tell(self, *what: Any) -> None:
        self._queue(self._raw(*what))

    def _queue(self, raw: Raw) -> None:
        if self.changes.active:
            self.changes.put(raw)


def _key(call: Call) -> Any:
    """Its first argument."""
    return call.args[0] if call.args else call.kwargs["key"]


def _is(call: Call, what: str) -> bool:
    return bool(call.notes) and call.notes[0] is what  # type: ignore[index]

"""What a store's own methods do to its stand-in: called by them, on any thread."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from time import monotonic
from typing import Any

from inmem_widgets.core.change import MISSING, UNKNOWN, UNREAD, UNTOLD, Raw, deleted, got, wrote
from inmem_widgets.observables.taps.calls import Event
from inmem_widgets.observables.taps.reader import Reader
from inmem_widgets.observables.taps.standin import StandIn
from inmem_widgets.observables.taps.unread import Unread, is_unread

NOTED = 100_000
"""Keys remembered as about to be told of; and, of a store with fewer, as told of since the last reading."""


class ToldStore(StandIn):
    """Tells what is done to a store's keys, and keeps the mirror of a store that has them elsewhere.

    Of many keys: `before` a method and `wrote` or `deleted` after it. Of a single one: `setting` or
    `deleting` before it, `was_set` or `was_deleted` after it, and `got`. A key is noted as told of once the
    mirror has it, and as under way until then: a reading in between leaves it alone.

    Attributes:
        mirror: Keys, with their values as far as these are known.
        complete: Whether all keys are known.
    """

    changes: Any = None

    def __init__(self, obj: Any, reader: Reader) -> None:
        self.reader = reader
        self.mirror: dict[str, Any] = {}
        self.complete = reader.held(obj) is not None
        self._reads = reader.interval is not None or not self.complete  # now and then
        # of objects in memory that have other dicts, values are compared: notes are of the time of a reading
        self._notes = self._always = not (reader.in_memory and type(reader).held is Reader.held)
        self._told: dict[str, None] = {}  # keys, since the last reading began
        self._most = NOTED
        self._begun: dict[str, float] = {}  # keys of calls under way, and when they began

    @property
    def _store(self) -> dict[str, Any]:
        """All keys: the dict that the object itself keeps, or else the mirror."""
        obj = self.object
        held = None if obj is None else self.reader.held(obj)
        return self.mirror if held is None else held

    @property
    def mirrored(self) -> bool:
        """Whether the keys are a copy, and values are read when they are asked for."""
        obj = self.object
        return obj is not None and self.reader.held(obj) is None

    # -- of many keys --

    def before(self, keys: Sequence[str]) -> list[Any] | None:
        """The values before a call, as far as they are known without reading, if somebody asked."""
        if self._reads and len(self._begun) < NOTED:
            self._begun.update(zip(keys, repeat(monotonic())))
        if not self.changes.wants_old:
            return None
        if not keys:
            return []
        missing, data = MISSING if self.complete else UNKNOWN, self._store
        found = [*map(data.get, keys, repeat(missing))]
        return [UNKNOWN if is_unread(value) else value for value in found] if data is self.mirror else found

    def there(self, keys: Sequence[str]) -> list[str]:
        """Those that are there, as far as that is known; each once."""
        if not keys:
            return []
        data = self._store
        return [key for key in dict.fromkeys(keys) if key in data or not self.complete]

    def wrote(self, keys: Sequence[str], values: Sequence[Any], old: list[Any] | None) -> list[Event]:
        """The event of keys that were set."""
        if not keys:
            return []
        if self.mirrored:
            obj = self.object if self.reader.in_memory else None
            if obj is None:
                new = [*map(self._unread, values)]
                self.mirror.update(zip(keys, new, strict=True))
            else:
                self.mirror.update(zip(keys, self.reader.read(obj, keys), strict=True))
        self._note(keys)
        return [("set", keys, values, old)]

    def deleted(self, keys: Sequence[str], old: list[Any] | None) -> list[Event]:
        """The event of keys that were deleted."""
        if not keys:
            return []
        if self.mirrored:
            for key in keys:
                self.mirror.pop(key, None)
        self._note(keys)
        return [("delete", keys, None, old)]

    # -- of a single one --

    def setting(self, data: dict[str, Any] | None, key: str, value: Any) -> list[Any]:
        """A key is about to be set. `data`: the dict that the object itself keeps its keys in, if it does."""
        raw: list[Any] = self.changes.single(wrote, key, value, self._old(data, key))
        return raw

    def was_set(self, raw: list[Any], mirrored: bool) -> list[Any]:
        """That was done; in place of the value in the raw list may stand what has come of it meanwhile."""
        key = raw[1]
        if mirrored:
            value = raw[2]
            self.mirror[key] = value if self.reader.in_memory else self._unread(value)
        if self._reads:
            self._noted(key)
        return raw

    def deleting(self, data: dict[str, Any] | None, key: str) -> Raw:
        """A key is about to be deleted, if it is there."""
        if self.complete and key not in (self.mirror if data is None else data):
            return ()
        raw: Raw = self.changes.single(deleted, key, MISSING, self._old(data, key))
        return raw

    def was_deleted(self, raw: Raw, mirrored: bool) -> Raw:
        """That was done."""
        key = raw[1]
        if mirrored:
            self.mirror.pop(key, None)
        if self._reads:
            self._noted(key)
        return raw

    def got(self, key: str, value: Any) -> Raw:
        """A key's value was returned."""
        raw: Raw = self.changes.single(got, key, value, UNTOLD)
        return raw

    def _old(self, data: dict[str, Any] | None, key: str) -> Any:
        """The value before, as far as it is known without reading, of a key that is about to be changed."""
        if self._reads and len(self._begun) < NOTED:
            self._begun[key] = monotonic()
        if data is not None:
            return data.get(key, MISSING)
        old = self.mirror.get(key, MISSING if self.complete else UNKNOWN)
        return UNKNOWN if old is UNREAD or type(old) is Unread else old

    def _note(self, keys: Sequence[str]) -> None:
        if self._reads:
            self._noted(keys[0])
            if self._notes:
                self._told.update(dict.fromkeys(keys))
            for key in keys:
                self._begun.pop(key, None)

    def _noted(self, key: str) -> None:
        if self._notes:
            told = self._told
            if len(told) > self._most:
                self._forget(told)
            told[key] = None
        self._begun.pop(key, None)

    def _forget(self, told: dict[str, None]) -> None:
        """Let go of the keys that no reading will find: those set and deleted again."""
        there, found = self._store, self.reader.found
        for key in told.copy():
            if key not in there and not found(key):
                told.pop(key, None)
        self._most = max(NOTED, 2 * len(told))

    def _unread(self, value: Any) -> Any:
        """What is known of a value that was written: one of its own for each, since a reading under way is
        not of this one."""
        return value if self.reader.by_caller else Unread(None)

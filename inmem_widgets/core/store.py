"""Key-value stores in memory: langchain-core's, made safe, quick to search and observable."""

from __future__ import annotations

import time as clock
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import compress, repeat
from operator import is_
from typing import Any, Generic, TypeVar

from langchain_core.stores import BaseStore

from inmem_widgets.core.arguments import checked, checked_pairs, refuse
from inmem_widgets.core.change import MISSING, NO_INFO, UNTOLD, deleted, told, wrote, wrote_many
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.origin import capture
from inmem_widgets.core.prefix import MAX_REMOVED, PrefixIndex
from inmem_widgets.core.reads import StoreFeed

V = TypeVar("V")


def _stamp(feed: Changes, info: Mapping[str, Any] = NO_INFO) -> tuple[Any, Mapping[str, Any], Any]:
    """The last parts of a raw tuple of `told`: the time, `info`, and who calls."""
    time = clock.time() if feed.wants_time else None
    return time, info, capture() if feed.wants_origin else None


def _unchanged(keys: Sequence[str], store: dict[str, Any], values: Sequence[object]) -> Iterator[str]:
    """The keys whose values still are these objects; reading it all is one step no thread gets into."""
    return compress(keys, map(is_, map(store.get, keys, repeat(MISSING)), values))


class InMemoryBaseStore(BaseStore[str, V], Generic[V]):
    """A dict of str keys behind langchain-core's `BaseStore` interface.

    Drop-in for `langchain_core.stores.InMemoryBaseStore`. All methods may be called from any
    thread; `mset`, `mget` and `mdelete` of any number of keys each take effect at one moment.
    Keys must be `str`, for reading and deleting as well.

    Attributes:
        changes: What is done through the methods, as events: "set", "delete" (the keys that were
            there) and "reset" (`store` replaced; with previous values, `info["before"]` is what it held);
            "get" (`mget`), where reads are asked for.
    """

    _values: type = object
    """What values have to be instances of."""

    def __init__(self) -> None:
        self._store: dict[str, V] = {}
        self._connect()

    def _connect(self) -> None:
        self._watched = False
        self.changes = StoreFeed(self)
        self._prefixes = PrefixIndex()

    @property
    def store(self) -> dict[str, V]:
        """The live dict. What is written into it directly is seen by all methods but makes no event."""
        self._prefixes.suspect = True
        return self._store

    @store.setter
    def store(self, store: dict[str, V]) -> None:
        if not isinstance(store, dict):
            refuse("store", store, "a dict")
        feed = self.changes
        before: dict[str, V] = {}
        info = {"before": before} if feed.wants_old else NO_INFO
        raw = (told, "reset", (), None, None, *_stamp(feed, info))
        if feed.wants_old:
            before |= self._store  # the dict itself may be somebody's, and change
        self._store = store
        if feed.active:
            feed.append(raw)
            if feed.asleep:
                feed.wake()
        self._prefixes.drop()

    def __len__(self) -> int:
        return len(self._store)

    def __contains__(self, key: object) -> bool:
        return key in self._store

    def __bool__(self) -> bool:
        return True  # an empty store is still a store: `store or default` goes on working

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        del state["changes"], state["_prefixes"]  # a copy has no listeners
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._connect()

    def mget(self, keys: Sequence[str]) -> list[V | None]:
        """The values of the keys, in their order; None where there is none.

        Raises:
            TypeError: If `keys` is a string or holds anything but strings.
        """
        match keys:
            case [key] if f"{key}" is key:  # true for a plain str only, and the cheapest such test
                return [self._store.get(key)]
        return [*map(self._store.get, checked(keys))]

    def mset(self, key_value_pairs: Sequence[tuple[str, V]] | Mapping[str, V]) -> None:
        """Set all of the pairs, or none if anything is wrong with one.

        Args:
            key_value_pairs: Pairs, or a mapping.

        Raises:
            TypeError: If it is neither, or if a key (or in the byte store a value) has a wrong type.
        """
        match key_value_pairs:
            case [pair]:
                try:
                    key, value = pair
                except (TypeError, ValueError):
                    key = None  # to be refused below
                if f"{key}" is key:  # true for a plain str only, and the cheapest such test
                    if not self._watched:
                        self._store[key] = value
                        return
                    feed = self.changes
                    if not feed.rich:
                        raw = pair if pair.__class__ is tuple else (key, value)  # a list may change
                        self._store[key] = value
                        feed.append(raw)
                        if feed.asleep:
                            feed.wake()
                        return
                    return self._set_rich(key, value)
        self._set(key_value_pairs)

    def _plain(self, pairs: list[tuple[str, V]]) -> bool:
        """Whether all keys (and in the byte store values) have exactly the type they must have."""
        return not [1 for key, _ in pairs if f"{key}" is not key]

    def _set_rich(self, key: str, value: V) -> None:
        """`mset` of one pair, where more than it is asked for."""
        store, feed = self._store, self.changes
        time = clock.time() if feed.wants_time else None
        by = capture() if feed.wants_origin else None
        raw: list[Any] = [wrote, key, value, UNTOLD, time, by]
        # From here to the event no call and no allocation: no thread gets in between.
        if feed.wants_old:
            raw[3] = MISSING
            if key in store:
                raw[3] = store[key]
        store[key] = value
        feed.append(raw)
        if feed.asleep:
            feed.wake()

    def _set(self, pairs: Sequence[tuple[str, V]] | Mapping[str, V]) -> None:
        new: dict[str, V] | list[tuple[str, V]]
        try:
            # the usual case: a copy, since the caller's list may change before it is reported
            usual = type(pairs) is list and {*map(type, new := pairs.copy())} == {tuple} and self._plain(new)
        except ValueError:  # a tuple of another length
            usual = False
        if not usual:
            new = checked_pairs(pairs, self._values)
        store, feed = self._store, self.changes
        if not feed.active:
            store |= new
        elif new:
            time = clock.time() if feed.wants_time else None
            by = capture() if feed.wants_origin else None
            old: list[Any] | None = None
            before: Iterable[Any] = ()
            if feed.wants_old:
                new = dict(new)
                old, before = [], map(store.get, new, repeat(MISSING))
            raw = (wrote_many, new, old, time, by)
            if old is not None:
                old += before
            store |= new
            feed.append(raw)
            if feed.asleep:
                feed.wake()

    def replace(self, key: str, old: object, new: V) -> bool:
        """Set the key while its value is the very object `old`, at one moment; whether it was.

        `old` is `MISSING` (of `inmem_widgets.core.change`) for a key that must not be there yet.

        Raises:
            TypeError: If `key` is not a str, or in the byte store `new` is not bytes.
        """
        (key,) = checked_pairs([(key, new)], self._values)
        store, feed = self._store, self.changes
        raw = (told, "set", (key,), (new,), [old] if feed.wants_old else None, *_stamp(feed))
        still: list[str] = []
        found = _unchanged((key,), store, (old,))
        # From here to the event no call and no allocation: no thread gets in between.
        still += found
        if still:
            store[key] = new
            if feed.active:
                feed.append(raw)
                if feed.asleep:
                    feed.wake()
        return bool(still)

    def mdelete(self, keys: Sequence[str]) -> None:
        """Delete the keys; those that are not there are passed over.

        Raises:
            TypeError: If `keys` is a string or holds anything but strings.
        """
        match keys:
            case [key] if not (self._watched or self._prefixes.live):
                store = self._store
                try:
                    if key in store:
                        del store[key]
                        return
                except TypeError:  # not hashable; refused below
                    pass
                if f"{key}" is key:
                    return
            case [key] if f"{key}" is key and not self._prefixes.live:
                return self._delete_rich(key)
        self._delete(checked(keys))

    def _delete_rich(self, key: str) -> None:
        """`mdelete` of one key, where somebody listens."""
        store, feed = self._store, self.changes
        time = clock.time() if feed.wants_time else None
        by = capture() if feed.wants_origin else None
        raw: list[Any] = [deleted, key, MISSING, UNTOLD, time, by]
        # From here to the event no call and no allocation: no thread gets in between.
        if key in store:
            old = store[key]  # held until it has been told
            if feed.wants_old:
                raw[3] = old
            del store[key]
            feed.append(raw)
            if feed.asleep:
                feed.wake()

    def _delete(self, keys: list[str], values: Sequence[object] | None = None) -> int:
        """Delete the keys that are there; with values, those that still have the very same ones."""
        store, feed, prefixes = self._store, self.changes, self._prefixes
        time = clock.time() if feed.wants_time else None
        by = capture() if feed.wants_origin else None
        gone: list[str] = []
        old: list[Any] = []
        present: Iterator[str] = (
            filter(store.__contains__, dict.fromkeys(keys))
            if values is None
            else _unchanged(keys, store, values)
        )
        popped = map(store.pop, gone, repeat(MISSING))
        raw = (told, "delete", gone, None, old if feed.wants_old else None, time, NO_INFO, by)
        # All is made; nothing from here to the event is a call or an allocation: no thread gets in between.
        gone += present
        old += popped
        if prefixes.live:
            prefixes.removed += gone
        if gone and feed.active:
            feed.append(raw)
            if feed.asleep:
                feed.wake()
        if len(prefixes.removed) > MAX_REMOVED:
            prefixes.drop()
        return len(gone)

    def yield_keys(self, *, prefix: str | None = None) -> Iterator[str]:
        """The keys that begin with `prefix`, all of them without one; in the order they were added.

        A scan sees the keys that are there when its first one is asked for. Writing meanwhile is
        safe and does not show in it.

        Raises:
            TypeError: At the first step, if `prefix` is neither a str nor None.
        """
        if prefix is None:
            yield from list(self._store)
        elif isinstance(prefix, str):
            yield from self._prefixes.matches(self._store, prefix)
        else:
            refuse("prefix", prefix, "a str or None")

    async def amget(self, keys: Sequence[str]) -> list[V | None]:
        """As `mget`."""
        return self.mget(keys)

    async def amset(self, key_value_pairs: Sequence[tuple[str, V]] | Mapping[str, V]) -> None:
        """As `mset`."""
        self.mset(key_value_pairs)

    async def amdelete(self, keys: Sequence[str]) -> None:
        """As `mdelete`."""
        self.mdelete(keys)

    async def ayield_keys(self, *, prefix: str | None = None) -> AsyncIterator[str]:
        """As `yield_keys`."""
        for key in self.yield_keys(prefix=prefix):
            yield key


class InMemoryStore(InMemoryBaseStore[V], Generic[V]):
    """A store for values of any type.

    Drop-in for `langchain_core.stores.InMemoryStore`; `InMemoryStore[int]()` says what it holds.
    """


class InMemoryByteStore(InMemoryBaseStore[bytes]):
    """A store for `bytes` (not `bytearray` or `memoryview`, which could change later).

    Drop-in for `langchain_core.stores.InMemoryByteStore`.
    """

    _values = bytes

    def mset(self, key_value_pairs: Sequence[tuple[str, bytes]] | Mapping[str, bytes]) -> None:
        """Set all of the pairs, or none if anything is wrong with one. See the base class."""
        # The base's short way with one more test: a call or an attribute for it would cost too much.
        match key_value_pairs:
            case [pair]:
                try:
                    key, value = pair
                except (TypeError, ValueError):
                    key = None
                if f"{key}" is key and value.__class__ is bytes:
                    if not self._watched:
                        self._store[key] = value
                        return
                    feed = self.changes
                    if not feed.rich:
                        raw = pair if pair.__class__ is tuple else (key, value)  # a list may change
                        self._store[key] = value
                        feed.append(raw)
                        if feed.asleep:
                            feed.wake()
                        return
                    return self._set_rich(key, value)
        self._set(key_value_pairs)

    def _plain(self, pairs: list[tuple[str, bytes]]) -> bool:
        return not [1 for key, value in pairs if f"{key}" is not key or value.__class__ is not bytes]

"""Reads of stores, told to who asks for them; others pay nothing for it.

While some feed wants reads, `mget` of the stores' class is another function. Exchanging it, or the class,
of a single object would slow down that object for good: CPython then keeps its attributes in a dict.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from inmem_widgets.core.arguments import checked
from inmem_widgets.core.change import NO_INFO, UNTOLD, got, read
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.delivery import Listener
from inmem_widgets.core.origin import capture

if TYPE_CHECKING:
    from inmem_widgets.core.store import InMemoryBaseStore

Mget = Callable[[Any, Sequence[str]], list[Any]]

_asking: Final[WeakSet[Changes]] = WeakSet()
_lock: Final = threading.RLock()  # a store may be let go, and its listener with it, at any point


class StoreFeed(Changes):
    """The feed of a store, which tells of reads as well."""

    __slots__ = ()

    def _set_listeners(self, listeners: tuple[Listener, ...]) -> None:
        super()._set_listeners(listeners)
        if self.wants_reads or self in _asking:
            self._follow_reads()

    def _follow_reads(self) -> None:
        from inmem_widgets.core.store import InMemoryBaseStore as Store

        with _lock:
            (_asking.add if self.wants_reads else _asking.discard)(self)
            plain: Mget = getattr(Store.mget, "plain", Store.mget)
            wanted = _telling(plain) if _asking else plain
            if (Store.mget is plain) is not (wanted is plain):
                Store.mget = wanted  # type: ignore[method-assign, assignment]


def _telling(plain: Mget) -> Mget:
    def mget(self: InMemoryBaseStore[Any], keys: Sequence[str]) -> list[Any]:
        feed = self.changes
        if not feed.wants_reads:
            return plain(self, keys)
        keys = checked(keys)
        values = plain(self, keys)
        time = clock.time() if feed.wants_time else None
        by = capture() if feed.wants_origin else None
        if len(keys) == 1:
            feed.append([got, keys[0], values[0], UNTOLD, time, by])
        else:
            feed.append((read, "get", keys, values.copy(), None, time, NO_INFO, by))
        if feed.asleep:
            feed.wake()
        return values

    mget.__doc__, mget.__name__, mget.__qualname__ = plain.__doc__, plain.__name__, plain.__qualname__
    mget.plain = plain  # type: ignore[attr-defined]
    return mget

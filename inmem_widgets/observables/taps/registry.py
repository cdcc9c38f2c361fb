"""One tap for each object, for as long as that lives or until it is untapped."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from weakref import ReferenceType, ref

from inmem_widgets.observables.taps.calls import Method, wrappers
from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.swap import TapError, set_class, subclass_of, why_not


class Tap:
    """A hold on an object: while its feed has listeners, the object's class is one that tells.

    Attributes:
        feed: What happens to the object.
        closed: Whether it was let go of for good.
        stand_in: What views read in the object's place, if its kind needs one; lives as long as the object.
    """

    def __init__(self, obj: Any, methods: Mapping[str, Method]) -> None:
        self.closed = False
        self.stand_in: Any = None
        self._methods = methods
        self._source = ref(obj, _forget(id(obj)))
        self._original: type | None = None
        self._tapped: type | None = None
        self.feed = TapFeed(self._settle)

    @property
    def object(self) -> Any:
        """The object; None once nobody else holds it."""
        return self._source()

    def close(self) -> None:
        """Restore the object; listeners hear no more of it."""
        self.closed = True
        self.feed.settle()

    def _settle(self, active: bool) -> None:
        """Give the object the class it is to have; harmless to repeat, and whole at any point."""
        obj = self._source()
        if obj is None:
            return
        cls = type(obj)
        if not active or self.closed:
            if cls is self._tapped and self._original is not None:
                set_class(obj, self._original)
        elif cls is not self._tapped:
            if cls is not self._original:
                self._original, self._tapped = cls, _tapped(cls, self._source, self.feed, self._methods)
            assert self._tapped is not None
            set_class(obj, self._tapped)


_taps: dict[int, Tap] = {}
_lock = threading.RLock()  # an object may be freed, and forgotten, in the midst of anything


def tap(obj: Any, methods: Mapping[str, Method]) -> Tap:
    """The tap of an object; made if it has none. Nothing is done to the object until somebody listens.

    Args:
        methods: How its methods are told; those that the object has not are passed over.

    Raises:
        TapError: It cannot be tapped in place.
    """
    with _lock:
        there = tap_of(obj)
        if there is not None:
            return there
        if reason := why_not(obj):
            raise TapError(f"obj: {reason}")
        made = _taps[id(obj)] = Tap(obj, methods)
        return made


def tap_of(obj: Any) -> Tap | None:
    """The tap that an object has."""
    there = _taps.get(id(obj))
    return there if there is not None and there.object is obj else None


def untap(obj: Any) -> None:
    """Restore an object exactly, for good; nothing where it has no tap."""
    with _lock:
        there = tap_of(obj)
        if there is not None:
            del _taps[id(obj)]
            there.close()


def _tapped(cls: type, source: ReferenceType[Any], feed: TapFeed, methods: Mapping[str, Method]) -> type:
    owner: list[type] = []
    functions = wrappers(methods, cls, source, feed, owner)
    owner.append(subclass_of(cls, lambda obj: obj is source(), functions))
    return owner[0]


def _forget(id: int) -> Any:
    def forget(gone: ReferenceType[Any]) -> None:
        there = _taps.get(id)
        if there is not None and there._source is gone:
            _taps.pop(id, None)

    return forget

"""One tap for each object, for as long as that lives or until it is untapped."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any
from weakref import ReferenceType, ref

from inmem_widgets.observables.taps.calls import Method, wrapped
from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.swap import TapError, enter, leave, why_not


class Tap:
    """A hold on an object: while its feed has listeners, the object's class tells of it.

    Attributes:
        methods: How its methods are told.
        direct: The direct ways of all of them, by function.
        source: Gives the object.
        feed: What happens to the object.
        within: (Method, result) of what direct calls that are under way have called, by thread, for those
            that asked for it: such calls are not told by themselves.
        closed: Whether it was let go of for good.
        stand_in: What views read in the object's place, if its kind needs one; lives as long as the object.
    """

    def __init__(self, obj: Any, methods: Mapping[str, Method]) -> None:
        self.closed = False
        self.stand_in: Any = None
        self.methods = methods
        self.direct = {of: tuple(way) for method in methods.values() for of, way in method.direct.items()}
        self.within: dict[int, list[tuple[str, Any]]] = {}
        self._id = id(obj)
        self.source = ref(obj, _forget(id(obj)))
        self._cls: type | None = None
        self.feed = TapFeed(self._settle)

    @property
    def object(self) -> Any:
        """The object; None once nobody else holds it."""
        return self.source()

    def close(self) -> None:
        """Let go of the object; listeners hear no more of it."""
        self.closed = True
        self._settle(False)

    def _settle(self, active: bool) -> None:
        """Have the object's class tell, or not any more; harmless to repeat, and whole at any point."""
        obj = self.source()
        cls = self._cls
        if obj is None or not active or self.closed:
            if cls is not None:
                leave(cls, self._id, self)
                self._cls = None
        elif cls is None:
            self._cls = type(obj)
            enter(type(obj), self._id, self, self.methods, wrapped)


_taps: dict[int, Tap] = {}
_lock = threading.RLock()  # an object may be freed, and forgotten, in the midst of anything


def _after_fork() -> None:
    """In a child, which has no other threads: what those were doing is under way no more."""
    for each in list(_taps.values()):
        each.within.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
    os.register_at_fork(after_in_child=_after_fork)


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
        check(obj)
        made = _taps[id(obj)] = Tap(obj, methods)
        return made


def check(obj: Any) -> None:
    """Nothing, or:

    Raises:
        TapError: It cannot be tapped in place.
    """
    if reason := why_not(obj):
        raise TapError(f"obj: {reason}")


def tap_of(obj: Any) -> Tap | None:
    """The tap that an object has."""
    there = _taps.get(id(obj))
    return there if there is not None and there.object is obj else None


def untap(obj: Any) -> None:
    """Take all hands off an object, for good; nothing where it has no tap."""
    with _lock:
        there = tap_of(obj)
        if there is not None:
            del _taps[id(obj)]
            there.close()


def _forget(id: int) -> Any:
    def forget(gone: ReferenceType[Any], taps: dict[int, Tap] = _taps) -> None:
        there = taps.get(id)  # of an argument: Python may be ending, and globals gone
        if there is not None and there.source is gone:
            taps.pop(id, None)
            there.close()

    return forget

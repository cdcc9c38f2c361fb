"""A class's methods, exchanged for ones that tell while an instance of it is listened to, and put back.

Why the class and not the object: an object that was once of another class has lost the fast way to its
attributes for good (CPython turns its inline values into a dict), so that its methods would stay up to half
slower with nobody listening. An exchanged class costs its other instances a lookup for as long as one is
listened to, and nothing after that; and the object is in all respects what it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

_HEAP, _IMMUTABLE = 1 << 9, 1 << 8
"""CPython's `Py_TPFLAGS_…`: made at run time, cannot be changed."""
_ABSENT: Final = object()


class TapError(TypeError):
    """An object that cannot be tapped in place; the message says why, and what to use instead."""


def why_not(obj: object) -> str:
    """Why an object cannot be tapped in place; "" if it can."""
    cls = type(obj)
    name = f"{cls.__module__}.{cls.__qualname__}"
    if not cls.__flags__ & _HEAP or cls.__flags__ & _IMMUTABLE:
        return f"{name} is implemented in C, and its methods cannot be exchanged"
    if not cls.__weakrefoffset__:
        return f"{name} has __slots__ without '__weakref__': it cannot be held weakly"
    return ""


Make = Callable[["Exchange", str], Callable[..., Any]]
"""Makes the function that takes the place of a method."""


class Exchange:
    """The methods of one class that are exchanged, for as long as it has tapped instances.

    No code of the class or its metaclass is run.

    Attributes:
        taps: The instances' taps, by `id`.
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.taps: dict[int, Any] = {}
        self._before: dict[str, Any] = {}
        self._mine: dict[str, Any] = {}

    def original(self, name: str, obj: Any) -> Any:
        """The method that an instance would have."""
        before = self._before[name]
        if before is _ABSENT:
            return getattr(super(self.cls, obj), name)
        return before.__get__(obj, type(obj)) if hasattr(type(before), "__get__") else before

    def put(self, names: Iterable[str], make: Make) -> None:
        for name in names:
            if name not in self._mine and callable(getattr(self.cls, name, None)):
                self._before[name] = vars(self.cls).get(name, _ABSENT)
                self._mine[name] = make(self, name)
                type.__setattr__(self.cls, name, self._mine[name])

    def put_back(self) -> None:
        for name, mine in list(self._mine.items()):
            if vars(self.cls).get(name) is mine:  # else somebody has exchanged it after us
                before = self._before[name]
                if before is _ABSENT:
                    type.__delattr__(self.cls, name)
                else:
                    type.__setattr__(self.cls, name, before)
            del self._mine[name]  # what was before stays known to calls that are under way


_exchanges: dict[int, Exchange] = {}
_lock = threading.RLock()  # an object may be freed, and its tap go, in the midst of anything


def enter(cls: type, key: int, tap: Any, names: Iterable[str], make: Make) -> None:
    """Have the methods of a class tell of the instance with that id; harmless to repeat."""
    with _lock:
        exchange = _exchanges.get(id(cls))
        if exchange is None:
            exchange = _exchanges[id(cls)] = Exchange(cls)
        exchange.taps[key] = tap
        exchange.put(names, make)


def leave(cls: type, key: int, tap: Any) -> None:
    """End that; with the last instance the class is as it was. Harmless to repeat."""
    with _lock:
        exchange = _exchanges.get(id(cls))
        if exchange is None:
            return
        if exchange.taps.get(key) is tap:
            del exchange.taps[key]
        if not exchange.taps:
            exchange.put_back()
            del _exchanges[id(cls)]

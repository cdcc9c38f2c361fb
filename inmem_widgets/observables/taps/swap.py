"""A class's methods, exchanged for ones that tell while an instance of it is listened to, and put back.

Why the class and not the object: an object that was once of another class has lost the fast way to its
attributes for good (CPython turns its inline values into a dict), so that its methods would stay up to half
slower with nobody listening. An exchanged class costs its other instances a lookup for as long as one is
listened to, and nothing after that; and the object is in all respects what it was.
"""

from __future__ import annotations

import os
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
            if name not in self._mine and _is_method(self.cls, name):
                self._before[name] = vars(self.cls).get(name, _ABSENT)
                self._mine[name] = make(self, name)
                type.__setattr__(self.cls, name, self._mine[name])

    def put_back(self) -> None:
        """Harmless to repeat: once more if somebody put ours back later."""
        with _lock:
            for name, mine in self._mine.items() if not self.taps else ():
                if vars(self.cls).get(name) is mine:  # else somebody has exchanged it after us
                    before = self._before[name]
                    if before is _ABSENT:
                        type.__delattr__(self.cls, name)
                    else:
                        type.__setattr__(self.cls, name, before)


def beneath(cls: type, name: str) -> Any:
    """What a class or a base of it has by that name, beneath what was put there; None if nothing."""
    for base in type.mro(cls):
        found, exchange = vars(base).get(name, _ABSENT), _exchanges.get(id(base))
        if exchange is not None and found is exchange._mine.get(name):
            found = exchange._before[name]
        if found is not _ABSENT:
            return found
    return None


def _is_method(cls: type, name: str) -> bool:
    """Whether it is of an instance: what a class or nobody is given does nothing to one."""
    found = next((vars(base)[name] for base in type.mro(cls) if name in vars(base)), None)
    return not isinstance(found, staticmethod | classmethod) and callable(getattr(cls, name, None))


_exchanges: dict[int, Exchange] = {}
_lock = threading.RLock()  # an object may be freed, and its tap go, in the midst of anything
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def enter(cls: type, key: int, tap: Any, names: Iterable[str], make: Make) -> None:
    """Have the methods of a class tell of the instance with that id; harmless to repeat."""
    with _lock:
        exchange = _exchanges.get(id(cls))
        if exchange is None:
            exchange = _exchanges[id(cls)] = Exchange(cls)
        exchange.taps[key] = tap
        _exchanges[id(cls)] = exchange  # another one of its instances may have been freed just now
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
            del _exchanges[id(cls)]
            exchange.put_back()

"""`watched_dict`: a dict that tells of each change, for dicts of Python's own types, which cannot."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from typing import Any, TypeVar

from inmem_widgets.observables.taps.swap import TapError, why_not

K = TypeVar("K")
V = TypeVar("V")


class WatchedDict(dict[K, V]):
    """A dict that can be watched."""


class WatchedOrderedDict(OrderedDict[K, V]):
    """An `OrderedDict` that can be watched."""


class WatchedDefaultDict(defaultdict[K, V]):
    """A `defaultdict` that can be watched."""

    def __missing__(self, key: K) -> V:
        if self.default_factory is None:
            raise KeyError(key)
        value = self[key] = self.default_factory()
        return value


def watched_dict(mapping: dict[K, V] | None = None, /) -> dict[K, V]:
    """A dict that takes the place of `mapping` and can be watched: `d = watched_dict(d)`.

    It is a dict in all respects, and keeps the order and, of a `defaultdict`, the factory. It begins with
    the same values; what is written into the one given after that is not seen. One that can be watched as
    it is, is returned itself.

    Raises:
        TapError: It is no dict, or of a type that is neither Python's own nor can be watched.
    """
    if mapping is None:
        return WatchedDict()
    if isinstance(mapping, dict) and not why_not(mapping):
        return mapping
    kinds: dict[Any, Any] = {
        dict: WatchedDict,
        OrderedDict: WatchedOrderedDict,
        defaultdict: lambda given: WatchedDefaultDict(given.default_factory, given),
    }
    make = kinds.get(type(mapping))
    if make is None:
        found = f"{type(mapping).__module__}.{type(mapping).__qualname__}"
        raise TapError(
            f"mapping: got {found}, accepted are dict, OrderedDict, defaultdict and their subclasses"
        )
    made: dict[K, V] = make(mapping)
    return made

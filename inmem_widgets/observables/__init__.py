"""Watched objects as traits: `observe` gives the one observable of an object."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable, MutableMapping
from importlib import import_module
from types import FunctionType, MethodType
from typing import Any, TypeVar, overload

from langchain_core.caches import BaseCache
from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.store import ObservableStore

__all__ = [
    "Observable",
    "ObservableCache",
    "ObservableSaver",
    "ObservableStore",
    "known",
    "observe",
    "observed",
    "subject",
]

AnObservable = TypeVar("AnObservable", bound=Observable[Any])
_OURS: tuple[tuple[type, Callable[[Any], Observable[Any]]], ...] = (
    (InMemoryBaseStore, ObservableStore),
    (InMemoryCache, ObservableCache),
    (InMemorySaver, ObservableSaver),
)
_BASES = (
    ("langgraph.checkpoint.base", "BaseCheckpointSaver", "savers"),
    ("langchain_core.caches", "BaseCache", "caches"),
    ("langchain_core.stores", "BaseStore", "stores"),
    ("langgraph.store.base", "BaseStore", "longterm"),
)
_OTHERS = (
    *_BASES,
    ("cachetools", "Cache", "cachetools"),
    ("functools", "_lru_cache_wrapper", "lru"),
    ("collections.abc", "MutableMapping", "mappings"),
)
"""Module and name of a type, and which module of `taps` has a function `tapped` that makes its observable.
The former is imported by whoever has such an object, the latter when there is one."""
_ACCEPTED = (
    "stores, caches and checkpointers of inmem_widgets, langchain_core (BaseStore, BaseCache) and langgraph "
    "(BaseStore, BaseCheckpointSaver), mutable mappings, cachetools caches, and functions under "
    "functools.lru_cache"
)
_known: weakref.WeakValueDictionary[int, Observable[Any]] = weakref.WeakValueDictionary()
_lock = threading.Lock()


@overload
def observe(obj: InMemoryBaseStore[Any]) -> ObservableStore: ...
@overload
def observe(obj: BaseCache) -> ObservableCache: ...
@overload
def observe(obj: BaseCheckpointSaver[Any]) -> ObservableSaver: ...
@overload
def observe(obj: Any) -> Observable[Any]: ...
def observe(obj: Any) -> Observable[Any]:
    """The observable of an object: its figures as traits.

    An object that is not ours is tapped in place for as long as anybody listens: it tells of its changes
    then, and nobody else can tell; `observable.detach()` ends that. What changes elsewhere is read every
    second while anybody looks. `observable.abilities` says what can be known. While anybody holds it there
    is one observable for each object; it does not keep the object alive.

    Raises:
        TypeError: the object is none of the accepted types, or cannot be tapped.
    """
    obj = subject(obj)
    with _lock:
        there: Observable[Any] | None = known(obj)
        if there is not None:
            return there
        made = _known[id(obj)] = _made(obj)
        return made


def _made(obj: Any) -> Observable[Any]:
    for kind, observable in _OURS:
        if isinstance(obj, kind):
            return observable(obj)
    for module, name, home in _OTHERS:
        found = sys.modules.get(module)
        if found is not None and isinstance(obj, getattr(found, name)):
            tapped = import_module(f"{__name__}.taps.{home}").tapped
            return tapped(obj)  # type: ignore[no-any-return]
    kind, what = (obj, "the class ") if isinstance(obj, type) else (type(obj), "")
    held = "" if what else _held(obj)
    raise TypeError(f"obj: got {what}{kind.__module__}.{kind.__qualname__}, accepted are {_ACCEPTED}{held}")


def _held(obj: Any) -> str:
    """Which attribute was meant, of an object that holds a store, cache or checkpointer."""
    try:
        attributes = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return ""
    kinds = tuple(getattr(sys.modules[home], name) for home, name, _ in _BASES if home in sys.modules)
    names = [name for name, value in tuple(attributes.items()) if issubclass(type(value), kinds)]
    return next((f"; its attribute {name} is one" for name in names if not name.startswith("_")), "")


def subject(obj: Any) -> Any:
    """What is watched where a function or method is given: a method's function under `lru_cache`, the cache
    of one under `cachetools.cached`. Anything else is itself."""
    if type(obj) is MethodType:
        obj = obj.__func__
    kind = type(obj)
    if kind is FunctionType or kind.__module__.startswith("cachetools."):
        attributes = vars(obj)
        if "cache_key" in attributes and isinstance(attributes.get("cache"), MutableMapping):
            return attributes["cache"]
    return obj


@overload
def known(obj: InMemoryCache) -> ObservableCache | None: ...
@overload
def known(obj: Any) -> Any: ...
def known(obj: Any) -> Any:
    """The observable of an object, if somebody holds one."""
    found = _known.get(id(obj))
    return found if found is not None and found.object is obj and not found.closed else None


def observed(obj: Any, kind: type[AnObservable]) -> AnObservable:
    """The observable of an object, or the observable given, if it is of the kind.

    Raises:
        TypeError: it is of another kind.
    """
    found = obj if isinstance(obj, Observable) else observe(obj)
    if not isinstance(found, kind):
        raise TypeError(f"obj: got {type(obj).__name__}, accepted is what {kind.__name__} observes")
    return found

"""Watched objects as traits: `observe` gives the one observable of an object."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any, TypeVar, overload

from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.foreignsaver import ForeignSaver
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.store import ObservableStore

__all__ = [
    "ForeignSaver",
    "Observable",
    "ObservableCache",
    "ObservableSaver",
    "ObservableStore",
    "known",
    "observe",
    "observed",
]

AnObservable = TypeVar("AnObservable", bound=Observable[Any])
_KINDS: tuple[tuple[type, Callable[[Any], Observable[Any]]], ...] = (
    (InMemoryBaseStore, ObservableStore),
    (InMemoryCache, ObservableCache),
    (InMemorySaver, ObservableSaver),
    (BaseCheckpointSaver, ForeignSaver),
)
_known: weakref.WeakValueDictionary[int, Observable[Any]] = weakref.WeakValueDictionary()
_lock = threading.Lock()


@overload
def observe(obj: InMemoryBaseStore[Any]) -> ObservableStore: ...
@overload
def observe(obj: InMemoryCache) -> ObservableCache: ...
@overload
def observe(obj: BaseCheckpointSaver[Any]) -> ObservableSaver: ...
def observe(obj: Any) -> Observable[Any]:
    """The observable of a store, cache or checkpointer: its figures as traits.

    A checkpointer that is not ours tells of no changes: it is read now, and again every second while
    anybody looks. While anybody holds it there is one for each object; it does not keep the object alive.

    Raises:
        TypeError: the object is none of the accepted types.
    """
    with _lock:
        there: Observable[Any] | None = known(obj)
        if there is not None:
            return there
        for kind, observable in _KINDS:
            if isinstance(obj, kind):
                made = _known[id(obj)] = observable(obj)
                return made
    ours = "InMemoryStore, InMemoryByteStore (any InMemoryBaseStore), InMemoryCache and InMemorySaver"
    accepted = f"{ours} of inmem_widgets, and any BaseCheckpointSaver of langgraph"
    found = f"{type(obj).__module__}.{type(obj).__qualname__}"
    raise TypeError(f"obj: got {found}, accepted are {accepted}")


@overload
def known(obj: InMemoryCache) -> ObservableCache | None: ...
@overload
def known(obj: Any) -> Any: ...
def known(obj: Any) -> Any:
    """The observable of an object, if somebody holds one."""
    found = _known.get(id(obj))
    return found if found is not None and found.source is obj and not found.closed else None


def observed(obj: Any, kind: type[AnObservable]) -> AnObservable:
    """The observable of an object, or the observable given, if it is of the kind.

    Raises:
        TypeError: it is of another kind.
    """
    found = obj if isinstance(obj, Observable) else observe(obj)
    if not isinstance(found, kind):
        raise TypeError(f"obj: got {type(obj).__name__}, accepted is what {kind.__name__} observes")
    return found

"""What is watched as pandas DataFrames; needs no widget."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from traitlets import HasTraits

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.export.caches import (
    NO_HISTORY,
    PATIENCE,
    entries_frame,
    frame_of_entries,
    history_frame,
    lookups_frame,
)
from inmem_widgets.export.checkpoints import checkpoints_frame, states_frame, writes_frame
from inmem_widgets.export.events import events_frame
from inmem_widgets.export.masked import framed
from inmem_widgets.export.stores import items_frame, listed_frame, store_frame
from inmem_widgets.observables import Observable, known, observe
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.log.past.moment import Moment
from inmem_widgets.observables.log.travel.counters import PastCounters
from inmem_widgets.observables.lookups.feed import MOST
from inmem_widgets.observables.redaction import Redact, Redactor, redactor_of
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.store import ObservableStore

if TYPE_CHECKING:
    import pandas as pd


def to_frame(
    obj: Any,
    what: str | None = None,
    *,
    mask: bool | None = None,
    values: bool | None = None,
    preview: bool | None = None,
    redact: Redact | Redactor | None = None,
) -> pd.DataFrame:
    """A DataFrame of what a store, cache or checkpointer holds, or of what happened to it.

    docs/frames.md has all columns and their types, which are the same without rows. What is not known is
    missing, and never 0. Lone surrogates in texts, which Arrow cannot hold, become visible escapes.

    Args:
        obj: Anything that `inspect` takes; its observable, its widget (a key table gives what it lists),
            or how it was at a moment (`observable.at(…)`). Of a widget that travels items and entries are
            those of its moment. It is only read.
        what: "items" of stores, "entries", "lookups" or "history" (counters over time) of caches,
            "checkpoints", "writes" or "states" (channels as columns) of checkpointers; "events" of all. By
            default the first of its kind. Lookups, history and events are known while somebody watches.
        mask: Of caches: whether secrets in texts are masked, as they are by default.
        values: Of stores and caches: whether there is a column of the values themselves.
        preview: Of stores and events: whether it is told how values begin. By default of objects, which
            have to be looked into one by one, only of the first 10,000, or the latest 10,000 events; with
            True of all.
        redact: Gets each text of keys, values and messages, whole, and gives the one to have in its place; of
            a widget its own by default. Keys that become alike are told apart.

    Raises:
        TypeError: for any other object, or an option that does not go with it.
        ValueError: there is no such frame of the object.
        RuntimeError: a checkpointer cannot be read now, or from its own event loop.
    """
    frames = _frames(obj)
    what = next(iter(frames)) if what is None else what
    if what not in frames:
        accepted = ", ".join(map(repr, frames))
        raise ValueError(f"what: got {what!r:.80}, accepted for {type(obj).__name__} are {accepted}")
    takes, make = frames[what]
    options = {"mask": mask, "values": values, "preview": preview}
    chosen = {name: value for name, value in options.items() if value is not None}
    for name, value in chosen.items():
        if name not in takes:
            only = ", ".join(takes) or "no options"
            raise TypeError(f"{name}: not for {what} of {type(obj).__name__}, which take {only}")
        if not isinstance(value, bool):
            raise TypeError(f"{name}: got {value!r:.80}, accepted is True or False")
    masks = redactor_of(_of_ours(obj, "redactor") if redact is None else redact)
    return framed(partial(make, **chosen), masks)


Frames = dict[str, tuple[tuple[str, ...], Callable[..., "pd.DataFrame"]]]
"""By name: the options it takes, and what makes it."""


def _frames(obj: Any) -> Frames:
    if isinstance(obj, Moment):
        return _of_moment(obj)
    shown = obj if isinstance(obj, KeyBrowser) else _of_ours(obj, "shown")
    if isinstance(shown, KeyBrowser):
        watched = _of_ours(obj, "observable") or shown.observable
        return _of_store(None, watched) | {"items": (("values", "preview"), partial(listed_frame, shown))}
    # what is ours can be read unwatched
    if isinstance(obj, InMemoryBaseStore):
        return _of_store(obj, known(obj))
    if isinstance(obj, InMemoryCache):
        return _of_cache(obj, known(obj))
    watched = obj if isinstance(obj, Observable) else _of_ours(obj, "observable")
    if not isinstance(watched, Observable):
        watched = observe(obj)
    if isinstance(watched, ObservableStore):
        return _of_store(watched.source, watched)
    if isinstance(watched, ObservableCache):
        then = _of_moment(shown.moment) if isinstance(shown, PastCounters) else {}
        return _of_cache(watched.source, watched) | then
    assert isinstance(watched, ObservableSaver)
    return _of_saver(watched)


def _of_ours(obj: Any, name: str) -> Any:
    """An attribute of a widget or moment; None of anything else, which is asked for none."""
    return getattr(obj, name, None) if isinstance(obj, HasTraits | Moment) else None


def _of_store(source: Any, watched: ObservableStore | None) -> Frames:
    return {
        "items": (("values", "preview"), partial(store_frame, source, watched)),
        "events": (("preview",), partial(_events, watched)),
    }


def _of_cache(source: Any, watched: ObservableCache | None) -> Frames:
    def entries(mask: bool = True, values: bool = False) -> pd.DataFrame:
        return entries_frame(source, watched, masked=mask, values=values)

    def lookups(mask: bool = True) -> pd.DataFrame:
        if watched is not None and source is not None:
            source.changes.flush(PATIENCE)
        return lookups_frame([] if watched is None else watched.recorder.feed.rows(MOST)[::-1], masked=mask)

    def history() -> pd.DataFrame:
        return history_frame(NO_HISTORY if watched is None else watched.history_all())

    return {
        "entries": (("mask", "values"), entries),
        "lookups": (("mask",), lookups),
        "history": ((), history),
        "events": (("preview",), partial(_events, watched)),
    }


def _of_saver(watched: ObservableSaver) -> Frames:
    return {
        "checkpoints": ((), partial(checkpoints_frame, watched)),
        "writes": ((), partial(writes_frame, watched, None, every=True)),
        "states": ((), partial(states_frame, watched)),
        "events": (("preview",), partial(_events, watched)),
    }


def _of_moment(moment: Moment) -> Frames:
    if moment.stats is None:
        keys, held = [*moment.values], [*moment.values.values()]
        make = partial(items_frame, keys, held, namespaced=moment.namespaced)
        return {"items": (("values", "preview"), make)}

    def entries(mask: bool = True, values: bool = False) -> pd.DataFrame:
        return frame_of_entries([*moment.values.items()], None, masked=mask, values=values)

    return {"entries": (("mask", "values"), entries)}


def _events(watched: Observable[Any] | None, preview: bool | None = None) -> pd.DataFrame:
    return events_frame(None if watched is None else watched.logged, preview=preview)

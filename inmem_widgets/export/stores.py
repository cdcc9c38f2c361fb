"""What a store holds, as a DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.export.schemas import ITEMS
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.live import steadily
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.observables.taps.abilities import namespaced
from inmem_widgets.observables.taps.calls import quietly
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.texts import joined, parted
from inmem_widgets.observables.taps.unread import is_unread

if TYPE_CHECKING:
    import pandas as pd

PATIENCE = 2.0
"""Seconds to wait for news of the latest writes."""
READ = 1_000
"""Values of a store that is not ours read in one go."""


def store_frame(source: Any, watched: ObservableStore | None, **options: Any) -> pd.DataFrame:
    """All keys of a store, or of what stands in for it.

    Raises:
        RuntimeError: it is not ours, and cannot be read now.
    """
    if isinstance(source, StoreStandIn) and source.mirrored:
        job = source.refresh()
        if not source.reader.on_its_loop:
            job.wait(None)
        if source.problem:
            raise RuntimeError(f"the store cannot be read: {source.problem}")
    data = {} if source is None else source._store  # `.store` would make the prefix index doubt itself
    data = data.copy() if type(data) is dict else dict(steadily(lambda: [*data.items()]))
    return _held_frame(source, [*data], [*data.values()], watched, **options)


def listed_frame(browser: KeyBrowser, **options: Any) -> pd.DataFrame:
    """What a key table lists, in the order shown."""
    keys, source = browser.keys(), browser.observable.source
    data = {} if source is None else source._store
    held = [*map(data.get, keys, repeat(MISSING))]
    if any(value is MISSING for value in held):  # deleted meanwhile
        there = [value is not MISSING for value in held]
        keys, held = [*compress(keys, there)], [*compress(held, there)]
    return _held_frame(source, keys, held, browser.observable, **options)


def _held_frame(
    source: Any, keys: list[str], held: list[Any], watched: ObservableStore | None, **options: Any
) -> pd.DataFrame:
    if options.get("values") and any(map(is_unread, held)):
        held = _read(source, keys)
    return items_frame(keys, held, watched, namespaced=watched is not None and namespaced(watched), **options)


def _read(source: StoreStandIn, keys: Sequence[str]) -> list[Any]:
    """The values themselves, of a store that has to be asked for them.

    Raises:
        RuntimeError: it cannot be read now, or from its own event loop.
    """
    obj = source.object
    if obj is None:
        return [MISSING] * len(keys)
    if source.reader.on_its_loop:
        raise RuntimeError("the store is read on this event loop: use `await asyncio.to_thread(…)`")

    def read(some: Sequence[str]) -> list[Any]:
        with quietly():
            return source.reader.read(obj, some)

    found: list[Any] = []
    for start in range(0, len(keys), READ):
        job = source.worker.ask(partial(read, keys[start : start + READ]))
        job.wait(None)
        if job.error is not None:
            raise RuntimeError(f"the store cannot be read: {job.error}") from job.error
        found += job.result
    return found


def items_frame(
    keys: Sequence[str],
    held: Sequence[Any],
    watched: ObservableStore | None = None,
    *,
    values: bool = False,
    preview: bool | None = None,
    namespaced: bool = False,
) -> pd.DataFrame:
    """See `to_frame`; `watched`, if anybody watches the store, knows when keys were written.

    Args:
        keys, held: All keys and their values.
        namespaced: Whether keys are the texts of places in one of LangGraph's stores.
    """
    import numpy as np

    from inmem_widgets.export.bulk import NOTHING, facts
    from inmem_widgets.export.columns import coded
    from inmem_widgets.export.previews import preview_column

    known, count = facts(held), len(keys)
    more: dict[str, Any] = {}
    if preview is not False:
        more["preview"] = preview_column(known, every=preview is True)
    if values:
        more["value"] = [None if id(type(value)) in NOTHING else value for value in held]
    figures = _figures(watched)
    for name in ("created", "changed"):
        when = figures.get(name)
        more[name] = np.array([*map(when.get, keys)], dtype="float64") if when else np.full(count, np.nan)
    for name in ("reads", "writes"):
        counted = figures.get(name)
        more[name] = (
            np.full(count, -1)
            if counted is None
            else np.fromiter(map(counted.get, keys, repeat(0)), np.int64, count)
        )
    if namespaced:
        places = [*map(parted, keys)]
        more["namespace"] = [joined(place[:-1]) for place in places]
        keys = [place[-1] for place in places]
    return ITEMS.frame(
        key=keys, type=coded(known.codes, known.labels), size=known.sizes, exact=known.exact, **more
    )


def _figures(watched: ObservableStore | None) -> dict[str, dict[str, Any]]:
    if watched is None or watched.source is None:
        return {}
    watched.source.changes.flush(PATIENCE)
    return watched.key_figures()

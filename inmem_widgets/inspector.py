"""The one line: `inspect(obj)`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields
from inspect import getattr_static
from math import inf
from types import EllipsisType
from typing import TYPE_CHECKING, Any

import ipywidgets
from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets import widgets as frontends
from inmem_widgets.observables import Observable, ObservableCache, ObservableSaver, ObservableStore, observe
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.redaction import Redact, redactor_of
from inmem_widgets.variables import variable_of
from inmem_widgets.widgets.base import InspectorWidget

if TYPE_CHECKING:
    from inmem_widgets.observables.formats import Formatter

WIDGETS: dict[type[Observable[Any]], str] = {
    ObservableStore: "KeyTable",
    ObservableCache: "CacheCounters",
    ObservableSaver: "CheckpointTimeline",
}
"""Which one of `inmem_widgets.widgets` shows each kind: only that is loaded."""
OPTIONS: dict[type[Observable[Any]], tuple[str, tuple[str, ...]]] = {
    ObservableStore: ("stores", ("editable", "formatters")),
    ObservableCache: ("caches", ("prices", "currency")),
    ObservableSaver: ("checkpointers", ("editable", "graph")),
}
"""What each kind is called, and which options go with it; all others are fields of a store's query."""


class Inspector(ipywidgets.VBox):
    """Several widgets, one above the other."""

    def __init__(self, widgets: list[InspectorWidget[Any]]) -> None:
        super().__init__(children=widgets, layout=ipywidgets.Layout(width="100%", grid_gap="12px"))

    @property
    def widgets(self) -> tuple[InspectorWidget[Any], ...]:
        """In the order in which they are shown."""
        return tuple(self.children)

    def close(self) -> None:
        """Close the widgets too."""
        for widget in self.widgets:
            widget.close()
        self.layout.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": "".join(widget.static_html() for widget in self.widgets)}


def inspect(
    *objs: Any,
    name: str | None = None,
    editable: bool = False,
    graph: Any = None,
    formatters: Mapping[str, Formatter] | None = None,
    prices: Mapping[str, tuple[float, float]] | None = None,
    currency: str | None = None,
    log: bool | int = True,
    redact: Redact | None = None,
    refresh: float | EllipsisType | None = ...,
    **query: Any,
) -> Any:
    """A live widget of what a store, cache or checkpointer holds; an `Inspector` of several.

    It is returned, never displayed: end a cell with it, or `display` it. It holds the object
    weakly, as watching must not keep anything alive. An object that is not ours is tapped in place:
    `observe(obj).detach()` takes all hands off it again; docs/abilities.md has what can be known of it.

    Args:
        objs: one or more stores, caches and checkpointers, ours or others: `BaseStore` and `BaseCache` of
            langchain_core, `BaseStore` and `BaseCheckpointSaver` of langgraph, mutable mappings,
            cachetools caches, functions under `functools.lru_cache`.
        name: what to call the object on screen; by default the caller's variable that holds it.
        editable: of stores: whether keys can be added, changed and deleted in the view; of checkpointers:
            whether threads can be deleted, copied, pruned and imported there.
        graph: of checkpointers: the graph compiled with it, so that the view can fork, re-run and resume.
        formatters: of stores: own ways to show values, see `KeyTable`.
        prices: of caches: what a million input and output tokens cost, by the name of the model, as in
            `{"gpt-4o": (2.5, 10.0)}`: what hits saved is then told in money. None is built in.
        currency: of caches: what stands before it; "$" unless told otherwise.
        log: whether what happens is logged, so that views can show it and travel back; or how many changes
            are kept, 100,000 unless told otherwise.
        redact: masks secrets: gets each text that is shown or leaves (keys, values, messages, files), whole,
            and gives the text to show in its place. If it raises or gives no str, a marker is shown.
        refresh: seconds between two readings of what changes elsewhere, for all who look at the object;
            None: only when `widget.refresh()` is called. One second unless told otherwise.
        query: of stores: which keys are listed and how, `filter="prod:*", sort="size",
            descending=True`; also `mode`, `types`, `min_size`, `max_size`, `namespace`, `delimiters`.

    Returns:
        A `KeyTable` of a store or mapping, `CacheCounters` of a cache, a `CheckpointTimeline` of a
        checkpointer; an `Inspector` of several.

    Raises:
        TypeError: no object, one of another type, or an argument that does not go with it; the message
            names what is accepted.
        ValueError: an argument's value is not accepted.
    """
    if not objs:
        raise TypeError("inspect() needs at least one object: inspect(store), inspect(cache, saver)")
    observables = [_observed(obj) for obj in objs]  # all are checked before any widget is made
    options = {
        **_given(editable=editable, graph=graph, formatters=formatters, prices=prices, currency=currency),
        **query,
    }
    pause = _pause(refresh)
    for obj, observable in zip(objs, observables, strict=True):
        _check(options, obj, observable)
    shared = {"log": log, "redact": redactor_of(redact)}
    caller = sys._getframe(1)
    names = [name or variable_of(obj, caller) for obj in objs]
    widgets: list[InspectorWidget[Any]] = []
    try:
        for observed, called in zip(observables, names, strict=True):
            observed.name = called or observed.name
            widgets.append(_widget(observed, name=called, **shared, **options))
            if not isinstance(pause, EllipsisType):
                observed.interval = pause
    except BaseException:
        for widget in widgets:
            widget.close()
        raise
    return widgets[0] if len(widgets) == 1 else Inspector(widgets)


def _observed(obj: Any) -> Observable[Any]:
    try:
        found: Observable[Any] = observe(obj)
        return found
    except TypeError:
        if not isinstance(getattr_static(obj, "checkpointer", None), BaseCheckpointSaver):
            raise
    raise TypeError(
        f"obj: got {type(obj).__name__}, accepted is its checkpointer: "
        "inspect(graph.checkpointer, graph=graph)"
    )


def _pause(refresh: Any) -> float | EllipsisType | None:
    """What was given, checked.

    Raises:
        TypeError, ValueError: it is not accepted.
    """
    if refresh is None or refresh is ...:
        return refresh
    accepted = "accepted is a number of seconds above 0, or None for on demand only"
    if not isinstance(refresh, int | float) or isinstance(refresh, bool):
        raise TypeError(f"refresh: got {type(refresh).__name__}, {accepted}")
    if not 0 < refresh < inf:
        raise ValueError(f"refresh: got {refresh!r}, {accepted}")
    return float(refresh)


def _given(**options: Any) -> dict[str, Any]:
    """Those that were given."""
    return {name: value for name, value in options.items() if value is not None and value is not False}


def _check(options: Mapping[str, Any], obj: Any, observable: Observable[Any]) -> None:
    """Each option has to go with the object.

    Raises:
        TypeError: one does not; the message names it, and what it is for.
    """
    if not isinstance(observable, ObservableStore):
        own = [name for kind, (_, names) in OPTIONS.items() if isinstance(observable, kind) for name in names]
        known = {field.name for field in fields(Query)} | {n for _, names in OPTIONS.values() for n in names}
        if unknown := [option for option in options if option not in known]:
            raise TypeError(
                f"{', '.join(unknown)}: no such option, accepted for {type(obj).__name__} are name, "
                f"{', '.join(own)}, log, redact, refresh"
            )
    wrong: dict[str, list[str]] = {}
    for option in options:
        kinds = {kind: called for kind, (called, names) in OPTIONS.items() if option in names}
        kinds = kinds or {ObservableStore: "stores"}  # whose widget says what a query has
        if not isinstance(observable, tuple(kinds)):
            wrong.setdefault(" and ".join(kinds.values()), []).append(option)
    if wrong:
        told = "; ".join(f"{', '.join(names)}: for {called} only" for called, names in wrong.items())
        raise TypeError(f"{told}, and not for {type(obj).__name__}")


def _widget(observable: Observable[Any], **options: Any) -> InspectorWidget[Any]:
    name = next(name for kind, name in WIDGETS.items() if isinstance(observable, kind))
    widget: type[InspectorWidget[Any]] = getattr(frontends, name)
    return widget(observable, **options)

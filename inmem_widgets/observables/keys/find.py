"""Carrying a query out, in steps: filter, measure, sort."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import repeat
from typing import Any, Literal

from inmem_widgets.observables.keys.arrays import Array, np
from inmem_widgets.observables.keys.census import Census
from inmem_widgets.observables.keys.latest import Latest, Result
from inmem_widgets.observables.keys.match import matcher
from inmem_widgets.observables.keys.order import (
    Order,
    Stored,
    by_numbers,
    first_by,
    sample_sort,
)
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.store import ObservableStore

CHUNK = 8_192
"""Keys filtered in one step: some milliseconds."""
SLOW_CHUNK = 512
"""As many with a regular expression."""

_GONE = object()
Show = Callable[[Literal["filtering", "measuring", "sorting"], Census, Order | None], None]
"""Told what is being done, and what was found so far."""


def find(
    latest: Latest, observable: Callable[[], ObservableStore | None], query: Query, show: Show
) -> Generator[float, None, Result | None]:
    """Carry a query out; None if the store goes meanwhile.

    Raises:
        QueryError: A regular expression takes too long.
    """
    version = latest.version
    census = latest.census()
    if census is None:
        return None
    kept = latest.results.get(_shared(query))
    if kept is not None and kept.census is census and (kept.version == version or not query.by_value):
        return kept
    show("filtering", census, None)
    yield 0.0
    positions, listed = yield from _filter(latest, census, query, version, show)
    if query.sort != "stored":
        count = len(census.keys) if listed is None else len(listed)
        show("measuring" if query.sort in ("size", "type") else "sorting", census, Stored(listed, count))
    order = yield from _order(observable, census, query, listed)
    if order is None:
        return None
    result = Result(census, positions, order, version)
    latest.keep(_shared(query), result)
    return result


def remembered(latest: Latest, query: Query) -> Result | None:
    """The result of such a query before, if nothing seems to have changed since; at once."""
    result = latest.results.get(_shared(query))
    if result is None or (query.by_value and result.version != latest.version):
        return None
    return None if latest.came_or_went(result.census) else result


def _shared(query: Query) -> Query:
    """The query without what makes no difference to the list."""
    return query.but({"delimiters": None, "mode": query.matching if query.filter else "auto"})


def _unsorted(query: Query) -> Query:
    return _shared(query).but({"namespace": "", "sort": "stored", "descending": False})


def _filter(
    latest: Latest, census: Census, query: Query, version: int, show: Show
) -> Generator[float, None, tuple[Array | None, Array | None]]:
    """(the positions that match in all namespaces, those of the namespace); None for all."""
    wanted = _unsorted(query)
    if not wanted.narrows and not query.namespace:
        return None, None
    before: Array | None = None
    known = not wanted.narrows
    for other, result in list(latest.results.items()):
        fresh = result.census is census and (result.version == version or not wanted.by_value)
        if fresh and _unsorted(other) == wanted:
            before, known = result.positions, True
    found, listed = array("I"), array("I")
    shown = Stored(listed, 0)
    match = matcher(wanted)
    chunk = SLOW_CHUNK if query.matching == "regex" and query.filter else CHUNK
    count = len(census.keys) if before is None else len(before)
    if known and not query.namespace:
        return before, before
    for start in range(0, count, chunk):
        if before is not None:
            hits = before[start : start + chunk]
        elif known:
            hits = np.arange(start, min(start + chunk, count), dtype=np.uint32)
        else:
            hits = np.frombuffer(match(census.keys[start : start + chunk], start), np.uint32)
            if len(hits):
                for _ in _measure(census, wanted, hits):
                    yield start / count
                hits = hits[_let_through(census, wanted, hits)]
        if query.namespace:
            names = census.keys.__getitem__
            within = [i for i in hits.tolist() if names(i).startswith(query.namespace)]
            listed.extend(within)
        if not known:
            found.frombytes(hits.tobytes())
        shown = Stored(listed if query.namespace else found, len(listed if query.namespace else found))
        show("filtering", census, shown)
        yield start / count
    positions = before if known else np.frombuffer(found, np.uint32)
    return positions, np.frombuffer(listed, np.uint32) if query.namespace else positions


def _measure(census: Census, query: Query, at: Array | None) -> Iterator[float]:
    if query.min_size is not None or query.max_size is not None:
        yield from census.measure_sizes(at)
    if query.types:
        yield from census.measure_kinds(at)


def _let_through(census: Census, query: Query, at: Array) -> Array:
    fits = np.ones(len(at), bool)
    if query.min_size is not None or query.max_size is not None:
        sizes = census.sizes_at(at)
        fits &= sizes >= (query.min_size or 0)
        if query.max_size is not None:
            fits &= sizes <= min(query.max_size, 1 << 62)
    if query.types:
        wanted = [number for number, label in enumerate(census.labels) if label in query.types]
        fits &= np.isin(census.kinds_at(at), wanted)
    return fits


def _order(
    observable: Callable[[], ObservableStore | None], census: Census, query: Query, listed: Array | None
) -> Generator[float, None, Order | None]:
    """The positions of the namespace in the query's order; None if the store goes meanwhile."""
    count, descending = len(census.keys) if listed is None else len(listed), query.descending
    if query.sort == "stored":
        return Stored(listed, count, descending)
    every = np.arange(count, dtype=np.uint32) if listed is None else listed
    if query.sort == "key":
        return (yield from sample_sort(every, _names(census), descending=descending))
    if query.sort == "preview":
        return (yield from sample_sort(every, _previews(observable, census), descending=descending))
    if query.sort == "changed":
        times = yield from _times(observable, census, every)
        return first_by(every, times, descending=descending)
    yield from (census.measure_sizes if query.sort == "size" else census.measure_kinds)(listed)
    if observable() is None:
        return None
    if query.sort == "size":
        return by_numbers(every, census.sizes_at(every), descending=descending)
    labels = census.labels.copy()
    ranks = np.zeros(len(labels), np.uint16)
    ranks[sorted(range(len(labels)), key=labels.__getitem__)] = np.arange(len(labels))
    return by_numbers(every, ranks[census.kinds_at(every)], descending=descending)


def _names(census: Census) -> Callable[[Sequence[int]], list[str]]:
    names = census.keys.__getitem__
    return lambda positions: list(map(names, positions))


def _previews(
    observable: Callable[[], ObservableStore | None], census: Census
) -> Callable[[Sequence[int]], list[str]]:
    names = census.keys.__getitem__

    def previews(positions: Sequence[int]) -> list[str]:
        alive = observable()
        source = None if alive is None else alive.source
        data: dict[str, Any] = {} if source is None else source._store
        values = map(data.get, map(names, positions), repeat(_GONE))
        return ["" if value is _GONE else preview(value) for value in values]

    return previews


def _times(
    observable: Callable[[], ObservableStore | None], census: Census, every: Array
) -> Generator[float, None, dict[int, float]]:
    """When the values at those positions were last written, where that is remembered."""
    names = census.keys.__getitem__
    times: dict[int, float] = {}
    for start in range(0, len(every), CHUNK):
        alive = observable()
        if alive is None:
            break
        part = every[start : start + CHUNK].tolist()
        marks = map(alive.mark, map(names, part))
        times.update({position: mark[0] for position, mark in zip(part, marks, strict=True) if mark})
        del alive
        yield start / len(every)
    return times

"""The entries of a cache as a list: filtered, sorted, in windows."""

from __future__ import annotations

import re
import weakref
from array import array
from collections.abc import Callable, Generator, Iterator, Sequence
from time import monotonic
from typing import TypeVar, cast

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.entrybytes import entry_size
from inmem_widgets.observables.keys.arrays import Array, np
from inmem_widgets.observables.keys.background import Background, Making
from inmem_widgets.observables.keys.match import matcher
from inmem_widgets.observables.keys.order import Order, Sorted, Stored, sample_sort
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.lookups.figures import Figures, figures_of
from inmem_widgets.observables.lookups.held import keys_in, value_in, window_in
from inmem_widgets.observables.lookups.query import EntryQuery
from inmem_widgets.observables.lookups.texts import Texts
from inmem_widgets.wire import EntrySort

CHUNK = 128
"""Entries of a step."""
IDLE = 10.0
"""Seconds after which a list that nobody looks at is let go: it keeps keys alive."""

FIGURES: dict[EntrySort, Callable[[Figures], float | None]] = {
    "hits": lambda figures: figures.hits,
    "age": lambda figures: None if figures.inserted is None else -figures.inserted,
    "used": lambda figures: figures.used,
    "load": lambda figures: figures.load,
    "tokens": lambda figures: figures.tokens,
}
"""What is sorted by."""

R = TypeVar("R")
Listed = tuple[list[Key], Order]
"""All keys of a moment, and the positions of those listed."""


class EntryList:
    """The entries a query lists; read from the live dict where it is all of them in its own order, else
    made in the background, and again when something changed, for as long as somebody looks.

    Args:
        tell: Called when there is more to show, on any thread.
    """

    def __init__(
        self, observable: ObservableCache, query: EntryQuery, texts: Texts, tell: Callable[[], None]
    ) -> None:
        self.query = query
        self._observable = weakref.ref(observable)
        self._texts = texts
        self._changes = 0
        self._looked = monotonic()
        self._made: Background[Listed] = Background(tell)
        self._want(at_once=True)

    @property
    def progress(self) -> float | None:
        """0 to 1 while it is made for the first time."""
        return self._made.progress

    def window(self, start: int, stop: int) -> tuple[int, list[Key]]:
        """How many entries are listed (so far), and the keys in the rows start … stop - 1; some may have
        been evicted since."""
        self._looked = monotonic()
        source = self._source
        if source is None:
            self._made.let_go()
            return 0, []
        if self.query.natural:
            keys = window_in(source, start, stop, descending=self.query.descending)
            return len(source._cache), keys
        self._want()
        if self._made.result is None:
            return 0, []
        keys, order = self._made.result
        return len(order), [keys[i] for i in order.at(start, stop)]

    def row_of(self, key: Key) -> int | None:
        """In which row a key is; None if it is not listed (so far)."""
        if self.query.natural:
            keys = keys_in(self._source)
            order: Order = Stored(None, len(keys), self.query.descending)
        elif self._made.result is None:
            return None
        else:
            keys, order = self._made.result
        return order.row_of(keys.index(key)) if key in keys else None

    @property
    def idle(self) -> bool:
        """Whether nobody has looked for a while."""
        return monotonic() - self._looked > IDLE

    def wait(self, timeout: float) -> bool:
        """Whether nothing is being made, within so many seconds."""
        return self._made.wait(timeout)

    def touch(self) -> None:
        """Something happened in the cache."""
        self._changes += 1
        if self.idle:
            self._made.forget()
            self._made.result = None

    def close(self) -> None:
        """End it for good."""
        self._made.close()

    # -- making it --

    @property
    def _source(self) -> InMemoryCache | None:
        observable = self._observable()
        return None if observable is None else observable.source

    def _want(self, *, at_once: bool = False) -> None:
        source = self._source
        if source is not None and not self.query.natural:
            self._made.want((self._version(source),), self._make, at_once=at_once)

    def _version(self, source: InMemoryCache) -> str:
        """Another one where the list may be another."""
        stats, sort = source.stats(), self.query.sort
        moved = sort == "stored" and source.policy == "lru"
        return repr((
            stats.inserts, stats.refreshes, stats.evictions, stats.clears,
            stats.lookups if moved else None, self._changes if sort in FIGURES else None,
        ))  # fmt: skip

    def _make(self) -> Making[Listed]:
        query, first = self.query, self._made.result is None
        keys = keys_in(self._source)
        positions: Array = np.arange(len(keys), dtype=np.uint32)
        order: Order = Stored(None, len(keys), query.descending)
        read = 0.0
        if query.filter or query.sort in ("prompt", "model"):  # each line is made once
            read = 1.0 if query.sort == "stored" else 0.7
            found = array("I")
            fits = matcher(Query(filter=re.sub(r"\s+", " ", query.filter), mode="text"))
            for start, stop, progress in _steps(len(keys)):
                found += fits(["\n".join(self._texts.of(key)) for key in keys[start:stop]], start)
                if first and query.filter:
                    self._made.show((keys, Stored(found, len(found), query.descending)))
                yield read * progress
            positions = np.array(found, np.uint32)
            order = Stored(positions, len(positions), query.descending)
        if query.sort in ("prompt", "model"):
            sorting = sample_sort(positions, self._lines(keys), descending=query.descending)
            order = yield from _rest(read, sorting)
        elif query.sort != "stored":
            numbers = yield from _rest(read, self._measured([keys[i] for i in positions.tolist()]))
            # what is not known is not a number: it comes last either way
            order = Sorted(positions[np.argsort(-numbers if query.descending else numbers, kind="stable")])
        return keys, order

    def _lines(self, keys: list[Key]) -> Callable[[Sequence[int]], list[str]]:
        texts, which = self._texts.of, ("prompt", "model").index(self.query.sort)
        return lambda positions: [texts(keys[i])[which].casefold() for i in positions]

    def _measured(self, keys: list[Key]) -> Generator[float, None, Array]:
        """What the keys are sorted by."""
        numbers = np.full(len(keys), np.nan)
        for start, stop, progress in _steps(len(keys)):
            found = map(self._number, keys[start:stop])
            numbers[start:stop] = [np.nan if number is None else number for number in found]
            yield progress
        return numbers

    def _number(self, key: Key) -> float | None:
        value = value_in(self._source, key)
        figure = FIGURES.get(self.query.sort)
        if figure is not None:
            return figure(figures_of(self._observable(), key, value))
        return None if value is MISSING else entry_size(key, value)[0]


def _steps(count: int) -> Iterator[tuple[int, int, float]]:
    return ((start, start + CHUNK, start / count) for start in range(0, count, CHUNK))


def _rest(done: float, steps: Making[R]) -> Making[R]:
    """Steps after which all is done."""
    while True:
        try:
            yield done + (1 - done) * next(steps)
        except StopIteration as end:
            return cast(R, end.value)

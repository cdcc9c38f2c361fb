"""The figures of a cache as traits, their rates and their history."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from inmem_widgets.core.cache import CacheStats, InMemoryCache
from inmem_widgets.core.change import Change
from inmem_widgets.observables.afterwards import Afterwards
from inmem_widgets.observables.base import Fresh, Observable
from inmem_widgets.observables.entrybytes import EntryBytes
from inmem_widgets.observables.lookups.recorder import Recorder
from inmem_widgets.observables.lookups.savings import Savings
from inmem_widgets.observables.pricing import Currency, PriceTable
from inmem_widgets.observables.rates import REACH, Buckets, Meter, Rates, Totals, totals
from inmem_widgets.wire import History, How, Mark, Saved

PATIENCE = 1.0
"""Seconds that are waited at the most for what is not delivered yet."""


class Told(Fresh):
    """A figure that events tell of: reading it waits for those under way, `PATIENCE` at the most."""

    def get(self, obj: Any, cls: Any = None) -> Any:
        if (source := obj.source) is not None:
            source.changes.flush(PATIENCE)
        return super().get(obj, cls)


class ObservableCache(Observable[InMemoryCache]):
    """Figures of an `InMemoryCache`; each is a trait to observe or to link to any ipywidget.

    Those of what was saved are of hits since watching began, or since the mark.

    Attributes:
        policy: The cache's.
        recorder: What single lookups tell; it lags behind the counts by what is not delivered yet.
    """

    ability = "own caches"

    hits = Fresh(0, read_only=True)
    misses = Fresh(0, read_only=True)
    inserts = Fresh(0, read_only=True)
    refreshes = Fresh(0, read_only=True)
    evictions = Fresh(0, read_only=True)
    clears = Fresh(0, read_only=True)
    size = Fresh(0, read_only=True)
    maxsize = Fresh(None, read_only=True, allow_none=True)
    hit_ratio = Fresh(None, read_only=True, allow_none=True)
    """Hits by lookups, 0 to 1; None before the first lookup."""
    bytes = Fresh(0, read_only=True, allow_none=True)
    """Memory of all keys and values, estimated; None if it cannot be told."""
    rates_1s = Fresh(None, read_only=True)
    """`Rates` of the last second."""
    rates_10s = Fresh(None, read_only=True)
    rates_1min = Fresh(None, read_only=True)
    rates_mark = Fresh(None, read_only=True, allow_none=True)
    """`Rates` since the mark; None without one."""
    saved_seconds = Told(0.0, read_only=True)
    """Load times of the entries hit."""
    saved_seconds_unknown = Told(0, read_only=True)
    """Hits on entries whose load time is not known."""
    saved_input_tokens = Told(0, read_only=True)
    saved_output_tokens = Told(0, read_only=True)
    saved_tokens_unknown = Told(0, read_only=True)
    """Hits on entries without `usage_metadata`."""
    saved_money = Told(None, read_only=True, allow_none=True)
    """None without prices."""
    saved_money_unknown = Told(0, read_only=True)
    """Hits whose tokens or whose model's price are not known."""
    stampedes = Told(0, read_only=True)
    """Loads during which their key was missed again."""
    duplicate_answers = Told(0, read_only=True)
    """Answers that came after the first one: work done twice."""

    prices = PriceTable(None, allow_none=True)
    """Model name: money for a million (input, output) tokens; none is built in."""
    currency = Currency("$")

    def __init__(self, source: InMemoryCache) -> None:
        self._lock = threading.RLock()
        self.policy: str = source.policy
        self._seen = source.stats()
        now = time.time()
        self._meter = Meter(time.monotonic(), totals(self._seen))
        self._lately = Buckets(now, interval=1.0, most=300, doubling=False)
        self._always = Buckets(now, interval=1.0, most=400, doubling=True)
        self._mark: tuple[Mark, float, Totals, Savings] | None = None
        self._bytes = EntryBytes()
        self._afterwards = Afterwards(self._move_on, REACH + 2)
        self.recorder = Recorder(source)
        super().__init__(source, records=True)
        self.recorder.begin(source)
        self.sync()

    def figures(self, source: InMemoryCache) -> dict[str, Any]:
        held, _ = self.total_bytes()
        saved, stampedes = self.saved(), self.recorder.stampedes
        with self._lock:
            now = self._look()
            return {
                **asdict(now),
                "hit_ratio": now.hit_ratio,
                "bytes": held,
                "rates_1s": self._meter.over(1),
                "rates_10s": self._meter.over(10),
                "rates_1min": self._meter.over(60),
                "rates_mark": self._since_mark(),
                "saved_seconds": saved["seconds"],
                "saved_seconds_unknown": saved["seconds_unknown"],
                "saved_input_tokens": saved["input_tokens"],
                "saved_output_tokens": saved["output_tokens"],
                "saved_tokens_unknown": saved["tokens_unknown"],
                "saved_money": saved["money"],
                "saved_money_unknown": saved["money_unknown"],
                "stampedes": stampedes["count"],
                "duplicate_answers": stampedes["answers"],
            }

    def digest(self, changes: Sequence[Change]) -> None:
        self.recorder.take(changes)
        self._look()
        if self.attended:
            self._afterwards.happened()

    def close(self) -> None:
        super().close()
        self._afterwards.close()

    def _move_on(self) -> bool:
        """Windows end now, whether anything happens or not; whether anybody is told."""
        if self.source is None or not self.attended:
            return False
        self.tell()
        return True

    def _look(self) -> CacheStats:
        """The counts now, taken into rates and history."""
        source = self.source
        with self._lock:
            stats = self._seen if source is None else source.stats()
            if stats.hits < self._seen.hits or stats.misses < self._seen.misses:  # a recording went back
                self._seen, self._mark = stats, None
                self._meter = Meter(time.monotonic(), totals(stats))
            gained = stats - self._seen
            self._meter.take(time.monotonic(), totals(stats))
            for buckets in (self._lately, self._always):
                buckets.add(time.time(), gained.hits, gained.misses, gained.evictions)
            self._seen = stats
        return stats

    def rates(self, seconds: float) -> Rates:
        """The rates of a window that ends now.

        Args:
            seconds: How long it is: more than 0, at most 60.

        Raises:
            TypeError: `seconds` is no number.
            ValueError: `seconds` is out of bounds.
        """
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise TypeError(f"seconds: got {type(seconds).__name__}, accepted is a number")
        if not 0 < seconds <= REACH:
            raise ValueError(f"seconds: got {seconds!r}, accepted is more than 0 and at most {REACH:g}")
        with self._lock:
            self._look()
            return self._meter.over(seconds)

    @property
    def marked(self) -> Mark | None:
        """The counts at the moment from which the user counts."""
        mark = self._mark
        return None if mark is None else mark[0].copy()

    def mark(self, on: bool = True) -> None:
        """Count from here: `rates_mark` and what is saved begin anew. With `on` false, no longer so."""
        if (source := self.source) is not None:
            source.changes.flush(PATIENCE)  # what was saved before is not saved since
        with self._lock:
            stats = self._look()
            when, counts = self._meter.latest
            self._mark = None if not on else (_mark_of(stats), when, counts, self.recorder.savings)
        self.tell()

    def saved(self) -> Saved:
        """What hits spared since watching began, or since the mark."""
        since = None if self._mark is None else self._mark[3]
        return self.recorder.saved(self.prices, self.currency, since)

    def _since_mark(self) -> Rates | None:
        if self._mark is None:
            return None
        _, began, before, _ = self._mark
        now, counts = self._meter.latest
        return Rates.of(now - began, before, counts)

    def history(self) -> History:
        """Hits, misses and evictions per second of the last five minutes, up to now (a copy)."""
        with self._lock:
            self._look()
            return self._lately.history()

    def history_all(self) -> History:
        """The same since watching began, in at most 400 buckets (a copy)."""
        with self._lock:
            self._look()
            return self._always.history()

    def total_bytes(self) -> tuple[int | None, How]:
        """Memory of all keys and values, estimated from some, and how."""
        source = self.source
        return (None, "sampled") if source is None else self._bytes.of(source)


def _mark_of(stats: CacheStats) -> Mark:
    return {
        "hits": stats.hits,
        "misses": stats.misses,
        "inserts": stats.inserts,
        "refreshes": stats.refreshes,
        "evictions": stats.evictions,
        "clears": stats.clears,
        "time": time.time(),
    }

"""A store that is not ours, as rows: values are read when they are shown, keys while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inmem_widgets.observables.keys.live import steadily
from inmem_widgets.observables.keys.marks import Mark
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.unread import is_unread
from inmem_widgets.wire import How, KeyRow

WAIT = 0.3
"""Seconds that somebody who asks for figures waits for what is new."""
VALUE = 5.0
"""Seconds that somebody who asks for a value waits for it."""
MADE = 0.001
"""Seconds between making and writing a key that was written but once."""


class TappedStore(ObservableStore):
    """As `ObservableStore`, of what stands in for a store that is not ours."""

    def __init__(self, source: StoreStandIn, *, keep: bool = False) -> None:
        source.catch_up(WAIT)
        self._keeps = source if keep else None  # of what cannot be held weakly
        super().__init__(source)  # type: ignore[arg-type]  # has what is read of ours
        source.observers.add(self)

    @property
    def stand_in(self) -> StoreStandIn | None:
        """What stands in for the store; None once that is gone."""
        return self.source  # type: ignore[return-value]

    def refresh(self, timeout: float | None = None) -> bool:
        """Read what changed elsewhere, now, and values afresh where they are shown; whether that was done
        within so many seconds.

        Raises:
            RuntimeError: The store cannot be read; says why.
        """
        source = self.stand_in
        if source is None or source.reading is None:
            return super().refresh(timeout)
        done = source.refresh(values=True).wait(timeout)
        if done and source.problem:
            raise RuntimeError(f"the store cannot be read: {source.problem}")
        return done

    def value(self, key: str) -> Any:
        """The value of a key, read if need be; `MISSING` where there is none.

        Raises:
            TimeoutError: The store has not answered in time.
            Exception: Whatever the store raises.
        """
        source = self.stand_in
        if source is None:
            return super().value(key)
        value = source.value(key, VALUE)
        if is_unread(value):
            raise TimeoutError(f"the store did not tell the value within {VALUE:g} s; try again")
        return value

    def total_bytes(self) -> tuple[int | None, How]:
        source = self.stand_in
        if source is None:
            return super().total_bytes()
        return self._total.of(source._store, self.changes + source.values_read)

    def sync(self) -> None:
        source = self.stand_in
        if source is not None and not self.attended and not self.closed:
            source.catch_up(WAIT)
        super().sync()

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        stop = super().on_update(fn)
        self._wake()
        return stop

    def observe(self, *args: Any, **kwargs: Any) -> None:
        super().observe(*args, **kwargs)
        self._wake()

    def _wake(self) -> None:
        if (source := self.stand_in) is not None:
            source.worker.wake()

    def _row(self, key: str, value: object) -> KeyRow:
        if is_unread(value) and (source := self.stand_in) is not None:
            source.want([key])
        row = super()._row(key, value)
        if row["changed"] is None and (mark := self._told(key)) is not None:
            row["changed"], row["change"] = mark[0], "inserted" if mark[1] else "changed"
        return row

    def mark(self, key: str) -> Mark | None:
        return super().mark(key) or self._told(key)

    def key_figures(self) -> dict[str, dict[str, Any]]:
        found, source = super().key_figures(), self.stand_in
        if source is not None:
            keys = steadily(lambda: list(source._store))
            told = {key: times for key in keys if (times := source.times(key)) is not None}
            for place, name in enumerate(("created", "changed")):
                found[name] = {key: times[place] for key, times in told.items()} | found[name]
        return found

    def _told(self, key: str) -> Mark | None:
        """A mark as the store itself tells it."""
        source = self.stand_in
        times = None if source is None else source.times(key)
        return None if times is None else (times[1], times[1] - times[0] < MADE)

"""Deleting many keys in steps, but none that was written to since it was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.keys.task import Steps, Task
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.wire import Bulk

CHUNK = 2_000
"""Keys deleted at one moment: a millisecond."""
PATIENCE = 2.0
"""Seconds to wait for news of earlier writes."""


class BulkDelete:
    """Deletes keys on a thread of its own.

    A key is kept if it was written to after `since` (a time, as of `time.time()`), if more was written
    since than is remembered, or if it holds another object than when this was made.
    """

    def __init__(
        self, observable: ObservableStore, keys: Sequence[str], since: float, tell: Callable[[], None]
    ) -> None:
        self._observable = observable
        self._since = since
        self._keys = keys
        self._total = len(keys)
        source = observable.source
        data = {} if source is None else source._store
        # made in the request: what is written from here on counts as written since
        self._values: list[object] = []
        for start in range(0, len(keys), CHUNK):  # in chunks: the writers may go on
            self._values += map(data.get, keys[start : start + CHUNK], repeat(MISSING))
        self._done = self._deleted = self._kept = self._gone = 0
        self._task = Task(self._steps(), tell)

    @property
    def running(self) -> bool:
        return self._task.running

    def cancel(self) -> None:
        self._task.cancel()

    def wait(self, timeout: float | None = None) -> bool:
        return self._task.wait(timeout)

    def state(self) -> Bulk:
        """How far it is."""
        error = self._task.error
        return {
            "done": self._done,
            "total": self._total,
            "deleted": self._deleted,
            "kept": self._kept,
            "gone": self._gone,
            "state": self._task.state,
            "message": "" if error is None else clean(str(error)),
        }

    def _steps(self) -> Steps:
        source = self._observable.source
        if source is not None:
            source.changes.flush(PATIENCE)  # all written before is marked from here on
        del source
        try:
            for start in range(0, self._total, CHUNK):
                keys, values = self._keys[start : start + CHUNK], self._values[start : start + CHUNK]
                self._values[start : start + CHUNK] = repeat(None, len(keys))
                self._delete(keys, values)
                self._done += len(keys)
                yield self._done / self._total
        finally:
            self._keys, self._values = [], []

    def _delete(self, keys: Sequence[str], values: Sequence[object]) -> None:
        source = self._observable.source
        if source is None:
            raise LookupError("the store is gone")
        marks = list(map(self._observable.mark, keys))
        known = self._observable.marked_since <= self._since  # after the marks: none was forgotten by then
        old = [
            (key, value)
            for key, value, mark in zip(keys, values, marks, strict=True)
            if value is not MISSING and (known if mark is None else mark[0] <= self._since)
        ]
        deleted = source._delete([key for key, _ in old], [value for _, value in old])
        kept = sum(map(source._store.__contains__, keys))
        self._deleted += deleted
        self._kept += kept
        self._gone += len(keys) - deleted - kept

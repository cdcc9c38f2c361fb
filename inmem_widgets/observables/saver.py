"""The threads of a checkpointer, and the history of each."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig

from inmem_widgets.core.change import Change
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.base import Fresh, Observable
from inmem_widgets.observables.history import ThreadHistory
from inmem_widgets.observables.lanes import Key
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.timeline.own import OwnReader
from inmem_widgets.observables.timeline.reader import Reader
from inmem_widgets.wire import Thread

THREADS = 500
"""Threads listed, the most recently changed first."""

FOLLOWED = 4
"""Threads whose checkpoints are kept at hand."""


class ObservableSaver(Observable[InMemorySaver]):
    """Threads and checkpoints of an `InMemorySaver`."""

    threads = Fresh(0, read_only=True)
    """How many threads have checkpoints."""
    checkpoints = Fresh(0, read_only=True)
    """How many checkpoints there are, over all threads."""

    def __init__(self, source: InMemorySaver) -> None:
        self._lock = threading.RLock()
        self._ids: dict[str, Any] = {}  # ids need not be strings; on screen they are
        self._summaries: dict[str, Thread] = {}
        self._histories: dict[str, ThreadHistory] = {}
        self.reader: Reader = OwnReader(weakref.ref(source))
        super().__init__(source, records=True)
        self.sync()

    def figures(self, source: InMemorySaver) -> dict[str, Any]:
        return {"threads": source.thread_count(), "checkpoints": source.count()}

    def digest(self, changes: Sequence[Change]) -> None:
        source = self.source
        if source is None:
            return
        touched: dict[str, set[Key] | None] = {}
        for change in changes:
            for key in change.keys:
                if change.kind in ("put", "put_writes"):
                    known = touched.setdefault(key[0], set())
                    if known is not None:
                        known.add((key[1], key[2]))
                else:
                    touched[key] = None
        with self._lock:
            for thread_id, keys in touched.items():
                thread = _text(thread_id)
                self._summaries.pop(thread, None)
                history = self._histories.pop(thread, None)
                if history is not None and keys is not None:
                    found = [source.header(thread_id, ns, checkpoint_id) for ns, checkpoint_id in keys]
                    self._histories[thread] = history.with_headers([h for h in found if h is not None])

    def history(self, thread: str) -> ThreadHistory:
        """The thread's checkpoints; the last few threads asked for are kept and followed."""
        with self._lock:
            source = self.source
            found = self._histories.pop(thread, None)
            if source is not None:
                thread_id = self.thread_id(thread)
                if found is None or len(found.headers) != source.count(thread_id):
                    found = ThreadHistory(source.headers(thread_id))
            self._histories[thread] = found = found or ThreadHistory([])
            while len(self._histories) > FOLLOWED:
                del self._histories[next(iter(self._histories))]
            return found

    def thread_list(self) -> list[Thread]:
        """Summaries of the most recently changed threads, at most `THREADS`."""
        source = self.source
        if source is None:
            return []
        with self._lock:
            self._ids = {_text(thread_id): thread_id for thread_id in source.thread_ids()}
            self._summaries = {
                thread: self._summary(source, thread, thread_id) for thread, thread_id in self._ids.items()
            }
            alive = [t for t in self._summaries.values() if t["checkpoints"]]
        return sorted(alive, key=lambda t: t["updated"] or 0.0, reverse=True)[:THREADS]

    def _summary(self, source: InMemorySaver, thread: str, thread_id: Any) -> Thread:
        known, count = self._summaries.get(thread), source.count(thread_id)
        if known is not None and known["checkpoints"] == count:
            return known
        kept = self._histories.get(thread)
        if kept is None or len(kept.headers) != count:
            kept = ThreadHistory(source.headers(thread_id))
        return kept.summary(thread)

    def thread_id(self, thread: str) -> Any:
        """The thread id that is shown as this text; the text itself where there is none."""
        source = self.source
        if thread not in self._ids and source is not None:
            self._ids = {_text(thread_id): thread_id for thread_id in source.thread_ids()}
        return self._ids.get(thread, thread)

    def state(self, config: RunnableConfig) -> dict[str, Any] | None:
        """Channel values of the checkpoint a config names; None if it is gone."""
        source = self.source
        found = source.get_tuple(config) if source is not None else None
        return None if found is None else dict(found.checkpoint["channel_values"])


def _text(thread_id: object) -> str:
    return clean(str(thread_id))

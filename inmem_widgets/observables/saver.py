"""The threads of a checkpointer, and the history of each."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.core.change import Change
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.base import Fresh, Observable
from inmem_widgets.observables.garbage import collected_later
from inmem_widgets.observables.reading.catalog import Catalog, OwnCatalog
from inmem_widgets.observables.reading.own import OwnReader
from inmem_widgets.observables.reading.reader import Reader
from inmem_widgets.observables.reading.totals import Totals
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import thread_text
from inmem_widgets.wire import How, Thread

THREADS = 500
"""Threads listed, the most recently changed first."""
FOLLOWED = 4
"""Threads whose checkpoints are kept at hand."""
SEEN = 10_000
"""Threads that are known to have had checkpoints."""


ON_ITS_LOOP = (
    "the checkpointer is read on this event loop, which cannot wait for itself: "
    "use `await asyncio.to_thread(…)`"
)
NEWS_KEPT = 5_000
"""Checkpoints of such a thread that may be new before somebody asks; with more it is read anew."""
NEWS = 1.0
"""Seconds that somebody who wants what is new waits for it."""


class ObservableSaver(Observable[BaseCheckpointSaver[Any]]):
    """Threads and checkpoints of an `InMemorySaver`.

    Attributes:
        reader: Reads what is stored of a checkpoint.
    """

    ability = "own savers"

    threads = Fresh(0, read_only=True)
    """How many threads have checkpoints."""
    checkpoints = Fresh(0, read_only=True)
    """How many checkpoints there are, over all threads."""

    reader: Reader
    catalog: Catalog

    def __init__(self, source: BaseCheckpointSaver[Any]) -> None:
        self._lock = threading.RLock()
        self._ids: dict[str, Any] = {}  # ids need not be strings; on screen they are
        self._heads: dict[str, ThreadHistory] = {}
        self._summaries: dict[str, tuple[ThreadHistory, Thread]] = {}
        self._histories: dict[str, ThreadHistory] = {}
        self._news: dict[str, set[Key]] = {}  # what was saved in them since: read when they are asked for
        self._seen: dict[str, None] = {}
        self._prepare(source)
        self._totals = Totals(self.catalog.weigh, self.catalog.count, _weakly(self.tell))
        super().__init__(source, records=True)
        self.sync()

    def _prepare(self, source: Any) -> None:
        """Make the reader and the catalog; they hold the checkpointer weakly."""
        held: Callable[[], InMemorySaver | None] = weakref.ref(source)
        self.reader = OwnReader(held)
        self.catalog = OwnCatalog(held, self.reader)

    def look_again(self, *, whole: bool = True) -> None:
        """Take in what is new, now; one that tells of no changes is read again, whole or what is new.

        Waits a little for that, where it may.
        """
        source: Any = self.source
        if source is not None:
            source.changes.flush(NEWS)

    @property
    def on_its_loop(self) -> bool:
        """Whether a checkpointer needs this thread for an answer: it must not wait for one."""
        return False

    def read_whole(self) -> None:
        """Wait until all there is now has been read.

        Raises:
            RuntimeError: a checkpointer that tells of no changes cannot be read from here, or now.
        """

    def figures(self, source: Any) -> dict[str, Any]:
        return {"threads": self.catalog.thread_count(), "checkpoints": self.catalog.count()}

    def digest(self, changes: Sequence[Change]) -> None:
        touched: dict[Any, set[Key] | None] = {}
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
                thread = thread_text(thread_id)
                self._totals.changed(thread_id)
                self._heads.pop(thread, None)
                if thread in self._histories:
                    news = self._news.setdefault(thread, set())
                    news.update(keys or ())
                    if keys is None or len(news) > NEWS_KEPT:
                        del self._histories[thread], self._news[thread]

    def history(self, thread: str) -> ThreadHistory:
        """The thread's checkpoints; the last few threads asked for are kept and followed."""
        with self._lock:
            found, news = self._histories.pop(thread, None), self._news.pop(thread, ())
            if self.source is not None:
                thread_id = self.thread_id(thread)
                if found is not None and news:
                    read = [self.catalog.header(thread_id, key) for key in news]
                    found = found.with_headers([header for header in read if header is not None])
                if found is None or found.size != self.catalog.count(thread_id):
                    found = self._caught_up(found, thread_id)
            self._histories[thread] = found = found or ThreadHistory([])
            if found.size:
                self._note(thread)
            while len(self._histories) > FOLLOWED:
                oldest = next(iter(self._histories))
                del self._histories[oldest]
                self._news.pop(oldest, None)
            return found

    def _caught_up(self, known: ThreadHistory | None, thread_id: Any) -> ThreadHistory:
        """The history of all there is; where it only grew, what is new is read alone."""
        catalog = self.catalog
        if known is not None and known.size:
            keys = catalog.keys(thread_id)
            new = [key for key in keys if key not in known.by_key]
            if known.size + len(new) == len(keys):
                found = [catalog.header(thread_id, key) for key in new]
                return known.with_headers([header for header in found if header is not None])
        with collected_later():
            return ThreadHistory(catalog.headers(thread_id), catalog.marks(thread_id))

    def thread_list(self, find: str = "") -> tuple[list[Thread], int]:
        """The most recently changed threads whose ids contain a text, at most `THREADS`; how many do."""
        if self.source is None:
            return [], 0
        wanted = find.casefold()
        with self._lock:
            self._ids = {thread_text(each): each for each in self.catalog.thread_ids()}
            found = (
                [thread for thread in self._ids if wanted in thread.casefold()] if wanted else [*self._ids]
            )
            found.sort(key=lambda thread: self.catalog.latest(self._ids[thread]), reverse=True)
            self._totals.want({*self._ids.values()})
            self._heads = {thread: self._head(thread) for thread in found[:THREADS]}
            if len(self._summaries) > 2 * THREADS:
                self._summaries.clear()
            return [self._summary(thread, head) for thread, head in self._heads.items() if head.size], len(
                found
            )

    def _head(self, thread: str) -> ThreadHistory:
        """As much of a thread's history as tells how it stands."""
        kept = self._heads.get(thread)
        thread_id = self._ids[thread]
        if kept is None or not kept.size or kept.header(0).checkpoint_id != self.catalog.latest(thread_id):
            kept = ThreadHistory(self.catalog.ends(thread_id), self.catalog.marks(thread_id))
        return kept

    def _summary(self, thread: str, head: ThreadHistory) -> Thread:
        thread_id = self._ids[thread]
        kept, summary = self._summaries.get(thread, (None, None))
        if kept is not head or summary is None or summary["status"] == "running":  # for now
            summary = head.summary(thread)
            self._summaries[thread] = head, summary
        return {
            **summary,
            "checkpoints": self.catalog.count(thread_id),
            "bytes": self._totals.of(thread_id),
        }

    def total_bytes(self) -> tuple[int | None, How]:
        """All that is stored, and how that was measured; None while it is being reckoned."""
        if self.source is None:
            return None, "exact"
        return self._totals.want({*self.catalog.thread_ids()}), "exact" if self.reader.own else "sampled"

    def settle(self, timeout: float) -> bool:
        """Wait until the bytes that were asked for are known; whether they are, within so many seconds."""
        return self._totals.settle(timeout)

    def thread_id(self, thread: str) -> Any:
        """The thread id that is shown as this text; the text itself where there is none."""
        if thread not in self._ids and self.source is not None:
            self._ids = {thread_text(each): each for each in self.catalog.thread_ids()}
        return self._ids.get(thread, thread)

    def was(self, thread: str) -> bool:
        """Whether a thread was seen to have checkpoints, now or earlier."""
        return thread in self._seen

    def _note(self, thread: str) -> None:
        self._seen[thread] = None
        if len(self._seen) > SEEN:
            self._seen.pop(next(iter(self._seen)), None)

    def close(self) -> None:
        super().close()
        self._totals.let_go()

    def __del__(self) -> None:
        super().__del__()
        if totals := self.__dict__.get("_totals"):
            totals.let_go()


def _weakly(method: Any) -> Callable[[], None]:
    """A bound method that does not keep its object alive."""
    held = weakref.WeakMethod(method)

    def call() -> None:
        if (found := held()) is not None:
            found()

    return call

"""What a checkpoint, its channels and its thread weigh: a value that several checkpoints hold counts once."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.keys.background import Background, Making
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.reading.reader import Held, Orphan
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.observables.timeline.growth import Steps, growth, some
from inmem_widgets.observables.timeline.series import bytes_text
from inmem_widgets.wire import ChannelWeight, NamespaceWeight, Weight

CHANNELS, NAMESPACES, GHOSTS = 50, 50, 100
"""Listed at most."""
NAME = 200
"""Characters of a channel's name."""
POINTS = 60
WORTH = 10_000
"""Bytes of a channel that are worth a warning."""
THREADS = 4
"""Threads that are kept."""
CHUNK = 500
"""Checkpoints counted in a step."""

Blob = tuple[str, str, Any]
"""Namespace, channel, version."""


class Book:
    """What is stored for a thread, and how many checkpoints hold each value."""

    def __init__(self) -> None:
        self.history = ThreadHistory([])
        self.held = Held()
        self.holders: Counter[Blob] = Counter()
        self.channels: Counter[tuple[str, str]] = Counter()
        """Bytes of all values stored for a channel, by namespace and name."""
        self.namespaces: list[NamespaceWeight] = []
        self.ghosts: list[str] = []
        self.orphans: list[Orphan] = []


class Weights:
    """Weighs threads, in the background.

    Args:
        observable: Of the checkpointer.
        tell: Called, on another thread, when there is more to see.
    """

    def __init__(self, observable: ObservableSaver, tell: Callable[[], None]) -> None:
        self._observable = observable
        self._books: OrderedDict[str, Book] = OrderedDict()
        self._lock = threading.Lock()
        self._work: Background[bool] = Background(tell)

    def of(self, thread: str, key: Key) -> Weight:
        """The weight of a checkpoint and its thread, as reckoned last; begins to reckon what is new.

        Raises:
            LookupError: the checkpoint is gone.
        """
        history = self._observable.history(thread)
        header = history.by_key.get(key)
        if header is None:
            raise LookupError(f"checkpoint {key[1]} of thread {thread} is gone")
        with self._lock:
            book = self._books.get(thread)
            if book is not None:
                self._books.move_to_end(thread)
        known = book is not None and book.history.row_of(key) is not None
        if book is None or book.history is not history:
            self._work.want((thread, history), lambda: self._make(thread, history), at_once=not known)
        if book is None or not known:
            return {**weigh(Book(), header), "progress": self._work.progress or 0.0}
        return weigh(book, header)

    def wait(self, timeout: float) -> bool:
        """Whether nothing is being reckoned, within so many seconds."""
        return self._work.wait(timeout)

    def close(self) -> None:
        """Reckon nothing any more."""
        self._work.close()
        with self._lock:
            self._books.clear()

    def _make(self, thread: str, history: ThreadHistory) -> Making[bool]:
        reader, thread_id = self._observable.reader, self._observable.thread_id(thread)
        before, book = self._books.get(thread), Book()
        book.history = history
        book.held = reader.held(thread_id)
        yield 0.3
        begin = 0
        if before is not None and before.history.grown is history.grown:
            begin, book.holders = before.history.size, before.holders.copy()
        for start in range(begin, history.size, CHUNK):
            for header in history.grown.headers[start : min(start + CHUNK, history.size)]:
                ns = header.checkpoint_ns
                book.holders.update([(ns, *each) for each in header.channel_versions.items()])
            yield 0.3 + 0.6 * start / history.size
        for (ns, channel, _), size in book.held.blobs.items():
            book.channels[ns, channel] += size
        book.namespaces = namespaces(book.held)
        ghosts, book.orphans = reader.ghosts()
        book.ghosts = [cut(clean(str(each)), NAME) for each in ghosts[:GHOSTS]]
        with self._lock:
            self._books[thread] = book
            while len(self._books) > THREADS:
                self._books.popitem(last=False)
        return True


def weigh(book: Book, header: CheckpointHeader) -> Weight:
    """The weight of a checkpoint."""
    held, ns = book.held, header.checkpoint_ns
    key = ns, header.checkpoint_id
    channels: list[ChannelWeight] = []
    steps = Steps(book.history, key)
    warning = ""
    heaviest = sorted(header.channel_versions.items(), key=lambda each: -book.channels[ns, each[0]])
    for channel, version in heaviest:
        size = held.blobs.get((ns, channel, version), 0)
        if not size:
            continue
        alone = book.holders[ns, channel, version] <= 1
        sizes, stored = steps.sizes(held, channel)
        grows = growth(sizes, steps.count, stored)
        if grows == "quadratic" and not warning and (all_of_it := book.channels[ns, channel]) >= WORTH:
            warning = _warning(channel, all_of_it, held.total)
        channels.append({
            "name": cut(clean(channel), NAME),
            "exclusive": size if alone else 0,
            "shared": 0 if alone else size,
            "growth": grows,
            "points": some(sizes, POINTS),
        })  # fmt: skip
    channels.sort(key=lambda each: -each["exclusive"] - each["shared"])
    row = held.rows.get(key, 0)
    return {
        "key": text_of(key),
        "how": held.how,
        "exclusive": row + sum(each["exclusive"] for each in channels),
        "shared": sum(each["shared"] for each in channels),
        "writes": held.writes.get(key, 0),
        "channels": channels[:CHANNELS],
        "more": max(0, len(channels) - CHANNELS),
        "thread": held.total,
        "namespaces": book.namespaces,
        "warning": warning,
        "ghosts": book.ghosts,
        "orphans": len(book.orphans),
        "orphan_bytes": sum(each.size for each in book.orphans),
        "progress": None,
    }


def namespaces(held: Held) -> list[NamespaceWeight]:
    """The heaviest first; all calls of a subgraph are one, named by the nodes that lead to it."""
    found: dict[str, NamespaceWeight] = {}

    def of(ns: str) -> NamespaceWeight:
        scope = "|".join(part.partition(":")[0] for part in ns.split("|"))
        return found.setdefault(scope, {"ns": cut(clean(scope), NAME), "checkpoints": 0, "bytes": 0})

    for (ns, _), size in held.rows.items():
        each = of(ns)
        each["checkpoints"] += 1
        each["bytes"] += size
    for (ns, _, _), size in held.blobs.items():
        of(ns)["bytes"] += size
    for (ns, _), size in held.writes.items():
        of(ns)["bytes"] += size
    ranked = sorted(found.values(), key=lambda each: -each["bytes"])
    if rest := ranked[NAMESPACES:]:
        counts = (sum(each["checkpoints"] for each in rest), sum(each["bytes"] for each in rest))
        ranked[NAMESPACES:] = [{"ns": "…", "checkpoints": counts[0], "bytes": counts[1]}]
    return ranked


def _warning(channel: str, size: int, total: int) -> str:
    return (
        f"“{cut(clean(channel), NAME)}” grows, and each step stores it anew: {bytes_text(size)} of the "
        f"thread's {bytes_text(total)}, and four times as much at twice the steps. Trim it, make it a "
        "DeltaChannel, or keep documents in a store and only their keys in the state."
    )

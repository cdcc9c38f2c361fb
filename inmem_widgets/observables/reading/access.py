"""Calls to a checkpointer that is not ours, through its public interface, as it allows them.

What is called is a copy that shares all with the checkpointer but its serializer: see `Lenient`. Runs on
the `Worker` of the checkpointer only.
"""

from __future__ import annotations

import asyncio
import copy
import heapq
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as Late
from typing import Any, TypeAlias, TypeVar

from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, DeltaChannelHistory
from langgraph.checkpoint.memory import InMemorySaver as Upstream

from inmem_widgets.core.checkpoints.mapped import MappedTables
from inmem_widgets.observables.reading.lenient import Lenient
from inmem_widgets.observables.reading.reader import Undecodable

SLOW = 0.5
"""Seconds after which it is said that something is waited for."""
BUSY = "waiting for the event loop: a cell is running"
STILL = "waiting for the event loop: it is not running"

Note: TypeAlias = tuple[str, int, Any]
"""(type, bytes, value) of something that was deserialised."""
Read: TypeAlias = tuple[CheckpointTuple, list[Note]]
Seen: TypeAlias = list[tuple[Any, tuple[str, bytes]]]
"""Values, and as what they were stored."""
R = TypeVar("R")


class Access:
    """How a checkpointer is called.

    Args:
        source: Gives the checkpointer; None once it is gone.
        waiting: Called with why an answer takes long, and with "" when it has come.
    """

    def __init__(
        self, source: Callable[[], BaseCheckpointSaver[Any] | None], waiting: Callable[[str], None]
    ) -> None:
        self._source, self._waiting = source, waiting
        self.closed = False
        saver = source()
        loop = getattr(saver, "loop", None)
        self._loop = loop if isinstance(loop, asyncio.AbstractEventLoop) else None
        can_async = _has(saver, "aget_tuple") and _has(saver, "alist")
        self._async = can_async and (self._loop is not None or not _has(saver, "get_tuple", "list"))
        self.in_memory = isinstance(saver, Upstream)

    @property
    def on_its_loop(self) -> bool:
        """Whether this thread is the one that the checkpointer needs for an answer."""
        if self._loop is None:
            return False
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    @property
    def gone(self) -> bool:
        return self._source() is None

    @property
    def serde(self) -> Any:
        """The checkpointer's serializer."""
        return self._saver().serde

    def page(
        self, thread_id: Any = None, *, before: str | None = None, limit: int | None = None
    ) -> list[Read]:
        """Checkpoints of a thread in all its namespaces, or of all threads; the newest first.

        Raises:
            ReferenceError: The checkpointer is gone.
            Exception: Whatever it raises.
        """
        config = None if thread_id is None else {"configurable": {"thread_id": thread_id}}
        below = None if before is None else {"configurable": {"checkpoint_id": before}}
        if self.in_memory:
            return list(self._newest(thread_id, before, limit))
        notes: list[Note] = []
        saver = self._lenient(notes)
        found: list[Read] = []

        def add(each: CheckpointTuple) -> None:
            found.append((each, notes.copy()))
            notes.clear()

        if self._async:

            async def listing() -> None:
                async for each in saver.alist(config, before=below, limit=limit):
                    add(each)

            self._await(listing)
        else:
            for each in saver.list(config, before=below, limit=limit):
                add(each)
        return found

    def get(self, thread_id: Any, ns: str, checkpoint_id: str, stored: Seen | None = None) -> Read | None:
        """One checkpoint; what it is stored as is put into `stored`."""
        if self.in_memory:
            return next(self._at([(checkpoint_id, thread_id, ns)], stored), None)
        notes: list[Note] = []
        saver = self._lenient(notes, stored)
        config = _config(thread_id, ns, checkpoint_id)
        found = self._await(lambda: saver.aget_tuple(config)) if self._async else saver.get_tuple(config)
        return None if found is None else (found, notes)

    def delta(
        self, thread_id: Any, ns: str, checkpoint_id: str, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """What the values of delta channels are rebuilt from."""
        saver, asked = (
            self._lenient([]),
            {"config": _config(thread_id, ns, checkpoint_id), "channels": channels},
        )
        found: Mapping[str, DeltaChannelHistory]
        if self._async:
            found = self._await(lambda: saver.aget_delta_channel_history(**asked))
        else:
            found = saver.get_delta_channel_history(**asked)
        return found

    def tables(self) -> MappedTables | None:
        """Of upstream's `InMemorySaver`: its mappings, as our own saver would look at them."""
        saver: Any = self._source()
        if saver is None or not self.in_memory:
            return None
        return MappedTables(saver.storage, saver.writes, saver.blobs)

    def _newest(self, thread_id: Any, before: str | None, limit: int | None) -> Iterator[Read]:
        """Upstream's `InMemorySaver` lists thread by thread, and a lookup of a thread would make it."""
        storage = self._saver().storage
        threads = list(storage) if thread_id is None else [thread_id]
        ids = [
            (id, thread, ns)
            for thread in threads
            for ns, rows in dict(storage.get(thread) or {}).items()
            for id in list(rows)
            if before is None or id < before
        ]
        return self._at(heapq.nlargest(len(ids) if limit is None else limit, ids, _first))

    def _at(self, places: list[tuple[str, Any, str]], stored: Seen | None = None) -> Iterator[Read]:
        """Checkpoints of upstream's `InMemorySaver`, those that cannot be deserialised, too."""
        for id, thread, ns in places:
            notes: list[Note] = []
            try:
                found = self._lenient(notes, stored).get_tuple(_config(thread, ns, id))
            except Exception:
                found = self._body(thread, ns, id, notes)
            if found is not None:
                yield found, notes

    def _body(self, thread_id: Any, ns: str, checkpoint_id: str, notes: list[Note]) -> CheckpointTuple | None:
        """A checkpoint of upstream's `InMemorySaver` that it cannot read; None if it is gone."""
        row = _Quiet(self._saver().storage, 2)[thread_id][ns].get(checkpoint_id)
        bad: Any = next((value for _, _, value in notes if isinstance(value, Undecodable)), None)
        if row is None or bad is None:
            return None
        above = None if row[2] is None else _config(thread_id, ns, row[2])
        return CheckpointTuple(_config(thread_id, ns, checkpoint_id), bad, {}, above, [])

    def _saver(self) -> Any:
        saver = self._source()
        if saver is None:
            raise ReferenceError("the checkpointer is gone")
        return saver

    def _lenient(self, notes: list[Note], stored: Seen | None = None) -> Any:
        """A copy that tells what it cannot deserialise; the checkpointer itself where it cannot be copied."""
        saver = self._saver()
        if hasattr(type(saver), "__del__"):  # would run for the copy, too
            return saver

        def note(kind: str, data: Any, value: Any) -> None:
            notes.append((kind, _len(data), value))
            if stored is not None:
                stored.append((value, (kind, data)))

        try:
            lenient = copy.copy(saver)
            lenient.serde = Lenient(saver.serde, note)
        except Exception:
            return saver
        if self.in_memory:
            lenient.storage = _Quiet(saver.storage, 2)
            lenient.writes = _Quiet(saver.writes, 1)
        return lenient

    def _await(self, begin: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """The result of a coroutine on the checkpointer's own loop, however long that takes."""
        loop = self._loop
        if loop is None:
            return asyncio.run(begin())
        coroutine = begin()
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        except RuntimeError:
            coroutine.close()
            raise
        told = False
        while True:
            try:
                return future.result(SLOW)
            except Late:
                if future.done():
                    raise  # the coroutine's own
                if self.closed or loop.is_closed():
                    future.cancel()
                    raise
                if not told:
                    told = True
                    self._waiting(BUSY if loop.is_running() else STILL)
            finally:
                if told and future.done():
                    self._waiting("")


class _Quiet(Mapping[Any, Any]):
    """A mapping to look into without adding to it: what is missing is empty, on so many levels."""

    def __init__(self, mapping: Mapping[Any, Any] | None, levels: int) -> None:
        self._mapping: Mapping[Any, Any] = {} if mapping is None else mapping
        self._levels = levels

    def __getitem__(self, key: Any) -> Any:
        if not self._levels:
            return self._mapping[key]
        return _Quiet(self._mapping.get(key), self._levels - 1)

    def get(self, key: Any, default: Any = None) -> Any:
        found = self._mapping.get(key)
        return default if found is None else _Quiet(found, self._levels - 1) if self._levels else found

    def __contains__(self, key: object) -> bool:
        return key in self._mapping

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._mapping))

    def __len__(self) -> int:
        return len(self._mapping)


def _config(thread_id: Any, ns: str, checkpoint_id: str) -> Any:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}}


def _has(saver: Any, *methods: str) -> bool:
    """Whether a checkpointer implements all of them."""
    return all(getattr(type(saver), name, None) is not getattr(BaseCheckpointSaver, name) for name in methods)


def _first(each: tuple[str, Any, str]) -> str:
    return each[0]


def _len(data: Any) -> int:
    return len(data) if isinstance(data, bytes | bytearray | memoryview | str) else 0

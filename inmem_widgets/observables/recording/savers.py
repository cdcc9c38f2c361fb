"""What a checkpointer does, as lines: checkpoints, values and writes as in a file of `export_threads`.

Values are the bytes that the checkpointer's serializer made: nothing is read, unless it is to be redacted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final

from inmem_widgets.core.change import Change
from inmem_widgets.core.records import Records
from inmem_widgets.observables.portable.exporting import Place, ThreadWriter
from inmem_widgets.observables.portable.kinds import access
from inmem_widgets.observables.portable.masked import redacted_fields
from inmem_widgets.observables.portable.savers import Access
from inmem_widgets.observables.recording.recorders import Recorder

THREADS: Final = 1_000
"""Threads of which it is known which values are written."""


class SaverRecorder(Recorder):
    """Checkpoints and writes."""

    kind = "saver"

    def contents(self) -> Callable[[], None]:
        self._known: dict[Any, dict[Place, bytes | None]] = {}
        self.number = 0 if self._feed is None else self._feed.count
        return self._threads

    @cached_property
    def _access(self) -> Access:
        """Made on the thread that reads: one that needs an event loop has it on another."""
        return access(self.object)

    def line(self, kind: str, **fields: Any) -> None:
        """A line of a thread's, as `ThreadWriter` makes them."""
        if self._redactor is not None:
            fields = redacted_fields(fields, self._redactor)
        self._tape.write(kind, {"of": self.name, "thread": self._thread, **fields})

    def _writer(self, thread_id: Any) -> ThreadWriter:
        self._thread = self.key(thread_id)
        known = self._known[thread_id] = self._known.pop(thread_id, {})
        if len(self._known) > THREADS:
            del self._known[next(iter(self._known))]
        return ThreadWriter(self._access, thread_id, self, known)

    def _take(self, changes: Records) -> None:
        try:
            super()._take(changes)
        finally:
            self.__dict__.pop("_access", None)  # it holds the checkpointer

    def begin(self) -> None:
        try:
            super().begin()
        finally:
            self.__dict__.pop("_access", None)

    def _threads(self) -> None:
        for thread_id in self._access.threads():
            self._whole(thread_id)

    def _whole(self, thread_id: Any) -> None:
        self._known.pop(thread_id, None)
        writer = self._writer(thread_id)
        for key in self._access.keys(thread_id):
            if not self._tape.open:
                return
            writer.write(key)
        for key, writes in self._access.orphans(thread_id):
            writer.writes(key, writes)

    def parts(self, changes: Records) -> Iterable[Records | Change]:
        return changes  # each comes with what was saved

    def change(self, change: Change) -> None:
        if change.kind == "put":
            for thread_id, *key in change.keys:
                self._writer(thread_id).write((key[0], key[1]), writes=False)
        elif change.kind == "put_writes":
            for thread_id, *key in change.keys:
                self._writes(thread_id, (key[0], key[1]), change.info.get("task_id"))
        else:
            for thread_id in change.keys:
                self._anew(thread_id)
        super().change(change)

    def key(self, key: Any) -> Any:
        return (
            [super(SaverRecorder, self).key(each) for each in key] if type(key) is tuple else super().key(key)
        )

    def lost(self, change: Change) -> None:
        threads = self._access.threads()
        for thread_id in threads:
            self._anew(thread_id)
        super().change(change._replace(kind="reset", keys=threads, values=None, info={"lost": True}))

    def _anew(self, thread_id: Any) -> None:
        self._writer(thread_id)
        self._tape.line("thread", of=self.name, thread=self._thread)
        self._whole(thread_id)

    def _writes(self, thread_id: Any, key: tuple[str, str], task: Any) -> None:
        writer = self._writer(thread_id)
        saved = self._access.saved(thread_id, key)
        found = saved.writes if saved is not None else dict(self._access.orphans(thread_id)).get(key, [])
        writer.writes(key, [each for each in found if task is None or each.task == task])

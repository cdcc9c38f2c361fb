"""Files of threads between a view and a checkpointer, piece by piece; read and written in the background.

A checkpointer may need the event loop that a view's request is served on: nothing here waits for it then.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver as Upstream

from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.keys.exports import PIECE
from inmem_widgets.observables.keys.task import Steps, Task
from inmem_widgets.observables.portable import importing
from inmem_widgets.observables.portable.exporting import writing
from inmem_widgets.observables.portable.importing import ThreadsThere, reading
from inmem_widgets.observables.portable.kinds import access
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.redaction import redactor
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.wire import Imported, Piece

WAIT = 0.5
"""Seconds a request waits for what is being made, before it says that there is nothing yet."""
MIME = "application/jsonl"

Loop = asyncio.AbstractEventLoop | None


class ExportFile:
    """A file of threads (see `inmem_widgets.portable`), made in the background from now on.

    Args:
        observable: Of the checkpointer.
        thread_ids: By default all threads that have checkpoints.
        name: Of the file, without its extension.

    Raises:
        ReferenceError: the checkpointer is gone.
    """

    def __init__(
        self, observable: ObservableSaver, thread_ids: Sequence[Any] | None, name: str = "threads"
    ) -> None:
        saver, loop, self._wait = _source(observable)
        self._name = f"{name}.jsonl"
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as this
        self._lock = threading.Lock()
        self._written = self._read = 0
        self._more = threading.Event()
        self._number = -1
        self._last: Piece | None = None
        self._problem = ""
        self._redactor = redactor()
        self._task = Task(self._steps(saver, loop, thread_ids), self._more.set)

    def piece(self, number: int) -> Piece:
        """A piece: the next one, or the one before again. It has no data while there is nothing new yet;
        `done` of `total` is in percent of the work.

        Raises:
            LookupError: it is neither.
            ValueError: the checkpointer cannot be read.
        """
        if number == self._number and self._last is not None:
            return self._last
        if number != self._number + 1 or (self._last is not None and self._last["last"]):
            raise LookupError(f"piece: got {number}, the next is {self._number + 1}; begin again with 0")
        while self._wait and self._task.running and self._written - self._read < PIECE:
            self._more.clear()
            if not self._more.wait(WAIT):
                break
        ended = not self._task.running
        if ended and (self._problem or self._task.state != "done"):
            raise ValueError(self._problem or "the export was cancelled")
        with self._lock:
            self._file.seek(self._read)
            data = self._file.read(PIECE)
        self._read += len(data)
        self._number = number
        self._last = {
            "name": self._name,
            "mime": MIME,
            "data": b64encode(data).decode(),
            "done": 100 if ended else int(100 * self._task.progress),
            "total": 100,
            "last": ended and self._read == self._written,
        }
        return self._last

    def close(self) -> None:
        """End the work."""
        self._task.cancel()

    def _steps(self, saver: Any, loop: Loop, thread_ids: Sequence[Any] | None) -> Steps:
        try:
            of = access(saver, loop)
            ids = of.threads() if thread_ids is None else thread_ids
            yield from writing(of, ids, self._write, self._redactor)
        except Exception as error:
            self._problem = str(error)  # not the error: it would keep the checkpointer alive

    def _write(self, data: bytes) -> None:
        with self._lock:
            self._file.seek(self._written)
            self._file.write(data)
            self._written += len(data)
        if self._written - self._read >= PIECE:
            self._more.set()


class ImportFile:
    """Takes a file in pieces of text, then imports it in the background."""

    def __init__(self, observable: ObservableSaver) -> None:
        self._observable = observable
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as this
        self._number = -1
        self._whole = False
        self._task: Task | None = None
        self._replace = False
        self._result: Imported | None = None
        self._problem = ""
        self._told = False

    @property
    def running(self) -> bool:
        """Whether threads are being imported."""
        return self._task is not None and self._task.running

    def piece(self, number: int, text: str, last: bool, replace: bool) -> Imported | None:
        """Take the next piece (0 begins anew), or the one before again.

        After the last one: None while it goes on, ask with the last piece again; then what was
        imported. If threads are there already and not to be replaced, nothing is, and `replaced` names
        them: ask with the last piece and `replace` to go on.

        Raises:
            LookupError: the piece is neither the next one nor the one before.
            ValueError: the file is refused, see `inmem_widgets.portable.import_threads`.
            ReferenceError: the checkpointer is gone.
        """
        with self._lock:
            if number == 0 and not self._goes_on(replace):
                self._begin()
            if number == self._number + 1 and not self._whole:
                self._file.write(text.encode("utf-8", "replace"))
                self._number, self._whole = number, last
            elif number != self._number:
                raise LookupError(f"piece: got {number}, the next is {self._number + 1}; begin again with 0")
            if not self._whole:
                return None
            return self._imported(replace)

    def _goes_on(self, replace: bool) -> bool:
        """Whether a first piece, if it is the only one, is asked for again: not once there is an answer."""
        if self._task is None or self._number:
            if self.running:
                raise LookupError("piece: another import is under way")
            return False
        return self.running or not self._told or (replace and not self._replace)

    def _imported(self, replace: bool) -> Imported | None:
        saver, loop, wait = _source(self._observable)
        if self._task is None or (replace and not self._replace and not self._task.running):
            self._replace, self._result, self._problem, self._told = replace, None, "", False
            self._task = Task(self._steps(saver, loop, replace))
        if not self._task.wait(WAIT if wait else 0.0):
            return None
        self._told = True
        if self._result is None:
            raise ValueError(self._problem or "the import was cancelled")
        return self._result

    def _steps(self, saver: Any, loop: Loop, replace: bool) -> Steps:
        try:
            done = yield from reading(access(saver, loop), self._file, replace=replace)
        except ThreadsThere as there:
            done = there.found
        except Exception as error:
            self._problem = str(error)
            return
        self._result = _wire(done)


def _wire(done: importing.Imported) -> Imported:
    return {
        "threads": [clean(str(thread_id)) for thread_id in done.threads],
        "checkpoints": done.checkpoints,
        "writes": done.writes,
        "replaced": [clean(str(thread_id)) for thread_id in done.replaced],
    }


def _source(observable: ObservableSaver) -> tuple[Any, Loop, bool]:
    """The checkpointer, this thread's event loop, and whether this thread may wait for it."""
    saver: Any = observable.source
    if saver is None:
        raise ReferenceError("the checkpointer is gone")
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return saver, None, True
    return saver, loop, isinstance(saver, InMemorySaver | Upstream)

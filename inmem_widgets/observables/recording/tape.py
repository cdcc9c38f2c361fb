"""The file of a recording as it is written: it never blocks or breaks who is recorded."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final
from weakref import WeakSet

from inmem_widgets.observables.recording.lines import BEGINS, Line, encoded_safely

FLUSH: Final = 0.25
"""Seconds between two flushes while lines are written; the last lines of a batch are flushed at once."""
BUFFER: Final = 1 << 18
"""Bytes given to the system in one go."""

_log = logging.getLogger("inmem_widgets")


class Tape:
    """Takes lines from several threads of ours.

    Attributes:
        problem: Why nothing is recorded any more; "" while it is.
        lines: Written so far.
        on_stop: Called when nothing can be written any more.

    Raises:
        FileExistsError: a file is there that is no recording; one that is, is replaced, and whoever still
            writes it stops.
        IsADirectoryError: it is a folder.
        FileNotFoundError: its folder is not there.
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        _follow_forks()
        self.path = path
        self._place = os.path.realpath(path)
        self._file = _made(self._place)
        self.problem = ""
        self.lines = 0
        self.on_stop: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._flushed = time.monotonic()
        for other in [each for each in _written if each.open and each._place == self._place]:
            other._stop(FileExistsError("another recording has replaced the file"))
        _written.add(self)

    @property
    def open(self) -> bool:
        return not self.problem and not self._file.closed

    def line(self, what: str, **fields: object) -> None:
        """Write a line; what does not go into the file ends the recording, which is told once."""
        self.write(what, fields)

    def write(self, what: str, fields: Line) -> None:
        """The same, of fields in a dict."""
        if not self.open:
            return
        try:
            data = encoded_safely(what, fields)
        except (ValueError, TypeError) as error:
            self._stop(error)
        else:
            self.put(data)

    def put(self, data: bytes) -> None:
        """Write what is a line already."""
        if not self.open:
            return
        try:
            with self._lock:
                self._file.write(data)
                self.lines += 1
                if time.monotonic() - self._flushed > FLUSH:
                    self._flush()
        except (OSError, ValueError, TypeError) as error:
            self._stop(error)

    def flush(self) -> None:
        """Have the system take all lines: they outlive this process."""
        try:
            with self._lock:
                if self.open:
                    self._flush()
        except (OSError, ValueError) as error:
            self._stop(error)

    def _flush(self) -> None:
        self._file.flush()
        self._flushed = time.monotonic()

    def _stop(self, error: Exception) -> None:
        if self.problem:
            return
        self.problem = f"{type(error).__name__}: {error}"
        _log.warning("recording to %s has stopped: %s", self.path, self.problem)
        self._shut()
        self.on_stop()

    def close(self) -> None:
        """Flush and close."""
        self.flush()
        self._shut()

    def _shut(self) -> None:
        try:
            with self._lock:
                self._file.close()
        except OSError:  # what was buffered does not fit either
            pass

    def _after_fork(self) -> None:
        """In a forked child: the other process writes the file, this one also nothing that is buffered."""
        self._lock = threading.Lock()
        self.problem = self.problem or "this is a forked process, the one that began to record goes on"
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._file.fileno(), inheritable=False)
            os.close(nowhere)


_written: WeakSet[Tape] = WeakSet()


def _made(place: str) -> BinaryIO:
    """A file that is new: who reads one that it replaces can go on reading that."""
    if os.path.isdir(place):
        raise IsADirectoryError(f"path: got the folder {place}, accepted is the path of a file to write")
    if not os.path.isdir(folder := os.path.dirname(place)):
        raise FileNotFoundError(
            f"path: got {place}, accepted is a file in a folder that is there: {folder} is not"
        )
    if os.path.isfile(place):
        with open(place, "rb") as there:
            begins = there.read(len(BEGINS))
        if not BEGINS.startswith(begins):
            raise FileExistsError(f"path: {place} is there, and is no recording: it is not overwritten")
        with suppress(OSError):
            os.unlink(place)
    return open(place, "wb", BUFFER)  # closed by `close`


@cache
def _follow_forks() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)


def _after_fork() -> None:
    for tape in list(_written):
        tape._after_fork()

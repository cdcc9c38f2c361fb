"""The file of a recording as it is written: it never blocks or breaks who is recorded."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from inmem_widgets.observables.recording.lines import Line, encoded

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
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self.lines = 0
        self.on_stop: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._file = open(path, "wb", BUFFER)  # noqa: SIM115  closed by `close`
        self._flushed = time.monotonic()

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
            data = encoded(what, fields)
        except (ValueError, TypeError) as error:
            self._stop(error)
        else:
            self.put(data)

    def put(self, data: bytes) -> None:
        """Write what is a line already."""
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

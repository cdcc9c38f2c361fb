"""A recording played back: the objects it is of, as they were at any of its changes."""

from __future__ import annotations

import threading
import time
import weakref
from array import array
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, BinaryIO, Final, Self

from inmem_widgets.observables import ObservableCache, observe
from inmem_widgets.observables.recording.lines import Line, decoded, head_of, next_line
from inmem_widgets.observables.recording.recorded import RECORDED, RecordedObject

LOOK: Final = 0.2
"""Seconds between two looks for what was added to a file."""
PATIENCE: Final = 10.0
"""Seconds that are waited at the most until what was sought is delivered."""
STEP: Final = 5_000
"""Changes after which it is waited until they are delivered: none is lost."""
PAUSE: Final = 60.0
"""Seconds without a change that are waited at the most when playing, at any speed."""


class Player:
    """What a recording tells, as objects of ours that change as those did; see `inmem_widgets.replay`.

    Attributes:
        objects: By name: an `InMemoryStore`, `InMemoryCache` or `InMemorySaver` each. They are there to be
            looked at: what is written into them is lost with the next `seek`.
        path: Of the file.
    """

    def __init__(self, path: Path, speed: float | None = None) -> None:
        if speed is not None:
            _check(speed)
        self.path = path
        self._file: BinaryIO = open(path, "rb")  # noqa: SIM115  closed by `close`
        try:
            self._head = head_of(self._file)
        except BaseException:
            self._file.close()
            raise
        self._made: dict[str, RecordedObject] = {
            name: RECORDED[each["kind"]](each) for name, each in self._head["objects"].items()
        }
        self.objects: Mapping[str, Any] = MappingProxyType(self._made)
        self._watching = {name: observe(each) for name, each in self._made.items()}
        for each in self._watching.values():
            each.log  # noqa: B018  it is made now: from the first change on
        self._start = self._new_from = self._file.tell()
        self._times = array("d")  # of the changes read
        self._position = 0
        self._damaged = 0
        self._failed = 0
        self._lost = 0
        self._ended = False
        self._speed: float | None = None
        self._due = 0.0
        self._playing = True
        self._lock = threading.RLock()
        self._bell = threading.Event()
        self.closed = False
        if speed is None:
            self._read_on()
            self._settle(PATIENCE)
        else:
            self._contents()
            self._speed = speed
        self._thread = threading.Thread(
            target=_run, args=(weakref.ref(self), self._bell), name="inmem-widgets replay", daemon=True
        )
        self._thread.start()

    # -- what there is --

    @property
    def position(self) -> int:
        """How many changes have happened: 0 is how it was when recording began."""
        return self._position

    @property
    def total(self) -> int:
        """Changes in the file that have been read; more follow while it is written."""
        return len(self._times)

    @property
    def time(self) -> float | None:
        """When the latest change that has happened was recorded, in seconds since the epoch."""
        return self._times[self._position - 1] if self._position else self._head.get("started")

    @property
    def ended(self) -> bool:
        """Whether the recording was closed: nothing follows."""
        return self._ended

    @property
    def playing(self) -> bool:
        return self._playing and not self.closed

    @property
    def problem(self) -> str:
        """What of the file could not be read, and what was lost when it was written; "" if nothing."""
        told = []
        if self._torn():
            told.append("the last line is cut off: the recording was interrupted there, or goes on")
        if self._damaged:
            told.append(f"{self._damaged:,} damaged lines were left out")
        if self._failed:
            told.append(f"{self._failed:,} lines could not be understood")
        if self._lost:
            told.append(f"{self._lost:,} changes came too fast to be recorded")
        return "; ".join(told)

    # -- moving --

    def play(self, speed: float | None = 1.0) -> None:
        """Go on from here, so many times as fast as it happened; None: to the end at once, and follow."""
        if speed is not None:
            _check(speed)
        self._check_open()
        with self._lock:
            self._speed, self._due, self._playing = speed, 0.0, True
        self._bell.set()

    def pause(self) -> None:
        """Stay here."""
        with self._lock:
            self._playing = False

    def seek(self, n: int) -> None:
        """Have it as it was after so many changes, and pause.

        Going forward, the changes in between happen, and are logged; going back, objects tell that they
        were reset.

        Raises:
            TypeError: `n` is no int.
            IndexError: there are not so many changes (yet).
            RuntimeError: it is closed.
        """
        if type(n) is not int:
            raise TypeError(f"n: got {type(n).__name__}, accepted is a number of changes")
        self._check_open()
        with self._lock:
            self._playing = False
            if n > self._position:
                self._read_on(n)
            if not 0 <= n <= max(self._position, len(self._times)):
                raise IndexError(f"n: got {n:,}, accepted is 0 to {len(self._times):,}: as many as were read")
            if n < self._position:
                self._go_back(n)
        self._settle(PATIENCE)

    def close(self) -> None:
        """Read no more; the objects stay as they are."""
        self.closed = True
        self._bell.set()
        with self._lock:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        names = ", ".join(self.objects)
        return (
            f"<{type(self).__name__} of {self.path}: {names}; {self._position:,} of {self.total:,} changes>"
        )

    # -- reading --

    def _read_on(self, until: int | None = None) -> None:
        """Take in all that can be read, or so many changes."""
        with self._lock:
            while not self.closed and (until is None or self._position < until):
                if self._next() is None:
                    break
                if self._position % STEP == 0:
                    self._settle()
        self._settle()

    def _contents(self) -> None:
        """What there was at the beginning."""
        left = len(self._made)
        with self._lock:
            while left and (raw := next_line(self._file)):
                if raw.startswith(b'{"is":"change"'):
                    self._file.seek(-len(raw), 1)
                    break
                line = self._line(raw)
                left -= line is not None and line["is"] == "ready"

    def _next(self) -> Line | None:
        """Take in the next change, and what belongs to it; None where there is none (yet)."""
        while raw := next_line(self._file):
            line = self._line(raw)
            if line is not None and line["is"] == "change":
                if self._position == len(self._times):
                    self._times.append(_time(line))
                self._position += 1
                return line
        return None

    def _line(self, raw: bytes) -> Line | None:
        """Take in one line; what is wrong is counted the first time."""
        end = self._file.tell()
        new = end > self._new_from
        self._new_from = max(self._new_from, end)
        line = decoded(raw)
        if line is None:
            self._damaged += new
            return None
        self._ended = self._ended or line["is"] == "end"
        made = self._made.get(line.get("of", ""))
        if made is not None and line["is"] in TAKEN:
            self._lost += new * line.get("count", 0) if line["is"] == "lost" else 0
            try:
                made.take(line)
            except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
                self._failed += new
        return line

    def _go_back(self, n: int) -> None:
        for each in self._made.values():
            each.quiet = True
            each.restart()
        self._file.seek(self._start)
        self._position = 0
        self._contents()
        for name, each in self._made.items():
            seen = self._watching[name]
            if isinstance(seen, ObservableCache):
                cache: Any = each
                each.retell = seen.recorder.start_over(cache)
        while self._position < n and self._next() is not None:
            pass
        for each in self._made.values():
            each.quiet, each.retell = False, None
            each.announce(self.time)

    def _check_open(self) -> None:
        if self.closed:
            raise RuntimeError(f"the replay is closed: open another with replay({str(self.path)!r})")

    def _torn(self) -> bool:
        with self._lock:
            if self.closed:
                return False
            at = self._file.tell()
            rest = self._file.readline(1 << 16)
            self._file.seek(at)
            return bool(rest) and not rest.endswith(b"\n") and self._position == len(self._times)

    def _settle(self, patience: float = LOOK) -> None:
        """Wait until all is delivered: to the logs, to views."""
        for each in self._made.values():
            each.changes.flush(patience)

    def _tick(self) -> float | None:
        """Play on; how long to wait until the next time, None when there is nothing more to do."""
        if self.closed:
            return None
        if not self._playing:
            return LOOK
        if self._speed is None:
            self._read_on()
            return LOOK if not self._ended else 10 * LOOK
        return self._play_on(self._speed)

    def _play_on(self, speed: float) -> float:
        """All that is due."""
        with self._lock:
            before = self._times[self._position - 1] if self._position else None
            now = time.monotonic()
            self._due = self._due or now
            for _ in range(STEP):
                at = self._file.tell()
                coming = self._coming()
                self._file.seek(at)
                if coming is None:
                    self._next()  # what is after the last change
                    return LOOK
                gap = min(coming - before, PAUSE) / speed if before is not None and coming > before else 0.0
                if self._due + gap > now:
                    return min(self._due + gap - now, LOOK)
                self._due += gap
                self._next()
                before = coming
        self._settle()
        return 0.0

    def _coming(self) -> float | None:
        """When the next change was made; None where there is none (yet)."""
        while raw := next_line(self._file):
            line = decoded(raw) if raw.startswith(b'{"is":"change"') else None
            if line is not None:
                return _time(line)
        return None


TAKEN: Final = frozenset(
    ("entry", "value", "checkpoint", "write", "ready", "change", "again", "thread", "origin", "lost")
)
"""Lines that objects take; others, of later versions, are passed over."""


def _time(line: Line) -> float:
    """When a change was made; NaN where that was not recorded."""
    found = line.get("t")
    return float(found) if isinstance(found, int | float) else float("nan")


def _check(speed: Any) -> None:
    if isinstance(speed, bool) or not isinstance(speed, int | float):
        raise TypeError(f"speed: got {type(speed).__name__}, accepted is a number above 0, or None")
    if not 0 < speed < float("inf"):
        raise ValueError(f"speed: got {speed}, accepted is a number above 0, or None")


def _run(player: weakref.ref[Player], bell: threading.Event) -> None:
    while (found := player()) is not None:
        wait = found._tick()
        if wait is None:
            return
        del found
        bell.wait(wait)
        bell.clear()

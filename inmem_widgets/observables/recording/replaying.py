"""A recording played back: the objects it is of, as they were at any of its changes."""

from __future__ import annotations

import math
import threading
import time
import weakref
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

from inmem_widgets.observables import ObservableCache, observe
from inmem_widgets.observables.recording.missing import Missing
from inmem_widgets.observables.recording.recorded import DAMAGE, RECORDED, TAKEN, RecordedObject
from inmem_widgets.observables.recording.reel import Reel
from inmem_widgets.observables.recording.several import Several, moment, number_in

LOOK: Final = 0.2
"""Seconds between two looks for what was added to a file."""
PATIENCE: Final = 10.0
"""Seconds that are waited at the most until what was sought is delivered."""
STEP: Final = 20_000
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
        self._reel = Reel(path)
        self._made: dict[str, RecordedObject] = {
            name: RECORDED[each["kind"]](each) for name, each in self._reel.head["objects"].items()
        }
        self.objects: Mapping[str, Any] = MappingProxyType(self._made)
        self._watching = {name: observe(each) for name, each in self._made.items()}
        for each in self._watching.values():
            each.log  # noqa: B018  it is made now: from the first change on
        self._several: Several | None = None  # the line at hand, if it has columns, …
        self._within = 0  # … and how many of its changes have happened
        self._times = array("d")  # of the changes read
        self._position = 0
        self._own = dict.fromkeys(self._made, 0)  # of these, by object
        self._silent: dict[str, int] = {}  # until so many of its changes have happened
        self._missing = Missing()
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
        return self._times[self._position - 1] if self._position else self._reel.head.get("started")

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
        with self._lock:
            torn = not self.closed and self._position == len(self._times) and self._reel.torn
        return "; ".join(self._missing.told(torn=torn, damaged=self._reel.damaged, ended=self._ended))

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
            self._reel.close()

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
            settled = self._position
            self._plan(until)
            while not self.closed and (until is None or self._position < until):
                left = STEP if until is None else min(STEP, until - self._position)
                if self._step(left) is None:
                    break
                if self._position >= settled + STEP:
                    settled = self._position
                    self._settle()
            for name in [*self._silent]:
                self._aloud(name)
        self._settle()

    def _plan(self, until: int | None) -> None:
        """Of many changes, those are not told that logs would not keep."""
        for name, count in self._reel.counts(until).items():
            if (seen := self._watching.get(name)) is None:
                continue
            untold = count - seen.log.most
            if untold - self._own[name] > STEP:
                self._silent[name] = untold
                self._made[name].quiet = True
                if isinstance(seen, ObservableCache):
                    cache: Any = self._made[name]
                    cache.retell = seen.recorder.go_on(cache)

    def _contents(self) -> None:
        """What there was at the beginning."""
        left = len(self._made)
        with self._lock:
            while left and (line := self._reel.line()) and line["is"] not in ("change", "changes"):
                self._step(0)
                left -= line["is"] == "ready"

    def _step(self, most: int) -> int | None:
        """Take in the line at hand, or so many of its changes; how many there were, None without a line."""
        line = self._reel.line()
        if line is None:
            return None
        what, of, new = line["is"], str(line.get("of")), self._reel.new
        made = self._made.get(of)
        if made is not None and self._own[of] >= self._silent.get(of, math.inf):
            self._aloud(of)
        if what == "changes":
            try:
                several = self._several = self._several or Several(line)
            except DAMAGE:
                self._missing.failed += new
                self._reel.next()
                return 0
            start = self._within
            stop = self._within = min(start + most, len(several))
            if stop == len(several):
                self._leave()
            self._happened(several.times[start:stop], of, several.first + stop - 1)
            if made is not None:
                self._missing.failed += new * made.take_several(several, start, stop)
            return stop - start
        self._leave()
        self._ended = self._ended or what == "end"
        if what == "change":
            self._happened([line.get("t")], of, line.get("n"))
        if what == "behind" and new:
            self._missing.made(of, number_in(line.get("n")))
        if made is not None and what in TAKEN:
            count = line.get("count")
            self._missing.lost += count if new and what == "lost" and type(count) is int else 0
            self._missing.failed += new * made.take_safely(line)
        return int(what == "change")

    def _leave(self) -> None:
        """Go on with the next line."""
        self._reel.next()
        self._several, self._within = None, 0

    def _happened(self, times: Sequence[Any], of: str, number: Any) -> None:
        new = times[len(self._times) - self._position :]
        self._times.extend(new if {*map(type, new)} == {float} else map(moment, new))
        self._position += len(times)
        if of in self._own:
            self._own[of] += len(times)
            self._missing.read(of, number_in(number))

    def _go_back(self, n: int) -> None:
        for each in self._made.values():
            each.quiet = True
            each.restart()
        self._reel.rewind()
        self._several, self._within = None, 0
        self._position = 0
        self._own = dict.fromkeys(self._made, 0)
        self._contents()
        for name, each in self._made.items():
            seen = self._watching[name]
            if isinstance(seen, ObservableCache):
                cache: Any = each
                each.retell = seen.recorder.start_over(cache)
        while self._position < n and self._step(n - self._position) is not None:
            pass
        for name in self._made:
            self._aloud(name)

    def _aloud(self, name: str) -> None:
        self._silent.pop(name, None)
        made = self._made[name]
        made.quiet, made.retell = False, None
        made.announce(self.time)

    def _check_open(self) -> None:
        if self.closed:
            raise RuntimeError(f"the replay is closed: open another with replay({str(self.path)!r})")

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
                coming = self._coming()
                if coming is None:
                    while self._step(0) is not None:  # what is after the last change
                        pass
                    return LOOK
                gap = min(coming - before, PAUSE) / speed if before is not None and coming > before else 0.0
                if self._due + gap > now:
                    return min(self._due + gap - now, LOOK)
                self._due += gap
                while self._step(1) == 0:  # what belongs to the change comes before it
                    pass
                before = coming
        self._settle()
        return 0.0

    def _coming(self) -> float | None:
        """When the next change was made; None where there is none (yet)."""
        line = self._reel.coming()
        if line is None:
            return None
        times, at = line.get("t"), self._within
        found = times[at] if type(times) is list and at < len(times) else times
        return moment(found)


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

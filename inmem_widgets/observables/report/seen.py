"""All that a piece of code did to the objects it is watched with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from inmem_widgets.core.change import Change
from inmem_widgets.observables import Observable, known, observe, subject
from inmem_widgets.observables.listeners import Listeners
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.redaction import Redact, Redactor, redacted, redacting, redactor_of
from inmem_widgets.observables.report.caches import CachePart
from inmem_widgets.observables.report.part import PAGE, Part
from inmem_widgets.observables.report.savers import SaverPart
from inmem_widgets.observables.report.stores import StorePart
from inmem_widgets.observables.report.unobserved import Unobserved
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.wire import ReportPart, SectionRows

ERROR = 300
"""Characters of an error that are shown."""


class Seen:
    """Watches objects from `begin` to `end`, and tells what happened to each.

    What it keeps is bounded, for each object: the latest 100,000 changes, a line for each of the first
    100,000 keys, and 64 MB of values; figures count everything.

    Args:
        objs: What `observe` accepts, or observables; an object given twice is watched once.
        names: What to call them; parallel to `objs`.
        cell: The notebook's cell, by its execution count.
        name: What to call the whole.
        redact: Masks secrets in all that is told.

    Attributes:
        cell: As given.
        name: As given, masked.
        parts: One for each object, in the order given.
        running: Whether the code still runs.
        error: What it raised, in one line; "" if nothing.

    Raises:
        TypeError: none or another sort of object is given.
    """

    def __init__(
        self,
        objs: Sequence[Any],
        names: Sequence[str | None],
        *,
        cell: int | None = None,
        name: str | None = None,
        redact: Redact | Redactor | None = None,
    ) -> None:
        if not objs:
            raise TypeError("watch() needs at least one object: watch(store), watch(cache, saver)")
        parts: dict[int, Part] = {}
        for obj, called in zip(objs, names, strict=True):
            part = _part(obj, called)
            parts.setdefault(id(part.observable.object), part)
        self.cell, self.redactor = cell, redactor_of(redact)
        self.name = name if name is None or self.redactor is None else self.redactor.text(name)
        self.parts: tuple[Part, ...] = tuple(parts.values())
        self._ended_before = False
        self.running = False
        self.error = ""
        self._began = self._took = 0.0
        self._updates: Listeners[[]] = Listeners()
        self._tell_of_parts()

    def _tell_of_parts(self) -> None:
        for part in self.parts:
            part.cell, part.told_of = self.cell, self._changed

    def begin(self) -> None:
        """Watch from now on; all objects or, if one cannot be watched, none. What an earlier block did is
        told no more.

        Raises:
            RuntimeError: it is watching already.
            ReferenceError: an object is gone.
        """
        if self.running:
            raise RuntimeError("it is watching already: make another one with watch(…)")
        if self._ended_before:
            self.parts = tuple(type(part)(part.observable, part.name) for part in self.parts)
            self._tell_of_parts()
            self.error = ""
        with ExitStack() as begun:
            for part in self.parts:
                begun.callback(part.end)
                part.begin()
            begun.pop_all()
        self.running = True
        self.start_clock()

    def start_clock(self) -> None:
        """The code begins now."""
        self._began = time.perf_counter()

    def end(self, error: BaseException | None = None, at: float | None = None) -> None:
        """Watch no longer; `error` is what the code raised, `at` when it ended, by `time.perf_counter`."""
        if not self.running:
            return
        self._took = max(0.0, (time.perf_counter() if at is None else at) - self._began)
        if error is not None:
            with redacting(self.redactor):
                self.error = _line(error)
        with ExitStack() as ends:  # whatever one of them raises, the others listen no longer
            ends.callback(self._ended)
            for part in reversed(self.parts):
                ends.callback(part.end)

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` whenever there is something new, on whatever thread; returns the way to stop."""
        token = self._updates.add(fn)
        return lambda: self._updates.remove(token)

    def _ended(self) -> None:
        self.running, self._ended_before = False, True
        self._changed()

    def _changed(self) -> None:
        self._updates.tell()

    @property
    def seconds(self) -> float:
        """How long the code took, so far."""
        return time.perf_counter() - self._began if self.running else self._took

    def part(self, obj: Any) -> Part:
        """The part of an object, or of its observable.

        Raises:
            LookupError: it is none of those that are watched.
        """
        wanted = obj.object if isinstance(obj, Observable) else subject(obj)
        for part in self.parts:
            if wanted is not None and part.observable.object is wanted:
                return part
        watched = ", ".join(part.name for part in self.parts)
        raise LookupError(f"obj: got {type(obj).__name__}, which is not watched here; watched are {watched}")

    def settle(self) -> None:
        """Take in what is still under way."""
        for part in self.parts:
            part.settle()

    def changes(self, obj: Any) -> list[Change]:
        """What happened to an object, oldest first: the latest 100,000 changes, and 64 MB of values.

        Raises:
            LookupError: it is none of those that are watched.
        """
        part = self.part(obj)
        part.settle()
        return part.changes()

    def summary(self, obj: Any) -> Mapping[str, int]:
        """The figures of an object by their names, such as `{"added": 3, …, "lost": 0}`.

        Figures that cannot be known are left out.

        Raises:
            LookupError: it is none of those that are watched.
        """
        part = self.part(obj)
        part.settle()
        return part.summary()

    def told(self) -> list[ReportPart]:
        """All parts, for the wire; secrets are masked."""
        with redacting(self.redactor):
            parts = [part.told() for part in self.parts]
        if self.redactor is None:
            return parts
        shown: list[ReportPart] = self.redactor.outgoing(parts)
        for part, before in zip(shown, parts, strict=True):
            for section, same in zip(part["sections"], before["sections"], strict=True):
                section["id"] = same["id"]
        return shown

    def page(self, part: int, section: str, start: int, count: int = PAGE) -> SectionRows:
        """Rows of a section of a part, for the wire; secrets are masked."""
        if not 0 <= part < len(self.parts):
            raise ValueError(f"part: got {part}, accepted is 0 to {len(self.parts) - 1}")
        if start < 0:
            raise ValueError(f"start: got {start}, accepted is 0 or more")
        with redacting(self.redactor):
            rows, more = self.parts[part].page(section, start, count)
        return {"rows": rows if self.redactor is None else self.redactor.outgoing(rows), "more": more}


def _part(obj: Any, name: str | None) -> Part:
    there = obj if isinstance(obj, Observable) else known(subject(obj))
    observable = observe(obj) if there is None else there
    if isinstance(observable, ObservableSaver):
        return SaverPart(observable, name)
    if isinstance(observable, ObservableStore):
        return StorePart(Unobserved(observable), name)
    watched: Any = Unobserved(observable) if there is None else observable  # which knows why lookups missed
    return CachePart(watched, name)


def _line(error: BaseException) -> str:
    """An error in one line."""
    try:
        text = str(error)
    except Exception:  # its own
        text = ""
    line = " ".join(text.split())
    told = clean(f"{type(error).__name__}: {line}" if line else type(error).__name__)
    return cut(redacted(told), ERROR)

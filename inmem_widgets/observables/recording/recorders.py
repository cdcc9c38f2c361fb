"""What one watched object does, as lines: its contents first, then each change.

A recorder listens as anybody does; all of its work is done on the thread that delivers to it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.recording.freezing import freeze
from inmem_widgets.observables.recording.lines import Line
from inmem_widgets.observables.recording.quick import change_line, entry_line, quick
from inmem_widgets.observables.recording.tape import Tape
from inmem_widgets.observables.redaction import Redactor
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.standin import StandIn
from inmem_widgets.observables.taps.unread import is_unread

INTERVAL: Final = 0.05
"""Seconds from a change until it is in the file, if there is nothing else to write."""
LATEST: Final = 0.5
"""Seconds after which writing no longer waits until who changes things has a rest."""
TRIES: Final = 20
"""Times that contents are copied until nothing was changed meanwhile."""
READING: Final = 20.0
"""Seconds spent on values that had not been read; the rest is recorded as not read."""
PATIENCE: Final = 1.0
"""Seconds for one of them."""
ORIGINS: Final = 50_000
"""Origins known to be in the file; with more some are written again."""

_log = logging.getLogger("inmem_widgets")


def _nothing() -> None:
    """What is done when something changed: the feed tells."""


class Recorder:
    """Base: the changes of any object.

    It listens as soon as it is made; `begin` writes the contents, on a thread of ours.

    Args:
        observable: Held until this is closed, so that it goes on watching.
        name: What the object is called in the file.
        most: Characters of a value.
    """

    kind: str

    def __init__(
        self, observable: Observable[Any], name: str, tape: Tape, redactor: Redactor | None, most: int
    ) -> None:
        self.name, self.type_name = name, observable.type_name
        self._held = [observable]
        self._source = weakref.ref(observable.source) if observable.source is not None else lambda: None
        self._tape, self._redactor, self._most = tape, redactor, most
        self._called = json.dumps(name)
        self._origins: dict[Any, int] = {}
        self._latest: tuple[Any, int] = (None, 0)  # changes in a row mostly are of one
        self._numbered = 0
        self._begun = threading.Event()
        self._closed = False
        self._feed = observable.feed
        self._stop: Callable[[], None] = lambda: None
        self._unattend = observable.on_update(
            _nothing
        )  # changes made elsewhere are read while somebody looks
        if self._feed is not None:
            self._stop = self._feed.listen_batched(
                self._take, interval=INTERVAL, lazy=True, time=True, origin=True, latest=LATEST
            )
        self._contents: Callable[[], None] | None = self.contents()
        self._last = self.number

    number = 0
    """Of the last change that the contents have."""

    @property
    def source(self) -> Any:
        """What is read of the object; None once nobody else holds it."""
        return self._source()

    @property
    def object(self) -> Any:
        """The object itself."""
        source = self.source
        return source.object if isinstance(source, StandIn) else source

    @property
    def on_its_loop(self) -> bool:
        """Whether what is recorded needs this thread's event loop: it must not be waited for here."""
        return any(isinstance(each, ObservableSaver) and each.on_its_loop for each in self._held)

    def head(self) -> Line:
        """What the first line says of it."""
        kind = type(self.object)
        return {
            "kind": self.kind,
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "label": self.type_name,
            "number": self.number,
        }

    def contents(self) -> Callable[[], None]:
        """Copies what the object holds, and gives the way to write it later; sets `number`."""
        raise NotImplementedError

    def begin(self) -> None:
        """Write what there was; the changes since then follow."""
        contents, self._contents = self._contents, None
        try:
            if contents is not None:
                contents()
        except Exception:  # of a checkpointer: what it does from now on is recorded
            _log.exception("what %s holds could not be recorded", self.name)
        self._tape.line("ready", of=self.name)
        self._tape.flush()
        self._begun.set()

    def flush(self, timeout: float | None) -> bool:
        """Wait until what has happened is written."""
        if not self._begun.wait(timeout):
            return False
        return self._feed is None or self._feed.flush(timeout)

    def close(self) -> None:
        """Record nothing more."""
        self._closed = True
        self._stop()
        self._unattend()
        self._unattend = _nothing  # it holds the observable
        self._held.clear()
        self._begun.set()

    def _take(self, changes: Sequence[Change]) -> None:
        self._begun.wait()
        for each in changes:
            if self._closed or not self._tape.open:
                return
            if each.number <= self.number:
                continue
            if each.number > self._last + 1 and each.kind != "get":
                lost = each.number - self._last - 1
                self._tape.line("lost", of=self.name, count=lost, n=self._last)
                self._last = each.number
                self.lost(each)
                continue
            self._last = max(self._last, each.number)
            try:
                self.change(each)
            except Exception:  # of a value or a checkpointer: the rest is recorded
                _log.exception("a change of %s could not be recorded", self.name)
        self._tape.flush()

    def lost(self, change: Change) -> None:
        """Changes came too fast, this one after those lost: how the object is now."""
        self.change(change)

    def change(self, change: Change) -> None:
        """Write one change."""
        by = None if change.by is None else self._origin(change.by)
        if self._redactor is None and not change.info:
            keys = [*map(self._quick_key, change.keys)]
            if line := change_line(self._called, change, keys, by, self._most):
                self._tape.put(line)
                return
        made: Line = {
            "of": self.name,
            "n": change.number,
            "t": change.time,
            "kind": change.kind,
            "keys": [self.key(each) for each in change.keys],
        }
        if change.values is not None:
            made["values"] = [self.frozen(each) for each in change.values]
        if change.info:
            made["info"] = self.info(change.info)
        if by is not None:
            made["by"] = by
        self._tape.write("change", made)

    def _quick_key(self, key: Any) -> str | None:
        return quick(key, self._most)

    def _entry(self, key: Any, value: Any) -> None:
        """A line of the contents."""
        plain = self._redactor is None
        line = entry_line(self._called, self._quick_key(key), value, self._most) if plain else None
        if line is not None:
            self._tape.put(line)
        else:
            self._tape.line("entry", of=self.name, key=self.key(key), value=self.frozen(value))

    # -- parts --

    def frozen(self, value: Any) -> Any:
        return freeze(value, most=self._most, redactor=self._redactor)

    def named(self, name: str) -> Any:
        """A text by which something is found again: as it is, or what stands for it."""
        return freeze(name if self._redactor is None else self._redactor.name(name), most=self._most)

    def named_or_frozen(self, found: Any) -> Any:
        return self.named(found) if type(found) is str else self.frozen(found)

    def key(self, key: Any) -> Any:
        return self.named_or_frozen(key)

    def info(self, info: Mapping[str, Any]) -> Line:
        # replaying finds out by itself what there was before
        return {name: self._told(each) for name, each in info.items() if name != "before"}

    def _told(self, value: Any) -> Any:
        return [self.key(each) for each in value] if type(value) is list else self.key(value)

    def _origin(self, by: Any) -> int:
        if self._latest[0] is by:
            return self._latest[1]
        known = self._origins.get(by)
        if known is None:
            if len(self._origins) >= ORIGINS:
                self._origins.clear()
            self._numbered += 1
            known = self._origins[by] = self._numbered
            told = {name: self._place(each) for name, each in by._asdict().items()}
            self._tape.line("origin", of=self.name, id=known, by=told)
        self._latest = by, known
        return known

    def _place(self, found: Any) -> Any:
        """A part of an origin: names, alone or in tuples."""
        return [*map(self._place, found)] if type(found) is tuple else self.named_or_frozen(found)

    def copied(self, copy: Callable[[], Any]) -> Any:
        """A copy made while nothing changed, if there is such a moment; sets `number`."""
        feed = self._feed
        made = None
        for _ in range(TRIES):
            self.number = 0 if feed is None else feed.count
            made = copy()
            if feed is None or feed.count == self.number:
                break
        return made


class StoreRecorder(Recorder):
    """Keys and values."""

    kind = "store"

    def contents(self) -> Callable[[], None]:
        return partial(self._entries, self.copied(self._copy))

    def _copy(self) -> dict[str, Any]:
        source = self.source
        return {} if source is None else dict(source._store)

    def _entries(self, entries: Mapping[Any, Any]) -> None:
        until = time.monotonic() + READING
        for key, value in entries.items():
            if not self._tape.open:
                return
            if is_unread(value):
                value = self._read(key, value, until - time.monotonic())
            if value is MISSING:  # deleted meanwhile
                continue
            self._entry(key, value)

    def _read(self, key: str, value: Any, left: float) -> Any:
        """A value that had not been read, if that goes quickly."""
        source = self.source
        if left <= 0 or not isinstance(source, StoreStandIn):
            return value
        try:
            return source.value(key, min(left, PATIENCE))
        except Exception:  # whatever the object raises
            return value

    def change(self, change: Change) -> None:
        if change.kind == "reset":
            self._anew()
        super().change(change)

    def lost(self, change: Change) -> None:
        self._anew()
        super().change(change._replace(kind="reset", keys=(), values=None, info={"lost": True}))

    def _anew(self) -> None:
        self._tape.line("again", of=self.name)
        self._entries(self._copy())


class CacheRecorder(Recorder):
    """Entries, lookups and counts."""

    kind = "cache"

    def head(self) -> Line:
        source = self.source
        policy, maxsize = (None, None) if source is None else (source.policy, source.maxsize)
        stats = {name: each if type(each) is int else None for name, each in self._stats.items()}
        return {**super().head(), "policy": policy, "maxsize": maxsize, "stats": stats}

    def contents(self) -> Callable[[], None]:
        entries, self._stats = self.copied(self._copy)
        return partial(self._entries, entries)

    def _copy(self) -> tuple[dict[Any, Any], dict[str, Any]]:
        source = self.source
        return ({}, {}) if source is None else (dict(source._cache), asdict(source.stats()))

    def _entries(self, entries: Mapping[Any, Any]) -> None:
        for key, value in entries.items():
            if not self._tape.open:
                return
            self._entry(key, value)

    def _quick_key(self, key: Any) -> str | None:
        if type(key) is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is str:
            prompt, llm = (quick(each, self._most) for each in key)
            return None if prompt is None or llm is None else f"[{prompt},{llm}]"
        return super()._quick_key(key)

    def key(self, key: Any) -> Any:
        if type(key) is tuple and all(type(each) is str for each in key):
            return [self.named(each) for each in key]
        return super().key(key)

    def lost(self, change: Change) -> None:
        entries, stats = self._copy()
        self._tape.line("again", of=self.name, stats=stats)
        self._entries(entries)
        super().change(change._replace(kind="clear", keys=(), values=None, info={"lost": True}))

"""What one watched object does, as lines: its contents first, then each change.

A recorder listens as anybody does; all of its work is done on the thread that delivers to it.
"""

from __future__ import annotations

import logging
import math
import threading
import time as clock
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from inmem_widgets.core.change import Change
from inmem_widgets.core.records import Records
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.recording.columns import CHUNK, LINE, one_or_all, parts_in, written
from inmem_widgets.observables.recording.freezing import freeze
from inmem_widgets.observables.recording.lines import Line, encoded, json_bytes
from inmem_widgets.observables.recording.plain import Heavy, Plainly
from inmem_widgets.observables.recording.tape import Tape
from inmem_widgets.observables.redaction import Redactor
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.standin import StandIn

INTERVAL: Final = 0.05
"""Seconds from a change until it is in the file, if there is nothing else to write."""
LATEST: Final = 0.3
"""Seconds after which writing no longer waits until who changes things has a rest."""
TRIES: Final = 20
"""Times that contents are copied until nothing was changed meanwhile."""
BEHIND: Final = 0.6
"""Seconds after which what is not written yet is announced."""
ORIGINS: Final = 50_000
"""Origins known to be in the file; with more some are written again."""

_log = logging.getLogger("inmem_widgets")


def _nothing() -> None:
    """What is done when something changed: the feed tells."""


class Recorder:
    """Base: the changes of any object.

    It listens as soon as it is made; `begin` writes the contents, on a thread of ours.

    Args:
        observable: Held until this is closed only where it reads what changes: who listens to a feed needs no
            figures, which cost more than writing the file.
        name: What the object is called in the file.
        most: Characters of a value.
    """

    kind: str

    def __init__(
        self, observable: Observable[Any], name: str, tape: Tape, redactor: Redactor | None, most: int
    ) -> None:
        self.name, self.type_name = name, observable.type_name
        reads = observable.reading is not None or isinstance(observable.source, StoreStandIn)
        self._held = [observable] if reads else []
        self._source = weakref.ref(observable.source) if observable.source is not None else lambda: None
        self._tape, self._redactor, self._most = tape, redactor, most
        self._plainly = Plainly(most, redactor)
        self._origins: dict[Any, int] = {}
        self._latest: tuple[Any, int] = (None, 0)  # changes in a row mostly are of one
        self._numbered = 0
        self._said = 0.0  # when it was behind
        self._begun = threading.Event()
        self._closed = False
        self._feed = observable.feed
        self._stop: Callable[[], None] = lambda: None
        # changes made elsewhere are read while somebody looks
        self._unattend = observable.on_update(_nothing) if reads else _nothing
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

    def _take(self, changes: Records) -> None:
        self._begun.wait()
        for start in range(0, len(changes), CHUNK):
            if self._closed or not self._tape.open:
                return
            some = changes[start : start + CHUNK]
            self._say_if_behind(some.columns.times[0])
            self._some(some)
        self._tape.flush()

    def _say_if_behind(self, made: float | None) -> None:
        """Have it in the file that there is more, where what is written happened a while ago."""
        now = clock.time()
        if (
            made is not None
            and now - made > BEHIND
            and now - self._said > BEHIND / 2
            and self._feed is not None
        ):
            self._said = now
            self._tape.line("behind", of=self.name, n=self._feed.count, t=now)
            self._tape.flush()

    def _some(self, changes: Records) -> None:
        numbers = changes.columns.numbers
        first, last = numbers[0], numbers[-1]
        if last <= self.number:
            return
        self._plainly.begin()
        if first == self._last + 1 and last - first + 1 == len(changes):
            self._last = last
            for part in self.parts(changes):
                self._safely(self.change if isinstance(part, Change) else self.together, part)
            return
        for each in changes:
            number = each.number
            if number <= self.number:
                continue
            if number > self._last + 1:
                lost = number - self._last - 1
                self._tape.line("lost", of=self.name, count=lost, n=self._last)
                self._safely(self.lost, each)
            else:
                self._safely(self.change, each)
            self._last = max(self._last, number)

    def parts(self, changes: Records) -> Iterable[Records | Change]:
        """The changes, together where a line can tell of several."""
        return parts_in(changes)

    def _safely(self, write: Callable[[Any], None], what: Any) -> None:
        try:
            write(what)
        except Exception:  # of a value or a checkpointer: the rest is recorded
            _log.exception("a change of %s could not be recorded", self.name)

    def lost(self, change: Change) -> None:
        """Changes came too fast, this one after those lost: how the object is now."""
        self.change(change)

    def change(self, change: Change) -> None:
        """Write one change."""
        made: Line = {"of": self.name, "n": change.number, "t": change.time, "kind": change.kind}
        if change.info:
            made["info"] = self.info(change.info)
        if change.by is not None:
            made["by"] = self._origin(change.by)
        self._put("change", made, change.keys, change.values)

    def together(self, changes: Records) -> None:
        """Write several changes."""
        found, several = changes.columns, len(changes) > 1
        made: Line = {
            "of": self.name,
            "count": len(changes),
            "n": found.numbers[0],
            "t": found.times,
            "kind": one_or_all(found.kinds),
        }
        if found.more is not None:
            made["info"] = self._evicted(found.more)
        bys = dict(zip(map(id, found.bys), found.bys, strict=True))
        known = {place: each and self._origin(each) for place, each in bys.items()}
        made["by"] = one_or_all([*map(known.__getitem__, map(id, found.bys))])
        try:
            self._put("changes", made, found.keys, written(found), LINE if several else math.inf)
        except Heavy:
            half = len(changes) // 2
            self.together(changes[:half])
            self.together(changes[half:])

    def _evicted(self, keys: Sequence[Any]) -> orjson.Fragment:
        """The `info` of changes for each of which a key had to go, or None did, in one piece: an object for
        each sets off garbage collections, which cost many times what making it does."""
        self._plainly.limit(math.inf)
        gone = [key for key in keys if key is not None]
        try:
            shown = iter([*map(json_bytes, self.keys(gone))])
        except TypeError:  # half a character
            shown = iter([json_bytes(self.key(each)) for each in gone])
        told = (b"null" if key is None else b'{"evicted":%b}' % next(shown) for key in keys)
        return orjson.Fragment(b"[%b]" % b",".join(told))

    def entries(self, keys: Sequence[Any], values: Sequence[Any]) -> None:
        """Write a part of the contents."""
        several = len(keys) > 1
        try:
            self._put("entries", {"of": self.name}, keys, values, LINE if several else math.inf)
        except Heavy:
            half = len(keys) // 2
            self.entries(keys[:half], values[:half])
            self.entries(keys[half:], values[half:])

    def _put(
        self,
        what: str,
        made: Line,
        keys: Sequence[Any],
        values: Sequence[Any] | None,
        limit: float = math.inf,
    ) -> None:
        plainly = self._plainly
        plainly.limit(limit)
        made["keys"] = self.keys(keys)
        if values is not None:
            made["values"] = plainly.values(values)
        try:
            data = encoded(what, made)
        except TypeError:  # half a character, a number of more than 64 bits, or changed meanwhile
            plainly.limit(limit)
            made["keys"] = [plainly.packed(self.key(each)) for each in keys]
            if values is not None:
                made["values"] = [*map(plainly.frozen, values)]
            data = encoded(what, made)
        self._tape.put(data)

    # -- parts --

    def frozen(self, value: Any) -> Any:
        return freeze(value, most=self._most, redactor=self._redactor)

    def keys(self, keys: Sequence[Any]) -> Sequence[Any]:
        """Many keys."""
        if {*map(type, keys)} == {str}:
            return self._plainly.names(keys)
        return [self._plainly.packed(self.key(each)) for each in keys]

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

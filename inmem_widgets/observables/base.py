"""What all observables share: a weak hold on the object, fresh traits, coalesced updates."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import traitlets

from inmem_widgets.core.change import Change
from inmem_widgets.core.changes import Changes
from inmem_widgets.observables.listeners import Listeners
from inmem_widgets.observables.taps.abilities import ABILITIES, Abilities
from inmem_widgets.observables.taps.standin import StandIn
from inmem_widgets.wire import Reading

if TYPE_CHECKING:
    from inmem_widgets.observables.log import EventLog, Moment

T = TypeVar("T")
INTERVAL = 0.05
"""Seconds between updates at the least: the first change is shown at once, the last one always."""

_making = threading.Lock()


class Fresh(traitlets.TraitType[Any, Any]):
    """A read-only figure that is brought up to date whenever it is read."""

    def get(self, obj: Any, cls: Any = None) -> Any:
        obj.sync()
        return super().get(obj, cls)


class Observable(traitlets.HasTraits, Generic[T]):
    """Derived state of one watched object, kept up to date while anybody holds it.

    The object is held weakly: watching never keeps it alive. Traits change on a background thread
    at most `1 / INTERVAL` times a second; reading one reads the object first.

    Attributes:
        abilities: What can be known of the object.
        type_name: What kind of object it is, for people.
        name: What it is called on screen, if anybody said so.
    """

    ability: ClassVar[str]
    """The kind in `ABILITIES`, unless a stand-in tells."""

    def __init__(self, source: T, *, records: bool) -> None:
        super().__init__()
        self._source = weakref.ref(source)
        self.abilities: Abilities = (
            source.abilities if isinstance(source, StandIn) else ABILITIES[self.ability]
        )
        self.type_name = source.type_name if isinstance(source, StandIn) else type(source).__name__
        self.name: str | None = None
        self._updates: Listeners[[]] = Listeners()
        self._syncing: int | None = None
        self.started = time.time()
        self.closed = False
        self._held: list[Observable[T]] = []
        self._log: EventLog | None = None
        self._unlisten = self._listen(source, records)

    def _listen(self, source: T, records: bool) -> Callable[[], None]:
        """Begin to listen; what is returned ends it, and holds nothing of this object."""
        return listen_weakly(self, source, self._held, records=records)

    @property
    def source(self) -> T | None:
        """What is read: the watched object or, of one that is not ours, what stands in for it; None once
        nobody else holds the object."""
        source = self._source()
        return None if isinstance(source, StandIn) and source.object is None else source

    @property
    def object(self) -> Any:
        """The watched object itself; None once nobody else holds it."""
        source = self._source()
        return source.object if isinstance(source, StandIn) else source

    @property
    def feed(self) -> Changes | None:
        """Where the object's changes are told; None once nobody else holds it."""
        source: Any = self.source
        return None if source is None else source.changes

    @property
    def reading(self) -> Reading | None:
        """How what changes elsewhere is read; None where nothing is."""
        source = self._source()
        return source.reading if isinstance(source, StandIn) and not self.closed else None

    @property
    def log(self) -> EventLog:
        """What happened since this was first asked for (`inspect` asks, unless `log=False`), bounded;
        see there. It holds the values that were there before each change.

        Raises:
            LookupError: the object is gone.
            RuntimeError: the observable is closed.
        """
        from inmem_widgets.observables.log import EventLog

        with _making:
            if self.closed:
                raise RuntimeError("watching has ended, as by detach(): inspect or observe the object anew")
            if self._log is None:
                if self.source is None:
                    raise LookupError("the object is gone: nothing in the kernel holds it any more")
                self._log = EventLog(self)
            return self._log

    @property
    def logged(self) -> EventLog | None:
        """The log, if there is one."""
        return self._log

    def __repr__(self) -> str:
        name = f" of {self.name}" if self.name else ""
        return f"<{type(self).__name__}{name}: {self.type_name}>"

    def at(self, when: int | float | datetime) -> Moment:
        """How a store or cache was right after a change, or at a time: its `values`, `stats` and `frame()`.

        Args:
            when: The number of a change (int), as `events_frame` has it, or a time: seconds as of
                `time.time()` (float), or a datetime, which without a zone is local time.

        Raises:
            As `EventLog.at`.
        """
        return self.log.at(when)

    def events_frame(self) -> Any:
        """A DataFrame of what happened since logging began, one row a change or lookup; docs/frames.md has
        the columns."""
        return self.log.frame()

    def difference(self, a: Any, b: Any) -> Any:
        """A DataFrame of what changed between two moments, given as for `at`."""
        return self.log.difference(a, b)

    @property
    def interval(self) -> float | None:
        """Seconds between two readings of what changes elsewhere, while somebody looks; settable. None: on
        demand only, or nothing has to be read."""
        reading = self.reading
        return None if reading is None else reading["every"]

    @interval.setter
    def interval(self, seconds: float | None) -> None:
        source = self._source()
        if isinstance(source, StandIn):
            source.pace(seconds)

    def refresh(self, timeout: float | None = None) -> bool:
        """Read what changed elsewhere, now; whether that was done within so many seconds.

        Raises:
            RuntimeError: the object cannot be read; says why.
        """
        self.tell()
        return True

    def detach(self) -> None:
        """Stop watching for good and take all hands off the object: it is exactly as it was before."""
        source = self._source()
        self.close()
        if isinstance(source, StandIn):
            source.detach()

    def sync(self) -> None:
        """Bring the traits up to date with the object, now."""
        source, me = self.source, threading.get_ident()
        if source is None or self._syncing == me:
            return
        self._syncing = me
        try:
            # again after setting: another thread may have set an older figure meanwhile
            for _ in range(8):
                now = self.figures(source)
                stale = [
                    name for name in now if self._trait_values.get(name, traitlets.Undefined) != now[name]
                ]
                for name in stale:
                    self.set_trait(name, now[name])
                if not stale:
                    break
        finally:
            self._syncing = None

    def figures(self, source: T) -> dict[str, Any]:
        """Trait values of the object as it is; cheap."""
        raise NotImplementedError

    def digest(self, changes: Sequence[Change]) -> None:
        """Take in what happened since the last call; on the feed's thread."""

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` after each batch of changes was taken in; returns the way to stop."""
        token = self._updates.add(fn)
        return lambda: self._updates.remove(token)

    def observe(self, *args: Any, **kwargs: Any) -> None:
        """As in traitlets. An observable with an observed or linked trait lives as long as its object."""
        super().observe(*args, **kwargs)
        self._held[:] = [self]

    def unobserve(self, *args: Any, **kwargs: Any) -> None:
        super().unobserve(*args, **kwargs)
        self._let_go()

    def unobserve_all(self, *args: Any, **kwargs: Any) -> None:
        super().unobserve_all(*args, **kwargs)
        self._let_go()

    def _let_go(self) -> None:
        if not any(handlers for types in self._trait_notifiers.values() for handlers in types.values()):
            self._held.clear()

    def close(self) -> None:
        """Stop watching for good; the object is left as it was."""
        self.closed = True
        self._unlisten()
        if self._log is not None:
            self._log.close()
        self._updates.tell()  # that it ended
        self._updates.clear()
        self._held.clear()

    def __del__(self) -> None:
        if unlisten := self.__dict__.get("_unlisten"):
            unlisten()

    @property
    def attended(self) -> bool:
        """Whether anybody is told of changes."""
        return bool(self._updates or self._held)

    def tell(self) -> None:
        """Bring the traits up to date, and call whom `on_update` was given."""
        self.sync()
        self._updates.tell()

    def _changed(self, changes: Sequence[Change]) -> None:
        self.digest(changes)
        self.tell()


def listen_weakly(
    observable: Observable[Any], source: Any, held: list[Any], *, records: bool, time: bool = False
) -> Callable[[], None]:
    """Listen for as long as somebody holds the observable; what is in `held`, the source holds."""
    alive = weakref.ref(observable)

    def deliver(changes: Sequence[Change], held: list[Any] = held) -> None:
        target = alive()
        if target is not None:
            target._changed(changes)

    unlisten: Callable[[], None] = source.changes.listen_batched(
        deliver, interval=INTERVAL, records=records, lazy=True, time=time
    )
    return unlisten

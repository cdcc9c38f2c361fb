"""What stands in for a store that is not ours: the very dict it keeps all in, or a mirror of its keys."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakSet, ref

from inmem_widgets.core.change import MISSING, UNKNOWN, UNREAD
from inmem_widgets.observables.reading.worker import Job, Worker
from inmem_widgets.observables.taps.abilities import Abilities
from inmem_widgets.observables.taps.calls import quietly
from inmem_widgets.observables.taps.kept import Kept
from inmem_widgets.observables.taps.reader import News, Reader, Times
from inmem_widgets.observables.taps.refresh import read_wanted, refresh, tick
from inmem_widgets.observables.taps.told import ToldStore
from inmem_widgets.observables.taps.unread import is_unread
from inmem_widgets.wire import Reading

PACE = 20
"""Times its own duration that passes before a reading is repeated."""
UNDER_WAY = 5.0
"""Seconds for which a call that has begun is expected to tell of its keys itself."""
EVENT = 5_000
"""Keys of one event about what changed elsewhere."""
ELSEWHERE = {"elsewhere": True}
"""`Change.info` of what was not done through the object, but found when it was read."""

_log = logging.getLogger("inmem_widgets")


class StoreStandIn(ToldStore):
    """Has what the rooms read of a store: `_store`, `changes`, a length.

    Args:
        obj: The store; held weakly.
        reader: How it is read.
        abilities: What can be known of it.
        keep: Whether it cannot be held weakly, and is kept alive.
    """

    def __init__(self, obj: Any, reader: Reader, abilities: Abilities, *, keep: bool = False) -> None:
        self._obj: Callable[[], Any] = (lambda: obj) if keep else ref(obj)
        super().__init__(obj, reader)
        self.abilities = abilities
        self.observers: WeakSet[Any] = WeakSet()
        self._end: Callable[[], None] = _nothing
        self.values_read = 0
        self._kept = Kept()
        self.wanted: dict[str, None] = {}
        self.lock = threading.Lock()
        self.every: float | None = reader.interval
        self._paced = reader.interval is not None
        self._read_at: float | None = None
        self._looked = -1e9
        self.problem = ""
        self.worker = Worker(partial(tick, ref(self)))
        if reader.texts is not None:
            reader.texts.there = partial(_texts_of, ref(self))

    def begin(self, feed: Any, end: Callable[[], None]) -> None:
        """Tell through that feed from now on; `end` takes the hands off the object."""
        self.changes, self._end = feed, end

    # -- as the rooms read it --

    @property
    def object(self) -> Any:
        return self._obj()

    @property
    def _values(self) -> type:
        return self.reader.values

    @property
    def read_only(self) -> str:
        """Why keys cannot be edited in a view."""
        name = self.type_name
        return f"{name} cannot write a value only while it is still the one shown: change it by its methods"

    @property
    def delimiters(self) -> str | None:
        return self.reader.delimiters

    def __len__(self) -> int:
        return len(self._store)

    def __bool__(self) -> bool:
        return True

    @property
    def reading(self) -> Reading | None:
        if not self._reads:
            return None
        progress = None if self.complete else 0.0
        told = self.reader.in_memory and not self._paced  # of what changes: nothing it shows is old
        read = None if told else self._read_at
        return {"progress": progress, "every": self.every, "read": read, "problem": self.problem}

    def pace(self, seconds: float | None) -> None:
        if self._paced:  # others cannot be asked for what is new: on demand only
            self.reader.interval = self.every = seconds
            self.worker.wake()

    def detach(self) -> None:
        self._end()
        self.close()

    def close(self) -> None:
        self.worker.ask(self.reader.close)  # by the thread that opened it
        self.worker.close()

    # -- what is read --

    def times(self, key: str) -> Times | None:
        """When a key was made and written last, as the object tells it."""
        obj = self._obj()
        return None if obj is None else self.reader.times(obj, key)

    def want(self, keys: Sequence[str]) -> None:
        """Have values read, and the observers told when they are there."""
        with self.lock:
            begin = not self.wanted
            self.wanted.update(dict.fromkeys(keys))
        if begin and not self.worker.here:
            self.worker.ask(partial(read_wanted, ref(self)))

    def value(self, key: str, timeout: float) -> Any:
        """The value of a key, read if need be; `MISSING` where there is none, `UNREAD` if it takes longer
        than so many seconds.

        Raises:
            Exception: Whatever the object raises.
        """
        value = self._store.get(key, MISSING)
        if not is_unread(value):
            return value
        job = self.worker.ask(partial(self._ask, key))
        if not self._wait(job, timeout):
            return UNREAD
        if job.error is not None:
            raise job.error
        return job.result

    def refresh(self, *, values: bool = False) -> Job[None]:
        """Read now what changed elsewhere; with `values`, all values that were read are read again."""
        work = partial(refresh, ref(self), values)
        if not self.reader.by_caller:
            return self.worker.ask(work)
        job = Job(work)
        job.run()
        if isinstance(job.error, KeyboardInterrupt):
            raise job.error
        return job

    def catch_up(self, wait: float) -> None:
        """Read what is new, unless that was done lately."""
        every = self.every if self.complete else self.every or 1.0
        if every is None or self.worker.here or time.monotonic() - self._looked < every:
            return
        self._looked = time.monotonic()
        self._wait(self.refresh(), wait)

    def _wait(self, job: Job[Any], timeout: float | None) -> bool:
        """Whether a job is done in time; no time is given where this thread is needed for it."""
        return job.wait(0.0 if self.reader.on_its_loop else timeout)

    def _ask(self, key: str) -> Any:
        obj, before = self._obj(), self.mirror.get(key, MISSING)
        with quietly():
            value = MISSING if obj is None else self.reader.asked(obj, key)
        self._keep(key, value, before)
        return value

    def read(self, keys: Sequence[str]) -> bool:
        """Read values; whether any was found."""
        obj, before = self._obj(), [self.mirror.get(key, MISSING) for key in keys]
        with quietly():
            values = [] if obj is None else self.reader.read(obj, keys)
        del obj
        return any([*map(self._keep, keys, values, before)])

    def _keep(self, key: str, value: Any, before: Any) -> bool:
        """Keep a value that was read, if nothing was told of it since `before`; whether it is new."""
        if value is MISSING or is_unread(value) or value is before or not self.mirrored:
            return False
        if self.mirror.get(key, MISSING) is not before:
            return False
        self.mirror[key] = value
        self.values_read += 1
        if not self.reader.in_memory:
            self._kept.add(self.mirror, key, value)
        return True

    def look(self, values: bool) -> None:
        """Take in what is new; on the worker."""
        obj, began = self._obj(), time.monotonic()
        if obj is None:
            return
        if values:
            self._kept.let_go(self.mirror)
        self._notes = True
        told, self._told = self._told, {}  # not a copy: who is about to note a key in it, still can
        try:
            with quietly():
                news = self.reader.news(obj, self.mirror)
            del obj
            self._take(news, told)
            self.problem, self._read_at = "", time.time()
        except BaseException as error:
            self._told.update(told)
            if isinstance(error, KeyboardInterrupt):
                raise
            self.problem = f"{type(error).__name__}: {error}"[:300]
            _log.debug("a store cannot be read", exc_info=True)
        finally:
            self._notes = self._always
        self._looked = now = time.monotonic()
        if self.reader.interval is not None:
            self.every = max(self.reader.interval, PACE * (now - began))

    def _take(self, news: News, told: dict[str, None]) -> None:
        """Take in a reading; what was `told` since the one before is told no more, what was told while it
        went on is left for the next one."""
        data, first = self.mirror, news.anew or not self.complete
        begun, later = self._under_way(), self._told.copy()  # a call under way is noted, then is so no more
        before = data if news.old is None else news.old
        fill = self.mirrored
        written: dict[str, Any] = {}
        for key, value in news.written.items():
            if key in later:
                continue
            if key in begun and not first:  # the call that wrote it is about to tell of it
                data.update({key: value} if fill else {})
                continue
            if key in told and (not fill or (key in data and not self.reader.in_memory)):
                data.update({key: value} if fill and is_unread(data.get(key)) else {})
            else:
                written[key] = value
        unsaid = {*later, *begun} if fill else {*later, *begun, *told}
        for keys in _parts([key for key in news.gone if key not in unsaid and key in before]):
            old = [before.get(key, MISSING) for key in keys]
            for key in keys if fill else ():
                data.pop(key, None)
            self._found("delete", keys, None, old, told=not first)
        for keys in _parts([*written]):
            old = [before.get(key, MISSING) for key in keys]
            values = [written[key] for key in keys]
            if fill:
                data.update(zip(keys, values, strict=True))
            self._found("set", keys, values, old, told=not first)
        self.complete = True
        if first and written and self.changes is not None:
            self.changes.tell("reset", (), info=ELSEWHERE)

    def _under_way(self) -> set[str]:
        """Keys of calls that have begun, and are about to tell. Those that failed are forgotten."""
        begun, since = self._begun.copy(), time.monotonic() - UNDER_WAY
        for key in [key for key, at in begun.items() if at <= since]:
            self._begun.pop(key, None)
        return {key for key, at in begun.items() if at > since}

    def _found(self, kind: str, keys: list[str], values: Any, old: list[Any], *, told: bool) -> None:
        if told and self.changes is not None:
            values = None if values is None else [UNREAD if is_unread(value) else value for value in values]
            old = [UNKNOWN if is_unread(value) else value for value in old]
            self.changes.tell(kind, keys, values, old, ELSEWHERE)

    def tell(self) -> None:
        for observer in list(self.observers):
            observer.tell()


def _parts(keys: list[str]) -> list[list[str]]:
    return [keys[at : at + EVENT] for at in range(0, len(keys), EVENT)]


def _texts_of(me: ref[StoreStandIn]) -> list[str]:
    found = me()
    return [] if found is None else [*found._store]


def _nothing() -> None:
    pass

"""What the worker of a stand-in does; it holds neither that nor the object in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from weakref import ref

if TYPE_CHECKING:
    from inmem_widgets.observables.taps.mirror import StoreStandIn

BATCH = 50
"""Values read in one go."""

Me: TypeAlias = "ref[StoreStandIn]"


def tick(me: Me) -> float | None:
    """Read what changed elsewhere for as long as somebody looks, or for the first time."""
    found = me()
    if found is None or found.object is None or found.reader.by_caller:
        return None
    attended = any(observer.attended for observer in list(found.observers))
    if found.complete and (found.reader.interval is None or not attended):
        found.reader.rest()
        return None
    before = found.problem, found.complete
    found.look(False)
    if (found.problem, found.complete) != before:
        found.tell()
    return found.every


def refresh(me: Me, values: bool) -> None:
    found = me()
    if found is not None:
        found.look(values)
        found.tell()
        # who was told may want values, on this thread: nobody else is asked to read them then
        more = found.worker.here and bool(found.wanted)
        del found
        if more:
            read_wanted(me)


def read_wanted(me: Me) -> None:
    while (found := me()) is not None:
        with found.lock:
            keys = list(found.wanted)[-BATCH:]  # what was asked for last is what is looked at
        known, before, news = found.mirror.get, found.problem, False
        try:
            small = [key for key in keys if (getattr(known(key), "size", 0) or 0) <= found.reader.largest]
            news = bool(small) and found.read(small)
            found.problem = ""
        except BaseException as error:  # even one by which somebody would end the thread
            found.problem = f"{type(error).__name__}: {error}"[:300]
        with found.lock:
            for key in keys:
                found.wanted.pop(key, None)
            more = bool(found.wanted)
        if news or found.problem != before:
            found.tell()
        del found
        if not more:
            return

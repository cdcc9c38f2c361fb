"""Stores, caches and checkpointers that change as a recording tells: ours, fed line by line.

What a line changes is told as it was recorded, with its time and who did it. In `quiet`, nothing is told:
what is there then is told by `announce`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING, NO_INFO, Change, Raw, change, wrote
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.entries import Recent
from inmem_widgets.core.origin import Origin
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.core.store import InMemoryStore
from inmem_widgets.observables.lookups.recorder import SOUGHT
from inmem_widgets.observables.portable.lines import unpacked
from inmem_widgets.observables.recording.lines import Line
from inmem_widgets.observables.recording.names import key_of, pairs_of, place_of, plain_of
from inmem_widgets.observables.recording.several import Several
from inmem_widgets.observables.recording.thawing import thaw, thaw_all
from inmem_widgets.observables.recording.typed import RecordedSerializer
from inmem_widgets.observables.taps.abilities import ABILITIES, Abilities
from inmem_widgets.observables.taps.standin import StandIn

DAMAGE: Final = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What reading a line raises that cannot be understood."""
TAKEN: Final = frozenset(
    ("entry", "entries", "value", "checkpoint", "write",
     "ready", "change", "again", "thread", "origin", "lost")
)  # fmt: skip
"""Lines that objects take; others, of later versions, are passed over."""
_FIELDS = frozenset(Origin._fields)


def _told(number: int, raw: Raw) -> Change:
    return change(number, *raw[1:])


class RecordedObject(StandIn):
    """What the three kinds share."""

    changes: Changes
    quiet = False
    retell: Callable[[Change], None] | None = None
    """Told in spite of `quiet`, of what happened until then."""

    def prepare(self, head: Line) -> None:
        """Take in what the recording's first line says of the object, and hold nothing."""
        self._head = head
        self._origins: dict[Any, Origin] = {}
        self.abilities: Abilities = ABILITIES["recorded"]._replace(namespaced=head.get("namespaced") is True)
        self.restart()

    @property
    def object(self) -> Any:
        return self

    @property
    def type_name(self) -> str:
        label = self._head.get("label")
        return label if isinstance(label, str) else type(self).__name__

    def detach(self) -> None:
        """There is nothing to take hands off."""

    def restart(self) -> None:
        """Hold nothing again, as before the first line."""
        raise NotImplementedError

    def announce(self, time: float | None) -> None:
        """Tell that all may be different."""
        raise NotImplementedError

    def take(self, line: Line) -> None:
        """Take in one line.

        Raises:
            ValueError, KeyError, TypeError: it cannot be understood.
        """
        what = line["is"]
        if what == "origin":
            told = {name: place_of(each) for name, each in line["by"].items() if name in _FIELDS}
            self._origins[line["id"]] = Origin(**told)
        else:
            getattr(self, f"_{what}")(line)

    def take_safely(self, line: Line) -> bool:
        """Take in one line; whether it could not be understood."""
        try:
            self.take(line)
        except DAMAGE:
            return True
        return False

    def take_several(self, several: Several, start: int, stop: int) -> int:
        """Take in changes of a line of columns; how many could not be understood."""
        return sum(self.take_safely(several.single(at)) for at in range(start, stop))

    def _ready(self, line: Line) -> None:
        """All there was at the beginning is there."""

    def _lost(self, line: Line) -> None:
        """What follows says how it was then."""

    def tell(
        self,
        line: Line,
        keys: Sequence[Any],
        values: Any = None,
        old: Any = None,
        info: Mapping[str, Any] = NO_INFO,
    ) -> None:
        """Tell of a change that was just made."""
        feed = self.changes
        by = self._origins.get(line.get("by"))
        if self.quiet:
            if self.retell is not None:
                self.retell(change(0, line["kind"], keys, values, old, line.get("t"), info, by))
            return
        if not feed.active:
            return
        feed.append((_told, line["kind"], keys, values, old, line.get("t"), info, by))
        if feed.asleep:
            feed.wake()

    def _info(self, line: Line) -> dict[str, Any]:
        found = line.get("info")
        return {} if found is None else {name: plain_of(each) for name, each in found.items()}


class RecordedStore(InMemoryStore[Any], RecordedObject):  # type: ignore[misc]
    """A store as it was recorded.

    Attributes:
        delimiters: What the keys' namespaces are parted by, if that is known.
    """

    def __init__(self, head: Line) -> None:
        super().__init__()
        self.prepare(head)
        told = head.get("delimiters")
        self.delimiters: str | None = told if isinstance(told, str) else None

    def restart(self) -> None:
        self._store.clear()
        self._prefixes.drop()
        self.written_at: dict[str, float] = {}
        self._anew: dict[Any, Any] | None = None

    def announce(self, time: float | None) -> None:
        self.tell({"kind": "reset", "t": time}, (), info={"before": {}})

    def take_several(self, several: Several, start: int, stop: int) -> int:
        keys, kinds = several.keys[start:stop], several.kinds[start:stop]
        if kinds.count("set") < len(kinds) or {*map(type, keys)} != {str}:
            return super().take_several(several, start, stop)
        times = several.times[start:stop]
        try:
            values = thaw_all(several.values(start, stop))
        except ValueError:
            return super().take_several(several, start, stop)
        if {*map(type, times)} == {float}:
            self.written_at |= zip(keys, times, strict=True)
        else:
            self.written_at |= {k: t for k, t in zip(keys, times, strict=True) if type(t) in (int, float)}
        store, feed = self._store, self.changes
        if feed.active and not self.quiet:
            bys = [*map(self._origins.get, several.bys[start:stop])]
            append = feed.append
            for key, value, time, by in zip(keys, values, times, bys, strict=True):
                append([wrote, key, value, store.get(key, MISSING), time, by])
                store[key] = value
            if feed.asleep:
                feed.wake()
        else:
            store |= zip(keys, values, strict=True)
        self._prefixes.drop()
        return 0

    def _again(self, line: Line) -> None:
        self._anew = {}

    def _entry(self, line: Line) -> None:
        into = self._store if self._anew is None else self._anew
        into[key_of(line["key"])] = thaw(line["value"])

    def _entries(self, line: Line) -> None:
        into = self._store if self._anew is None else self._anew
        into |= pairs_of(line)

    def _change(self, line: Line) -> None:
        store, kind = self._store, line["kind"]
        keys = [key_of(each) for each in line["keys"]]
        values = [thaw(each) for each in line["values"]] if "values" in line else None
        info = self._info(line)
        wanted = self.changes.wants_old
        old = [store.get(key, MISSING) for key in keys] if wanted else None
        if kind == "reset":
            before, now = dict(store), self._anew or {}
            self._anew = None
            self.written_at = {}
            if wanted:
                info["before"] = before
            store.clear()
            store |= now
        elif kind == "delete":
            for key in keys:
                store.pop(key, None)
                self.written_at.pop(key, None)
        elif values is not None:
            store |= dict(zip(keys, values, strict=True))
            if type(line.get("t")) in (int, float):
                self.written_at |= dict.fromkeys(keys, line["t"])
        self._prefixes.drop()
        self.tell(line, keys, values, old, info)


class RecordedCache(InMemoryCache, RecordedObject):
    """A cache as it was recorded, with its counts."""

    def __init__(self, head: Line) -> None:
        maxsize, policy = head.get("maxsize"), head.get("policy")
        super().__init__(
            maxsize=maxsize if type(maxsize) is int and maxsize > 0 else None,
            policy="lru" if policy == "lru" else "fifo",
        )
        self.prepare(head)

    def restart(self) -> None:
        self._cache, self._slots = self._fresh()
        self._turn, self._full = 0, False
        self._tally(self._head.get("stats") or {})

    def _tally(self, stats: Mapping[str, Any]) -> None:
        """Count from there; the feed and its listeners stay."""
        feed, tell = self.changes, self._tell
        known = {name: each for name, each in stats.items() if type(each) is int and each >= 0}
        self._inserts, self._refreshes = known.get("inserts", 0), known.get("refreshes", 0)
        self._evictions, self._clears = known.get("evictions", 0), known.get("clears", 0)
        self._count(known.get("hits", 0), known.get("misses", 0))
        self.changes, self._tell = feed, tell

    def announce(self, time: float | None) -> None:
        self.tell({"kind": "clear", "t": time}, (), info={"before": {}, SOUGHT: True})
        entries = dict(self._cache)
        for key, value in entries.items():
            self.tell({"kind": "insert", "t": time}, [key], [value], [MISSING], {SOUGHT: True})

    def _again(self, line: Line) -> None:
        self._cache, self._slots = self._fresh()
        self._tally(line.get("stats") or {})
        self._clears -= 1  # told by a change that follows, which is none

    def _entry(self, line: Line) -> None:
        self._cache[key_of(line["key"])] = thaw(line["value"])

    def _entries(self, line: Line) -> None:
        self._cache.update(pairs_of(line))

    def _change(self, line: Line) -> None:
        entries, kind = self._cache, line["kind"]
        keys = [key_of(each) for each in line["keys"]]
        values = [thaw(each) for each in line["values"]] if "values" in line else None
        info = self._info(line)
        if type(info.get("evicted")) is list:
            info["evicted"] = key_of(info["evicted"])
        old = [entries.get(key, MISSING) for key in keys] if self.changes.wants_old else None
        before: dict[Any, Any] = {}
        if kind in ("hit", "miss"):
            next(self._hits if kind == "hit" else self._misses)
            if kind == "hit" and isinstance(entries, Recent) and keys[0] in entries:
                entries.move_to_end(keys[0])
        elif kind in ("insert", "refresh") and values:
            if kind == "insert":
                self._inserts += 1
            else:
                self._refreshes += 1
            if (evicted := info.get("evicted")) is not None:
                self._evictions += 1
                before[evicted] = entries.pop(evicted, MISSING)
            entries[keys[0]] = values[0]
            if isinstance(entries, Recent):
                entries.move_to_end(keys[0])
        elif kind == "clear":
            self._clears += 1
            if "lost" not in info:
                before = dict(entries)
                self._cache, self._slots = self._fresh()
        elif kind == "evict":
            self._evictions += 1
            before = {key: entries.pop(key, MISSING) for key in keys}
        if before and self.changes.wants_old:
            info["before"] = before
        self.tell(line, keys, values, old, info)


class RecordedSaver(InMemorySaver, RecordedObject):
    """A checkpointer as it was recorded."""

    def __init__(self, head: Line) -> None:
        super().__init__(serde=RecordedSerializer())
        self.prepare(head)

    def restart(self) -> None:
        with self._tables.lock:
            for thread_id in list(self._tables.threads):
                self._tables.delete_thread(thread_id)
        self._blobs: list[tuple[str, Any, Any]] = []

    def announce(self, time: float | None) -> None:
        self.tell({"kind": "reset", "t": time}, list(self._tables.threads))

    def _thread(self, line: Line) -> None:
        with self._tables.lock:
            self._tables.delete_thread(plain_of(line["thread"]))

    def _value(self, line: Line) -> None:
        version = line["version"]
        with self._tables.lock:
            space = self._tables.space(plain_of(line["thread"]), line["ns"])
            space.put_blob(line["channel"], version, unpacked(line["value"]))

    def _checkpoint(self, line: Line) -> None:
        row = unpacked(line["checkpoint"]), unpacked(line["metadata"]), line["parent"] or None, None
        with self._tables.lock:
            self._tables.put(plain_of(line["thread"]), line["ns"], line["id"], row)

    def _write(self, line: Line) -> None:
        index = line["index"]
        with self._tables.lock:
            space = self._tables.space(plain_of(line["thread"]), line["ns"])
            task = line["task"]
            if type(index) is not int:  # its checkpointer does not tell: they come in order
                index = len((space.writes.get(line["id"]) or {}).get(task, ()))
            made = (line["path"], task, index, line["channel"], unpacked(line["value"]))
            space.put_writes(line["id"], task, [made], self._tables.lock)

    def _change(self, line: Line) -> None:
        keys = [tuple(map(plain_of, each)) if type(each) is list else plain_of(each) for each in line["keys"]]
        self.tell(line, keys, None, None, self._info(line))


RECORDED: Mapping[str, Any] = {"store": RecordedStore, "cache": RecordedCache, "saver": RecordedSaver}
"""By the kind that the first line says."""

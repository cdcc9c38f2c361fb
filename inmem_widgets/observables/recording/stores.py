"""What stores and caches do, as lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from itertools import chain
from typing import Any, Final

from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.observables.recording.columns import CHUNK
from inmem_widgets.observables.recording.lines import Line
from inmem_widgets.observables.recording.recorded import RecordedStore
from inmem_widgets.observables.recording.recorders import Recorder
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.unread import is_unread

READING: Final = 20.0
"""Seconds spent on values that had not been read; the rest is recorded as not read."""
PATIENCE: Final = 1.0
"""Seconds for one of them."""


class EntriesRecorder(Recorder):
    """Base: what has entries."""

    def write_entries(self, entries: Mapping[Any, Any]) -> None:
        """The contents."""
        keys, values = [*entries], [*entries.values()]
        for start in range(0, len(keys), CHUNK):
            if not self._tape.open:
                return
            part = slice(start, start + CHUNK)
            self._plainly.begin()
            self.entries(*self.present(keys[part], values[part]))

    def present(self, keys: Sequence[Any], values: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        """Of these entries, those that are still there, and their values."""
        return keys, values


class StoreRecorder(EntriesRecorder):
    """Keys and values."""

    kind = "store"

    def head(self) -> Line:
        source, head = self.source, super().head()
        if not isinstance(source, StoreStandIn | RecordedStore):
            return head
        return {**head, "namespaced": source.abilities.namespaced, "delimiters": source.delimiters}

    def contents(self) -> Callable[[], None]:
        self._until = time.monotonic() + READING
        return partial(self.write_entries, self.copied(self._copy))

    def _copy(self) -> dict[str, Any]:
        source = self.source
        return {} if source is None else dict(source._store)

    def present(self, keys: Sequence[Any], values: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
        if not isinstance(self.source, StoreStandIn):
            return keys, values
        read = {k: self._read(k, v) if is_unread(v) else v for k, v in zip(keys, values, strict=True)}
        found = {key: value for key, value in read.items() if value is not MISSING}  # deleted meanwhile
        return [*found], [*found.values()]

    def _read(self, key: str, value: Any) -> Any:
        """A value that had not been read, if that goes quickly."""
        source, left = self.source, self._until - time.monotonic()
        if left <= 0 or not isinstance(source, StoreStandIn):
            return value
        try:
            return source.value(key, min(left, PATIENCE))
        except Exception:  # whatever the object raises
            return value

    def flush(self, timeout: float | None) -> bool:
        source, until = self.source, None if timeout is None else time.monotonic() + timeout
        if isinstance(source, StoreStandIn) and source.every is not None and not source.worker.here:
            # of what is read, what is new is found first
            some = None if timeout is None else timeout / 2
            source.refresh().wait(0.0 if source.reader.on_its_loop else some)
        return super().flush(None if until is None else max(0.0, until - time.monotonic()))

    def change(self, change: Change) -> None:
        if change.kind == "reset":
            self._anew()
        super().change(change)

    def lost(self, change: Change) -> None:
        self._anew()
        super().change(change._replace(kind="reset", keys=(), values=None, info={"lost": True}))

    def _anew(self) -> None:
        self._tape.line("again", of=self.name)
        self._until = time.monotonic() + READING
        self.write_entries(self._copy())


class CacheRecorder(EntriesRecorder):
    """Entries, lookups and counts."""

    kind = "cache"

    def head(self) -> Line:
        source = self.source
        policy, maxsize = (None, None) if source is None else (source.policy, source.maxsize)
        stats = {name: each if type(each) is int else None for name, each in self._stats.items()}
        return {**super().head(), "policy": policy, "maxsize": maxsize, "stats": stats}

    def contents(self) -> Callable[[], None]:
        entries, self._stats = self.copied(self._copy)
        return partial(self.write_entries, entries)

    def _copy(self) -> tuple[dict[Any, Any], dict[str, Any]]:
        source = self.source
        return ({}, {}) if source is None else (dict(source._cache), asdict(source.stats()))

    def keys(self, keys: Sequence[Any]) -> Sequence[Any]:
        if {*map(type, keys)} == {tuple} and {*map(len, keys)} == {2}:
            texts = [*chain.from_iterable(keys)]
            if {*map(type, texts)} == {str}:
                shown = self._plainly.names(texts)
                return [*zip(shown[::2], shown[1::2], strict=True)]
        return super().keys(keys)

    def key(self, key: Any) -> Any:
        if type(key) is tuple and all(type(each) is str for each in key):
            return [self.named(each) for each in key]
        return super().key(key)

    def lost(self, change: Change) -> None:
        entries, stats = self._copy()
        self._tape.line("again", of=self.name, stats=stats)
        self.write_entries(entries)
        super().change(change._replace(kind="clear", keys=(), values=None, info={"lost": True}))

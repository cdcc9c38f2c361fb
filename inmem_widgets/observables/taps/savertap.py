"""Checkpointers that are not ours, tapped: what is done through them in this process is told."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from math import inf
from time import time
from types import MappingProxyType
from typing import Any, Final
from weakref import ref

from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.core.change import Change, told
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.origin import capture
from inmem_widgets.core.saver import saved, saved_writes
from inmem_widgets.observables.taps.calls import Call, End, Method
from inmem_widgets.observables.taps.registry import Tap, tap, tap_of, untap
from inmem_widgets.observables.taps.swap import TapError

ELSEWHERE: Final[Mapping[str, Any]] = MappingProxyType({"elsewhere": True})
"""`Change.info` of what was not done through the object, but found when it was read."""
KNOWN: Final = 200_000
"""The latest checkpoints that are remembered as written through the checkpointer, at least."""
ANY: Final = object()
"""In place of threads that are not known."""
THREADS: Final = {
    "delete_thread": ("thread_id",),
    "copy_thread": ("source_thread_id", "target_thread_id"),
    "prune": ("thread_ids",),
}
"""What the methods call the threads they are given."""


class SaverTap:
    """Tells what is done with a checkpointer, in the shapes of ours.

    Attributes:
        feed: What was done through it and, by `found`, elsewhere.
        tapped: Whether it could be tapped; else `why_not` tells why.
    """

    def __init__(self, saver: Any) -> None:
        self._saver = ref(saver)
        self._known: set[int] = set()  # hashes
        self._older: set[int] = set()
        self._until: dict[tuple[bool, Hashable], float] = {}  # (whether it went, thread) → whole readings
        self._lock = threading.Lock()
        self.why_not = ""
        self._tap: Tap | None = None
        self.feed = Changes()
        try:
            self._tap = tap(saver, self._methods(type(saver)))
        except TapError as error:
            self.why_not = f"It cannot be tapped, and is read: {error}"
        else:
            self.feed, self._tap.stand_in = self._tap.feed, self

    @property
    def tapped(self) -> bool:
        return self._tap is not None

    def detach(self) -> None:
        """Take all hands off the checkpointer."""
        if (saver := self._saver()) is not None:
            untap(saver)

    def found(self, changes: Sequence[Change], readings: int) -> None:
        """Tell what was found new and was not done through the checkpointer.

        Args:
            readings: How often all has been read.
        """
        until = self._until
        for done in [each for each, end in until.copy().items() if end <= readings]:
            until.pop(done, None)
        for change in changes:
            if change.kind in ("put", "put_writes"):
                keys = [key for key in change.keys if not self._is_known(key)]
            else:
                keys = [thread for thread in change.keys if not {(True, thread), (True, ANY)} & until.keys()]
            if keys:
                self._tell(told, change.kind, keys, None, None, self._now(), ELSEWHERE, None)

    def awaited(self, change: Change, readings: int) -> None:
        """What was done to whole threads through the checkpointer will have been found once all has been read
        so many times."""
        for each in _of_threads(change.kind, change.keys):
            self._until[each] = readings

    def forget(self) -> None:
        """All is read anew."""
        self._until.clear()

    def _methods(self, cls: type) -> Mapping[str, Method]:
        begins: dict[str, Callable[[Call], End | None]] = {
            "put": self._put,
            "put_writes": self._put_writes,
            "delete_thread": partial(self._threads, "delete_thread"),
            "copy_thread": partial(self._threads, "copy_thread"),
            "prune": partial(self._threads, "prune"),
            "delete_for_runs": self._runs,
        }
        both = {prefix + name: Method(begin) for name, begin in begins.items() for prefix in ("", "a")}
        base = BaseCheckpointSaver
        return {
            name: method
            for name, method in both.items()
            if getattr(cls, name, None) is not getattr(base, name, None)
        }

    def _is_known(self, key: Any) -> bool:
        number = hash(key)
        return number in self._known or number in self._older or (False, key[0]) in self._until

    def _about(self, kind: str, threads: Sequence[Any]) -> None:
        """Something is about to be done to threads."""
        self._until.update(dict.fromkeys(_of_threads(kind, threads), inf))
        while len(self._until) > KNOWN:
            self._until.pop(next(iter(self._until)), None)

    def _note(self, *keys: Hashable) -> None:
        """Remember these before they are written: who finds them need not tell."""
        known = self._known
        known.update(map(hash, keys))
        if len(known) > KNOWN:
            with self._lock:
                if known is self._known:
                    self._older, self._known = known, set()

    def _put(self, call: Call) -> End:
        config, checkpoint, metadata, _ = call.given("config", "checkpoint", "metadata", "new_versions")
        place, step = config["configurable"], metadata.get("step")
        key = place["thread_id"], place.get("checkpoint_ns", ""), checkpoint["id"]
        parent = place.get("checkpoint_id")
        self._note(key)

        def end(_: Any) -> tuple[()]:
            by = (capture(), step) if self.feed.wants_origin else None
            return self._tell(saved, *key, parent, self._now(), by)

        return end

    def _put_writes(self, call: Call) -> End | None:
        given = {
            **dict(zip(("config", "writes", "task_id", "task_path"), call.args, strict=False)),
            **call.kwargs,
        }
        place, writes = given["config"]["configurable"], given["writes"]
        if not writes:
            return None
        key = place["thread_id"], place.get("checkpoint_ns", ""), place["checkpoint_id"]
        task = given["task_id"], given.get("task_path", "")
        channels = [channel for channel, _ in writes] if _several(writes) else []
        self._note(key)

        def end(_: Any) -> tuple[()]:
            by = capture() if self.feed.wants_origin else None
            return self._tell(saved_writes, *key, *task, channels, self._now(), by)

        return end

    def _now(self) -> float | None:
        return time() if self.feed.wants_time else None

    def _tell(self, *raw: Any) -> tuple[()]:
        """Queue what our own checkpointers would; there is nothing else to tell."""
        if self.feed.active:
            self.feed.append(raw)
            if self.feed.asleep:
                self.feed.wake()
        return ()

    def _threads(self, kind: str, call: Call) -> End:
        threads = _first(call, *THREADS[kind])
        if kind == "prune":
            threads = list(threads[0]) if _several(threads[0]) else []
        self._about(kind, threads)
        return lambda _: ((kind, tuple(threads)),)

    def _runs(self, call: Call) -> End:
        (runs,) = _first(call, "run_ids")
        info = {"runs": list(runs) if _several(runs) else []}
        self._about("delete_for_runs", ())
        return lambda _: (("delete_for_runs", (), None, None, info),)


def _of_threads(kind: str, threads: Sequence[Any]) -> list[tuple[bool, Hashable]]:
    """What a reading will find of what was done to threads: whether something of them went, and of which."""
    if kind == "copy_thread":
        return [(went, threads[1]) for went in (False, True)]
    return [(True, thread) for thread in threads or (ANY,)]


def _first(call: Call, *names: str) -> list[Any]:
    """The first arguments, however they were given; by their order where the method names them otherwise."""
    try:
        return [*call.given(*names)][: len(names)]
    except LookupError:
        return [*call.args, *call.kwargs.values()][: len(names)]


def _several(given: Any) -> bool:
    """Whether it can be looked through and is still whole then."""
    return isinstance(given, list | tuple | set | frozenset | deque)


def saver_tap(saver: Any) -> SaverTap:
    """The tap of a checkpointer, made if it has none."""
    there = tap_of(saver)
    if there is not None and isinstance(there.stand_in, SaverTap):
        return there.stand_in
    return SaverTap(saver)

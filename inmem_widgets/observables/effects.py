"""What stores and caches did while a checkpoint was being made."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from math import inf
from typing import Final, NamedTuple

from inmem_widgets.core.origin import Origin
from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.log import EventLog, log_row, logs
from inmem_widgets.observables.log.columns import Block
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.headers import source_of, step_of, timestamp
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import thread_text
from inmem_widgets.wire import Effect, Effects

ROWS: Final = 50
"""Changes of a store or cache that are told, the first ones."""
EARLY: Final = 1.0
"""Seconds before a step's first checkpoint that are looked at: clocks are set."""
LATE: Final = 60.0
"""Seconds after a checkpoint in which what its step left running is looked for."""

NO_LOGS: Final = "no store or cache is logged: inspect(store), or observe(store).log, begins it"
NO_STEP: Final = "no step made this checkpoint: it was saved by an input, an update or a fork"

SEVERAL: Final = "no checkpoints are kept of the steps before this one: theirs is told here as well"


class _Found(NamedTuple):
    log: EventLog
    block: Block
    at: int
    time: float
    run: str | None


class _Step:
    """The step that made a checkpoint, and others that began where it did."""

    def __init__(self, thread: str, header: CheckpointHeader, history: ThreadHistory) -> None:
        self._thread, self._key = thread, (header.checkpoint_ns, header.checkpoint_id)
        self._parent = header.checkpoint_ns, header.parent_id or ""
        self._history = history
        before = history.by_key.get(self._parent)
        siblings = [header] if before is None else history.children(before)
        # of forks and re-runs, too
        self._ends = sorted(timestamp(each.ts) or inf for each in siblings if source_of(each) == "loop")
        self.ended = timestamp(header.ts) or inf
        self.began = (None if before is None else timestamp(before.ts)) or -inf
        first, last = None if before is None else step_of(before), step_of(header)
        first = -1 if first is None else first
        self.several = last is not None and last - first > 1
        """Whether no checkpoint is kept of steps in between."""
        self._known: dict[int, tuple[Origin, bool]] = {}

    def has(self, origin: Origin | None) -> bool:
        """Whether somebody's step began where this one did."""
        if origin is None or origin.checkpoint is None:
            return False
        known = self._known.get(id(origin))
        if known is None or known[0] is not origin:
            fits = thread_text(origin.thread_id) == self._thread and any(
                self._began(key) for key in (origin.checkpoint, *origin.within)
            )
            known = self._known[id(origin)] = origin, fits
        return known[1]

    def _began(self, key: Key) -> bool:
        if key == self._parent:
            return True
        # Of steps in between no checkpoint is kept: durability="exit", or pruned. Ids grow with the time.
        (ns, low), (_, high) = self._parent, self._key
        return key[0] == ns and low < key[1] < high and key not in self._history.by_key

    def made(self, first: float) -> bool:
        """Whether what began at a time is of this step, and not of another that began where it did."""
        at = bisect_left(self._ends, first)
        return at < len(self._ends) and self._ends[at] == self.ended


def effects(observable: ObservableSaver, thread: str, key: Key) -> Effects:
    """What every logged store and cache of this kernel did in the step that made a checkpoint.

    A change belongs to the step that began from the checkpoint's parent: its `Origin` names that. Of
    several steps that began there (forks, re-runs), to the first that was done after its run began.

    Args:
        observable: Of the checkpointer.
        thread: The thread's id as text.
        key: (namespace, id) of the checkpoint.

    Raises:
        LookupError: there is no such checkpoint.
    """
    history = observable.history(thread)
    header = history.by_key.get(key)
    if header is None:
        raise LookupError(f"at: {key!r:.200} is no checkpoint of this thread, or is gone")
    watching = [log for log in logs() if not isinstance(log.observable, ObservableSaver | None)]
    if not watching:
        return {"effects": [], "watched": 0, "note": NO_LOGS}
    if source_of(header) != "loop":
        return {"effects": [], "watched": len(watching), "note": NO_STEP}
    step = _Step(thread, header, history)
    found = [each for log in watching for each in _changes(log, step)]
    firsts: dict[str, float] = {}
    for each in found:
        if each.run is not None:
            firsts[each.run] = min(each.time, firsts.get(each.run, inf))
    made = [each for each in found if step.made(firsts.get(each.run or "", each.time))]
    told = [_effect(log, [each for each in made if each.log is log]) for log in watching]
    told = sorted((each for each in told if each["changes"]), key=lambda each: -each["changes"])
    return {"effects": told, "watched": len(watching), "note": _note(watching, step)}


def _changes(log: EventLog, step: _Step) -> Iterator[_Found]:
    log.catch_up(0.5)
    for block, start, stop in log.parts()[1]:
        times = block.times
        if times[start] > step.ended + LATE or times[stop - 1] < step.began - EARLY:
            continue
        for at, by in enumerate(block.bys[start:stop], start):
            if by is not None and step.has(by) and times[at] <= step.ended + LATE:
                yield _Found(log, block, at, times[at], by.run_id)


def _effect(log: EventLog, found: list[_Found]) -> Effect:
    observable, whats = log.observable, log.whats
    kinds = [whats.all[each.block.codes[each.at]].kind for each in found]
    return {
        "name": clean(observable.name or observable.type_name),
        "type": clean(observable.type_name),
        "changes": len(found),
        "hits": kinds.count("hit"),
        "misses": kinds.count("miss"),
        "bytes": sum(max(0, each.block.sizes[each.at]) for each in found),
        "rows": [log_row(each.block.change(each.at, whats), observable) for each in found[:ROWS]],
    }


def _note(watching: list[EventLog], step: _Step) -> str:
    late = [log for log in watching if _reaches(log) > step.began]
    if not late or step.began == -inf:
        return SEVERAL if step.several else ""
    names = ", ".join(sorted({clean(log.observable.type_name) for log in late if log.observable}))
    if len(late) == len(watching) and all(_reaches(log) > step.ended for log in late):
        return f"logging ({names}) began after this checkpoint was made"
    return f"not all of this step was logged ({names})"


def _reaches(log: EventLog) -> float:
    """Since when all is in the log."""
    first, parts = log.parts()
    if first == log.counting.begun + 1 or not parts:
        return log.counting.began
    return parts[0].block.times[parts[0].start]

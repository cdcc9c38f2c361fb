"""What stores and caches did while a checkpoint was being made."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, compress, count
from math import inf
from typing import Any, Final, NamedTuple, TypeAlias

from inmem_widgets.core.origin import Origin
from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.log import EventLog, log_row, logs
from inmem_widgets.observables.log.columns import Block
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.headers import key_of, source_of, step_of, timestamp
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import thread_text
from inmem_widgets.wire import Effect, Effects, LogRow

ROWS: Final = 50
"""Changes of a store or cache that are told, the first ones."""
EARLY: Final = 1.0
"""Seconds before a step's first checkpoint that are looked at: clocks are set."""
LATE: Final = 60.0
"""Seconds after a checkpoint, about, in which what its step left running is looked for."""

NO_LOGS: Final = "no store or cache is logged: inspect(store), or observe(store).log, begins it"
NO_STEP: Final = "no step made this checkpoint: it was saved by an input, an update or a fork"

SEVERAL: Final = "no checkpoints are kept of the steps before this one: theirs is told here as well"


Run: TypeAlias = tuple[int, str | int]
"""Of which step, and its id; who has none is a run of its own."""


class _Step:
    """The step that made a checkpoint.

    Attributes:
        parent: The checkpoint it began from.
        began, ended: When the two were made.
        several: Whether no checkpoint is kept of the steps before it: they are taken to be part of it.
    """

    def __init__(self, header: CheckpointHeader, history: ThreadHistory) -> None:
        self.key = key_of(header)
        self.parent: Key = header.checkpoint_ns, header.parent_id or ""
        before = history.by_key.get(self.parent)
        siblings = [header] if before is None else history.children(before)
        # of steps that began from the same checkpoint: re-runs
        self._ends = sorted(timestamp(each.ts) or inf for each in siblings if source_of(each) == "loop")
        self.ended = timestamp(header.ts) or inf
        self.began = (None if before is None else timestamp(before.ts)) or -inf
        first, last = None if before is None else step_of(before), step_of(header)
        self.several = last is not None and last - (-1 if first is None else first) > 1

    def made(self, first: float) -> bool:
        """Whether a run that began at a time is of this step, and not of another one from the same start."""
        at = bisect_left(self._ends, first)
        return at < len(self._ends) and self._ends[at] == self.ended


class _Steps:
    """Steps of a thread, by what they began from."""

    def __init__(self, thread: str, headers: list[CheckpointHeader], history: ThreadHistory) -> None:
        self._thread, self._history = thread, history
        steps = [_Step(header, history) for header in headers]
        self._by_parent = {step.parent: step for step in steps}
        self._several = [step for step in steps if step.several]
        self.several = bool(self._several)
        self.began = min(step.began for step in steps)
        self.ended = max(step.ended for step in steps)
        self._known: dict[int, tuple[Origin, _Step | None]] = {}

    def of(self, origin: Origin) -> _Step | None:
        """The step that somebody worked in."""
        known = self._known.get(id(origin))
        if known is None or known[0] is not origin:
            places = () if origin.checkpoint is None else (origin.checkpoint, *origin.within)
            ours = bool(places) and thread_text(origin.thread_id) == self._thread
            found = next(filter(None, map(self._from, places)), None) if ours else None
            known = self._known[id(origin)] = origin, found
        return known[1]

    def _from(self, key: Key) -> _Step | None:
        if (found := self._by_parent.get(key)) is not None:
            return found
        # Of steps in between no checkpoint is kept: durability="exit", or pruned. Ids grow with the time.
        for step in () if key in self._history.by_key else self._several:
            if key[0] == step.key[0] and step.parent[1] < key[1] < step.key[1]:
                return step
        return None


class _Worked(NamedTuple):
    """What those who worked in the steps did, in a part of a log."""

    block: Block
    start: int
    ids: list[int]
    """Of the origin of each change, …"""
    who: dict[int, tuple[_Step, Run]]
    """… and of those in a step, of which and in which run."""


def effects(observable: ObservableSaver, thread: str, key: Key, since: Key | None = None) -> Effects:
    """What every logged store and cache of this kernel did in the step that made a checkpoint. Of what a
    recording has, those from recordings.

    A change belongs to the step that began from the checkpoint's parent: its `Origin` names that. Of
    several steps that began there (re-runs), to the first that was done after its run began.

    Args:
        observable: Of the checkpointer.
        thread: The thread's id as text.
        key: (namespace, id) of the checkpoint.
        since: An earlier one on the way to it: what was done in all steps after that is told.

    Raises:
        LookupError: there is no such checkpoint, or the earlier one is not on the way to it.
    """
    history = observable.history(thread)
    headers = _way(history, key, since)
    others = {log: other for log in logs() if _beside(other := log.observable, observable)}
    watching = [*others]
    if not watching:
        return {"effects": [], "watched": 0, "note": NO_LOGS}
    made = [header for header in headers if source_of(header) == "loop"]
    if not made:
        return {"effects": [], "watched": len(watching), "note": NO_STEP}
    steps = _Steps(thread, made, history)
    worked = {log: [*_worked(log, steps)] for log in watching}
    began: dict[Run, float] = {}
    for part in chain.from_iterable(worked.values()):
        for id, (_, run) in part.who.items():
            time = part.block.times[part.start + part.ids.index(id)]
            began[run] = min(time, began.get(run, inf))
    told = [_effect(others[log], log, parts, began) for log, parts in worked.items()]
    told = sorted((each for each in told if each["changes"]), key=lambda each: -each["changes"])
    return {"effects": told, "watched": len(watching), "note": _note(watching, steps)}


def _beside(other: Observable[Any] | None, observable: ObservableSaver) -> bool:
    """Whether it is a store or cache, and alive as the checkpointer is, or from a recording as that is."""
    if other is None or isinstance(other, ObservableSaver):
        return False
    return (other.abilities.how == "recorded") is (observable.abilities.how == "recorded")


def _way(history: ThreadHistory, key: Key, since: Key | None) -> list[CheckpointHeader]:
    """The checkpoint, and those before it back to another one, exclusive."""
    found: list[CheckpointHeader] = []
    at: Key | None = key
    while at is not None and at != since:
        header = history.by_key.get(at)
        if header is None or len(found) > history.size:
            break
        found.append(header)
        before = (header.checkpoint_ns, header.parent_id) if header.parent_id else None
        at = None if since is None else before
    if not found and key != since:
        raise LookupError(f"at: {key!r:.200} is no checkpoint of this thread, or is gone")
    if since is not None and at != since:
        raise LookupError(f"since: {since!r:.200} is not on the way to this checkpoint")
    return found


def _worked(log: EventLog, steps: _Steps) -> Iterator[_Worked]:
    log.catch_up(0.5)
    for block, start, stop in log.parts()[1]:
        times = block.times
        if times[start] > steps.ended + LATE or times[stop - 1] < steps.began - EARLY:
            continue
        bys = block.bys[start:stop]
        ids = [*map(id, bys)]  # thousands of changes, a few origins: no loop over all of them
        ours = ((by, steps.of(by)) for by in dict(zip(ids, bys, strict=True)).values() if by is not None)
        if who := {id(by): (step, (id(step), by.run_id or id(by))) for by, step in ours if step is not None}:
            yield _Worked(block, start, ids, who)


def _effect(
    observable: Observable[Any], log: EventLog, parts: list[_Worked], began: Mapping[Run, float]
) -> Effect:
    whats = log.whats
    rows: list[LogRow] = []
    codes: Counter[int] = Counter()
    size = 0
    for block, start, ids, who in parts:
        made = {id for id, (step, run) in who.items() if step.made(began[run])}
        places = [*compress(count(start), map(made.__contains__, ids))]
        codes.update(map(block.codes.__getitem__, places))
        size += sum(max(0, block.sizes[at]) for at in places)
        rows += [log_row(block.change(at, whats), observable) for at in places[: ROWS - len(rows)]]
    kinds: Counter[str] = Counter()
    for code, times in codes.items():
        kinds[whats.all[code].kind] += times
    return {
        "name": clean(observable.name or observable.type_name),
        "type": clean(observable.type_name),
        "changes": kinds.total(),
        "hits": kinds["hit"],
        "misses": kinds["miss"],
        "bytes": size,
        "rows": rows,
    }


def _note(watching: list[EventLog], steps: _Steps) -> str:
    late = [log for log in watching if _reaches(log) > steps.began]
    if not late or steps.began == -inf:
        return SEVERAL if steps.several else ""
    names = ", ".join(sorted({clean(log.observable.type_name) for log in late if log.observable}))
    if len(late) == len(watching) and all(_reaches(log) > steps.ended for log in late):
        return f"logging ({names}) began after this checkpoint was made"
    return f"not all of this step was logged ({names})"


def _reaches(log: EventLog) -> float:
    """Since when all is in the log."""
    first, parts = log.parts()
    if first == log.counting.begun + 1 or not parts:
        return log.counting.began
    return parts[0].block.times[parts[0].start]

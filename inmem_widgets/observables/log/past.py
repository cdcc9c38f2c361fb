"""How a store or cache was right after one of its changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain, compress, repeat
from operator import is_
from typing import TYPE_CHECKING, Any, Final

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.keys.live import steadily
from inmem_widgets.observables.log.columns import LOOKUPS, WHOLE, Block

if TYPE_CHECKING:
    from inmem_widgets.observables.log.eventlog import EventLog
from inmem_widgets.observables.log.frames import frame_of
from inmem_widgets.observables.log.kept import Part

FEW: Final = 20_000
"""Changes that are undone one after the other; of more, the first of each key."""
STEP: Final = 16_384
"""Keys dealt with in one go, in which no other thread runs."""


@dataclass(frozen=True)
class Moment:
    """How a store or cache was right after a change.

    Attributes:
        number: Of the change.
        time: Of the change; None where it is not known.
        values: What was held then: of a store key → value, of a cache (prompt, llm_string) → generations.
            They are the very objects: what changed inside them since shows. `UNKNOWN` stands for values
            that were never known. Not in the order of then.
        stats: Of caches: all counts.
        note: What is not certain about it; "" for nothing.
    """

    number: int
    time: float | None
    values: Mapping[Any, Any]
    stats: CacheStats | None
    note: str

    def frame(self) -> Any:
        """A DataFrame as `to_frame` makes of the store or cache, as it was."""
        return frame_of("to_frame", self, module="inmem_widgets.export")


def moment(log: EventLog, number: int) -> Moment:
    """See `EventLog.at`."""
    source = log.source
    if source is None:
        raise LookupError("the object is gone: nothing in the kernel holds it any more")
    now = contents(source)
    if not log.catch_up():
        raise RuntimeError("what happened last is not logged yet, and cannot be waited for here")
    first, parts = log.parts()
    if not first - 1 <= number <= log.last:
        raise LookupError(
            f"when: got {number:,}, the log goes from {first - 1:,} to {log.last:,}; {log.keeps()}"
        )
    state, notes = past(
        now, log, [part for part in parts if part.block.first + part.stop - 1 > number], number
    )
    lost = sum(missed for after, missed in log.gaps if after >= number)
    if lost:
        notes.insert(0, f"{lost:,} changes after this came too fast to be logged: it may be wrong")
    stats = log.counting.at(number, parts, log.gaps, log.whats)
    if stats is not None:
        stats = replace(stats, size=len(state))
    return Moment(number, _time(parts, number), state, stats, "; ".join(notes))


def contents(source: Any) -> dict[Any, Any]:
    """What a store or cache holds: a copy made beside its writers.

    Raises:
        TypeError: it is neither.
    """
    held = getattr(source, "_store", None)
    if held is None:
        held = getattr(source, "_cache", None)
    if not isinstance(held, dict):
        raise TypeError(f"obj: got {type(source).__name__}, a store's or a cache's past can be told only")
    if type(held) is dict:
        return held.copy()
    keys: list[Any] = steadily(lambda: list(held))
    pairs = zip(keys, map(dict.get, repeat(held), keys, repeat(MISSING)), strict=True)
    return {key: value for key, value in pairs if value is not MISSING}


def past(
    state: dict[Any, Any], log: EventLog, parts: list[Part], number: int
) -> tuple[dict[Any, Any], list[str]]:
    """(`state` without the changes after that number, what is uncertain about it).

    `state` may have been read at any time after that change, beside writers: for each key its first
    change after `number` tells how it was.
    """
    keys: list[Any] = []
    olds: list[Any] = []
    hashes = []
    notes: list[str] = []
    for block, start, stop in parts:
        start = max(start, number + 1 - block.first)
        whole = _whole(log, block, start, stop)
        end = stop if whole is None else whole
        span = slice(block.starts[start], block.starts[end])
        chosen = _changing(log, block, start, end)
        if chosen is None:
            keys += block.keys[span]
            olds += block.olds[span]
            hashes.append(block.hashes[span])
        else:
            keys += compress(block.keys[span], chosen)
            olds += compress(block.olds[span], chosen)
            hashes.append(type(block.hashes)("q", compress(block.hashes[span], chosen)))
        if whole is not None:
            info = block.infos[whole]
            if "before" in info:
                state = dict(info["before"])
            else:
                state = {}
                notes.append(f"what was there before change {block.first + whole:,} is known in part only")
            break
    if len(keys) > FEW:
        keys, olds = _firsts(keys, olds, hashes)
    _undo(state, keys, olds)
    return _remove(state, keys, olds), notes


def _whole(log: EventLog, block: Block, start: int, stop: int) -> int | None:
    """The first change that replaced all there was."""
    codes = (code for code, what in enumerate(log.whats.all) if what.kind in WHOLE)
    return min((at for code in codes if (at := block.codes.find(code, start, stop)) >= 0), default=None)


def _changing(log: EventLog, block: Block, start: int, stop: int) -> list[bool] | None:
    """For each key whether its change is none of the lookups; None where there are no lookups."""
    codes = block.codes[start:stop]
    lookups = [code for code, what in enumerate(log.whats.all) if what.kind in LOOKUPS]
    if not any(map(codes.count, lookups)):
        return None
    table = bytes(code not in lookups for code in range(256))
    flags = codes.translate(table)
    if len(flags) == block.starts[stop] - block.starts[start]:
        return list(map(bool, flags))
    sizes = (block.starts[at + 1] - block.starts[at] for at in range(start, stop))
    return list(chain.from_iterable(map(repeat, map(bool, flags), sizes)))


def _firsts(keys: list[Any], olds: list[Any], parts: list[Any]) -> tuple[list[Any], list[Any]]:
    """The first of each key, found by their hashes: keys of equal ones stay, the first one last."""
    import numpy as np

    hashes = np.concatenate([np.frombuffer(part, np.int64) for part in parts])
    rest = np.arange(len(hashes))
    bits = len(hashes).bit_length() + 1
    found, shift = [], 0
    while len(rest):
        slots = (hashes[rest] >> shift) & ((1 << bits) - 1)
        table = np.empty(1 << bits, np.int64)
        table[slots[::-1]] = rest[::-1]
        winners = table[slots]
        found.append(rest[winners == rest])
        rest = rest[hashes[winners] != hashes[rest]]
        shift = (shift + 7) % 50
    places = np.sort(np.concatenate(found)).tolist()
    if len(places) == len(keys):
        return keys, olds
    return [*map(keys.__getitem__, places)], [*map(olds.__getitem__, places)]


def _undo(state: dict[Any, Any], keys: list[Any], olds: list[Any]) -> None:
    for stop in range(len(keys), 0, -STEP):
        span = slice(max(0, stop - STEP), stop)
        state.update(zip(reversed(keys[span]), reversed(olds[span]), strict=True))


def _remove(state: dict[Any, Any], keys: list[Any], olds: list[Any]) -> dict[Any, Any]:
    """Without the keys that were not there."""
    gone = [*compress(keys, map(is_, olds, repeat(MISSING)))]
    if len(gone) > len(state) // 3:
        return {key: value for key, value in state.items() if value is not MISSING}
    for key in gone:
        if state.get(key) is MISSING:
            del state[key]
    return state


def _time(parts: list[Part], number: int) -> float | None:
    for block, start, stop in parts:
        if start <= number - block.first < stop:
            time: float = block.times[number - block.first]
            return None if time != time else time
    return None

"""Changes undone: from what is there now to what was there then."""

from __future__ import annotations

from itertools import chain, compress, repeat
from operator import is_
from typing import TYPE_CHECKING, Any, Final

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.log.columns import LOOKUPS, WHOLE, Block
from inmem_widgets.observables.log.kept import Part

if TYPE_CHECKING:
    from inmem_widgets.observables.log.eventlog import EventLog

FEW: Final = 20_000
"""Changes that are undone one after the other; of more, the first of each key."""
STEP: Final = 16_384
"""Keys dealt with in one go, in which no other thread runs."""


def undone(
    state: dict[Any, Any], log: EventLog, parts: list[Part], number: int, *, evicts: bool
) -> dict[Any, Any]:
    """`state` without the changes after that number; where it is a cache, what was evicted comes first.

    `state` may have been read at any time after that change, beside writers: for each key its first
    change after `number` tells how it was.
    """
    keys: list[Any] = []
    olds: list[Any] = []
    hashes = []
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
            state = dict(block.infos[whole].get("before", ()))
            break
    if len(keys) > FEW:
        keys, olds = _firsts(keys, olds, hashes)
    there = len(state)
    _undo(state, keys, olds)
    if evicts and len(state) > there:  # the last one that was evicted was put back first
        order = [*state]
        state = {key: state[key] for key in (*reversed(order[there:]), *order[:there])}
    return _remove(state, keys, olds)


def replaced_by(log: EventLog, parts: list[Part], number: int) -> tuple[int, bool] | None:
    """(number of the first change after `number` that replaced all there was, whether it told what that
    was)."""
    for block, start, stop in parts:
        at = _whole(log, block, max(start, number + 1 - block.first), stop)
        if at is not None:
            return block.first + at, "before" in block.infos[at]
    return None


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
    rest = np.arange(len(hashes), dtype=np.int32)
    bits = len(hashes).bit_length() + 1
    found, shift = [], 0
    while len(rest):
        slots = (hashes[rest] >> shift) & ((1 << bits) - 1)
        table = np.empty(1 << bits, np.int32)
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

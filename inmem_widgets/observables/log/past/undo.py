"""Changes undone: from what is there now to what was there then."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, islice, repeat
from operator import is_
from typing import Any, Final

from inmem_widgets.observables.log.columns import WHOLE, Block, What
from inmem_widgets.observables.log.kept import Kept, Part
from inmem_widgets.observables.log.past.firsts import Firsts, firsts_of, hashes_at, many, taken
from inmem_widgets.observables.log.past.lazy import DictPrefix, cut
from inmem_widgets.observables.log.past.rearranged import rearranged

MANY: Final = 20_000
"""Keys from which on no dict is made of them."""


def undone(state: dict[Any, Any], log: Kept, parts: list[Part], *, evicts: bool) -> Mapping[Any, Any]:
    """`state` without these changes; where it is a cache, what was evicted comes first.

    `state` is this function's from now on. It may have been read at any time since the first of them, beside
    writers: for each key its first change tells how it was.

    Returns:
        A dict; where most of the time would go into making it, a `DictPrefix` or `Arranged`.
    """
    spans = []
    for block, start, stop in parts:
        whole = whole_in(log, block, start, stop)
        end = stop if whole is None else whole
        if start < end:
            spans.append(Part(block, start, end))
        if whole is not None:
            state = dict(block.infos[whole].get("before", ()))
            break
    whats, by_hash = log.whats.all, many(spans) and not evicts
    firsts = firsts_of(spans, whats, len(state))
    latest = _remove(state, firsts)
    there = len(state)
    stay, told = there - latest, sum(len(each.back) for each in firsts)
    if by_hash and told > max(MANY, stay * 3 // 4):
        found = rearranged(state, stay, firsts, hashes_at(spans, [each.back for each in firsts]))
        if found is not None:
            return found
    for keys, olds, _, back in firsts:
        state.update(zip(taken(keys, back), taken(olds, back), strict=True))
    again = len(state) - there
    if by_hash and not again and min(latest, stay) > MANY:
        return DictPrefix(state, stay, hashes_at(spans, [each.gone for each in firsts]))
    if latest:
        after = [state.popitem() for _ in range(again)]
        state = cut(state, stay)
        state.update(reversed(after))
    if evicts and (evicted := _evicted(spans, whats)):  # the first one that was evicted was the oldest
        order = {key: state[key] for key in evicted if key in state}
        return order | state
    return state


def within(parts: list[Part], after: int, until: int) -> list[Part]:
    """Of these, the changes after + 1 … until."""
    found = (
        Part(block, max(start, after + 1 - block.first), min(stop, until + 1 - block.first))
        for block, start, stop in parts
    )
    return [part for part in found if part.start < part.stop]


def replaced_by(log: Kept, parts: list[Part]) -> tuple[int, bool] | None:
    """(number of the first of these changes that replaced all there was, whether it told what that was)."""
    for block, start, stop in parts:
        at = whole_in(log, block, start, stop)
        if at is not None:
            return block.first + at, "before" in block.infos[at]
    return None


def whole_in(log: Kept, block: Block, start: int, stop: int) -> int | None:
    """The place of the first change that replaced all there was."""
    codes = (code for code, what in enumerate(log.whats.all) if what.kind in WHOLE)
    return min((at for code in codes if (at := block.codes.find(code, start, stop)) >= 0), default=None)


def _evicted(spans: list[Part], whats: list[What]) -> dict[Any, None]:
    """Keys that were evicted, in the order in which each first was."""
    found: dict[Any, None] = {}
    codes = {code for code, what in enumerate(whats) if what.evicted}
    for block, start, stop in spans:
        if all(block.codes.find(code, start, stop) < 0 for code in codes):
            continue
        starts, counts = block.starts[start : stop + 1], block.counts[start:stop]
        rows = (range(low + own, high) for low, own, high in zip(starts, counts, starts[1:], strict=False))
        found.update(zip(map(block.keys.__getitem__, chain.from_iterable(rows)), repeat(None)))
    return found


def _remove(state: dict[Any, Any], firsts: list[Firsts]) -> int:
    """Remove the keys that were not there, but for the last ones of the mapping, where most of them are;
    returns how many these are."""
    latest, last = 0, reversed(state)
    rest: list[list[Any]] = []
    for keys, _, gone, _ in reversed(firsts):
        names = taken(keys, gone)
        if not rest:
            same = [*map(is_, reversed(names), islice(last, len(names)))]
            if len(same) == len(names) and all(same):
                latest += len(names)
                continue
            found = same.index(False) if False in same else len(same)
            latest += found
            del names[len(names) - found :]
        rest.append(names)
    for names in rest:
        for key in names:
            state.pop(key, None)
    return latest

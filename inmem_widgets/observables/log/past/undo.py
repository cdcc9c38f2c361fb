"""Changes undone: from what is there now to what was there then."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from itertools import chain, islice, repeat
from operator import is_
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.log.columns import LOOKUPS, WHOLE, Block, What, plain
from inmem_widgets.observables.log.kept import Kept, Part
from inmem_widgets.observables.log.past.first_rows import first_rows
from inmem_widgets.observables.log.past.lazy import STEP, DictPrefix, cut

FEW: Final = 20_000
"""Keys of changes that are looked at one after the other; more, by their hashes."""


class Firsts(NamedTuple):
    """What the first changes of some keys tell, in their order."""

    keys: list[Any]
    olds: list[Any]
    gone: Any
    """Places of keys that were not there before, ascending: an `array` of them, of whichever module."""
    back: Any
    """Places of those that were."""


def undone(state: dict[Any, Any], log: Kept, parts: list[Part], *, evicts: bool) -> Mapping[Any, Any]:
    """`state` without these changes; where it is a cache, what was evicted comes first.

    `state` is this function's from now on. It may have been read at any time since the first of them, beside
    writers: for each key its first change tells how it was.

    Returns:
        A dict; where most of the time would go into making it, a `DictPrefix`.
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
    whats, by_hash = log.whats.all, _many(spans)
    firsts = firsts_of(spans, whats)
    latest = _remove(state, firsts)
    there = len(state)
    for keys, olds, _, back in firsts:
        state.update(zip(taken(keys, back), taken(olds, back), strict=True))
    stay, again = there - latest, len(state) - there
    if by_hash and not evicts and not again and min(latest, stay) > FEW:
        return DictPrefix(state, stay, _hashes(spans, firsts))
    if latest:
        after = [state.popitem() for _ in range(again)]
        state = cut(state, stay)
        state.update(reversed(after))
    if evicts and (evicted := _evicted(spans, whats)):  # the first one that was evicted was the oldest
        order = {key: state[key] for key in evicted if key in state}
        return order | state
    return state


def firsts_of(spans: list[Part], whats: list[What]) -> list[Firsts]:
    """What the first change of each key tells; none of these changes replaces all there is."""
    return (_by_hash if _many(spans) else _one_by_one)(spans, whats)


def values_before(spans: list[Part], whats: list[What]) -> dict[Any, Any]:
    """The value of each key before its first change; `MISSING` where it was not there."""
    told: dict[Any, Any] = {}
    for keys, olds, gone, back in firsts_of(spans, whats):
        told.update(zip(taken(keys, gone), repeat(MISSING)))
        told.update(zip(taken(keys, back), taken(olds, back), strict=True))
    return told


def within(parts: list[Part], after: int, until: int) -> list[Part]:
    """Of these, the changes after + 1 … until."""
    found = (
        Part(block, max(start, after + 1 - block.first), min(stop, until + 1 - block.first))
        for block, start, stop in parts
    )
    return [part for part in found if part.start < part.stop]


def _many(spans: list[Part]) -> bool:
    count = sum(block.starts[stop] - block.starts[start] for block, start, stop in spans)
    return count > FEW and all(map(_plain, spans))


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


def _plain(span: Part) -> bool:
    block, start, stop = span
    return block.plain if block.sealed else plain(block.keys[block.starts[start] : block.starts[stop]])


# -- the first change of each key --


def _one_by_one(spans: list[Part], whats: list[What]) -> list[Firsts]:
    keys: list[Any] = []
    olds: list[Any] = []
    lookups = {code for code, what in enumerate(whats) if what.kind in LOOKUPS}
    for block, start, stop in spans:
        if lookups.isdisjoint(block.codes[start:stop]):
            runs = [(block.starts[start], block.starts[stop])]
        else:
            runs = [(block.starts[at], block.starts[at + 1]) for at in range(start, stop)
                    if block.codes[at] not in lookups]  # fmt: skip
        for low, high in runs:
            keys += block.keys[low:high]
            olds += block.olds[low:high]
    first: dict[Any, Any] = {}
    for at in range(0, len(keys), STEP):
        first.update(zip(keys[at : at + STEP], repeat(None)))
    for stop in range(len(keys), 0, -STEP):
        span = slice(max(0, stop - STEP), stop)
        first.update(zip(reversed(keys[span]), reversed(olds[span]), strict=True))
    found, pairs = [], iter(first.items())
    while some := [*islice(pairs, STEP)]:
        told = [old for _, old in some]
        sides = array("I"), array("I")
        for at, old in enumerate(told):
            sides[old is not MISSING].append(at)
        found.append(Firsts([key for key, _ in some], told, *sides))
    return found


def _by_hash(spans: list[Part], whats: list[What]) -> list[Firsts]:
    import numpy as np

    changing = np.array([what.kind not in LOOKUPS for what in whats])
    inserts = np.array([what.kind == "set" and what.shown == "insert" for what in whats])
    certain = inserts | np.array([what.kind == "set" and what.shown == "change" for what in whats])
    columns, chosen, kinds, sure = [], [], [], []
    for block, start, stop in spans:
        low, high = block.starts[start], block.starts[stop]
        codes = np.frombuffer(bytes(block.codes[start:stop]), np.uint8)
        known = certain if high - low == stop - start else inserts
        if known is inserts:  # changes of many keys tell of inserts that all of them were
            codes = np.repeat(codes, np.diff(np.array(block.starts[start : stop + 1])))
        rows = np.flatnonzero(changing[codes])
        columns.append(np.frombuffer(block.hashes[low:high], np.int64)[rows])
        chosen.append(rows + low)
        kinds.append(codes[rows])
        sure.append(known)
    if not all(inserts[codes].all() for codes in kinds):  # else each key is inserted once: none is deleted
        for at, rows in enumerate(first_rows(columns)):
            chosen[at], kinds[at] = chosen[at][rows], kinds[at][rows]
    found = []
    for (block, _, _), places, codes, known in zip(spans, chosen, kinds, sure, strict=True):
        missing = inserts[codes]
        unsure = np.flatnonzero(~known[codes])
        if len(unsure):
            olds = taken(block.olds, places[unsure])
            missing[unsure] = np.fromiter(map(is_, olds, repeat(MISSING)), bool, len(olds))
        found.append(Firsts(block.keys, block.olds, places[missing], places[~missing]))
    return found


def _hashes(spans: list[Part], firsts: list[Firsts]) -> list[Any]:
    """Of the keys that were not there."""
    import numpy as np

    found = []
    for (block, start, stop), told in zip(spans, firsts, strict=True):
        low, high = block.starts[start], block.starts[stop]
        found.append(np.frombuffer(block.hashes[low:high], np.int64)[told.gone - low])
    return found


def taken(column: list[Any], places: Any) -> list[Any]:
    """What is at ascending places."""
    count = len(places)
    if count and places[-1] - places[0] == count - 1:
        return column[places[0] : places[0] + count]
    return [*map(column.__getitem__, places.tolist())]


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


# -- taken away --


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

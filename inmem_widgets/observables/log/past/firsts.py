"""What the first of some changes of each key tells: how it was before them."""

from __future__ import annotations

from array import array
from itertools import islice, repeat
from operator import is_, itemgetter
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.log.columns import LOOKUPS, What, plain
from inmem_widgets.observables.log.kept import Part
from inmem_widgets.observables.log.past.first_rows import first_rows
from inmem_widgets.observables.log.past.lazy import STEP

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


def firsts_of(spans: list[Part], whats: list[What], expected: int | None = None) -> list[Firsts]:
    """What the first change of each key tells; none of these changes replaces all there is.

    Args:
        expected: About how many keys there are, if it is known.

    Returns:
        Where changes are `many`, one for each span: its very columns.
    """
    return _by_hash(spans, whats, expected) if many(spans) else _one_by_one(spans, whats)


def values_before(spans: list[Part], whats: list[What]) -> dict[Any, Any]:
    """The value of each key before its first change; `MISSING` where it was not there."""
    told: dict[Any, Any] = {}
    for keys, olds, gone, back in firsts_of(spans, whats):
        told.update(zip(taken(keys, gone), repeat(MISSING)))
        told.update(zip(taken(keys, back), taken(olds, back), strict=True))
    return told


def many(spans: list[Part]) -> bool:
    """Whether keys are found by their hashes: they are many, all texts or tuples of texts."""
    count = sum(block.starts[stop] - block.starts[start] for block, start, stop in spans)
    return count > FEW and all(map(_plain, spans))


def _plain(span: Part) -> bool:
    block, start, stop = span
    return block.plain if block.sealed else plain(block.keys[block.starts[start] : block.starts[stop]])


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


def _by_hash(spans: list[Part], whats: list[What], expected: int | None) -> list[Firsts]:
    import numpy as np

    changing = np.array([what.kind not in LOOKUPS for what in whats])
    inserts = np.array([what.kind == "set" and what.shown == "insert" for what in whats])
    certain = inserts | np.array([what.kind == "set" and what.shown == "change" for what in whats])
    columns, chosen, kinds, sure = [], [], [], []
    every = bool(changing.all())
    for block, start, stop in spans:
        low, high = block.starts[start], block.starts[stop]
        codes = np.frombuffer(bytes(block.codes[start:stop]), np.uint8)
        known = certain if high - low == stop - start else inserts
        if known is inserts:  # changes of many keys tell of inserts that all of them were
            codes = np.repeat(codes, np.diff(np.array(block.starts[start : stop + 1])))
        hashes, rows = np.frombuffer(block.hashes[low:high], np.int64), np.arange(high - low)
        if not every:
            rows = np.flatnonzero(changing[codes])
            hashes, codes = hashes[rows], codes[rows]
        columns.append(hashes)
        chosen.append(rows + low)
        kinds.append(codes)
        sure.append(known)
    if not all(inserts[codes].all() for codes in kinds):  # else each key is inserted once: none is deleted
        for at, rows in enumerate(first_rows(columns, expected)):
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


def hashes_at(spans: list[Part], places: list[Any]) -> list[Any]:
    """The hashes of some keys of each span's block: as many NumPy arrays of int64."""
    import numpy as np

    found = []
    for (block, start, stop), those in zip(spans, places, strict=True):
        low, high = block.starts[start], block.starts[stop]
        found.append(np.frombuffer(block.hashes[low:high], np.int64)[those - low])
    return found


def taken(column: list[Any], places: Any) -> list[Any]:
    """What is at ascending places."""
    count = len(places)
    if not count:
        return []
    if places[-1] - places[0] == count - 1:
        return column[places[0] : places[0] + count]
    return [*itemgetter(*places.tolist())(column)]

"""What very many keys had, put in the place of what they have now, found by the hashes of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inmem_widgets.observables.log.columns import plain
from inmem_widgets.observables.log.past.first_rows import SPREADS, slots
from inmem_widgets.observables.log.past.firsts import Firsts, taken
from inmem_widgets.observables.log.past.lazy import Arranged

STEP: Final = 512
"""Keys looked at in one go: the processor keeps them at hand."""


def rearranged(
    state: Mapping[Any, Any], count: int, firsts: Sequence[Firsts], told: Sequence[Any]
) -> Arranged | None:
    """The first items of `state`, with the values of the keys that were there before, those it lacks last.

    Keys are not compared, only their hashes. It is for few keys that stay as they are.

    Args:
        count: How many items.
        firsts: Their keys are texts or tuples of texts; none is there twice.
        told: The hashes of those keys that were there, a NumPy array of int64 for each of `firsts`.

    Returns:
        None where not all keys of `state` are texts or tuples of texts.
    """
    import numpy as np

    keys = [*state]
    del keys[count:]
    hashes, values = np.empty(count, np.int64), np.empty(count, object)
    for start in range(0, count, STEP):
        some = keys[start : start + STEP]
        if not plain(some):
            return None
        hashes[start : start + STEP] = np.fromiter(map(hash, some), np.int64, len(some))
    places = places_of(np.concatenate(told), hashes)
    same = np.ones(count, bool)
    same[places[places >= 0]] = False
    rows = np.flatnonzero(same)
    values[rows] = np.fromiter(map(state.__getitem__, taken(keys, rows)), object, len(rows))
    again: list[Any] = []
    lacking, start = [hashes], 0
    for (those, olds, _, back), its in zip(firsts, told, strict=True):
        at = places[start : start + len(back)]
        start += len(back)
        here = at >= 0
        if not here.all():
            keys += taken(those, back[~here])
            again += taken(olds, back[~here])
            lacking.append(its[~here])
            at, back = at[here], back[here]
        values[at] = np.fromiter(taken(olds, back), object, len(back))
    return Arranged(keys, values.tolist() + again, np.concatenate(lacking))


def places_of(wanted: Any, hashes: Any) -> Any:
    """Where each of some hashes is among others, of which none is there twice; -1 for nowhere.

    In a table a hash has one slot, which belongs to the last one that comes; those that find another there
    are looked for once more, in a table of the others.

    Args:
        wanted, hashes: NumPy arrays of int64.
    """
    import numpy as np

    found = np.full(len(wanted), -1, np.int32)
    todo, there = np.arange(len(wanted)), np.arange(len(hashes), dtype=np.int32)
    for spread in SPREADS:
        if not len(todo) or not len(there):
            return found
        bits = len(there).bit_length() + 2
        table, own = np.zeros(1 << bits, np.int32), slots(hashes[there], spread, bits)
        table[own] = there
        met = table[slots(wanted[todo], spread, bits)]
        same = hashes[met] == wanted[todo]
        found[todo[same]] = met[same]
        todo, there = todo[~same], there[table[own] != there]
    left = dict(zip(hashes[there].tolist(), there.tolist(), strict=True))
    found[todo] = np.fromiter((left.get(each, -1) for each in wanted[todo].tolist()), np.int32, len(todo))
    return found

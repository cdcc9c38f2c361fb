"""What differs between two moments of a store or cache, found in the changes between them."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.log.columns import LOOKUPS
from inmem_widgets.observables.log.past.firsts import values_before
from inmem_widgets.observables.log.past.moment import moment, reaching
from inmem_widgets.observables.log.past.now import held_by
from inmem_widgets.observables.log.past.undo import whole_in, within

if TYPE_CHECKING:
    from inmem_widgets.observables.log.eventlog import EventLog

BITS: Final = 16
"""Of a table of hashes, at least."""

Differing = list[tuple[Any, Any, Any]]
"""(key, value at one moment, value at the other), `MISSING` where it was not there."""


def differing(log: EventLog, a: int, b: int) -> Differing:
    """The keys whose value is another object after change `b` than after change `a`.

    Raises:
        As `EventLog.at`.
    """
    low, high = sorted((a, b))
    held_by(log)  # that it is a store or a cache
    reaching(log, high)
    if log.replaced(low, high):
        one, other = moment(log, a).values, moment(log, b).values
        keys = dict.fromkeys(chain(one, other))
        found = [(key, one.get(key, MISSING), other.get(key, MISSING)) for key in keys]
    else:
        earlier = values_before(within(reaching(log, low), low, high), log.whats.all)
        later = _later(log, high, earlier)
        left, right = (earlier, later) if a == low else (later, earlier)
        found = [*zip(earlier, left.values(), right.values(), strict=True)]
    return [each for each in found if each[1] is not each[2]]


def _later(log: EventLog, number: int, keys: Collection[Any]) -> dict[Any, Any]:
    """What these keys had after a change: what was there before the first one since, or is there now."""
    import numpy as np

    held = held_by(log)
    values = dict(zip(keys, map(dict.get, repeat(held), keys, repeat(MISSING)), strict=True))
    spans = within(reaching(log, number), number, log.last)  # of what happened until values were read, too
    lookups = np.array([what.kind in LOOKUPS for what in log.whats.all])
    todo, known = {*keys}, 0
    table = np.zeros(0, bool)
    for block, start, stop in spans:
        if not todo:
            break
        whole = whole_in(log, block, start, stop)
        end = stop if whole is None else whole
        if len(todo) * 2 < known or not known:
            table, known = _table(todo), len(todo)
        first = block.starts[start]
        hashes = np.frombuffer(block.hashes[first : block.starts[end]], np.int64)
        places = np.flatnonzero(table[hashes & (len(table) - 1)])
        if len(places):
            changes = np.searchsorted(np.array(block.starts[start : end + 1]), places + first, "right") - 1
            codes = np.frombuffer(bytes(block.codes[start:end]), np.uint8)[changes]
            places = places[~lookups[codes]]
        for place in (places + first).tolist():
            key = block.keys[place]
            if key in todo:
                todo.remove(key)
                values[key] = block.olds[place]
        if whole is not None:
            before = block.infos[whole].get("before", {})
            values.update((key, before.get(key, MISSING)) for key in todo)
            break
    return values


def _table(keys: Collection[Any]) -> Any:
    """Which hashes these keys may have, by their last bits."""
    import numpy as np

    table = np.zeros(1 << max(BITS, len(keys).bit_length() + 3), bool)
    table[np.fromiter(map(hash, keys), np.int64, len(keys)) & (len(table) - 1)] = True
    return table

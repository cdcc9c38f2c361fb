"""LRU at all sizes at once, by stack distances.

Mattson, Gecsei, Slutz and Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal
1970: what an LRU cache holds, a larger one holds too, so that a lookup hits from some size on. That size
is one more than the keys used since the last use of the same.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from inmem_widgets.observables.whatif.script import Events, Ints, Script

NEVER = np.iinfo(np.int64).max


def lru(script: Script, sizes: Sequence[int]) -> Generator[float, None, list[Ints]]:
    """Hits of each key for each size, of a plain script."""
    events = script.events
    yield 0.0
    distance = yield from distances(events)
    found: list[Ints] = []
    for size in sizes:
        hits = events.keys[(distance < size) & events.lookup]
        found.append(np.bincount(hits, minlength=script.trace.keys))
        yield 1.0
    return found


def distances(events: Events) -> Generator[float, None, Ints]:
    """For each event, how many other keys came since the same one came; `NEVER` where it did not.

    Of the events before the i-th those are counted whose own predecessor is not after the i-th one's,
    p: that is all events up to p, and after p the first of each key.
    """
    previous = events.previous
    known = previous >= 0
    # as different numbers 0, 1, 2, … in the same order
    followed = np.zeros(len(previous), np.int64)
    followed[previous[known]] = 1
    first = np.count_nonzero(~known)
    rank = np.where(known, first - 1 + np.cumsum(followed)[previous], np.cumsum(~known) - 1)
    yield 0.1
    smaller = yield from _earlier_smaller(rank)
    return np.where(known, smaller - previous - 1, NEVER)


def _earlier_smaller(values: Ints) -> Generator[float, None, Ints]:
    """For each of a permutation of 0, 1, 2, …, how many before it are smaller.

    Sorts by one bit after the other, the highest first: where two are parted, the one with the bit is
    larger, and those without it that were before it are counted.
    """
    size = len(values)
    bits = max(1, (size - 1).bit_length())
    place = np.arange(size)
    counts = np.zeros(size, np.int64)
    order = values
    for bit in reversed(range(bits)):
        one = (order >> bit & 1).astype(np.bool_)
        start = order >> bit + 1 << bit + 1  # of those alike so far: values are places
        zeros: Ints = np.cumsum(~one) - ~one  # before each
        before: Ints = zeros - zeros[start]
        to = np.where(one, place - before + (1 << bit), start + before)
        counts += np.where(one, before, 0)
        order_, counts_ = np.empty_like(order), np.empty_like(counts)
        order_[to], counts_[to] = order, counts
        order, counts = order_, counts_
        yield 0.1 + 0.9 * (bits - bit) / bits
    return counts[values]

"""The most hits any policy could have had."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Sequence
from heapq import heappop, heappush

import numpy as np

from inmem_widgets.observables.whatif.script import STEP, Ints, Script, listed


def optimum(script: Script, sizes: Sequence[int]) -> Generator[float, None, list[Ints]]:
    """Hits of each key for each size, where the key whose next use is the farthest goes.

    Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 1966.
    Exact where every miss was answered before anything else happened: no policy that caches what it
    looked up can do better. Else a bound, since a lookup or an answer by itself brings its key in for
    free, or is passed by, whichever is better; and of what was held at the start, the best is kept.
    It is the most hits that are found, not the most seconds or tokens.
    """
    events = script.events
    yield 0.0
    previous, count = events.previous, len(events.keys)
    # the next use is a lookup: an update brings the key in anyway; else a number of its own beyond all
    following = np.arange(count, 2 * count)
    used = np.flatnonzero((previous >= 0) & events.lookup)
    following[previous[used]] = used
    began = np.searchsorted(events.epochs, events.epochs)
    columns: list[list[int]] = []
    for column in (events.keys, following, events.lookup, events.inserts, began):
        columns.append((yield from listed(column)))
    found: list[Ints] = []
    for number, maxsize in enumerate(sizes):
        missed = array("q")
        for at in _missed(columns, script.trace.keys, maxsize, missed):
            yield (number + at / count) / len(sizes)
        missed_of = np.bincount(np.asarray(missed, np.int64), minlength=script.trace.keys)
        found.append(script.looked_up - missed_of)
    return found


def _missed(
    columns: list[list[int]], keys: int, maxsize: int, missed: array[int]
) -> Generator[int, None, None]:
    """Puts the keys of lookups that miss into `missed`; yields events done."""
    key_at, following, lookup, inserts, began = columns
    count, epoch, size = len(key_at), 0, 0
    held = [-1] * keys  # the next use of each key held
    heap: list[int] = []  # minus these; those of the past, and of keys evicted, may be among them
    for at, (key, use) in enumerate(zip(key_at, following, strict=True)):
        if at % STEP == 0:
            yield at
        if held[key] == at:
            held[key] = use
            heappush(heap, -use)
            continue
        if lookup[at]:
            missed.append(key)
        if began[at] != epoch:
            epoch, size = began[at], 0
            heap.clear()
        if held[key] >= count + epoch:  # held, but for nothing
            size -= 1
        held[key] = -1
        if size < maxsize:
            size += 1
        else:
            while held[key_at[-heap[0] % count]] != -heap[0]:
                heappop(heap)
            if use > -heap[0] and not inserts[at]:
                continue
            held[key_at[-heappop(heap) % count]] = -1
        held[key] = use
        heappush(heap, -use)

"""A script replayed against a simulated cache."""

from __future__ import annotations

from array import array
from collections.abc import Generator
from itertools import chain

import numpy as np

from inmem_widgets.observables.whatif.script import STEP, Ints, Script
from inmem_widgets.observables.whatif.simulators import Simulator
from inmem_widgets.observables.whatif.trace import ANSWER, CLEAR, MISSED

END = -2


def replay(script: Script, cache: Simulator) -> Generator[float, None, Ints]:
    """Hits of each key, in steps; yields its progress, 0 to 1."""
    access, hit, update = cache.access, cache.hit, cache.update
    missed = array("q")
    miss = missed.append
    for at in range(0, len(start := script.trace.start), STEP):
        access(start[at : at + STEP], lambda _: None)
        yield 0.0
    accesses, done, work = script.accesses, 0, 0
    total, end = len(accesses) or 1, (len(accesses), END, -1, -1)
    spared: set[int] = set()  # lookups that hit: their answers never came
    for before, what, key, number in chain(script.others, [end]):
        while done < before:
            until = min(before, done + STEP - work)
            access(accesses[done:until], miss)
            work += until - done
            done = until
            if work >= STEP:
                yield done / total
                work = 0
        if what == MISSED:
            if hit(key):
                spared.add(number)
            else:
                miss(key)
        elif what == CLEAR:
            cache.clear()
        elif what != END and (what != ANSWER or number not in spared):
            update(key)
        work += 1
        if work >= STEP:
            yield done / total
            work = 0
    return script.looked_up - np.bincount(np.asarray(missed, np.int64), minlength=script.trace.keys)

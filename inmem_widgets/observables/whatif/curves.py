"""Hits against size, by policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from inmem_widgets.observables.keys.background import Making
from inmem_widgets.observables.whatif.fifo import Fifo
from inmem_widgets.observables.whatif.lfu import Lfu
from inmem_widgets.observables.whatif.lru import Lru
from inmem_widgets.observables.whatif.optimum import optimum
from inmem_widgets.observables.whatif.replay import replay
from inmem_widgets.observables.whatif.s3fifo import S3Fifo
from inmem_widgets.observables.whatif.script import Ints, Script, prepare
from inmem_widgets.observables.whatif.sieve import Sieve
from inmem_widgets.observables.whatif.simulators import Simulator
from inmem_widgets.observables.whatif.stack import lru
from inmem_widgets.observables.whatif.trace import Trace

R = TypeVar("R")


def _fifo_upstream(keys: int, maxsize: int) -> Fifo:
    return Fifo(keys, maxsize, upstream=True)


SIMULATORS: dict[str, Callable[[int, int], Simulator]] = {
    "fifo": Fifo,
    "fifo_upstream": _fifo_upstream,
    "lru": Lru,
    "lfu": Lfu,
    "sieve": Sieve,
    "s3fifo": S3Fifo,
}


def curve(script: Script, policy: str, sizes: Sequence[int]) -> Making[list[Ints]]:
    """Hits of each key, for each size >= 1, with one of `POLICIES`."""
    if policy == "optimum":
        return (yield from optimum(script, sizes))
    if policy == "lru" and script.plain:
        return (yield from lru(script, sizes))
    found: list[Ints] = []
    for size in sizes:
        cache = SIMULATORS[policy](script.trace.keys, size)
        run = replay(script, cache)
        found.append((yield from part(run, len(found) / len(sizes), 1 / len(sizes))))
    return found


def part(run: Making[R], begin: float, share: float) -> Making[R]:
    """The same as a part of something larger."""
    while True:
        try:
            progress = next(run)
        except StopIteration as end:
            result: R = end.value
            return result
        yield begin + share * progress


def finish(run: Making[R]) -> R:
    """Its result, at once."""
    while True:
        try:
            next(run)
        except StopIteration as end:
            result: R = end.value
            return result


def simulate(trace: Trace, policy: str, maxsize: int) -> Ints:
    """Hits of each key."""
    return finish(curve(finish(prepare(trace)), policy, [maxsize]))[0]

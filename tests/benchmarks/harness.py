"""A tiny harness: ours beside the reference in one process, interleaved, median of paired ratios.

A module of this package registers its cases:

    @benchmark("put of two channels", goal=0.85)
    def _() -> Pair:
        ours, theirs = InMemorySaver(), Reference()
        return Pair(ours=lambda: ..., reference=lambda: ..., per=1_000)

The function runs once, when its case is chosen; what `Pair` holds is then timed in rounds.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

Run = Callable[[], object]


def _nothing() -> None:
    pass


@dataclass
class Pair:
    """What is compared.

    Attributes:
        ours, reference: One timed run. Loop inside the function over `per` operations, so that
            calling it costs nothing beside them.
        before_ours, before_reference: Untimed preparation of each run.
        after_ours: Untimed clearing up, such as waiting for listeners.
        per: Operations in one run.
        per_reference: The same for the reference, where it is too slow for as many.
        rounds: How often each side runs, the order alternating.
        clock: Seconds; `thread_time` where only the time of this thread counts.
        note: Printed below the row.
    """

    ours: Run
    reference: Run
    before_ours: Run = _nothing
    before_reference: Run = _nothing
    after_ours: Run = _nothing
    per: int = 1
    per_reference: int | None = None
    rounds: int = 31
    clock: Callable[[], float] = perf_counter
    note: str = ""


@dataclass
class Result:
    name: str
    goal: float
    ours: float
    reference: float
    ratios: list[float]
    note: str

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def holds(self) -> bool:
        return self.ratio <= self.goal


@dataclass
class Case:
    name: str
    goal: float
    make: Callable[[], Pair]
    group: str = field(default="")

    def run(self) -> Result:
        pair = self.make()
        sides = ((pair.before_ours, pair.ours, pair.after_ours),
                 (pair.before_reference, pair.reference, _nothing))  # fmt: skip
        times: tuple[list[float], list[float]] = ([], [])
        per = (pair.per, pair.per_reference or pair.per)
        for turn in range(pair.rounds + 1):
            for which in (0, 1) if turn % 2 else (1, 0):
                before, run, after = sides[which]
                before()
                gc.collect(0)
                gc.disable()
                try:
                    start = pair.clock()
                    run()
                    seconds = pair.clock() - start
                finally:
                    gc.enable()
                after()
                if turn:  # the first turn warms up
                    times[which].append(seconds / per[which])
        ratios = [ours / reference for ours, reference in zip(*times, strict=True)]
        return Result(self.name, self.goal, median(times[0]), median(times[1]), ratios, pair.note)


CASES: list[Case] = []


def benchmark(name: str, *, goal: float) -> Callable[[Callable[[], Pair]], Callable[[], Pair]]:
    """Register a case; `goal` is the largest ratio ours/reference that is good enough."""

    def register(make: Callable[[], Pair]) -> Callable[[], Pair]:
        CASES.append(Case(name, goal, make, make.__module__.rpartition(".")[2]))
        return make

    return register


def duration(seconds: float) -> str:
    for unit, scale in (("s ", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def report(cases: Iterable[Case]) -> bool:
    """Run the cases and print a table; whether all goals hold."""
    print(f"{'':<58}{'ours':>10}{'reference':>12}{'ratio':>9}{'goal':>8}   middle half of the ratios")
    good, group = True, ""
    for case in cases:
        if case.group != group:
            group = case.group
            print(f"\n{group}")
        result = case.run()
        gc.collect()
        good = good and result.holds
        ordered = sorted(result.ratios)
        low, high = ordered[len(ordered) // 4], ordered[len(ordered) * 3 // 4]
        print(
            f"  {result.name:<56}{duration(result.ours):>10}{duration(result.reference):>12}"
            f"{result.ratio:>9.4g}{result.goal:>8g}   {low:.3g} to {high:.3g}"
            f"{'' if result.holds else '   MISSED'}"
        )
        if result.note:
            print(f"    {result.note}")
        sys.stdout.flush()
    return good

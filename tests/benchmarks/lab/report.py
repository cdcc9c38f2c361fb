"""Goals and what was measured, as a table that grows while the benchmark runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.harness import duration

Format = Callable[[float], str]


def milliseconds(value: float) -> str:
    return duration(value / 1_000)


def size(value: float) -> str:
    for unit, scale in (("MB", 1e6), ("kB", 1e3)):
        if abs(value) >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value:.3g} B"


def plain(value: float) -> str:
    return f"{value:,.4g}"


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


@dataclass
class Report:
    """Prints a row for each thing measured; `good` while all goals hold."""

    good: bool = True

    def head(self) -> None:
        print(f"{'':<58}{'measured':>12}{'goal':>12}      smallest to largest of the runs")

    def group(self, name: str) -> None:
        print(f"\n{name}", flush=True)

    def row(
        self,
        name: str,
        runs: Sequence[float],
        goal: float | None = None,
        form: Format = plain,
        note: str = "",
    ) -> None:
        """The median of the runs beside the largest value that is good enough."""
        measured = median(runs)
        holds = goal is None or measured <= goal
        self.good = self.good and holds
        verdict = "" if goal is None else "ok" if holds else "MISSED"
        beside = "" if len(runs) == 1 else f"{form(min(runs))} to {form(max(runs))} of {len(runs)}"
        shown = "" if goal is None else f"≤ {form(goal)}"
        print(f"  {name:<56}{form(measured):>12}{shown:>12}  {verdict:<6}  {beside}{note}", flush=True)

    def fact(self, name: str, holds: bool, note: str = "") -> None:
        self.good = self.good and holds
        answer, verdict = ("yes", "ok") if holds else ("no", "MISSED")
        print(f"  {name:<56}{answer:>12}{'yes':>12}  {verdict:<6}  {note}", flush=True)

"""What importing this package adds to importing what it stands on, measured in fresh interpreters."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median

from tests.benchmarks.harness import CASES, Result

BASE = "import langchain_core.caches, langchain_core.stores, langgraph.checkpoint.memory"
BUDGET = 0.050
"""Seconds that may be added."""
ROUNDS = 15


class Import:
    """A case whose two sides come from one interpreter: the second import finds the first one's modules."""

    group = "imports"

    def __init__(self, name: str, code: str) -> None:
        self.name = name
        self.code = code

    def run(self) -> Result:
        times = [self.once() for _ in range(ROUNDS + 1)][1:]  # the first one compiles
        base = median(time for time, _ in times)
        added = median(time for _, time in times)
        ratios = [(before + after) / before for before, after in times]
        note = f"adds {added * 1e3:.2f} ms; at most {BUDGET * 1e3:.0f} ms are allowed"
        return Result(self.name, 1 + BUDGET / base, base + added, base, ratios, note)

    def once(self) -> tuple[float, float]:
        """Seconds that the base takes, and that the code takes after it."""
        script = (
            f"from time import perf_counter as now\na = now()\n{BASE}\nb = now()\n{self.code}\n"
            "print(b - a, now() - b)"
        )
        # with bytecode, as installed packages have it
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        before, after = map(float, done.stdout.split())
        return before, after


CASES += [
    Import("import inmem_widgets", "import inmem_widgets"),
    Import(
        "import the core classes",
        "from inmem_widgets import InMemoryByteStore, InMemoryCache, InMemorySaver",
    ),
]

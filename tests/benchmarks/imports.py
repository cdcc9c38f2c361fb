"""What importing this package adds to importing what it stands on, each in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from time import perf_counter

from tests.benchmarks.harness import Pair, benchmark

BASE = "import langchain_core.caches, langchain_core.stores, langgraph.checkpoint.memory"
NAME = "import inmem_widgets"
CORE = "from inmem_widgets import InMemoryByteStore, InMemoryCache, InMemorySaver"
BUDGET = 0.050
"""Seconds that may be added."""


def start(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def seconds(code: str) -> float:
    begin = perf_counter()
    start(code)
    return perf_counter() - begin


def beside_base(extra: str) -> Pair:
    code = f"{BASE}\n{extra}"
    start(code)  # compiles what has no bytecode yet
    added = median(seconds(code) - seconds(BASE) for _ in range(5))
    return Pair(
        ours=lambda: start(code),
        reference=lambda: start(BASE),
        rounds=7,
        note=f"adds {added * 1e3:.0f} ms; at most {BUDGET * 1e3:.0f} ms are allowed",
    )


@benchmark("import inmem_widgets, beside what it stands on", goal=1.1)
def _() -> Pair:
    return beside_base(NAME)


@benchmark("import the core classes, beside what they stand on", goal=1.1)
def _() -> Pair:
    return beside_base(CORE)

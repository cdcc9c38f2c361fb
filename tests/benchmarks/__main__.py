"""`python -m tests.benchmarks [word ...]`: the cases whose group or name contains a word; all without one.

Ends with status 1 if a goal was missed.
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from pathlib import Path

from tests.benchmarks.harness import CASES, report

for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
    if module.name not in {"__main__", "harness"}:
        import_module(f"tests.benchmarks.{module.name}")

words = [word.lower() for word in sys.argv[1:]]
chosen = [
    case for case in CASES if not words or any(word in f"{case.group} {case.name}".lower() for word in words)
]
sys.exit(0 if report(chosen) else 1)

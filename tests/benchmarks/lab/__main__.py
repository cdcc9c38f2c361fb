"""`python -m tests.benchmarks.lab [--runs N] [word ...]`: the cases named by a word; all without one.

Ends with status 1 if a goal was missed. Takes some minutes; wants a quiet machine.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks.lab import timeline as timeline
from tests.benchmarks.lab.cases import chosen
from tests.benchmarks.lab.report import Report
from tests.benchmarks.lab.session import lab

parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lab")
parser.add_argument("words", nargs="*")
parser.add_argument("--runs", type=int, default=5, help="runs of each case; the median counts")
given = parser.parse_args()

report = Report()
report.head()
with lab() as session:
    for case in chosen(given.words):
        report.group((case.__doc__ or case.__name__).split("\n")[0])
        case(session, report, given.runs)
sys.exit(0 if report.good else 1)

"""What is tapped when Python ends."""

from __future__ import annotations

import subprocess
import sys

LAST = """
import os
from inmem_widgets import observe

watching = observe(os.environ)  # freed when most modules have gone
watching.log
"""


def test_python_ends_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", LAST], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")

"""The generated types are those of wire."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

JS = Path(__file__).parent.parent.parent / "js"


def test_the_generated_types_are_up_to_date() -> None:
    done = subprocess.run(
        ["node", "scripts/wire.mjs", "--check"],
        cwd=JS,
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

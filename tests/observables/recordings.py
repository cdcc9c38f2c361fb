"""The lines of a recording, as tests look at them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from inmem_widgets.observables.recording.several import Several


def lines_of(path: Path) -> list[dict[str, Any]]:
    """As they are; each is whole."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def changes_of(path: Path, of: str | None = None) -> list[dict[str, Any]]:
    """Each change as a line of its own, of one object or of all."""
    found: list[dict[str, Any]] = []
    for line in lines_of(path):
        if line["is"] == "changes":
            several = Several(line)
            found += map(several.single, range(len(several)))
        elif line["is"] == "change":
            found.append(line)
    return [line for line in found if of is None or line["of"] == of]

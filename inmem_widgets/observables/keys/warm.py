"""What the next click needs, loaded after a table is on screen rather than before."""

from __future__ import annotations

import threading
from functools import cache
from importlib import import_module

AFTER = 0.5
"""Seconds: a table is on screen by then, and nobody has clicked yet."""
NEEDED = ("numpy", "inmem_widgets.observables.formats")


@cache
def warm() -> None:
    """Load it soon, on a thread, once in a process."""
    timer = threading.Timer(AFTER, _load)
    timer.daemon = True
    timer.start()


def _load() -> None:
    for name in NEEDED:
        import_module(name)

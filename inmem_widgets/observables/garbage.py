"""The garbage collector, put off while many objects are made that all stay."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_under_way = 0
_enabled = False


@contextmanager
def collected_later() -> Iterator[None]:
    """Within it, no more than some tenths of a second, nothing is collected: with many objects in a kernel
    each look at all of them takes longer than making a few thousand. Switched off by others, it stays so."""
    global _under_way, _enabled
    with _lock:
        if not _under_way:
            _enabled = gc.isenabled()
            gc.disable()
        _under_way += 1
    try:
        yield
    finally:
        with _lock:
            _under_way -= 1
            if not _under_way and _enabled:
                gc.enable()

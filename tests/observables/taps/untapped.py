"""What an object is when no hand is on it."""

from __future__ import annotations

import gc
import threading
from typing import Any

WAIT = 20.0


def let_go() -> None:
    """Wait until what nobody holds any more is gone: deliveries linger for a moment.

    Threads that read now and then end with their object, which another test may have left: they hold nothing.
    """
    gc.collect()
    for thread in threading.enumerate():
        if thread.name.startswith("inmem-widgets") and thread.name != "inmem-widgets reader":
            thread.join(WAIT)
    gc.collect()


def untapped(obj: Any) -> Any:
    """The object's class and all that it has, of its own."""
    let_go()
    # copyreg keeps something there when an instance is copied or pickled
    return type(obj), {name: value for name, value in vars(type(obj)).items() if name != "__slotnames__"}

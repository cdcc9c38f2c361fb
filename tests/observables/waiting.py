"""Waiting for what browsers show, and until what nobody holds is gone."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any, Final

WAIT: Final = 20.0


def until(browser: Any, fits: Callable[[], Any]) -> None:
    """Wait until something is so, looking when the browser says that there is news."""
    news = threading.Event()
    stop = browser.on_update(news.set)
    try:
        while not fits():
            assert news.wait(WAIT)
            news.clear()
    finally:
        stop()


def let_go() -> None:
    """Wait until what nobody holds any more is gone: deliveries and tasks linger for a moment.

    Threads that read now and then end with their object, which another test may have left: they hold nothing.
    """
    gc.collect()
    for thread in threading.enumerate():
        if thread.name.startswith("inmem-widgets") and thread.name != "inmem-widgets reader":
            thread.join(WAIT)
    gc.collect()

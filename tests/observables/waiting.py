"""Waiting for what browsers show."""

from __future__ import annotations

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

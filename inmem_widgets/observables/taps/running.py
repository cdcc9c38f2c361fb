"""Coroutines of an object that is not ours, run where they belong: on its loop, if it has one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as Late
from typing import Any, TypeVar

R = TypeVar("R")
PATIENCE = 30.0
"""Seconds that an answer is waited for."""


class Runner:
    """Runs coroutines for a worker, on the loop that the object was made on or else on one of their own."""

    def __init__(self, obj: Any) -> None:
        loop = getattr(obj, "loop", None) or getattr(obj, "_loop", None)
        if not isinstance(loop, asyncio.AbstractEventLoop):
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                loop = None
        self._loop = loop

    @property
    def here(self) -> bool:
        """Whether this thread runs the object's loop."""
        try:
            return self._loop is not None and asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def run(self, begin: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """The result of a coroutine.

        Raises:
            TimeoutError: The loop has not answered in time.
        """
        loop = self._loop
        if loop is None or loop.is_closed():
            return asyncio.run(begin())
        coroutine = begin()
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        except RuntimeError:
            coroutine.close()
            raise
        try:
            return future.result(PATIENCE)
        except Late:
            future.cancel()
            raise TimeoutError("the event loop that the object belongs to does not answer") from None

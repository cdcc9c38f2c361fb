"""Threads for tests: started at the same moment, switched as often as the interpreter can; and waited for."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

WAIT = 30.0


def together(*functions: Callable[[], object]) -> None:
    """Run at the same time, switching threads every few instructions; the first error of any is raised."""
    errors: list[BaseException] = []
    start = threading.Barrier(len(functions))

    def guarded(function: Callable[[], object]) -> None:
        try:
            start.wait(WAIT)
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(function,)) for function in functions]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    if errors:
        raise errors[0]


def until(true: Callable[[], Any], patience: float = WAIT) -> Any:
    """What `true` returns once that is true: for what nobody tells of."""
    end, pause = monotonic() + patience, threading.Event()
    while not (found := true()):
        assert monotonic() < end, "it did not come to that"
        pause.wait(0.01)
    return found

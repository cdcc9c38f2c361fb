"""Which cell of the notebook runs: what `core.origin` cannot know.

`follow` is called when somebody first asks who made changes, where IPython is there. From then on a
cell's execution count is in the context of whatever the cell runs: its own code, sync and async, its
tasks, and threads that got a copy of the context. Of other threads the cell that started them is known,
and those of thread pools are taken to work for the cell that runs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import IPython

from inmem_widgets.core.origin import CELL, NO_CELL, Current

COUNTED_FIRST: Final = IPython.version_info[:2] >= (9, 8)
"""Whether IPython counts a cell before it tells that the cell begins; earlier ones do when it has ended."""

_running: list[int] = []
_before: dict[int, int | None] = {}
"""By a cell's count, what `CELL` was when it began."""


def follow() -> None:
    """Follow the cells of this process's IPython, if it has one. Calling it again does nothing."""
    shell = IPython.get_ipython()
    if shell is None or _begin in shell.events.callbacks["pre_run_cell"]:
        return
    for thread in filter(_kernels, threading.enumerate()):
        Current.threads[thread] = None
    now = shell.displayhook.exec_result  # of the cell that runs
    if now is not None and now.info is not None and now.info.store_history:
        _enter(now.execution_count)
    shell.events.register("pre_run_cell", _begin)
    shell.events.register("post_run_cell", _end)


def unfollow() -> None:
    """Follow them no longer. Calling it again does nothing."""
    shell = IPython.get_ipython()
    for name, hook in (("pre_run_cell", _begin), ("post_run_cell", _end)):
        if shell is not None and hook in shell.events.callbacks[name]:
            shell.events.unregister(name, hook)
    while _running:
        _leave(_running[-1])
    CELL.set(None)
    Current.threads.clear()


@contextmanager
def outside() -> Iterator[None]:
    """What is done within, is no cell's doing: somebody's in a view, while a cell runs or none."""
    token = CELL.set(NO_CELL)
    try:
        yield
    finally:
        CELL.reset(token)


def count_of(shell: Any, info: Any) -> int | None:
    """The execution count of a cell that begins; None of code that a cell has run, which has no number.

    Args:
        shell: IPython's.
        info: What it gives to those who hear of `pre_run_cell`.
    """
    return shell.execution_count - COUNTED_FIRST if info.store_history else None


def _begin(info: Any) -> None:
    count = count_of(IPython.get_ipython(), info)
    if count is not None:
        _note_threads(None)
        _enter(count)


def _end(result: Any) -> None:
    if result is not None and result.info is not None and result.info.store_history:
        _leave(result.execution_count)


def _enter(cell: int) -> None:
    _before[cell] = CELL.get()
    _running.append(cell)
    Current.cell = cell
    CELL.set(cell)


def _leave(cell: int | None) -> None:
    if cell not in _running:
        return
    _note_threads(cell)
    _running.remove(cell)
    Current.cell = _running[-1] if _running else None
    before = _before.pop(cell, None)
    if CELL.get() == cell:  # not so after an async cell, which has a context of its own
        CELL.set(before or NO_CELL)


def _note_threads(cell: int | None) -> None:
    """Threads not seen before were started by a cell, or by none."""
    known = Current.threads
    for thread in threading.enumerate():
        if thread not in known and thread is not threading.main_thread() and not _pooled(thread):
            known[thread] = None if _kernels(thread) else cell


def _pooled(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    return getattr(target, "__module__", None) == "concurrent.futures.thread"


def _kernels(thread: threading.Thread) -> bool:
    return type(thread).__module__.partition(".")[0] == "ipykernel"

"""What feeds need when the process forks, and when the interpreter ends."""

from __future__ import annotations

import atexit
import os
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from inmem_widgets.core.changes import Changes

PATIENCE: Final = 1.0
"""Seconds that all deliveries have at the interpreter's end."""


def follow(feed: Changes) -> None:
    """From now on, for as long as it lives."""
    _install()
    _followed.add(feed)


_followed: WeakSet[Changes] = WeakSet()


@cache
def _install() -> None:
    atexit.register(_deliver_rest)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_begin_anew)


def _deliver_rest() -> None:
    deadline = monotonic() + PATIENCE
    for feed in list(_followed):
        feed.flush(max(0.0, deadline - monotonic()))


def _begin_anew() -> None:
    for feed in list(_followed):
        feed.after_fork()

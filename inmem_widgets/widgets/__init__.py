"""The anywidget frontends; thin, all logic is in `observe`.

Each is loaded when first used: what shows a store needs nothing of what shows checkpoints.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inmem_widgets.widgets.cache_counters import CacheCounters
    from inmem_widgets.widgets.checkpoint_timeline import CheckpointTimeline
    from inmem_widgets.widgets.key_table import KeyTable
    from inmem_widgets.widgets.watch_report import WatchReport

_HOME = {
    "CacheCounters": "cache_counters",
    "CheckpointTimeline": "checkpoint_timeline",
    "KeyTable": "key_table",
    "WatchReport": "watch_report",
}

__all__ = ["CacheCounters", "CheckpointTimeline", "KeyTable", "WatchReport"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value

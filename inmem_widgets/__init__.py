"""See what LangChain and LangGraph stores, caches and checkpointers hold, who changed it and when.

Live, in a notebook: `inspect(obj)`. In code: `observe`, `watch`, `record`, `to_frame`.

Names are loaded when first used: importing this package imports nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inmem_widgets.core.cache import CacheStats, InMemoryCache
    from inmem_widgets.core.change import Change
    from inmem_widgets.core.changes import Changes
    from inmem_widgets.core.saver import InMemorySaver, MemorySaver
    from inmem_widgets.core.store import InMemoryBaseStore, InMemoryByteStore, InMemoryStore
    from inmem_widgets.export import to_frame
    from inmem_widgets.inspector import Inspector, inspect
    from inmem_widgets.mappings import watched_dict
    from inmem_widgets.observables import observe
    from inmem_widgets.portable import aexport_threads, aimport_threads, export_threads, import_threads
    from inmem_widgets.recording import Recording, Replay, record, replay
    from inmem_widgets.watching import Watch, watch
    from inmem_widgets.whatif import hit_ratios, lru_curve
    from inmem_widgets.widgets import CacheCounters, CheckpointTimeline, KeyTable, WatchReport

__version__ = "0.1.0"

_HOME = {
    "Change": "core.change",
    "Changes": "core.changes",
    "InMemoryBaseStore": "core.store",
    "InMemoryStore": "core.store",
    "InMemoryByteStore": "core.store",
    "InMemoryCache": "core.cache",
    "CacheStats": "core.cache",
    "InMemorySaver": "core.saver",
    "MemorySaver": "core.saver",
    "observe": "observables",
    "to_frame": "export",
    "hit_ratios": "whatif",
    "lru_curve": "whatif",
    "export_threads": "portable",
    "aexport_threads": "portable",
    "import_threads": "portable",
    "aimport_threads": "portable",
    "record": "recording",
    "Recording": "recording",
    "replay": "recording",
    "Replay": "recording",
    "inspect": "inspector",
    "Inspector": "inspector",
    "KeyTable": "widgets",
    "CacheCounters": "widgets",
    "CheckpointTimeline": "widgets",
    "WatchReport": "widgets",
    "Watch": "watching",
    "watch": "watching",
    "watched_dict": "mappings",
}

__all__ = [
    "CacheCounters",
    "CacheStats",
    "Change",
    "Changes",
    "CheckpointTimeline",
    "InMemoryBaseStore",
    "InMemoryByteStore",
    "InMemoryCache",
    "InMemorySaver",
    "InMemoryStore",
    "Inspector",
    "KeyTable",
    "MemorySaver",
    "Recording",
    "Replay",
    "Watch",
    "WatchReport",
    "aexport_threads",
    "aimport_threads",
    "export_threads",
    "hit_ratios",
    "import_threads",
    "inspect",
    "lru_curve",
    "observe",
    "record",
    "replay",
    "to_frame",
    "watch",
    "watched_dict",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext inmem_widgets`: `%%watch store cache` on top of a cell tells under it what it did."""
    import_module(f"{__name__}.ipython").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext inmem_widgets`."""
    import_module(f"{__name__}.ipython").unload(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

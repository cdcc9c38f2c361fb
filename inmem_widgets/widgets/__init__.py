"""The anywidget frontends; thin, all logic is in `observe`."""

from inmem_widgets.widgets.cache_counters import CacheCounters
from inmem_widgets.widgets.checkpoint_timeline import CheckpointTimeline
from inmem_widgets.widgets.key_table import KeyTable
from inmem_widgets.widgets.watch_report import WatchReport

__all__ = ["CacheCounters", "CheckpointTimeline", "KeyTable", "WatchReport"]

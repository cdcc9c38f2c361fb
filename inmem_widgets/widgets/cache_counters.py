"""The live counters of a cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.session import State
from inmem_widgets.widgets.base import InspectorWidget

_COUNTERS = ("hits", "misses", "inserts", "refreshes", "evictions", "clears", "size", "maxsize")


class CacheCounters(InspectorWidget):
    """Hits, misses, evictions, inserts, size and hit ratio of an `InMemoryCache`, and their rates."""

    bundle_name = "cache_counters"
    _observable: ObservableCache

    def make_state(self, params: Mapping[str, Any]) -> State:
        cache = self._observable
        history = cache.history()
        source = cache.source
        return {
            "policy": source.policy if source is not None else "",
            **{name: getattr(cache, name) for name in _COUNTERS},
            "since": cache.started,
            "history": history,
        }

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        cache = self._observable
        ratio = cache.hit_ratio
        shown = {name: getattr(cache, name) for name in _COUNTERS}
        rows = [["hit ratio", "unknown" if ratio is None else f"{ratio:.1%}"]]
        rows += [[name, "no limit" if value is None else f"{value:,}"] for name, value in shown.items()]
        return ["Counter", "Value"], rows, f"{shown['hits'] + shown['misses']:,} lookups"

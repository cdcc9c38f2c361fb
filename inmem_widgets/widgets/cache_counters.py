"""The live counters of a cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inmem_widgets.observables import states
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.session import State
from inmem_widgets.widgets.base import InspectorWidget


class CacheCounters(InspectorWidget[ObservableCache]):
    """Hits, misses, evictions, inserts, size and hit ratio of an `InMemoryCache`, and their rates."""

    bundle_name = "cache_counters"
    kind = ObservableCache

    def make_state(self, params: Mapping[str, Any]) -> State:
        return states.cache_counters(self.observable)(params)

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        cache = self.observable
        ratio = cache.hit_ratio
        rows = [["hit ratio", "unknown" if ratio is None else f"{ratio:.1%}"]]
        for name in states.COUNTERS:
            value = getattr(cache, name)
            rows.append([name, "no limit" if value is None else f"{value:,}"])
        return ["Counter", "Value"], rows, f"{cache.hits + cache.misses:,} lookups"

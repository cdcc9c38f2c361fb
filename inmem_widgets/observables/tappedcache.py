"""The figures of a cache that is not ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.observables.base import listen_weakly
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.taps.cachestandin import CacheStandIn

GROUPS: Final = {
    **dict.fromkeys(("saved_seconds", "saved_seconds_unknown"), "saved"),
    **dict.fromkeys(("saved_input_tokens", "saved_output_tokens", "saved_tokens_unknown"), "saved"),
    **dict.fromkeys(("saved_money", "saved_money_unknown"), "saved"),
    "duplicate_answers": "stampedes",
}
"""Figures that are told together on the wire."""


class TappedCache(ObservableCache):
    """As `ObservableCache`; a figure that cannot be known is None: `abilities.unknown` tells why."""

    def __init__(self, source: CacheStandIn) -> None:
        unknown = source.abilities.unknown
        self._unknown = [name for name in self.trait_names() if GROUPS.get(name, name) in unknown]
        super().__init__(cast(InMemoryCache, source))

    def _listen(self, source: Any, records: bool) -> Callable[[], None]:
        return listen_weakly(self, source, self._held, records=records, time=True)

    def figures(self, source: InMemoryCache) -> dict[str, Any]:
        return {**super().figures(source), **dict.fromkeys(self._unknown)}

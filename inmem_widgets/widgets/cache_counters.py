"""The live counters of a cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inmem_widgets.observables import observed
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.lookups.screen import COUNTS
from inmem_widgets.observables.session import State
from inmem_widgets.widgets.base import InspectorWidget


class CacheCounters(InspectorWidget[ObservableCache]):
    """What an `InMemoryCache` does for its users, live: figures, reasons, entries.

    Args:
        obj: The cache, or its observable.
        name: What to call it on screen: the variable that holds it.

    Raises:
        TypeError: `obj` is no cache, or an argument has another type.
    """

    bundle_name = "cache_counters"
    module_name = "cache_panes"
    kind = ObservableCache
    browser: CacheBrowser = None  # type: ignore[assignment]  # `close` also runs on a widget not made

    def __init__(self, obj: Any, *, name: str | None = None) -> None:
        observable = observed(obj, ObservableCache)
        self.browser = CacheBrowser(observable, name=name)
        try:
            super().__init__(observable, name=name)
        except BaseException:
            self.browser.close()
            raise

    def make_state(self, params: Mapping[str, Any]) -> State:
        return self.browser.state(params)

    def watch(self, push: Callable[[], None]) -> Callable[[], None]:
        return self.browser.on_update(push)

    def answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        return self.browser.answer(method, params, view)

    def close(self) -> None:
        super().close()
        if self.browser is not None:
            self.browser.close()

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        cache = self.observable
        ratio = cache.hit_ratio
        rows = [["hit ratio", "unknown" if ratio is None else f"{ratio:.1%}"]]
        for name in COUNTS:
            value = getattr(cache, name)
            rows.append([name, "no limit" if value is None else f"{value:,}"])
        return ["Counter", "Value"], rows, f"{cache.hits + cache.misses:,} lookups"

"""The feed of a tapped object: like a `Changes` of ours, filled by what is put around its methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import time as clock
from typing import Any

from inmem_widgets.core.backlog import Rows
from inmem_widgets.core.change import NO_INFO, UNTOLD, Raw, Single, read, told
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.delivery import Listener
from inmem_widgets.core.origin import capture


class TapFeed(Changes):
    """Tells `on_active` whether anybody listens, whenever that may have changed.

    Args:
        on_active: Called under the feed's lock.

    Attributes:
        extend: Takes the raw list of a `Single`, as `append` does any raw tuple.
        single: Makes such a list of what the caller does now to a single key.
    """

    __slots__ = ("_on_active", "extend", "single")

    def __init__(self, on_active: Callable[[bool], None]) -> None:
        self._on_active = on_active
        rows = Rows()
        super().__init__(backlog=rows)
        self.extend = rows.extend
        self.single = self._maker()

    def settle(self) -> None:
        """Tell again whether anybody listens."""
        with self._lock:
            self._on_active(self.active)

    def tell(
        self,
        kind: str,
        keys: Sequence[Any],
        values: Sequence[Any] | None = None,
        old: Sequence[Any] | None = None,
        info: Mapping[str, Any] = NO_INFO,
    ) -> None:
        """Queue what happened; the arguments are the fields of `Change`."""
        if self.active:
            time = clock() if self.wants_time else None
            ours = "elsewhere" not in info  # else it was found by reading, and who did it is not known
            by = capture() if self.wants_origin and ours else None
            self.put((read if kind == "get" else told, kind, keys, values, old, time, info, by))

    def put(self, raw: Raw) -> None:
        """Queue a raw tuple or list."""
        self.append(raw)
        if self.asleep:
            self.wake()

    def _maker(self) -> Callable[[Single, Any, Any, Any], list[Any]]:
        """Makes the raw list of what the caller does now to a single key: see `Single`."""
        old, time, origin = self.wants_old, self.wants_time, self.wants_origin

        def single(sort: Single, key: Any, value: Any, before: Any) -> list[Any]:
            return [
                sort, key, value, before if old else UNTOLD,
                clock() if time else None, capture() if origin else None,
            ]  # fmt: skip

        return single

    def _set_listeners(self, listeners: tuple[Listener, ...]) -> None:
        super()._set_listeners(listeners)
        self.single = self._maker()
        self.settle()

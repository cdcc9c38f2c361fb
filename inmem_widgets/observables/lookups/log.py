"""The recorded lookups and updates, for simulators."""

from __future__ import annotations

from array import array
from typing import Final

from inmem_widgets.observables.whatif.trace import Trace

MOST: Final = 100_000
"""Lookups kept."""


class LookupLog:
    """The last `most` lookups, and the updates between them. Any thread may call `trace`.

    Args:
        policy, maxsize: The cache's.
        most: Lookups kept at the most.
    """

    def __init__(self, policy: str, maxsize: int | None, most: int = MOST) -> None:
        self.policy, self.maxsize, self.most = policy, maxsize, most

    def __len__(self) -> int:
        """Lookups in the log."""
        return 0

    def trace(self) -> Trace:
        """A copy, for `simulate`."""
        return Trace(array("q"), 0, policy=self.policy, maxsize=self.maxsize)

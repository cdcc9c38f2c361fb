"""Why lookups missed."""

from __future__ import annotations


class Reasons:
    """Counts of misses by reason; exact since watching began, but for `Recorder.missed_events`.

    Attributes:
        cold, evicted, cleared, unknown: See `wire.Outcome`.
    """

    def __init__(self) -> None:
        self.cold = self.evicted = self.cleared = self.unknown = 0

"""A cache's recorded lookups with other sizes and policies, simulated in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inmem_widgets.observables.whatif.trace import Trace
from inmem_widgets.wire.cache import WhatIf


class WhatIfRun:
    """Curves of hit ratio against size; the present policy's first.

    Args:
        tell: Called on the run's thread when there is more to see, and at its end.

    Attributes:
        seen: Lookups up to the end of the log that is (or was last) simulated; 0 before the first.
    """

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self.seen = 0
        raise NotImplementedError

    @property
    def running(self) -> bool:
        raise NotImplementedError

    def start(
        self,
        trace: Callable[[], Trace],
        sizes: Sequence[int] | None = None,
        policies: Sequence[str] | None = None,
    ) -> None:
        """Begin anew; ends a run under way. `trace` is called on the run's thread, once."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the run after the step it is at; the curves made so far stay."""
        raise NotImplementedError

    def close(self) -> None:
        """End the run and let go of everything, for good."""
        raise NotImplementedError

    def wait(self, timeout: float | None = None) -> bool:
        """Whether the run has ended, within the time given."""
        raise NotImplementedError

    def state(self) -> WhatIf:
        """What there is to see: nothing in it changes but through a run."""
        raise NotImplementedError

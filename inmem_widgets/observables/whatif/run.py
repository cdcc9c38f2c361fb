"""A cache's recorded lookups with other sizes and policies, simulated in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from inmem_widgets.observables.keys.task import Steps, Task
from inmem_widgets.observables.whatif.trace import POLICIES, Trace
from inmem_widgets.wire.cache import WhatIf

NOTHING: WhatIf = {
    "lookups": 0, "keys": 0, "lost": 0, "progress": None, "policy": "", "maxsize": None, "ratio": None,
    "sizes": [], "curves": [], "suggestion": None, "check": None, "notes": [], "problem": "",
}  # fmt: skip

_log = logging.getLogger("inmem_widgets")


class WhatIfRun:
    """Curves of hit ratio against size; the present policy's first, the others one after the other.

    A second run's show when all are made: what is there stays until then.

    Args:
        tell: Called on the run's thread when there is more to see, and at its end.

    Attributes:
        seen: Lookups, since watching began, up to the end of the log that was last simulated, or could
            not be; 0 before the first.
        closed: Whether it was closed.
    """

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self.seen = 0
        self._tell = tell
        self._lock = threading.Lock()
        self._task: Task | None = None
        self._turn = 0
        self._shown = NOTHING
        self.closed = False

    @property
    def running(self) -> bool:
        task = self._task
        return task is not None and task.running

    def start(
        self,
        trace: Callable[[], Trace],
        sizes: Sequence[int] | None = None,
        policies: Sequence[str] = POLICIES,
    ) -> None:
        """Begin anew; ends a run under way.

        Args:
            trace: Called on the run's thread, once.
            sizes: The present one is added. By default some 20 from 1 to the number of keys.
            policies: Of `POLICIES`; the present one is always simulated.
        """
        with self._lock:
            if self.closed:
                return
            self.cancel()
            self._turn += 1
            self._task = Task(self._steps(self._turn, trace, sizes, policies), self._tell)

    def cancel(self) -> None:
        """End the run after the step it is at; the curves made so far stay."""
        if (task := self._task) is not None:
            task.cancel()

    def close(self) -> None:
        """End the run and let go of everything, for good; without a lock, as it may come at any time."""
        self.closed = True
        self.cancel()
        self._task, self._shown = None, NOTHING

    def wait(self, timeout: float | None = None) -> bool:
        """Whether the run has ended, within the time given."""
        task = self._task
        return task is None or task.wait(timeout)

    def state(self) -> WhatIf:
        """What there is to see."""
        task = self._task
        if task is None or not task.running:
            return self._shown
        return {**self._shown, "progress": round(task.progress, 2)}

    def _steps(
        self, turn: int, trace: Callable[[], Trace], sizes: Sequence[int] | None, policies: Sequence[str]
    ) -> Steps:
        from inmem_widgets.observables.whatif.study import study  # NumPy is loaded when it is needed

        made = NOTHING
        first = not self._shown["curves"]

        def show(more: WhatIf) -> None:
            nonlocal made
            made = more
            if first:
                self._show(turn, made)

        log = trace()
        try:
            yield from study(log, sizes, policies, show)
        except Exception as error:
            _log.exception("the what-if simulation failed")
            made = {**self._shown, "problem": f"The simulation failed: {type(error).__name__}"}
            self._show(turn, made, log.lost + sum(not op & 2 for op in log.ops))
        else:
            self._show(turn, made)

    def _show(self, turn: int, made: WhatIf, seen: int | None = None) -> None:
        with self._lock:
            if turn == self._turn and not self.closed:
                self._shown = made
                self.seen = made["lost"] + made["lookups"] if seen is None else seen

"""The what-if of cache counters: when it is simulated."""

from __future__ import annotations

import threading
from collections.abc import Callable

from inmem_widgets.observables.lookups.recorder import Recorder
from inmem_widgets.observables.whatif.run import NOTHING, WhatIfRun
from inmem_widgets.wire import WhatIf

LEAST = 100
"""Lookups before which curves would say nothing."""
GROWTH = 2
"""Times as many lookups, after which it begins anew by itself."""


class Simulation:
    """Simulates the log when somebody looks: once there are enough lookups, and again when there are
    twice as many; else when asked to. What was cancelled waits to be asked for.

    Args:
        tell: Called on a background thread when there is more to see.
    """

    def __init__(self, tell: Callable[[], None]) -> None:
        self.run = WhatIfRun(tell)
        self._cancelled = False
        self._lock = threading.Lock()

    def state(self, recorder: Recorder) -> WhatIf:
        """What there is to see; asking may begin it."""
        if recorder.no_whatif:  # noted too: there is nothing to run
            return {**NOTHING, "problem": recorder.no_whatif, "notes": [recorder.no_whatif]}
        with self._lock:
            run = self.run
            due = max(LEAST, GROWTH * run.seen)
            if recorder.seen >= due and not self._cancelled and not run.running:
                run.start(recorder.log.trace)
        state = self.run.state()
        if recorder.seen < LEAST and not state["lookups"]:
            return {**state, "notes": [f"The curves come with {LEAST} lookups"]}
        return state

    def begin(self, recorder: Recorder) -> None:
        """Begin anew, where that can be."""
        if recorder.no_whatif:
            return
        with self._lock:
            self._cancelled = False
            self.run.start(recorder.log.trace)

    def now(self, recorder: Recorder) -> WhatIf:
        """Begin anew if there is anything new, and wait for the end.

        Raises:
            RuntimeError: it could not be simulated, was cancelled or closed; the message says why.
        """
        if recorder.no_whatif:
            raise RuntimeError(f"what if: {recorder.no_whatif}")
        if recorder.seen > self.run.seen or self._cancelled:
            self.begin(recorder)
        self.run.wait()
        if self.run.closed:
            raise RuntimeError("what if: the counters are closed")
        state = self.run.state()
        if state["problem"]:
            raise RuntimeError(f"what if: {state['problem']}")
        if self._cancelled:
            raise RuntimeError("what if: cancelled")
        return state

    def cancel(self) -> None:
        """End it; the curves made so far stay."""
        with self._lock:
            self._cancelled = True
            self.run.cancel()

    def close(self) -> None:
        """End it for good."""
        self.run.close()

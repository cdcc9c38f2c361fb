"""Bytes by thread, reckoned in the background when somebody wants to know, and again when they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Set
from itertools import count
from time import monotonic, sleep, thread_time
from typing import Any

from inmem_widgets.observables.keys.background import Background, Making

PACE = 24
"""Times its own processor time that passes before the next reckoning: a followed run keeps its speed."""
AT_ONCE = 0.004
"""Seconds of processor time spent at once on threads that are new, …"""
FEW = 200
"""… those of at most so many checkpoints."""
LATER = 0.3
"""Seconds after which the rest of them is begun: what is shown first is made first."""


class Totals:
    """Bytes of each thread.

    Args:
        weigh: Gives those of a thread.
        checkpoints: Gives how many it has.
        tell: Called when some are known.
    """

    def __init__(
        self, weigh: Callable[[Any], int], checkpoints: Callable[[Any], int], tell: Callable[[], None]
    ) -> None:
        self._weigh, self._checkpoints = weigh, checkpoints
        self._known: dict[Any, int] = {}
        self._stale: dict[Any, None] = {}
        self._sum = 0
        self._begun = False
        self._stamps = count()
        self._stamp = ""
        self._lock = threading.Lock()
        self._work: Background[None] = Background(tell, PACE)

    def of(self, thread_id: Any) -> int | None:
        """As of some while ago; None if it is not known yet."""
        return self._known.get(thread_id)

    def changed(self, thread_id: Any) -> None:
        with self._lock:
            self._stale[thread_id] = None
            self._stamp = str(next(self._stamps))

    def want(self, threads: Set[Any]) -> int | None:
        """See to it that those of all these threads will be known; their sum, once they are."""
        with self._lock:
            known = self._known
            if gone := known.keys() - threads:
                for each in gone:
                    self._sum -= known.pop(each)
        missing = []
        until = thread_time() + AT_ONCE
        for each in [] if len(known) == len(threads) else [each for each in threads if each not in known]:
            if thread_time() < until and self._checkpoints(each) <= FEW:
                self._reckon(each)
            else:
                missing.append(each)
        with self._lock:
            self._stale.update(dict.fromkeys(missing))
            stale, total = bool(self._stale), self._sum
        if stale:
            self._work.want((self._stamp,), self._steps)
        return None if missing else total

    def settle(self, timeout: float) -> bool:
        """Whether all that was wanted is known, within so many seconds."""
        until = monotonic() + timeout
        while (left := until - monotonic()) > 0 and self._work.wait(left):
            with self._lock:
                if not self._stale:
                    return True
                stamp = self._stamp
            self._work.want((stamp,), self._steps)
        return False

    def let_go(self) -> None:
        """End the work, for good."""
        self._work.let_go()

    def _steps(self) -> Making[None]:
        if not self._begun:
            self._begun = True
            sleep(LATER)
        left = list(self._stale)
        for i, thread_id in enumerate(left):
            with self._lock:
                self._stale.pop(thread_id, None)
            self._reckon(thread_id)
            yield (i + 1) / len(left)

    def _reckon(self, thread_id: Any) -> None:
        bytes = self._weigh(thread_id)
        with self._lock:
            self._sum += bytes - self._known.get(thread_id, 0)
            self._known[thread_id] = bytes

"""How long answers took: misses that wait for the `update` that answers them; stampedes."""

from __future__ import annotations

from itertools import islice
from typing import Final

from inmem_widgets.observables.lookups.digests import brief

WAITING: Final = 10_000
"""Keys with unanswered misses that are remembered; beyond that, the older half is forgotten."""
DEEP: Final = 1_000
"""Unanswered misses of one key that are remembered."""
ABANDONED: Final = 600.0
"""Seconds after which a miss counts as given up: its call has failed, or was never made. An answer after
that is one that took nobody knows how long."""


Answer = tuple[int, float | None]
"""An `update` that answers a miss: number of the miss; seconds since then, None where not known."""


class Loads:
    """Which `update` answers which miss: the latest unanswered one of its key.

    In a stampede single times may be swapped, but their sum is right; and a call that failed does not
    add its waiting to the next one's.

    Attributes:
        count: Loads with more than one miss.
        misses: Misses beside the first ones: while an earlier one, since the key's last answer, was
            unanswered.
        answers: Answers beside the first ones: of such misses, after another was answered.
        latest: How the prompt of the latest such miss begins; not masked.
    """

    def __init__(self) -> None:
        self.count = self.misses = self.answers = 0
        self.latest = ""
        self._waiting: dict[int, list[tuple[int, float | None]]] = {}  # latest last
        self._late: dict[int, int] = {}  # how many of these are older than the key's last answer

    def missed(self, digest: int, number: int, time: float | None, prompt: str) -> bool:
        """Take in a miss; whether an earlier one of the key is unanswered."""
        waiting = self._waiting.get(digest)
        if waiting is not None and _abandoned(waiting[-1], time):
            self._drop(digest)
            waiting = None
        if waiting is None:
            if len(self._waiting) >= WAITING:
                self._halve()
            self._waiting[digest] = [(number, time)]
            return False
        if len(waiting) >= DEEP:
            del waiting[: DEEP // 2]
            self._late[digest] = max(0, self._late.get(digest, 0) - DEEP // 2)
        waiting.append((number, time))
        beside = len(waiting) - self._late.get(digest, 0) - 1
        if beside:
            self.misses += 1
            self.count += beside == 1
            self.latest = brief(prompt)
        return bool(beside)

    def answered(self, digest: int, time: float | None) -> Answer | None:
        """Take in an `update`; None where no miss waited for it."""
        waiting = self._waiting.get(digest)
        if waiting is None:
            return None
        if _abandoned(waiting[-1], time):
            self._drop(digest)
            return waiting[-1][0], None
        number, asked = waiting.pop()
        if waiting or digest in self._late:
            self.answers += len(waiting) < self._late.get(digest, 0)
            self._late[digest] = len(waiting)
        if not waiting:
            self._drop(digest)
        known = asked is not None and time is not None and time >= asked
        return number, time - asked if known else None  # type: ignore[operator]

    def forget(self) -> None:
        """Of events that were missed some may be answers: none of those waiting is known to wait."""
        self._waiting.clear()
        self._late.clear()

    def _drop(self, digest: int) -> None:
        del self._waiting[digest]
        self._late.pop(digest, None)

    def _halve(self) -> None:
        self._waiting = dict(islice(self._waiting.items(), WAITING // 2, None))
        self._late = {digest: n for digest, n in self._late.items() if digest in self._waiting}


def _abandoned(miss: tuple[int, float | None], time: float | None) -> bool:
    return time is not None and miss[1] is not None and time - miss[1] > ABANDONED

"""Why lookups missed: what came close to the cold misses of late, summed up."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, thread_time
from typing import TYPE_CHECKING

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.keys.background import PACE, Making
from inmem_widgets.observables.keys.task import Steps, Task
from inmem_widgets.observables.lookups.explained import told
from inmem_widgets.observables.lookups.feed import MOST as KEPT
from inmem_widgets.observables.lookups.feed import LookupRecord
from inmem_widgets.observables.lookups.held import id_of, keys_in
from inmem_widgets.observables.lookups.past import Past
from inmem_widgets.observables.lookups.reasons import Reasons
from inmem_widgets.observables.near.differences import differences
from inmem_widgets.observables.near.prompts import model_text, prompt_text
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.redaction import redactor
from inmem_widgets.wire.cache import Explanation, Near, Pattern, Why

if TYPE_CHECKING:
    from inmem_widgets.observables.near.index import NearIndex

PATTERNS = 20
"""Listed."""
MOST = 200
"""Cold misses of late that are examined."""
LINGER = 5.0
"""Seconds after which nobody is thought to look at the reasons any more."""
PATIENCE = 0.15
"""Seconds `explain` waits for the search at the most."""
PROMPT = 4_000
"""Characters of a prompt in an explanation."""
_DROPPED = "The text of this lookup was not kept: of the latest keys there is room for 64 MB."
_FAILED = "The closest entry could not be compared."

_log = logging.getLogger("inmem_widgets")


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found for a miss.

    Attributes:
        near: The closest of the entries cached before it; None where none is close.
        searched: Entries that there were.
        cold: Whether the miss was a cold one: else somebody asked.
        problem: Why it could not be done.
    """

    near: Near | None
    searched: int
    cold: bool
    problem: str = ""


class Survey:
    """Looks for the closest cached entry of the latest cold misses, in the background while wanted.

    An entry that was cached by a miss' own answer, or later, is not near to it. One that is gone by the
    time of the search is found if its key is among the latest lookups. Any thread may call.

    Args:
        observable: Of the cache; its recorder tells of the lookups.
        tell: Called on a background thread when there is more to see: ask again then.
    """

    def __init__(self, observable: ObservableCache, tell: Callable[[], None]) -> None:
        self._observable: ObservableCache | None = observable
        self._tell = tell
        self._lock = threading.Lock()
        self._examined: dict[int, Examined] = {}
        self._asked: dict[int, LookupRecord] = {}
        self._index: NearIndex | None = None
        self._task: Task | None = None
        self._rest = threading.Event()
        self._seen = 0  # cold misses when examining began last
        self._wanted = self._due = 0.0

    def why(self) -> Why:
        """The reasons of misses and the patterns found so far; asking has more of them examined."""
        observable = self._observable
        if observable is None:
            return _why(None, [], None)
        reasons = observable.recorder.reasons
        self._wanted = monotonic()
        if reasons.cold != self._seen and monotonic() >= self._due:
            self._begin()
        found = [(number, each) for number, each in sorted(self._examined.copy().items()) if each.cold]
        return _why(reasons, found[-MOST:], self.progress)

    def explain(self, record: LookupRecord) -> Explanation:
        """Why that lookup missed and what came close. While that is being searched, `progress` says how
        far it is: ask again."""
        searched = record.outcome in ("cold", "unknown") and record.key is not None
        found = self._examined.get(record.number) if searched else None
        if searched and found is None and self._observable is not None:
            self._wanted = monotonic()
            self._asked[record.number] = record
            self._begin()
            if (task := self._task) is not None:
                task.wait(PATIENCE)
            found = self._examined.get(record.number)
        problem = _DROPPED if record.key is None else "" if found is None else found.problem
        return {
            "number": record.number,
            "outcome": record.outcome,
            "text": clean(told(record)),
            "prompt": "" if record.key is None else prompt_text(record.key[0], PROMPT),
            "near": None if found is None else found.near,
            "searched": 0 if found is None else found.searched,
            "progress": (self.progress or 0.0) if searched and found is None else None,
            "problem": problem,
        }

    @property
    def progress(self) -> float | None:
        """0 to 1 while misses are being examined."""
        task = self._task
        return task.progress if task is not None and task.running else None

    def close(self) -> None:
        """End the work in the background and let go of everything, for good."""
        self._observable = None
        if (task := self._task) is not None:
            task.cancel()
        self._rest.set()
        self._examined, self._index = {}, None

    def _begin(self) -> None:
        with self._lock:
            if self._observable is None:
                return
            if self._task is not None and self._task.running:
                self._rest.set()  # who asks does not wait for the writers' sake
                return
            self._rest = threading.Event()
            self._task = Task(self._steps(self._observable), self._told)

    def _told(self) -> None:
        """There is news; what was asked for while the task was ending is begun now."""
        task = self._task
        if task is not None and task.state == "failed":
            _log.error("misses could not be examined", exc_info=task.error)
            self._asked.clear()
        if self._asked and (task is None or not task.running):
            self._begin()
        self._tell()

    def _steps(self, observable: ObservableCache) -> Steps:
        from inmem_widgets.observables.near.index import NearIndex  # NumPy

        recorder = observable.recorder
        index = self._index = self._index or NearIndex()

        while records := self._next_records(observable):
            began = thread_time()
            cached = keys_in(observable.source)
            past = Past(recorder)
            keys = [*cached, *past.gone.difference(cached)]

            def birth(key: Key, past: Past = past) -> int:
                return -1 if key in past.gone else past.born(key) or -1

            for done in self._gently(index.follow(keys, birth)):
                yield 0.9 * done
                if not self._asked and monotonic() - self._wanted > LINGER:
                    self._seen, self._index = -1, None
                    return
            for number, record in enumerate(records):
                self._examine(record, index, keys, past)
                yield 0.9 + 0.1 * number / len(records)
            self._due = monotonic() + PACE * (thread_time() - began)
            if not self._asked:
                break

    def _next_records(self, observable: ObservableCache) -> list[LookupRecord]:
        """Misses to examine: those asked for, then the latest."""
        recorder, examined = observable.recorder, self._examined
        self._seen = recorder.reasons.cold
        cold = [
            each
            for each in recorder.feed.rows(KEPT, "missed")
            if each.outcome == "cold" and each.key is not None
        ]
        asked = [*self._asked.copy().values()]
        return asked + [each for each in cold[:MOST] if each.number not in examined and each not in asked]

    def _gently(self, steps: Making[None]) -> Steps:
        """With a rest after each step, unless somebody waits."""
        began = thread_time()
        for done in steps:
            yield done
            if not self._asked:
                self._rest.wait(thread_time() - began)
            began = thread_time()

    def _examine(self, record: LookupRecord, index: NearIndex, keys: list[Key], past: Past) -> None:
        assert record.key is not None
        cold = record.outcome == "cold"
        try:
            found = index.nearest(
                record.key, keys, before=record.number, there=lambda key: past.had(key, record)
            )
            near = None
            if found is not None:
                near = _near(found.key, record.key, found.likeness, gone=past.born(found.key) is None)
            result = Examined(near, len(keys), cold)
        except Exception:
            _log.exception("a miss could not be compared with the entries cached")
            result = Examined(None, len(keys), cold, _FAILED)
        if self._observable is not None:
            self._examined[record.number] = result
            while len(self._examined) > 2 * MOST:
                self._examined.pop(next(iter(self._examined)))
        self._asked.pop(record.number, None)


def _near(key: Key, missed: Key, likeness: float, *, gone: bool) -> Near:
    number = id_of(key)
    if (masks := redactor()) is not None:
        key, missed = (masks.text(key[0]), masks.text(key[1])), (masks.text(missed[0]), masks.text(missed[1]))
    listed, more, equal, pattern = differences(key, missed)
    return {
        "id": number, "prompt": prompt_text(key[0]), "model": model_text(key[1]),
        "similarity": round(likeness, 3), "differences": listed, "more": more, "equal": equal,
        "pattern": pattern, "gone": gone,
    }  # fmt: skip


def _why(reasons: Reasons | None, found: list[tuple[int, Examined]], progress: float | None) -> Why:
    near = [(number, each.near) for number, each in found if each.near is not None]
    latest = {each["pattern"]: (number, each) for number, each in near}
    counts = Counter(each["pattern"] for _, each in near)
    patterns: list[Pattern] = [
        {"text": text, "misses": misses, "example": latest[text][1], "number": latest[text][0]}
        for text, misses in counts.most_common(PATTERNS)
    ]
    return {
        "cold": reasons.cold if reasons else 0,
        "evicted": reasons.evicted if reasons else 0,
        "cleared": reasons.cleared if reasons else 0,
        "unknown": reasons.unknown if reasons else 0,
        "examined": len(found),
        "near": len(near),
        "progress": progress,
        "patterns": patterns,
    }

"""Which keys were cached when a lookup missed, though they may be gone by now."""

from __future__ import annotations

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.lookups.entrybook import born
from inmem_widgets.observables.lookups.feed import MOST, LookupRecord
from inmem_widgets.observables.lookups.recorder import Recorder


class Past:
    """What a recorder knows of the times at which keys were cached, by the numbers of lookups.

    Attributes:
        gone: The keys that are known to have been cached and gone: of the latest lookups.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._held = recorder.entries.held
        self._spans: dict[Key, set[tuple[int, int]]] = {}
        for record in recorder.feed.rows(MOST):
            if record.key is None:
                continue
            spans = self._spans.setdefault(record.key, set())
            if record.lookups_ago is not None and record.born is not None:
                spans.add((record.born, record.number - record.lookups_ago))
            if (last := recorder.reasons.gone(hash(record.key))) is not None:
                spans.add((last[3], last[0]))
        self.gone = {key for key, spans in self._spans.items() if spans}

    def born(self, key: Key) -> int | None:
        """When a key that is cached now was cached (-1: before watching); None where it is not."""
        entry = self._held.get(hash(key), MISSING)
        return None if entry is MISSING else born(entry)

    def had(self, key: Key, missed: LookupRecord) -> bool:
        """Whether a key was cached at the time of a lookup."""
        now = self.born(key)
        if now is not None and now < missed.number:
            return True
        return any(came < missed.number <= went for came, went in self._spans.get(key, ()))

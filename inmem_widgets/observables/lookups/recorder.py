"""What lookups tell: why they missed, what they saved, what other sizes would have done."""

from __future__ import annotations

from collections.abc import Sequence

from inmem_widgets.core.cache import InMemoryCache, Key
from inmem_widgets.core.change import Change
from inmem_widgets.observables.lookups.entrybook import EntryBook
from inmem_widgets.observables.lookups.feed import LookupFeed
from inmem_widgets.observables.lookups.log import LookupLog
from inmem_widgets.observables.lookups.reasons import Reasons
from inmem_widgets.observables.lookups.savings import Prices, Savings
from inmem_widgets.wire import Saved, Stampedes


class Recorder:
    """Takes in the events of a cache. Make it before listening begins, call `begin` right after.

    Reading needs no lock and never waits: figures are those after the last `take`, or of a moment
    within one that is running.

    Attributes:
        seen: Lookups taken in: the number of the latest.
        missed_events: Events that came too fast to be taken in.
        certain: Whether the entries held when recording began are known for sure.
        entries: Facts of the entries held.
        reasons: Counts of misses by reason.
        savings: Sums over hits. Keep one and subtract it later: saved since then.
        feed: The latest lookups.
        log: For simulators.
    """

    def __init__(self, source: InMemoryCache) -> None:
        self.seen = 0
        self.missed_events = 0
        self.certain = True
        self.entries = EntryBook()
        self.reasons = Reasons()
        self.savings = Savings()
        self.feed = LookupFeed()
        self.log = LookupLog(source.policy, source.maxsize)

    def begin(self, source: InMemoryCache) -> None:
        """Take in what the cache holds: now, or after events were missed."""

    def take(self, changes: Sequence[Change]) -> None:
        """Take in events, oldest first."""

    def saved(self, prices: Prices | None, currency: str, since: Savings | None = None) -> Saved:
        """What hits spared since watching began, or since `since`, an earlier `savings`."""
        return (self.savings if since is None else self.savings - since).priced(prices, currency)

    @property
    def stampedes(self) -> Stampedes:
        """Misses of a key while an earlier one was unanswered."""
        return {"count": 0, "misses": 0, "answers": 0, "latest": ""}

    def key_of(self, digest: int) -> Key | None:
        """The key of a digest, if it is in the feed or cached; reads all keys: on demand only."""
        return None

"""What lookups tell: why they missed, what they saved, what other sizes would have done."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from itertools import count, islice
from time import time as clock
from typing import Any, Final

from inmem_widgets.core.cache import InMemoryCache, Key
from inmem_widgets.core.change import Change
from inmem_widgets.observables.lookups.digests import brief, digest_of, digests_of, plain_key
from inmem_widgets.observables.lookups.entrybook import Entry, EntryBook, born, just_inserted
from inmem_widgets.observables.lookups.feed import LookupFeed, LookupRecord
from inmem_widgets.observables.lookups.held import Held, held_by, keys_in, value_in
from inmem_widgets.observables.lookups.loads import Loads
from inmem_widgets.observables.lookups.log import LookupLog, cost_of
from inmem_widgets.observables.lookups.reasons import GONE_BY, Reasons
from inmem_widgets.observables.lookups.savings import Prices, Savings, Sums
from inmem_widgets.observables.lookups.tokens import Tokens, tokens_of
from inmem_widgets.observables.near.prompts import prompt_text
from inmem_widgets.observables.taps.cachestandin import CacheStandIn
from inmem_widgets.observables.whatif.trace import ANSWER, HIT, MISSED, UPDATE
from inmem_widgets.wire import Outcome, Saved, Stampedes

SLICE: Final = 1_000
"""Events after which the figures are published."""
SOUGHT: Final = "sought"
"""In the `info` of what only tells that a recording is elsewhere."""
LEFT: Final = 512
"""Entries just gone whose facts are still at hand."""


class Recorder:
    """Takes in the events of a cache. Make it before listening begins, call `begin` right after.

    Reading waits for nothing: figures are those after the latest `SLICE` of events taken in; after
    `changes.flush()` and on no other thread's `take`, those of all.

    Attributes:
        seen: Lookups taken in: the number of the latest.
        missed_events: Events that came too fast to be taken in.
        entries: Facts of the entries held.
        reasons: Counts of misses by reason.
        savings: Sums over hits. Keep one and subtract it later: saved since then.
        feed: The latest lookups.
        log: For simulators.
    """

    def __init__(self, source: InMemoryCache) -> None:
        self._tellers: tuple[Callable[[Change, Outcome], object], ...] = ()
        self._source = weakref.ref(source)
        self._lock = threading.Lock()
        self._prepare(source)

    def _prepare(self, source: InMemoryCache) -> None:
        self.seen = 0
        self.missed_events = 0
        self.entries = EntryBook()
        self.reasons = Reasons()
        self.savings = Savings()
        self.feed = LookupFeed()
        self.log = LookupLog(source.policy, source.maxsize, self.entries)
        other: Any = source
        self._partial = isinstance(other, CacheStandIn) and other.partial
        self._sums = Sums()
        self._loads = Loads()
        self._latest = "", ""  # of `stampedes`: as recorded, as shown
        self._next: int | None = None  # number of the event expected
        self._over = 0  # number of the latest event of what was, before it was started over
        self._logged = 0  # number of the latest event that the log's start has in it
        self._held: Held | None = None  # until the first event
        self._left: dict[int, Entry | None] = {}  # entries just gone: hits that were overtaken may follow

    @property
    def certain(self) -> bool:
        """Whether the log's start is known and no event is missing in it."""
        return self.log.certain

    @property
    def no_whatif(self) -> str:
        """Why nothing can be said of other sizes; "" if it can."""
        source: Any = self._source()
        return source.no_whatif if isinstance(source, CacheStandIn) else ""

    def on_miss(self, fn: Callable[[Change, Outcome], object]) -> Callable[[], None]:
        """Call `fn` with each miss and why it missed, on the thread of `take`; returns the way to stop."""
        self._tellers = (*self._tellers, fn)

        def stop() -> None:
            self._tellers = tuple(each for each in self._tellers if each is not fn)

        return stop

    def begin(self, source: InMemoryCache) -> None:
        """Take in what the cache holds by now. It is read at once, and digested when the first event comes:
        a million entries take most of a second."""
        with self._lock:
            self._held = self._hold(source)

    def start_over(self, source: InMemoryCache) -> Callable[[Change], None]:
        """Know nothing but what the cache holds by now; what is returned takes in what no feed tells."""
        with self._lock:
            self._prepare(source)
            self._held = self._hold(source)
            self._over = self._logged
        return self.go_on(source)

    def go_on(self, source: InMemoryCache) -> Callable[[Change], None]:
        """What is returned takes in what no feed tells."""
        numbers = count(source.changes.count + 1)

        def take(change: Change) -> None:
            with self._lock:
                self._next = None
            self.take((change._replace(number=next(numbers)),))
            with self._lock:
                self._next = None

        return take

    def _hold(self, source: InMemoryCache) -> Held:
        held = held_by(source)
        self._logged = held.number
        if self._next is None:
            self._next = held.number + 1
        return held

    def _begin(self, held: Held) -> None:
        self._held = None
        digests = digests_of(held.keys)
        self.entries.begin(digests)
        self.reasons.begin(complete=held.complete)
        self.log.begin(digests, certain=held.certain, lost=self.seen)

    def take(self, changes: Sequence[Change]) -> None:
        """Take in events, oldest first."""
        with self._lock:
            if self._held is not None:
                self._begin(self._held)
            events = iter(changes)
            while some := list(islice(events, SLICE)):
                for change in some:
                    number = change[0]
                    if number <= self._over:
                        continue
                    if self._next is not None and number > self._next:
                        self._missed(number - self._next)
                    self._next = number + 1
                    if change[6] and SOUGHT in change[6]:
                        continue
                    self._take(change)
                self.entries.forget()
                if len(self._left) > LEFT:
                    self._left = dict(islice(self._left.items(), len(self._left) - LEFT // 2, None))
                self.log.settle()
                self.savings = self._sums.now()

    def saved(self, prices: Prices | None, currency: str, since: Savings | None = None) -> Saved:
        """What hits spared since watching began, or since `since`, an earlier `savings`."""
        return (self.savings if since is None else self.savings - since).priced(prices, currency)

    @property
    def stampedes(self) -> Stampedes:
        """Misses of a key while an earlier one was unanswered."""
        loads = self._loads
        if loads.latest is not self._latest[0]:
            self._latest = loads.latest, prompt_text(loads.latest)
        return {"count": loads.count, "misses": loads.misses, "answers": loads.answers,
                "latest": self._latest[1]}  # fmt: skip

    def record(self, number: int) -> LookupRecord | None:
        """A lookup of the feed, its evictor looked up in the cache, too: on demand only, as `key_of`."""
        found = self.feed.get(number)
        if found is not None and type(found.evictor) is str:
            found.evictor = self.key_of(found.evicted_by or 0) or found.evictor
        return found

    def key_of(self, digest: int) -> Key | None:
        """The key of a digest, if it is in the feed or cached. Reads all keys: on demand only."""
        known = self.feed.keys().get(digest)
        return known or next((key for key in keys_in(self._source()) if hash(key) == digest), None)

    def _take(self, change: Change) -> None:
        number, kind, keys, values, _, time, info, _ = change
        if kind == "clear":
            self._clear(number)
            return
        key = keys[0]
        if type(key) is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is str:
            digest = hash(key)
        else:
            digest, key = digest_of(key), plain_key(key)
        logged = number > self._logged
        if kind == "hit":
            self._hit(digest, key, time, logged)
        elif kind == "miss":
            outcome = self._miss(digest, key, time, logged)
            for tell in self._tellers:
                tell(change, outcome)
        elif kind == "evict":
            self._evicted(number, digest, GONE_BY[info["why"]], logged)
        else:
            assert values is not None
            evicted = digest_of(info["evicted"]) if "evicted" in info else None
            self._written(number, kind == "insert", digest, key, values[0], evicted, time, logged)

    def _hit(self, digest: int, key: Key | None, time: float | None, logged: bool) -> None:
        self.seen = seen = self.seen + 1
        entry = self.entries.held.get(digest)
        if entry is None:
            entry = self._hit_on_unknown(digest, key, logged)
        elif logged:
            self.log.lookup(digest, HIT)
        else:
            self.log.lost += 1
        self._sums.hit(entry)
        entry.hits += 1
        entry.used = time
        load = entry.load
        self.feed.add([seen, time or clock(), "hit", key, digest, load, False, False, None, None])

    def _hit_on_unknown(self, digest: int, key: Key | None, logged: bool) -> Entry:
        log = self.log
        held = digest in self.entries.held
        # of one just gone, the hit was before that
        entry = (None if held or self._partial else self._left.get(digest)) or Entry()
        if held or self._partial:
            self.entries.held[digest] = entry
            self._read(entry, key)
        if not logged:
            log.lost += 1
        elif held or not self.entries.whole:
            log.lookup(digest, HIT)
        else:
            log.late(digest, HIT)
        return entry

    def _read(self, entry: Entry, key: Key | None) -> None:
        """The tokens of an entry that was there before watching began."""
        source = self._source()
        if source is not None and key is not None:
            self._tell(entry, tokens_of(value_in(source, key)))
            entry.read_at = source.changes.count

    def _tell(self, entry: Entry, tokens: Tokens | None) -> None:
        entry.input_tokens, entry.output_tokens, entry.model = tokens or (None, None, None)
        entry.sums = None if tokens is None else self._sums.of(entry.model)
        entry.read_at = 0

    def _leave(self, entry: Entry | None, number: int) -> None:
        """An event changes an entry: was its value, when it was read, already the later one?"""
        if entry is not None and entry.read_at >= number:
            self._sums.doubt(entry)

    def _miss(self, digest: int, key: Key | None, time: float | None, logged: bool) -> Outcome:
        self.seen = seen = self.seen + 1
        held, log = self.entries.held, self.log
        outcome: Outcome
        if digest not in held:
            outcome, gone = self.reasons.of(digest)
            if logged:
                log.lookup(digest, MISSED)
        elif (entry := held[digest]) is not None and just_inserted(entry, time, self._partial):
            outcome, gone = self.reasons.of(digest)
            if logged:
                log.late(digest, MISSED)
        else:  # it went without a word, or somebody wrote into the cache's dict
            outcome, gone = "unknown", None
            if self._partial:
                del held[digest]
            if logged:
                log.lookup(digest, MISSED)
                log.certain = False
        if not logged:
            log.lost += 1
        self.reasons.count(outcome)
        beside = self._loads.missed(digest, seen, time, key[0] if key is not None else "")
        self.feed.add([seen, time or clock(), outcome, key, digest, None, True, beside, gone, None])
        return outcome

    def _written(
        self,
        number: int,
        inserted: bool,
        digest: int,
        key: Key | None,
        value: Any,
        evicted: int | None,
        time: float | None,
        logged: bool,
    ) -> None:
        held = self.entries.held
        answer = self._loads.answered(digest, time)
        if evicted is not None:
            leaving = held.pop(evicted, None)
            self._leave(leaving, number)
            self._left[evicted] = leaving
            text = brief(key[0]) if key is not None else ""
            self.reasons.evict(evicted, (self.seen, digest, text, born(leaving)))
        entry = held.get(digest)
        self._leave(entry, number)
        if inserted:
            # one that holds None is missed all the same
            entry = Entry(inserted=None if value is None else time, inserted_at=self.seen)
        elif entry is None:
            entry = Entry()
        held[digest] = entry
        self._tell(entry, tokens_of(value))
        if answer is not None:
            miss, seconds = answer
            if entry.load is None:  # else one more answer of a stampede, which waited for longer
                entry.load = seconds
            self.feed.answer(miss, seconds, time)
        if logged:
            self.log.update(digest, UPDATE if answer is None else ANSWER, evicted, cost_of(entry))

    def _evicted(self, number: int, digest: int, why: int, logged: bool) -> None:
        """An entry left by itself: no insertion pushed it out."""
        leaving = self.entries.held.pop(digest, None)
        self._leave(leaving, number)
        self._left[digest] = leaving
        self.reasons.evict(digest, (self.seen, why, "", born(leaving)))
        if logged:
            self.log.evict(digest)

    def _clear(self, number: int) -> None:
        if not self.entries.whole:
            self.reasons.complete = False
        held = self.entries.clear()
        for entry in held.values():
            self._leave(entry, number)
        self.reasons.clear(held, self.seen)
        self._left.update(islice(reversed(held.items()), LEFT))
        if number > self._logged:
            self.log.clear()

    def _missed(self, events: int) -> None:
        """Begin anew, but for the figures."""
        self.missed_events += events
        self._loads.forget()
        self.feed.forget_waiting()
        if (source := self._source()) is not None:
            self._begin(self._hold(source))
        else:
            self.entries.begin(())
            self.reasons.begin(complete=False)
            self.log.certain = False

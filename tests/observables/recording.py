"""Caches with a recorder, and what the recorder must say, found by looking back through all events."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, Generation

from inmem_widgets import Change, InMemoryCache
from inmem_widgets.core.cache import Key
from inmem_widgets.core.change import change
from inmem_widgets.observables.lookups.loads import ABANDONED
from inmem_widgets.observables.lookups.log import LookupLog
from inmem_widgets.observables.lookups.recorder import Recorder
from inmem_widgets.observables.rates import Rates

WAIT = 10.0
MODEL = "model=fake"


def key(prompt: str) -> Key:
    return prompt, MODEL


def events(*made: tuple[str, tuple[Any, ...] | None, float]) -> list[Change]:
    """Of one key: kind, values, time."""
    numbered = enumerate(made, 1)
    return [change(n, kind, (key("a"),), values, None, time) for n, (kind, values, time) in numbered]


def answer(tokens_in: int, tokens_out: int, model: str = "gpt-4o") -> list[ChatGeneration]:
    message = AIMessage(
        content="text",
        usage_metadata={
            "input_tokens": tokens_in,
            "output_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        },
        response_metadata={"model_name": model},
    )
    return [ChatGeneration(message=message)]


VALUES: list[tuple[Any, tuple[int, int, str | None] | None]] = [
    (answer(10, 2), (10, 2, "gpt-4o")),
    (answer(7, 0, "o3"), (7, 0, "o3")),
    ([Generation(text="no tokens")], None),
    ([], None),
    ("no generations", None),
]


class Watched:
    """A cache whose events are taken in when the test says so, at times that the test says."""

    def __init__(
        self, *, most: int | None = None, held: Iterable[tuple[str, Any]] = (), **options: Any
    ) -> None:
        self.cache = InMemoryCache(**options)
        for prompt, value in held:
            self.cache.update(prompt, MODEL, value)
        self.waiting: list[Change] = []
        self.taken: list[Change] = []
        self.recorder = Recorder(self.cache)
        if most is not None:
            log = LookupLog(self.cache.policy, self.cache.maxsize, self.recorder.entries, most)
            self.recorder.log = log
        self.stop = self.cache.changes.listen_batched(self.waiting.extend, time=True)
        self.recorder.begin(self.cache)
        self.start: list[Key] = list(self.cache._cache)

    def take(self, times: Sequence[float] | None = None) -> list[Change]:
        """Have the recorder take in what happened; in place of the clock's times, these."""
        assert self.cache.changes.flush(WAIT)
        some, self.waiting[:] = list(self.waiting), []
        if times is not None:
            some = [change._replace(time=time) for change, time in zip(some, times, strict=True)]
        self.recorder.take(some)
        self.taken += some
        return some


@dataclass
class Told:
    """What is to be said of a lookup."""

    outcome: str
    ago: int | None = None
    evictor: Key | None = None
    load: float | None = None
    waiting: bool = False
    beside: bool = False


@dataclass
class Facts:
    """What is to be said of an entry."""

    hits: int = 0
    inserted: float | None = None
    used: float | None = None
    load: float | None = None
    tokens: tuple[int, int, str | None] | None = None


@dataclass
class Oracle:
    """All that a recorder says, from the events alone."""

    start: list[Key]
    complete: bool
    batches: list[list[Change]]
    tokens: dict[int, tuple[int, int, str | None] | None]
    """By the id of a value."""
    before: dict[Key, Any]
    """Values held at the start."""
    lookups: list[Told] = field(default_factory=list)
    entries: dict[Key, Facts] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    saved: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    models: dict[str | None, list[int]] = field(default_factory=dict)
    stampedes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        events = [change for batch in self.batches for change in batch]
        ends = [len(batch) for batch in self.batches for _ in batch]
        starts = [sum(map(len, self.batches[:n])) for n, batch in enumerate(self.batches) for _ in batch]
        self.entries = {key: Facts() for key in self.start}
        unread = set(self.start)
        waiting: dict[Key, list[tuple[int, float, int]]] = {}
        epochs: Counter[Key] = Counter()
        for i, event in enumerate(events):
            key: Key = event.keys[0] if event.keys else ("", "")
            entry, time = self.entries.get(key), event.time
            assert time is not None
            if event.kind == "clear":
                self.entries.clear()
                unread.clear()
            elif event.kind == "hit":
                assert entry is not None
                if key in unread:
                    unread.discard(key)
                    rest = events[i + 1 : starts[i] + ends[i]]
                    if not any(touches(later, key) for later in rest):
                        entry.tokens = self.tokens[id(self.before[key])]
                self._hit(entry, time)
            elif event.kind == "miss":
                assert entry is None
                told = self._missed(events[:i], key)
                stack = waiting.setdefault(key, [])
                if stack and time - stack[-1][1] > ABANDONED:
                    stack.clear()
                beside = sum(epoch == epochs[key] for *_, epoch in stack)
                stack.append((len(self.lookups), time, epochs[key]))
                told.waiting, told.beside = True, beside > 0
                self.stampedes["misses"] += beside > 0
                self.stampedes["count"] += beside == 1
                self.reasons[told.outcome] += 1
                self.lookups.append(told)
            else:
                load = self._answered(waiting.get(key, []), epochs, key, time)
                if (evicted := event.info.get("evicted")) is not None:
                    del self.entries[evicted]
                    unread.discard(evicted)
                if event.kind == "insert":
                    assert entry is None
                    entry = self.entries[key] = Facts(inserted=event.time)
                assert entry is not None
                unread.discard(key)
                entry.load = load if entry.load is None else entry.load
                assert event.values is not None
                entry.tokens = self.tokens[id(event.values[0])]

    def _hit(self, entry: Facts, time: float) -> None:
        entry.hits += 1
        entry.used = time
        self.lookups.append(Told("hit", load=entry.load))
        self.saved["seconds"] += entry.load or 0.0
        self.saved["seconds_unknown"] += entry.load is None
        self.saved["tokens_unknown"] += entry.tokens is None
        if entry.tokens is not None:
            sums = self.models.setdefault(entry.tokens[2], [0, 0, 0])
            for n, more in enumerate((*entry.tokens[:2], 1)):
                sums[n] += more

    def _missed(self, before: list[Change], key: Key) -> Told:
        """Looks back for how the key went."""
        passed = 0
        for n in range(len(before) - 1, -1, -1):
            event = before[n]
            if event.info.get("evicted") == key:
                return Told("evicted", passed + 1, event.keys[0])
            if event.kind == "clear" and self._held(before[:n], key):
                return Told("cleared", passed + 1)
            passed += event.kind in ("hit", "miss")
        return Told("cold" if self.complete else "unknown")

    def _held(self, before: list[Change], key: Key) -> bool:
        for event in reversed(before):
            if event.kind in ("insert", "refresh", "hit") and event.keys[0] == key:
                return True
            if touches(event, key):
                return False
        return key in self.start

    def _answered(
        self, stack: list[tuple[int, float, int]], epochs: Counter[Key], key: Key, time: float
    ) -> float | None:
        if not stack:
            return None
        number, asked, epoch = stack.pop()
        if time - asked > ABANDONED:
            stack.clear()
            self.lookups[number].waiting = False
            return None
        self.stampedes["answers"] += epoch < epochs[key]
        epochs[key] += 1
        told = self.lookups[number]
        told.waiting = False
        told.load = time - asked if time >= asked else None
        return told.load


def touches(event: Change, key: Key) -> bool:
    """Whether an event has another entry, or none, in a key's place."""
    written = event.kind in ("insert", "refresh") and event.keys[0] == key
    return written or event.kind == "clear" or event.info.get("evicted") == key


def same(a: float | None, b: float | None) -> bool:
    return (a is None and b is None) or (a is not None and b is not None and math.isclose(a, b, abs_tol=1e-6))


PLAIN = [Generation(text="value")]


def asked(cache: InMemoryCache, prompt: str, value: Any = PLAIN) -> bool:
    """As a model does: look up, and answer what missed. Whether it was found."""
    if cache.lookup(prompt, "m") is not None:
        return True
    cache.update(prompt, "m", value)
    return False


def counted(rates: Rates, name: str) -> int:
    count: float = getattr(rates, name) * rates.seconds
    return round(count)

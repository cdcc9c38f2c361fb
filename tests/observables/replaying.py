"""What the simulators are held against: a trace replayed, one operation after the other, on real caches."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import cachetools
from hypothesis import strategies as st
from langchain_core.caches import BaseCache
from langchain_core.caches import InMemoryCache as Upstream
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache
from inmem_widgets.observables.whatif.trace import ANSWER, CLEAR, HIT, MISSED, UPDATE, Trace

VALUE = [Generation(text="Paris")]


class OfLangChain:
    """A cache for language models, with numbers as keys."""

    def __init__(self, cache: BaseCache) -> None:
        self.cache: Any = cache

    def hit(self, key: int) -> bool:
        return self.cache.lookup(str(key), "model") is not None

    def update(self, key: int) -> None:
        self.cache.update(str(key), "model", VALUE)

    def clear(self) -> None:
        self.cache.clear()

    def held(self) -> list[int]:
        """The one that has to go next first."""
        return [int(prompt) for prompt, _ in self.cache._cache]


class OfTools:
    """One of cachetools' caches."""

    def __init__(self, cache: cachetools.Cache[int, None]) -> None:
        self.cache = cache

    def hit(self, key: int) -> bool:
        return self.cache.get(key, False) is None

    def update(self, key: int) -> None:
        self.cache[key] = None

    def clear(self) -> None:
        self.cache.clear()


class TextbookSieve:
    """The paper's algorithm 1 word by word, on a list with the newest first."""

    def __init__(self, size: int) -> None:
        self.size, self.queue, self.hand = size, list[int](), -1
        self.visited: dict[int, bool] = {}

    def hit(self, key: int) -> bool:
        if key in self.visited:
            self.visited[key] = True
        return key in self.visited

    def update(self, key: int) -> None:
        if self.hit(key):
            return
        if len(self.queue) == self.size:
            at = self.hand if self.hand >= 0 else len(self.queue) - 1
            while self.visited[self.queue[at]]:
                self.visited[self.queue[at]] = False
                at = at - 1 if at > 0 else len(self.queue) - 1
            self.hand = at - 1
            del self.visited[self.queue.pop(at)]
        self.queue.insert(0, key)
        self.visited[key] = False
        if self.hand >= 0:
            self.hand += 1

    def clear(self) -> None:
        self.queue.clear()
        self.visited.clear()
        self.hand = -1


class TextbookS3Fifo:
    """The paper's algorithm 1, on lists with the oldest first."""

    def __init__(self, size: int) -> None:
        self.size, self.share = size, max(1, -(-size // 10))
        self.clear()

    def clear(self) -> None:
        self.small, self.main, self.ghosts = list[int](), list[int](), list[int | None]()
        self.uses: dict[int, int] = {}

    def hit(self, key: int) -> bool:
        if key in self.uses:
            self.uses[key] = min(self.uses[key] + 1, 3)
        return key in self.uses

    def update(self, key: int) -> None:
        if self.hit(key):
            return
        while len(self.uses) == self.size:
            if len(self.small) >= self.size / 10:
                self.evict_small()
            else:
                self.evict_main()
        if key in self.ghosts:
            self.ghosts[self.ghosts.index(key)] = None  # in the paper a ghost ages by its number
            self.main.append(key)
        else:
            self.small.append(key)
        self.uses[key] = 0

    def evict_small(self) -> None:
        while self.small:
            key = self.small.pop(0)
            if self.uses[key] > 1:
                self.main.append(key)
                self.uses[key] = 0
                continue
            self.ghosts = [*self.ghosts, key][-(self.size - self.share) or len(self.ghosts) + 1 :]
            del self.uses[key]
            return

    def evict_main(self) -> None:
        while self.uses[key := self.main.pop(0)]:
            self.uses[key] -= 1
            self.main.append(key)
        del self.uses[key]


CACHES: dict[str, Callable[[int], Any]] = {
    "fifo": lambda size: OfLangChain(InMemoryCache(maxsize=size)),
    "fifo_upstream": lambda size: OfLangChain(Upstream(maxsize=size)),
    "lru": lambda size: OfLangChain(InMemoryCache(maxsize=size, policy="lru")),
    "lfu": lambda size: OfTools(cachetools.LFUCache(size)),
    "sieve": TextbookSieve,
    "s3fifo": TextbookS3Fifo,
}

Step = tuple[str, int]


@st.composite
def histories(
    draw: st.DrawFn, kinds: Sequence[str] = ("call", "late", "update", "clear"), keys: int = 6, most: int = 50
) -> list[Step]:
    """What callers did to a cache: calls answered at once, or after up to three other steps, or never."""
    weights = {"call": 6, "late": 4, "update": 2, "clear": 1}
    step = st.tuples(
        st.sampled_from([kind for kind in kinds for _ in range(weights[kind])]),
        st.integers(0, keys - 1),
        st.integers(1, 4),
    )
    history, due = list[Step](), dict[int, list[int]]()
    for number, (kind, key, delay) in enumerate(draw(st.lists(step, max_size=most))):
        history += [("answer", each) for each in due.pop(number, [])]
        history.append(("lookup" if kind == "late" else kind, key))
        if kind == "late" and delay < 4:
            due.setdefault(number + delay, []).append(key)
    return history


def parts(history: Iterable[Step]) -> Iterator[Step]:
    for kind, key in history:
        yield from (("lookup", key), ("answer", key)) if kind == "call" else ((kind, key),)


def record(
    cache: OfLangChain, history: Sequence[Step], keys: int, cut: int = 0
) -> tuple[Trace, Counter[int]]:
    """Do that to a real cache; the trace from the cut on, and its hits of each key."""
    ops, hits, start = array("q"), Counter[int](), list[int]()
    waiting = Counter[int]()
    for number, (kind, key) in enumerate(parts(history)):
        if number == cut:
            ops, hits, start = array("q"), Counter[int](), cache.held()
            waiting.clear()
        if kind == "lookup":
            if cache.hit(key):
                ops.append(4 * key + HIT)
                hits[key] += 1
            else:
                ops.append(4 * key + MISSED)
                waiting[key] += 1
        elif kind == "clear":
            cache.clear()
            ops.append(CLEAR)
        elif kind == "update" or not waiting[key]:
            # an answer whose call was a hit is never given
            if kind == "update" or not cache_holds(cache, key):
                cache.update(key)
                ops.append(4 * key + (ANSWER if waiting[key] else UPDATE))
                waiting[key] -= waiting[key] > 0
        else:
            cache.update(key)
            ops.append(4 * key + ANSWER)
            waiting[key] -= 1
    policy = getattr(cache.cache, "policy", "fifo_upstream")
    return Trace(ops, keys, start, policy, cache.cache._maxsize), hits


def cache_holds(cache: OfLangChain, key: int) -> bool:
    return (str(key), "model") in cache.cache._cache


def replayed(trace: Trace, cache: Any) -> Counter[int]:
    """The same as `simulate`, by the definition of each operation."""
    hits, waiting = Counter[int](), dict[int, list[bool]]()
    for key in trace.start:
        cache.update(key)
    for op in trace.ops:
        key, what = op >> 2, op & 3
        if op == CLEAR:
            cache.clear()
        elif what in (MISSED, HIT):
            found = cache.hit(key)
            hits[key] += found
            if what == MISSED:
                waiting.setdefault(key, []).append(found)
            elif not found:
                cache.update(key)
        elif what == UPDATE or not waiting.get(key) or not waiting[key].pop():
            cache.update(key)
    return hits

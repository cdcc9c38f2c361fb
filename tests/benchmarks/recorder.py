"""The recorder of a cache's events beside the cheapest that anybody could do: counting their kinds."""

from __future__ import annotations

import random
from collections import Counter

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import Change, change
from inmem_widgets.observables.lookups.recorder import Recorder
from tests.benchmarks.harness import Pair, benchmark
from tests.observables.recording import MODEL, answer

EVENTS = 20_000


def skewed(maxsize: int, prompts: int) -> list[Change]:
    """The events of lookups that miss some times, with chat models' answers."""
    pick, made = random.Random(1), list[Change]()
    held: dict[tuple[str, str], None] = {}
    values = [answer(n, 2) for n in range(100)]
    while len(made) < EVENTS:
        n = min(int(pick.paretovariate(0.6)), prompts)
        key, time = (f"prompt {n}", MODEL), 1e9 + len(made)
        if key in held:
            made.append(change(len(made) + 1, "hit", (key,), None, None, time))
            continue
        made.append(change(len(made) + 1, "miss", (key,), None, None, time))
        evicted = next(iter(held)) if len(held) == maxsize else None
        held.pop(evicted, None)  # type: ignore[arg-type]
        held[key] = None
        info = {} if evicted is None else {"evicted": evicted}
        made.append(change(len(made) + 1, "insert", (key,), (values[n % 100],), None, time + 0.5, info))
    return made


@benchmark("events taken in (the reference: their kinds counted)", goal=15)
def _() -> Pair:
    made = skewed(1_000, 100_000)

    def ours() -> None:
        Recorder(InMemoryCache()).take(made)

    kinds = Counter(each.kind for each in made)
    note = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    return Pair(ours, lambda: Counter(kind for _, kind, *_ in made), per=len(made), rounds=15, note=note)

"""Hit ratios that other sizes and policies would have had, of a sequence of keys, as DataFrames."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from numbers import Real
from operator import index
from typing import TYPE_CHECKING, Any

from inmem_widgets.observables.whatif.trace import POLICIES, Trace, trace_of

if TYPE_CHECKING:
    import pandas as pd


def hit_ratios(
    keys: Iterable[Hashable],
    sizes: Iterable[int] | None = None,
    policies: Iterable[str] = POLICIES,
    *,
    weights: Mapping[Any, float] | None = None,
) -> pd.DataFrame:
    """How often a cache would have hit, by policy and size, had these keys been looked up in this order.

    The cache is empty at first, and each key that is missed is cached at once. A row for each policy and
    size, with the columns `policy` (categorical), `maxsize`, `lookups`, `hits` (int64), `hit_ratio`
    (float64; NaN without lookups) and, with `weights`, `saved` (float64).

    - "fifo": the key inserted longest ago goes
    - "fifo_upstream": the same, as langchain-core's `InMemoryCache` does it: it only differs where a key
      that is held is updated, as it never is here
    - "lru": the key looked up longest ago goes
    - "lfu": the key looked up least often since its insertion goes; of several, the one looked up longest
      ago. The same as `cachetools.LFUCache`
    - "sieve": Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024
    - "s3fifo": Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023; a tenth of the
      entries for the small queue
    - "optimum": no policy can hit more often (Belady, 1966): the key looked up again last, or never, goes

    Args:
        keys: As they are looked up; equal ones are the same, as in a dict.
        sizes: Entries at the most, each >= 1; by default some 20 from 1 to the number of different keys.
        policies: Of those above; by default all.
        weights: What a hit on a key saves, such as seconds or tokens, for each of `keys`.

    Raises:
        TypeError: If keys are not hashable, or sizes or weights are not numbers.
        ValueError: If a policy is unknown, a size is below 1, or a weight is missing.

    Example:
        >>> hit_ratios([1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5], sizes=[3, 4], policies=["fifo"])
          policy  maxsize  lookups  hits  hit_ratio
        0   fifo        3       12     3   0.250000
        1   fifo        4       12     2   0.166667
    """
    import numpy as np
    import pandas as pd

    from inmem_widgets.observables.whatif.curves import curve, finish
    from inmem_widgets.observables.whatif.script import prepare
    from inmem_widgets.observables.whatif.sizes import default_sizes

    chosen = _policies(policies)
    trace, names = _trace(keys)
    most = default_sizes(trace.keys) if sizes is None else _sizes(sizes)
    each = None if weights is None else _weights(weights, names)
    script = finish(prepare(trace))
    hits = [of for policy in chosen for of in finish(curve(script, policy, most))]
    counts = np.array([int(of.sum()) for of in hits], np.int64)
    frame = pd.DataFrame(
        {
            "policy": pd.Categorical(np.repeat(chosen, len(most)), categories=POLICIES),
            "maxsize": np.tile(np.array(most, np.int64), len(chosen)),
            "lookups": np.full(len(hits), script.lookups, np.int64),
            "hits": counts,
            "hit_ratio": counts / script.lookups if script.lookups else np.full(len(hits), np.nan),
        }
    )
    if each is not None:
        frame["saved"] = np.array([float(of @ each) for of in hits], np.float64)
    return frame


def lru_curve(keys: Iterable[Hashable]) -> pd.DataFrame:
    """The same for "lru" and every size from 1 to the number of different keys, at once.

    Columns: `maxsize`, `hits` (int64), `hit_ratio` (float64). By stack distances (Mattson et al., 1970).

    Raises:
        TypeError: If keys are not hashable.

    Example:
        >>> lru_curve(["a", "b", "a", "c", "b"])
           maxsize  hits  hit_ratio
        0        1     0        0.0
        1        2     1        0.2
        2        3     2        0.4
    """
    import numpy as np
    import pandas as pd

    from inmem_widgets.observables.whatif.curves import finish
    from inmem_widgets.observables.whatif.script import prepare
    from inmem_widgets.observables.whatif.stack import NEVER, distances

    trace, _ = _trace(keys)
    distance = finish(distances(finish(prepare(trace)).events))
    hits = np.cumsum(np.bincount(distance[distance != NEVER], minlength=trace.keys))
    return pd.DataFrame(
        {"maxsize": np.arange(1, trace.keys + 1), "hits": hits, "hit_ratio": hits / max(1, len(distance))}
    )


def _trace(keys: Iterable[Hashable]) -> tuple[Trace, list[Hashable]]:
    try:
        return trace_of(keys)
    except TypeError as error:
        raise TypeError(f"keys must be an iterable of hashable keys: {error}") from None


def _policies(policies: Iterable[str]) -> list[str]:
    accepted = f"policies must be some of {', '.join(POLICIES)}"
    if isinstance(policies, str) or not isinstance(policies, Iterable):
        raise TypeError(f"{accepted}, got {policies!r}")
    chosen = list(policies)
    if unknown := [policy for policy in chosen if policy not in POLICIES]:
        raise ValueError(f"{accepted}, got {unknown[0]!r}")
    return list(dict.fromkeys(chosen))


def _sizes(sizes: Iterable[int]) -> list[int]:
    if not isinstance(sizes, Iterable):
        raise TypeError(f"sizes must be ints >= 1, got {sizes!r}")
    chosen = set()
    for size in sizes:
        try:
            number = index(size)
        except TypeError:
            raise TypeError(f"sizes must be ints >= 1, got {size!r}") from None
        if number < 1:
            raise ValueError(f"sizes must be ints >= 1, got {size!r}")
        chosen.add(number)
    return sorted(chosen)


def _weights(weights: Mapping[Any, float], names: Sequence[Hashable]) -> list[float]:
    if not isinstance(weights, Mapping):
        raise TypeError(f"weights must be a mapping from keys to numbers, got {weights!r}")
    if missing := [name for name in names if name not in weights]:
        raise ValueError(f"weights must have one for each key, got none for {missing[0]!r}")
    each: list[Any] = [weights[name] for name in names]
    if wrong := [value for value in each if not isinstance(value, Real)]:
        raise TypeError(f"weights must be numbers, got {wrong[0]!r}")
    return [float(value) for value in each]

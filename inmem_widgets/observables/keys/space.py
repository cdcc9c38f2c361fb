"""What takes the space: by type, by namespace, and the keys at the top."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.keys.arrays import Array, np
from inmem_widgets.observables.keys.background import Background, Making, same
from inmem_widgets.observables.keys.census import HOWS, Census
from inmem_widgets.observables.keys.ids import shown
from inmem_widgets.observables.keys.levels import CHUNK, keys_at, level
from inmem_widgets.observables.keys.namespaces import Found
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.wire import How, Share, Space, TopKey

TOP = 20
"""Types, namespaces and keys listed."""


@dataclass
class Measured:
    """The parts of a `Space` that come from measuring all values; ids are given when it is shown."""

    keys: int
    bytes: int = 0
    key_bytes: int = 0
    hows: list[int] = field(default_factory=lambda: [0] * len(HOWS))
    measured: float | None = None
    types: list[Share] = field(default_factory=list)
    namespaces: list[Share] = field(default_factory=list)
    largest: list[tuple[str, int, How]] = field(default_factory=list)


class SpaceView:
    """Where the space goes in what a view lists, measured in the background.

    Args:
        tell: Called when there is more to show, on any thread.
    """

    def __init__(self, observable: ObservableStore, tell: Callable[[], None]) -> None:
        self._observable: ObservableStore | None = observable
        self._making: Background[Measured] = Background(tell)
        self._last: tuple[Any, ...] = ()

    def state(self, found: Found | None, delimiters: str) -> Space:
        """What is known: for a while what it was before something changed.

        Args:
            found: What is listed; None while that is not known, or once the store is gone.
            delimiters: Each character is one.
        """
        if found is None:
            self._making.forget()
            self._last = ()
        else:
            self._want(*found, delimiters)
        done = self._making.result or Measured(0 if found is None else _count(*found))
        progress = self._making.progress
        if progress is None and self._making.result is None:
            progress = 0.0
        return {
            "progress": progress,
            "keys": done.keys,
            "bytes": done.bytes,
            "key_bytes": done.key_bytes,
            "exact": done.hows[0],
            "sampled": done.hows[1],
            "shallow": done.hows[2],
            "measured": done.measured,
            "types": done.types,
            "namespaces": done.namespaces,
            "largest": [self._top(key, size, how) for key, size, how in done.largest],
            "busiest": self._busiest(),
        }

    def let_go(self) -> None:
        """The store is gone: keep nothing but what is shown. May run in the midst of anything."""
        self._making.let_go()
        self._last = ()

    def close(self) -> None:
        """End all work and let go of everything."""
        self._making.close()
        self._observable, self._last = None, ()

    def _want(self, census: Census, positions: Array | None, delimiters: str) -> None:
        about, last = (census, positions, delimiters), self._last
        # while the store goes on changing, census and positions are others together
        asked = not last or not same(last[2:], about[2:]) or (last[0] is census and last[1] is not positions)
        self._last = about
        self._making.want(about, lambda: _measure(census, positions, delimiters), at_once=asked)

    def _busiest(self) -> list[TopKey]:
        observable = self._observable
        source = None if observable is None else observable.source
        if observable is None or source is None:
            return []
        top: list[TopKey] = []
        for key, _ in observable.recent.busiest(5 * TOP):  # some of which may have been deleted
            value = source._store.get(key, MISSING)
            if value is not MISSING and len(top) < TOP:
                top.append(self._top(key, *size_of(value)))
        return top

    def _top(self, key: str, size: int | None, how: How) -> TopKey:
        observable = self._observable
        return {
            "id": 0 if observable is None else observable.key_id(key),
            "key": shown(key),
            "size": size,
            "how": how,
            "changes": 0 if observable is None else observable.recent.count(key),
        }


def _count(census: Census, positions: Array | None) -> int:
    return len(census.keys) if positions is None else len(positions)


def _measure(census: Census, positions: Array | None, delimiters: str) -> Making[Measured]:
    done = Measured(_count(census, positions))
    for share, steps in ((0.0, census.measure_sizes()), (0.4, census.measure_kinds())):
        for progress in steps:
            yield share + 0.4 * progress
    for start in range(0, done.keys, CHUNK):
        done.key_bytes += _text_bytes(keys_at(census.keys, positions, start, start + CHUNK))
        yield 0.8 + 0.1 * start / done.keys
    sizes, hows, kinds = census.sizes, census.hows, census.kinds
    if sizes is None or hows is None or kinds is None:  # the store is gone
        return done
    done.measured = census.measured
    if delimiters:
        top = yield from level(census.keys, positions, "", delimiters, sizes)
        done.namespaces = _largest(
            {"label": shown(prefix), "prefix": shown(prefix), "keys": keys, "bytes": size}
            for prefix, keys, size in zip(top.prefixes, top.keys, top.bytes or (), strict=True)
        )
    yield 0.95
    if positions is not None:
        sizes, hows, kinds = sizes[positions], hows[positions], kinds[positions]
    known = np.maximum(sizes, 0)
    done.bytes = int(known.sum())
    done.hows = np.bincount(hows, minlength=len(HOWS)).tolist()
    counts, sums = np.bincount(kinds), np.bincount(kinds, weights=known)
    done.types = _largest(
        {"label": census.labels[i], "prefix": None, "keys": int(counts[i]), "bytes": int(sums[i])}
        for i in np.flatnonzero(counts)
        if census.labels[i]  # has none: deleted before it was measured
    )
    yield 0.97
    most = np.argpartition(-known, TOP)[:TOP] if len(known) > TOP else np.arange(len(known))
    for place in most[np.lexsort((most, -known[most]))].tolist():
        if sizes[place] >= 0:
            (key,) = keys_at(census.keys, positions, place, place + 1)
            how = cast(How, HOWS[hows[place]])
            done.largest.append((key, int(sizes[place]), how))
    return done


def _largest(shares: Iterable[Share]) -> list[Share]:
    return sorted(shares, key=lambda share: -share["bytes"])[:TOP]


def _text_bytes(keys: list[str]) -> int:
    text = "".join(keys)
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))

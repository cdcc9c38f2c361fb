"""Changes as columns: a hundred thousand cost some fifty bytes each beside what they hold, and no objects."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice, repeat
from math import nan
from operator import is_
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import MISSING, NO_INFO, UNKNOWN, UNTOLD, Change, change
from inmem_widgets.core.records import Columns, Records
from inmem_widgets.observables.log.weigh import Scales, weight

WRITTEN: Final = frozenset({"set", "insert", "refresh"})
"""Kinds of changes that write their values."""
WHOLE: Final = frozenset({"reset", "clear"})
"""Kinds that replace all there is."""
LOOKUPS: Final = frozenset({"hit", "miss", "get"})
"""Kinds that change nothing."""


INSERT: Final = "insert"
CHANGE: Final = "change"
EVICTION: Final[Mapping[str, Any]] = MappingProxyType({})
"""Stands for what an eviction tells, which is made again from the columns."""


def shown_kind(kind: str, old: Sequence[Any] | None) -> str:
    """As `LogRow.kind`: a store's "set" is an insert where none of its keys is known to have been there."""
    if kind != "set":
        return kind
    return INSERT if old and all(each is MISSING for each in old) else CHANGE


def plain(keys: Iterable[Any]) -> bool:
    """Whether keys are texts, or tuples of texts."""
    kinds = {*map(type, keys)}
    return kinds <= {str} or (kinds <= {tuple} and {*map(type, chain.from_iterable(keys))} <= {str})


class What(NamedTuple):
    """What is the same in many changes."""

    kind: str
    shown: str
    """As `LogRow.kind`: "insert" and "change" for a store's "set"."""
    evicted: bool


class Whats:
    """The number of each `What`, 0 to 255."""

    def __init__(self) -> None:
        self.all: list[What] = []
        self._numbers: dict[tuple[str, str, bool], int] = {}

    def number(self, what: tuple[str, str, bool]) -> int:
        """Of (kind, shown, evicted)."""
        found = self._numbers.get(what)
        if found is None:
            found = self._numbers[what] = min(len(self.all), 255)
            self.all[found:] = [What(*what)]
        return found


class Block:
    """Changes whose numbers follow one another. Read up to a count beside the thread that adds.

    Attributes:
        first: Number of the first one.
        held: Bytes that are held by it, estimated: keys, previous values, and what went beside them.
        plain: Of a sealed one, whether all keys are texts or tuples of texts: of them no two different ones
            have the same hash.
    """

    __slots__ = (
        "_names", "bys", "codes", "counts", "first", "hashes", "held", "infos", "keys", "olds", "plain",
        "sizes", "starts", "times", "values",
    )  # fmt: skip

    def __init__(self, first: int) -> None:
        self.first = first
        self.held = 0
        self.plain = False
        self.codes = bytearray()  # of `What`
        self.times = array("d")
        self.sizes = array("q")  # bytes written; -1 where nothing was
        self.bys: list[Any] = []
        self.infos: list[Any] = []
        # Of each key, those evicted among them; a change has those from its start on, to the next one's.
        self.starts = array("I", [0])
        self.counts = array("I")  # without those evicted
        self.keys: list[Any] = []
        self.hashes = array("q")
        self.olds: list[Any] = []
        self.values: list[Any] = []
        self._names: dict[Any, Any] | None = {}  # equal keys are one object

    def __len__(self) -> int:
        return len(self.codes)

    def add(self, given: Change, whats: Whats, scales: Scales) -> int:
        """Take in the next change; returns the bytes that are held for it."""
        _, kind, keys, values, old, time, info, by = given
        count = len(keys)
        evicted: Sequence[Any] = ()
        gone: Sequence[Any] = ()
        if info is not NO_INFO and "evicted" in info:
            before = info.get("before") or {info["evicted"]: UNKNOWN}
            evicted, gone = tuple(before), tuple(before.values())
        olds: Sequence[Any] = [UNKNOWN] * count if old is None else old
        size, held = -1, 0
        if kind in WRITTEN and values is not None:
            size = scales.of(values)
            if old is None:
                held = size
        if old is not None:
            held += scales.of(olds)
        if evicted:
            keys, olds = (*keys, *evicted), (*olds, *gone)
            held += scales.of(gone)
        elif kind in WHOLE and info is not NO_INFO and "before" in info:
            held += scales.of_many(info["before"])
        names = self._names
        assert names is not None
        kept = []
        for key in keys:
            if (same := names.get(key)) is None:
                names[key] = same = key
                held += weight(key)
            kept.append(same)
        keys = kept
        self.keys += keys
        self.hashes.extend(map(hash, keys))
        self.olds += olds
        self.values += repeat(UNKNOWN, len(keys)) if values is None else (*values, *gone)
        self.bys.append(by)
        self.infos.append(EVICTION if evicted and info.keys() <= {"evicted", "before"} else info)
        self.sizes.append(size)
        self.times.append(nan if time is None else time)
        self.counts.append(count)
        self.starts.append(len(self.keys))
        self.held += held
        self.codes.append(whats.number((kind, shown_kind(kind, old), bool(evicted))))
        return held

    def add_columns(self, given: Columns, whats: Whats, scales: Scales, room: int) -> int | None:
        """Take in the next changes at once, of one key each, if they hold no more than `room`; returns the
        bytes that are held for them, else None."""
        kinds, count, held = {*given.kinds}, len(given.kinds), 0
        befores: Sequence[Any] = [UNKNOWN] * count
        values, sizes = befores, [-1] * count
        if not kinds <= LOOKUPS:
            untold = [*map(is_, given.befores, repeat(UNTOLD))]
            befores = _where(untold, given.befores) if any(untold) else given.befores
            held = scales.of(befores)
            if not kinds <= WRITTEN:
                values = _where([*map(is_, given.values, repeat(MISSING))], given.values)
                written = scales.each(values)
                sizes = [s if kind in WRITTEN else -1 for kind, s in zip(given.kinds, written, strict=True)]
            else:
                values, sizes = given.values, [*scales.each(given.values)]
            if any(untold):
                held += sum(size for size, new in zip(sizes, untold, strict=True) if new and size > 0)
        if held > room:
            return None
        names = self._names
        assert names is not None
        known = len(names)
        keys = [*map(names.setdefault, given.keys, given.keys)]
        held += sum(map(weight, islice(reversed(names), len(names) - known)))
        self.keys += keys
        self.hashes.extend(map(hash, keys))
        self.olds += befores
        self.values += values
        self.bys += given.bys
        self.infos += repeat(NO_INFO, count)
        self.sizes.extend(sizes)
        times: Iterable[Any] = given.times
        self.times.extend([nan if time is None else time for time in times] if None in given.times else times)
        self.counts.extend(repeat(1, count))
        self.starts.extend(range(self.starts[-1] + 1, self.starts[-1] + 1 + count))
        self.held += held
        self.codes.extend(_codes(given.kinds, befores, whats))
        return held

    @property
    def sealed(self) -> bool:
        """Whether no more may be added."""
        return self._names is None

    def seal(self) -> None:
        """No more will be added."""
        if self._names is not None:
            self.plain = plain(self._names)
        self._names = None

    def change(self, at: int, whats: Whats) -> Change:
        """The change at a place."""
        start, count = self.starts[at], self.counts[at]
        span = slice(start, start + count)
        kind, olds, values = whats.all[self.codes[at]].kind, self.olds[span], self.values[span]
        time, info = self.times[at], self.infos[at]
        if info is EVICTION:
            rest = slice(start + count, self.starts[at + 1])
            gone = dict(zip(self.keys[rest], self.olds[rest], strict=True))
            info = {"evicted": [*gone][-1], "before": gone}
        return change(
            self.first + at,
            kind,
            tuple(self.keys[span]),
            values if kind in WRITTEN else None,
            None if olds and all(old is UNKNOWN for old in olds) else olds,
            None if time != time else time,
            info,
            self.bys[at],
        )


def columns_of(changes: Sequence[Change]) -> Columns | None:
    """Changes of one key each; None if one is not, or tells more."""
    if isinstance(changes, Records) and changes.columns.more is None:
        return changes.columns
    numbers, kinds, keys, values, olds, times, infos, bys = zip(*changes, strict=True)
    if {*map(len, keys)} != {1} or any(info is not NO_INFO for info in infos):
        return None
    its = [MISSING if value is None else value[0] for value in values]
    befores = [UNTOLD if old is None else old[0] for old in olds]
    return Columns(numbers, kinds, [key for (key,) in keys], its, befores, times, bys)


def _where(missing: Iterable[bool], values: Sequence[Any]) -> list[Any]:
    return [UNKNOWN if none else value for none, value in zip(missing, values, strict=True)]


def _codes(kinds: Sequence[str], befores: Sequence[Any], whats: Whats) -> Sequence[int]:
    """The number of the `What` of each."""
    if "set" not in (all_kinds := {*kinds}):
        of = {kind: whats.number((kind, kind, False)) for kind in all_kinds}
        return [*map(of.__getitem__, kinds)]
    sorts = [*zip(kinds, map(is_, befores, repeat(MISSING)), strict=False)]
    shown = {(kind, new): (INSERT if new else CHANGE) if kind == "set" else kind for kind, new in {*sorts}}
    numbers = {sort: whats.number((sort[0], name, False)) for sort, name in shown.items()}
    return [*map(numbers.__getitem__, sorts)]

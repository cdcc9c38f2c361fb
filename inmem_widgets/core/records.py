"""Changes in a row, as columns: no object stands for any of them until somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain, compress, pairwise, repeat
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple, overload

from inmem_widgets.core.change import (
    UNTOLD,
    Change,
    Raw,
    Single,
    evicting,
    got,
    inserted_for,
    read,
    single,
)
from inmem_widgets.core.origin import Origin, origin

WIDTH: Final = 6
"""Items of the raw list of a `Single`."""


class Columns(NamedTuple):
    """Changes of one key each, oldest first; all columns are as long.

    Attributes:
        numbers, kinds, times, bys: As of `Change`.
        keys: The key of each.
        values: Its value; `MISSING` where the kind has none.
        befores: Its previous value; `UNTOLD` where nobody asked. Of an "insert" for which another key had to
            go, the value of that one.
        more: That key; or of those that the others have no room for, the whole `Change` (the others hold
            nothing of it but its number and kind). None of all others, and in place of the column if there
            are only others.
    """

    numbers: Sequence[int]
    kinds: Sequence[str]
    keys: Sequence[Any]
    values: Sequence[Any]
    befores: Sequence[Any]
    times: Sequence[float | None]
    bys: Sequence[Any]
    more: Sequence[Any] | None = None

    def each(self, fn: Callable[[Sequence[Any]], Sequence[Any]]) -> Columns:
        """What a function makes of each of them."""
        *columns, more = (None if column is None else fn(column) for column in self)
        return _columns(*columns, more if more is not None and any(more) else None)


_columns: Callable[..., Columns] = Columns


class Records(Sequence[Change]):
    """Changes in a row; a change is built when it is looked at.

    Thousands of objects kept until they are delivered would set off full garbage collections, which cost
    writers many times what building them does; who takes the `columns` needs none.
    """

    __slots__ = ("columns",)

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @classmethod
    def of(cls, first: int, raw: Sequence[Raw], pair: str) -> Records:
        """Of what writers left, numbered from `first`; a (key, value) is a change of the kind `pair`."""
        makes = [*map(_first, raw)]
        sorts = {*map(type, makes)}
        if sorts == {str}:
            flat, nothing = [*chain.from_iterable(raw)], [None] * len(raw)
            untold = [UNTOLD] * len(raw)
            numbers = range(first, first + len(raw))
            return cls(Columns(numbers, [pair] * len(raw), flat[::2], flat[1::2], untold, nothing, nothing))
        if Single not in sorts and str not in sorts:
            numbered = zip(_numbers(first, makes), makes, raw, strict=True)
            return cls.of_changes([make(number, each) for number, make, each in numbered])
        if sorts != {Single}:
            raw = [r if r[0].__class__ is Single else _alike(r, pair) for r in raw]
        return cls.of_rows(first, [*chain.from_iterable(raw)])

    @classmethod
    def of_rows(cls, first: int, flat: Sequence[Any]) -> Records:
        """Of the items of raw lists of a `Single`, one after the other, numbered from `first`."""
        makes = flat[::WIDTH]
        numbers = _numbers(first, makes)
        keys, values, befores, times, bys = (flat[place::WIDTH] for place in range(1, WIDTH))
        kinds, more = _kinds(numbers, makes, keys, befores)
        return cls(Columns(numbers, kinds, keys, values, befores, times, _origins(bys), more))

    @classmethod
    def of_changes(cls, changes: Sequence[Change]) -> Records:
        """Of changes, as they are."""
        nothing = [None] * len(changes)
        kinds = [each.kind for each in changes]
        return cls(_columns([each.number for each in changes], kinds, *[nothing] * 5, changes))

    @classmethod
    def joined(cls, parts: Sequence[Records]) -> Records:
        """All of one feed, one after the other."""
        if len(parts) == 1:
            return parts[0]
        numbers, *columns, more = zip(*(part.columns for part in parts), strict=True)
        whole = None
        if any(more):
            whole = [
                *chain.from_iterable(m or repeat(None, len(p)) for m, p in zip(more, parts, strict=True))
            ]
        joined = [[*chain.from_iterable(column)] for column in columns]
        return cls(_columns(_in_a_row(numbers) or [*chain.from_iterable(numbers)], *joined, whole))

    def only(self, kinds: frozenset[str], *, others: bool = False) -> Records:
        """Those of some kinds, or all others."""
        found = self.columns.kinds
        if ({*found} <= kinds) if not others else kinds.isdisjoint(found):
            return self
        flags = [(kind in kinds) is not others for kind in found]
        return Records(self.columns.each(lambda column: [*compress(column, flags)]))

    def changed(self) -> Records:
        """Those that are not reads."""
        return self.only(_READS, others=True)

    def reads(self) -> Records:
        """Those that are."""
        return self.only(_READS)

    def keys(self) -> tuple[list[Any], list[int]]:
        """All keys of all, and how many each has."""
        names, more = self.columns.keys, self.columns.more
        if more is None:
            return [*names], [1] * len(names)
        groups = [w.keys if w.__class__ is Change else (name,) for name, w in zip(names, more, strict=True)]
        return [*chain.from_iterable(groups)], [*map(len, groups)]

    def __len__(self) -> int:
        return len(self.columns.kinds)

    @overload
    def __getitem__(self, at: int) -> Change: ...
    @overload
    def __getitem__(self, at: slice) -> Records: ...
    def __getitem__(self, at: int | slice) -> Change | Records:
        if isinstance(at, slice):
            return Records(self.columns.each(itemgetter(at)))
        parts: Any = (None if column is None else column[at] for column in self.columns)
        return _built(*parts)

    def __iter__(self) -> Iterator[Change]:
        columns: Any = self.columns
        return map(single, *columns[:-1]) if columns.more is None else map(_built, *columns)


def kinds_in(changes: Sequence[Change]) -> list[str]:
    """The kind of each change."""
    return [*changes.columns.kinds] if isinstance(changes, Records) else [each.kind for each in changes]


def keys_in(changes: Sequence[Change]) -> tuple[list[Any], list[int]]:
    """All keys of all changes, and how many each has."""
    if isinstance(changes, Records):
        return changes.keys()
    return [key for each in changes for key in each.keys], [len(each.keys) for each in changes]


def reads_among(makes: Sequence[Any]) -> int:
    """How many raw tuples that begin with these are reads, which take no number."""
    return 0 if _READERS.isdisjoint(makes) else sum(map(makes.count, _READERS))


def row(raw: Raw) -> Raw:
    """A raw tuple of another sort, in the form of that of a `Single`."""
    return (_whole_read if raw[0] is read else _whole), raw, None, None, None, None


_READS: Final = frozenset({"get"})
_whole, _whole_read = Single(""), Single("get")
_READERS: Final = frozenset({read, got, _whole_read})
_WHOLES: Final = frozenset({_whole, _whole_read})
_first, _kind = itemgetter(0), attrgetter("kind")


@cache
def _sort(pair: str) -> Single:
    return Single(pair)


def _alike(raw: Raw, pair: str) -> Raw:
    return (_sort(pair), *raw, UNTOLD, None, None) if raw[0].__class__ is str else row(raw)


def _numbers(first: int, makes: Sequence[Any]) -> Sequence[int]:
    if not (reads := reads_among(makes)):
        return range(first, first + len(makes))
    if reads == len(makes):
        return [first - 1] * reads
    steps = (make not in _READERS for make in makes)
    return [*accumulate(steps, initial=first - 1)][1:]


def _in_a_row(numbers: Sequence[Sequence[int]]) -> range | None:
    """The range that they are all together, if they are one."""
    runs = [each for each in numbers if isinstance(each, range)]
    follow = all(former.stop == latter.start for former, latter in pairwise(runs))
    return range(runs[0].start, runs[-1].stop) if follow and len(runs) == len(numbers) else None


def _kinds(
    numbers: Sequence[int], makes: Sequence[Single], keys: Any, befores: Any
) -> tuple[list[str], list[Any] | None]:
    """The kinds, and `Columns.more`; what else stands in the columns moves there."""
    sorts = {*makes}
    kinds = [makes[0].kind] * len(makes) if len(sorts) == 1 else [*map(_kind, makes)]
    if evicting not in sorts and _WHOLES.isdisjoint(sorts):
        return kinds, None
    more: list[Any] = [None] * len(makes)
    for at, make in enumerate(makes):
        if make is evicting:
            more[at], befores[at] = befores[at]
        elif make in _WHOLES:
            raw, keys[at] = keys[at], None
            more[at] = whole = raw[0](numbers[at], raw)
            kinds[at] = whole.kind
    return kinds, more


def _origins(captured: Sequence[Any]) -> list[Origin | None]:
    """Who did each; mostly all are by one."""
    who = dict(zip(map(id, captured), captured, strict=True))
    if len(who) == 1:
        by = captured[0]
        return [by and origin(by)] * len(captured)
    known = {place: by and origin(by) for place, by in who.items()}
    return [*map(known.__getitem__, map(id, captured))]


def _built(
    number: int,
    kind: str,
    key: Any,
    value: Any,
    before: Any,
    time: float | None,
    by: Origin | None,
    more: Any,
) -> Change:
    if more is None:
        return single(number, kind, key, value, before, time, by)
    if more.__class__ is Change:
        whole: Change = more
        return whole
    return inserted_for(number, key, value, more, before, time, by)

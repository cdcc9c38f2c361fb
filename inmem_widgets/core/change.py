"""One change of a watched object, as listeners get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import accumulate, chain, compress
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, overload

from inmem_widgets.core.origin import Origin, origin


class Missing(Enum):
    """The type of `MISSING`."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
"""Stands in `Change.old` where there was no previous value."""


class Unknown(Enum):
    """The type of `UNKNOWN` and `UNREAD`."""

    UNKNOWN = "unknown"
    UNREAD = "not read"

    def __repr__(self) -> str:
        return self.name


UNKNOWN: Final = Unknown.UNKNOWN
"""Stands for a previous value of which nothing is known, not even whether there was one."""
UNREAD: Final = Unknown.UNREAD
"""Stands for a value that is there, and has not been read."""

NO_INFO: Final[Mapping[str, Any]] = MappingProxyType({})


class Change(NamedTuple):
    """One call that changed (or looked up) something, delivered after it took effect.

    Attributes:
        number: 1, 2, 3, … per watched object, the same for every listener. A jump means that
            changes were lost to overload: read the object afresh.
        kind: What happened. Store: "set", "delete", "reset". Cache: "hit", "miss", "insert",
            "refresh", "clear". Saver: "put", "put_writes", "delete_thread", "copy_thread",
            "prune", "delete_for_runs". "get", a read of a store, only where reads were asked for; its
            number is that of the change before it.
        keys: The keys touched.
        values: Their new values, parallel to `keys`, where the kind has them.
        old: Their previous values (`MISSING` where there was none), if some listener asked.
        time: `time.time()` of the call, if some listener asked.
        info: What else the kind tells, such as `{"evicted": key}`.
        by: Who did it, if some listener asked.
    """

    number: int
    kind: str
    keys: Sequence[Any]
    values: Sequence[Any] | None
    old: Sequence[Any] | None
    time: float | None
    info: Mapping[str, Any] = NO_INFO
    by: Origin | None = None


Raw = Sequence[Any]
"""What a writer leaves: `(make, *args)`, of which `make(number, raw)` makes the `Change` later."""

Make = Callable[[int, Raw], Change]
_new = tuple.__new__
_first = itemgetter(0)


def change(
    number: int,
    kind: str,
    keys: Sequence[Any],
    values: Sequence[Any] | None = None,
    old: Sequence[Any] | None = None,
    time: float | None = None,
    info: Mapping[str, Any] = NO_INFO,
    by: Origin | None = None,
) -> Change:
    """A `Change`, in half the time its own constructor takes."""
    return _new(Change, (number, kind, keys, values, old, time, info, by))


def told(number: int, raw: Raw) -> Change:
    """The change of a raw tuple `(told, kind, keys, …)`: the fields of `Change` after its number.

    In place of `by` stands what `capture` gave, or None.
    """
    if len(raw) < 8 or raw[7] is None:
        return change(number, *raw[1:])
    return _new(Change, (number, *raw[1:7], origin(raw[7])))


def read(number: int, raw: Raw) -> Change:
    """As `told`, of a "get": it takes no number, and comes only to listeners that asked for reads."""
    return told(number, raw)


def wrote(number: int, raw: Raw) -> Change:
    """The change of a raw list `[wrote, key, value, old, time, captured]`: a "set" of one key."""
    _, key, value, old, time, by = raw
    return _new(Change, (number, "set", (key,), (value,), [old], time, NO_INFO, by and origin(by)))


def wrote_over(number: int, raw: Raw) -> Change:
    """As `wrote`, where nobody asked what was there before."""
    return wrote(number, raw)._replace(old=None)


class Records(Sequence[Change]):
    """Changes in a row; those of a single pair are built when they are looked at.

    Thousands of records kept until they are delivered would set off full garbage collections, which
    cost writers many times what building them does.
    """

    __slots__ = ("_items", "_numbers", "_pair", "plain")

    def __init__(self, numbers: Sequence[int], items: Sequence[Raw], pair: str, plain: bool) -> None:
        self._numbers = numbers
        self._items = items  # changes, and pairs (key, value) of the kind `pair`
        self._pair = pair
        self.plain = plain
        """Whether there are only single pairs."""

    @classmethod
    def of(cls, first: int, raw: Sequence[Raw], pair: str) -> Records:
        """Of raw tuples, numbered from `first`; a (key, value) is a change of the kind `pair`."""
        makes = [*map(_first, raw)]
        if raw and makes.count(wrote) == len(raw):
            return Sets.of_lists(first, raw)
        plain = [*map(type, makes)].count(str) == len(raw)
        numbers: Sequence[int] = range(first, first + len(raw))
        if not plain:
            if read in makes:
                numbers = [*accumulate((make is not read for make in makes), initial=first - 1)][1:]
            raw = [r if r[0].__class__ is str else r[0](n, r) for n, r in zip(numbers, raw, strict=True)]
        return cls(numbers, raw, pair, plain)

    def changed(self) -> Records:
        """Those that are not reads."""
        if self.plain:
            return self
        kept = [kind != "get" for kind in self.kinds()]
        if all(kept):
            return self
        return Records([*compress(self._numbers, kept)], [*compress(self._items, kept)], self._pair, False)

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, at: int) -> Change: ...
    @overload
    def __getitem__(self, at: slice) -> Records: ...
    def __getitem__(self, at: int | slice) -> Change | Records:
        if isinstance(at, slice):
            return Records(self._numbers[at], self._items[at], self._pair, self.plain)
        return self._built(self._numbers[at], self._items[at])

    def __iter__(self) -> Iterator[Change]:
        return map(self._built, self._numbers, self._items)

    @classmethod
    def joined(cls, parts: Sequence[Records]) -> Records:
        """All of one feed, one after the other."""
        if len(parts) == 1:
            return parts[0]
        numbers = [*chain.from_iterable(part._numbers for part in parts)]
        sets = [part for part in parts if isinstance(part, Sets)]
        if len(sets) == len(parts):
            return Sets(
                numbers, *([*chain(*columns)] for columns in zip(*map(Sets.columns, sets), strict=True))
            )
        items = [*chain.from_iterable(part if isinstance(part, Sets) else part._items for part in parts)]
        return cls(numbers, items, parts[0]._pair, all(part.plain for part in parts))

    def kinds(self) -> list[str]:
        """The kind of each."""
        if self.plain:
            return [self._pair] * len(self)
        return [self._pair if item[0].__class__ is str else item[1] for item in self._items]

    def keys(self) -> tuple[list[Any], list[int]]:
        """All keys of all, and how many each has."""
        if self.plain:
            return [*map(_first, self._items)], [1] * len(self)
        groups = [item[:1] if item[0].__class__ is str else item[2] for item in self._items]
        return [*chain.from_iterable(groups)], [*map(len, groups)]

    def _built(self, number: int, item: Raw) -> Change:
        if item[0].__class__ is str:
            return change(number, self._pair, item[:1], item[1:])
        return item  # type: ignore[return-value]


class Sets(Records):
    """Changes that each set a single key, as columns, with what was there before.

    No object of its own stands for any of them: the collector has nothing to look at, and who keeps them as
    columns takes these.
    """

    __slots__ = ("befores", "bys", "names", "times", "values")

    def __init__(
        self,
        numbers: Sequence[int],
        names: Sequence[Any],
        values: Sequence[Any],
        befores: Sequence[Any],
        times: Sequence[float | None],
        bys: Sequence[Origin | None],
    ) -> None:
        super().__init__(numbers, (), "set", False)
        self.names, self.values, self.befores, self.times, self.bys = names, values, befores, times, bys

    @classmethod
    def of_lists(cls, first: int, raw: Sequence[Raw]) -> Sets:
        """Of raw lists of `wrote`."""
        _, names, values, befores, times, captured = zip(*raw, strict=True)
        who = dict(zip(map(id, captured), captured, strict=True))
        known = {place: by and origin(by) for place, by in who.items()}
        bys = [*map(known.__getitem__, map(id, captured))]
        return cls(range(first, first + len(raw)), names, values, befores, times, bys)

    def columns(self) -> tuple[Sequence[Any], ...]:
        """Keys, values, previous values, times, and who did it."""
        return self.names, self.values, self.befores, self.times, self.bys

    def changed(self) -> Records:
        return self

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, at: int) -> Change: ...
    @overload
    def __getitem__(self, at: slice) -> Records: ...
    def __getitem__(self, at: int | slice) -> Change | Records:
        if isinstance(at, slice):
            return Sets(self._numbers[at], *(column[at] for column in self.columns()))
        return self._set(self._numbers[at], *(column[at] for column in self.columns()))

    def __iter__(self) -> Iterator[Change]:
        return map(self._set, self._numbers, *self.columns())

    def kinds(self) -> list[str]:
        return ["set"] * len(self)

    def keys(self) -> tuple[list[Any], list[int]]:
        return [*self.names], [1] * len(self)

    @staticmethod
    def _set(number: int, key: Any, value: Any, before: Any, time: float | None, by: Origin | None) -> Change:
        return _new(Change, (number, "set", (key,), (value,), [before], time, NO_INFO, by))


def kinds_in(changes: Sequence[Change]) -> list[str]:
    """The kind of each change."""
    return changes.kinds() if isinstance(changes, Records) else [each.kind for each in changes]


def keys_in(changes: Sequence[Change]) -> tuple[list[Any], list[int]]:
    """All keys of all changes, and how many each has."""
    if isinstance(changes, Records):
        return changes.keys()
    return [key for each in changes for key in each.keys], [len(each.keys) for each in changes]

"""One change of a watched object, as listeners get it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from inmem_widgets.core.origin import Origin, origin


class Missing(Enum):
    """The type of `MISSING`."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
"""Stands in `Change.old` where there was no previous value."""


class Unknown(Enum):
    """The type of `UNKNOWN`, `UNREAD` and `UNTOLD`."""

    UNKNOWN = "unknown"
    UNREAD = "not read"
    UNTOLD = "not told"

    def __repr__(self) -> str:
        return self.name


UNKNOWN: Final = Unknown.UNKNOWN
"""Stands for a previous value of which nothing is known, not even whether there was one."""
UNREAD: Final = Unknown.UNREAD
"""Stands for a value that is there, and has not been read."""
UNTOLD: Final = Unknown.UNTOLD
"""Stands, in raw lists and columns, for a previous value that nobody asked for: `Change.old` is None."""

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


def wrote_many(number: int, raw: Raw) -> Change:
    """The change of a raw tuple `(wrote_many, pairs, old, time, captured)`: a "set" of several keys."""
    _, pairs, old, time, by = raw
    new = dict(pairs)
    return change(number, "set", tuple(new), tuple(new.values()), old, time, NO_INFO, by and origin(by))


class Single:
    """What raw lists of changes of a single key begin with: `[sort, key, value, old, time, captured]`.

    In place of the value stands `MISSING` where the kind has none, in place of the previous value `UNTOLD`
    where nobody asked. All are alike, so that thousands of them become columns at once: see `Records`.

    Args:
        kind: As of `Change`.
        evicts: Whether in place of the previous value, which such a kind has not, stands a list: the key
            that had to go, and its value (`UNTOLD` where nobody asked).
    """

    __slots__ = ("evicts", "kind")

    def __init__(self, kind: str, *, evicts: bool = False) -> None:
        self.kind, self.evicts = kind, evicts

    def __call__(self, number: int, raw: Raw) -> Change:
        _, key, value, old, time, by = raw
        who = by and origin(by)
        if self.evicts:
            evicted, before = old
            return inserted_for(number, key, value, evicted, before, time, who)
        return single(number, self.kind, key, value, old, time, who)


wrote: Final = Single("set")
deleted: Final = Single("delete")
got: Final = Single("get")
hit: Final = Single("hit")
missed: Final = Single("miss")
inserted: Final = Single("insert")
refreshed: Final = Single("refresh")
evicting: Final = Single("insert", evicts=True)


def single(
    number: int, kind: str, key: Any, value: Any, before: Any, time: float | None, by: Origin | None
) -> Change:
    """The `Change` of one key, of what stands in columns."""
    values = None if value is MISSING else (value,)
    old = None if before is UNTOLD else [before]
    return _new(Change, (number, kind, (key,), values, old, time, NO_INFO, by))


def inserted_for(
    number: int, key: Any, value: Any, evicted: Any, before: Any, time: float | None, by: Origin | None
) -> Change:
    """The `Change` of a key for which another had to go, whose value was `before`."""
    if before is UNTOLD:
        return _new(Change, (number, "insert", (key,), (value,), None, time, {"evicted": evicted}, by))
    info = {"evicted": evicted, "before": {evicted: before}}
    return _new(Change, (number, "insert", (key,), (value,), [MISSING], time, info, by))

"""One change of a watched object, as listeners get it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from itertools import count, repeat
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple


class Missing(Enum):
    """The type of `MISSING`."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
"""Stands in `Change.old` where there was no previous value."""

NO_INFO: Final[Mapping[str, Any]] = MappingProxyType({})


class Change(NamedTuple):
    """One call that changed (or looked up) something, delivered after it took effect.

    Attributes:
        number: 1, 2, 3, … per watched object, the same for every listener. A jump means that
            changes were lost to overload: read the object afresh.
        kind: What happened. Store: "set", "delete", "reset". Cache: "hit", "miss", "insert",
            "refresh", "clear". Saver: "put", "put_writes", "delete_thread", "copy_thread",
            "prune", "delete_for_runs".
        keys: The keys touched.
        values: Their new values, parallel to `keys`, where the kind has them.
        old: Their previous values (`MISSING` where there was none), if some listener asked.
        time: `time.time()` of the call, if some listener asked.
        info: What else the kind tells, such as `{"evicted": key}`.
    """

    number: int
    kind: str
    keys: Sequence[Any]
    values: Sequence[Any] | None
    old: Sequence[Any] | None
    time: float | None
    info: Mapping[str, Any]


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
) -> Change:
    """A `Change`, in half the time its own constructor takes."""
    return _new(Change, (number, kind, keys, values, old, time, info))


def told(number: int, raw: Raw) -> Change:
    """The change of a raw tuple `(told, kind, keys, …)`: the fields of `Change` after its number."""
    return change(number, *raw[1:])


def records(first: int, raw: Sequence[Raw], pair: str) -> list[Change]:
    """The changes of raw tuples, numbered from `first`; a (key, value) is a change of the kind `pair`."""
    if [*map(type, map(_first, raw))].count(str) < len(raw):
        return [
            change(n, pair, each[:1], each[1:]) if each[0].__class__ is str else each[0](n, each)
            for n, each in enumerate(raw, first)
        ]
    # pairs only, the usual case: in C calls, for half the time
    keys, values = zip(*raw, strict=True) if raw else ((), ())
    nothing, info = repeat(None), repeat(NO_INFO)
    fields = zip(count(first), repeat(pair), zip(keys), zip(values), nothing, nothing, info)
    return [*map(_new, repeat(Change), fields)]

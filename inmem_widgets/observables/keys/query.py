"""What a key table lists, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import prod
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import regex

from inmem_widgets.wire import KeyQuery

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Mode = Literal["auto", "text", "glob", "regex"]
Sort = Literal["stored", "key", "type", "size", "changed", "preview"]

REPEATS = 10_000
"""Repetitions a regular expression may ask for, all of its counts together."""


class QueryError(ValueError):
    """A query that cannot be carried out: `field` names the argument, `at` is a place in the filter."""

    def __init__(self, field: str, message: str, at: int | None = None) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message, self.at = field, message, at


@dataclass(frozen=True)
class Query:
    """Which keys, in which order.

    Args:
        filter: what to look for in the keys; "" lists all.
        mode: how `filter` is read. "text": the keys that contain it, in any case while it is all in
            lower case. "glob": whole keys, with `*`, `?` and `[…]`. "regex": keys in which it matches
            somewhere, in the syntax of the `regex` library. "auto": a glob where there is a `*` or `?`
            in it, else text.
        types: labels of the values' types, as listed; empty for all.
        min_size, max_size: bounds of the values' sizes in bytes, both included.
        namespace: what the keys begin with.
        sort: "stored" is the store's own order, in which new keys come last. Ties keep it.
        descending: the other way round.
        delimiters: characters that part namespaces; None guesses them from the keys, "" is none.

    Raises:
        QueryError: (a ValueError) an argument is not one of these.
    """

    filter: str = ""
    mode: Mode = "auto"
    types: tuple[str, ...] = ()
    min_size: int | None = None
    max_size: int | None = None
    namespace: str = ""
    sort: Sort = "stored"
    descending: bool = False
    delimiters: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", _labels(self.types))
        for name in ("filter", "namespace", *(["delimiters"] if self.delimiters is not None else [])):
            _check(name, getattr(self, name), isinstance(getattr(self, name), str), "a str")
        for name, accepted in (("mode", get_args(Mode)), ("sort", get_args(Sort))):
            given = getattr(self, name)
            _check(name, given, given in accepted, " or ".join(map(repr, accepted)))
        for name in ("min_size", "max_size"):
            given = getattr(self, name)
            fits = given is None or (type(given) is int and given >= 0)
            _check(name, given, fits, "None or a number of bytes, 0 or more")
        _check("descending", self.descending, isinstance(self.descending, bool), "True or False")
        if self.min_size is not None and self.max_size is not None and self.min_size > self.max_size:
            raise QueryError("max_size", f"{self.max_size} is less than min_size, {self.min_size}")
        if self.matching == "regex" and self.filter:
            _check_regex(self.filter)

    @property
    def matching(self) -> Literal["text", "glob", "regex"]:
        """How the filter is read."""
        if self.mode == "auto":
            return "glob" if "*" in self.filter or "?" in self.filter else "text"
        return self.mode

    @property
    def narrows(self) -> bool:
        """Whether it leaves out any key."""
        sizes = self.min_size is not None or self.max_size is not None
        return bool(self.filter or self.namespace or self.types or sizes)

    @property
    def natural(self) -> bool:
        """Whether it is all keys in the store's own order."""
        return not self.narrows and self.sort == "stored" and not self.descending

    @property
    def by_value(self) -> bool:
        """Whether a change of a value can change the list."""
        sizes = self.min_size is not None or self.max_size is not None
        return bool(self.types or sizes) or self.sort in ("type", "size", "changed", "preview")

    def but(self, changes: Mapping[str, Any]) -> Query:
        """The query with some fields changed.

        Raises:
            QueryError: there is no such field, or its value is not accepted.
        """
        return changed(self, changes)

    def wire(self) -> KeyQuery:
        """For the browser."""
        return KeyQuery(**{**asdict(self), "types": list(self.types)})  # type: ignore[typeddict-item]


Q = TypeVar("Q", bound="DataclassInstance")


def changed(query: Q, changes: Mapping[str, Any]) -> Q:
    """A query with some fields changed; see `Query.but`."""
    names = [f.name for f in fields(query)]
    for name in changes:
        if name not in names:
            raise QueryError(str(name), f"not a part of a query, which has {', '.join(names)}")
    return replace(query, **changes)


def _check_regex(wanted: str) -> None:
    # a count is compiled to so many copies: a short pattern could ask for all the memory there is
    if prod(int(least) for least in regex.findall(r"\{(0*[1-9][0-9]*)", wanted)) > REPEATS:
        raise QueryError("filter", f"repeats something more than {REPEATS:,} times", wanted.index("{"))
    try:
        regex.compile(wanted)
    except regex.error as error:
        raise QueryError("filter", f"not a regular expression: {error.msg}", error.pos) from None  # type: ignore[attr-defined]
    except (RecursionError, OverflowError):
        raise QueryError("filter", "nested too deeply") from None


def _labels(types: Any) -> tuple[str, ...]:
    fits = not isinstance(types, str | Mapping)
    try:
        labels = tuple(types) if fits else ()
    except TypeError:
        fits = False
    _check("types", types, fits and all(isinstance(label, str) for label in labels), "type labels (str)")
    return labels


def _check(name: str, given: object, fits: bool, accepted: str) -> None:
    if not fits:
        raise QueryError(name, f"got {given!r:.80}, accepted is {accepted}")

"""Recorded values as objects again: of the types they were, or of classes that stand in for them.

Only plain types and langchain-core's messages, documents and generations are made as what they are, the
latter without validation. For all other classes a class of that name stands in, which has the fields and
nothing else.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from base64 import b64decode
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import chain
from typing import Any, Final

from inmem_widgets.core.change import UNKNOWN, UNREAD
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.recording.freezing import DEPTH, FOUND, WHAT, freeze
from inmem_widgets.observables.redaction import Redactor
from inmem_widgets.observables.taps.unread import Unread

CLASSES: Final = 2_000
"""Classes made to stand in; beyond that all are `Recorded`."""
DIGITS: Final = 700
"""Of a number; larger ones are not recorded as such."""
REDACTED: Final = 4_000_000
"""Characters of a value that are redacted to be shown; what is beyond is left out."""


class Recorded:
    """Stands in for an object whose class is not made again."""

    def __repr__(self) -> str:
        return preview(self)


def redacted_value(value: Any, redactor: Redactor) -> Any:
    """A value like it, with its texts redacted; arrays and tables are the same objects."""
    if type(value) is str:
        return redactor.text(value)
    return thaw(freeze(value, most=REDACTED, redactor=redactor, whole=True))


def thaw(frozen: Any) -> Any:
    """The value of what `freeze` made.

    Raises:
        ValueError: it is no such thing.
    """
    kind = type(frozen)
    if kind is list:
        return [thaw(each) for each in frozen]
    if kind is not dict:
        return frozen
    what = frozen.get(WHAT)
    if what is None:
        return {key: thaw(each) for key, each in frozen.items()}
    make = _MAKERS.get(what) if type(what) is str else None
    if make is None:
        raise ValueError(f"a recorded value is of an unknown sort: {preview(what, 60)}")
    try:
        return make(frozen)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"a recorded {what} is damaged: {type(error).__name__}") from None


def thaw_all(frozen: Sequence[Any]) -> Sequence[Any]:
    """Many values, freshly read: they are as they were recorded themselves, if all are plain.

    Raises:
        ValueError: as `thaw`.
    """
    level = frozen
    for _ in range(DEPTH):
        if not level:
            return frozen
        dicts = [each for each in level if type(each) is dict]
        if any(WHAT in each for each in dicts):
            break
        lists = chain.from_iterable(each for each in level if type(each) is list)
        level = [*chain.from_iterable(map(dict.values, dicts)), *lists]
    return [*map(thaw, frozen)]


def stand_in(module: str, name: str, content: Any) -> Any:
    """An object of a class of this name, of which no more is known than what it holds."""
    made = object.__new__(_class(module, name, Recorded))
    items = content.items() if type(content) is dict else [("recorded", content)]
    made.__dict__.update((key, each) for key, each in items if type(key) is str)
    return made


def _bytes(frozen: Any) -> Any:
    data = b64decode(frozen["data"])
    return {"bytearray": bytearray, "memoryview": memoryview}.get(frozen["as"], bytes)(data)


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return preview(value)
    return value


def _dict(frozen: Any) -> Any:
    return {_hashable(thaw(key)): thaw(item) for key, item in frozen["items"]}


def _several(base: Any) -> Callable[[Any], Any]:
    return lambda frozen: base(map(thaw if base is tuple else _member, frozen["items"]))


def _member(frozen: Any) -> Any:
    return _hashable(thaw(frozen))


def _as(frozen: Any) -> Any:
    value = thaw(frozen["value"])
    return _class(frozen["module"], frozen["name"], type(value))(value)


def _record(frozen: Any) -> Any:
    found = {name: thaw(item) for name, item in frozen["fields"].items()}
    if frozen["tuple"]:
        return _named_tuple(frozen["module"], frozen["name"], tuple(found))(found.values())
    base = _known(*frozen["base"]) if "base" in frozen else None
    if base is not None:
        own = _class(frozen["module"], frozen["name"], base) if frozen["name"] != base.__name__ else base
        return own.model_construct(**found)
    return stand_in(frozen["module"], frozen["name"], found)


def _other(frozen: Any) -> Any:
    return stand_in(frozen["module"], frozen["name"], frozen["text"])


def _known(module: str, name: str) -> Any:
    """A class of langchain-core that holds data; None if there is no such one."""
    if not any(module == each or module.startswith(f"{each}.") for each in FOUND):
        return None
    try:
        found = vars(import_module(module)).get(name)
    except ImportError:
        return None
    fits = isinstance(found, type) and found.__module__ == module and hasattr(found, "model_construct")
    return found if fits else None


_classes: dict[tuple[str, str, Any], Any] = {}


def _class(module: str, name: str, base: Any) -> Any:
    """The class that stands in for one of this name."""
    place = module, name, base
    if (known := _classes.get(place)) is not None:
        return known
    if len(_classes) >= CLASSES or type(module) is not str or type(name) is not str or not name:
        return base
    members = {"__module__": module, "__doc__": "Stands in for a recorded class of this name."}
    try:
        made = type(base)(name, (base,), members)
    except (TypeError, ValueError):
        made = base
    return _classes.setdefault(place, made)


def _named_tuple(module: str, name: str, names: tuple[str, ...]) -> Any:
    place = module, name, names
    if (known := _classes.get(place)) is not None:
        return known
    if len(_classes) >= CLASSES:
        return tuple
    return _classes.setdefault(place, type(name, (tuple,), {"__module__": module, "_fields": names}))


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "float": lambda frozen: float(frozen["text"]),
    "int": lambda frozen: int(frozen["text"][:DIGITS]),
    "bytes": _bytes,
    "tuple": _several(tuple),
    "set": _several(set),
    "frozenset": _several(frozenset),
    "dict": _dict,
    "datetime": lambda frozen: datetime.datetime.fromisoformat(frozen["text"]),
    "date": lambda frozen: datetime.date.fromisoformat(frozen["text"]),
    "time": lambda frozen: datetime.time.fromisoformat(frozen["text"]),
    "timedelta": lambda frozen: datetime.timedelta(seconds=float(frozen["text"])),
    "UUID": lambda frozen: uuid.UUID(frozen["text"]),
    "Decimal": lambda frozen: decimal.Decimal(frozen["text"]),
    "record": _record,
    "as": _as,
    "other": _other,
    "unknown": lambda frozen: UNKNOWN,
    "unread": lambda frozen: UNREAD if frozen["size"] is None else Unread(int(frozen["size"])),
    "object": lambda frozen: frozen["value"],
}

"""A value as JSON that says of what types its parts are, bounded, without running any of its code.

Text, numbers, lists and dicts with text as keys are themselves. All else is {"$": what, …}: bytes, float, int
(of more than 64 bits), tuple, set, frozenset, dict (other keys), datetime, date, time, timedelta, UUID,
Decimal, record (an object with fields: messages, dataclasses, pydantic), as (a subclass of a plain type),
unread and unknown (nobody had the value), and other: the type, and how the value begins.
"""

from __future__ import annotations

import datetime
import decimal
import math
import uuid
import weakref
from base64 import b64encode
from enum import Enum
from typing import Any, Final

from inmem_widgets.core.change import UNKNOWN
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.redaction import Redactor, redacting
from inmem_widgets.observables.taps.unread import is_unread
from inmem_widgets.observables.values import (
    BYTES,
    bytes_part,
    bytes_size,
    container_base,
    fields,
    first,
    is_a,
    library,
    numpy_scalar,
)

MOST: Final = 100_000
"""Characters (of bytes: their base64) recorded of one value."""
DEPTH: Final = 60
WHAT: Final = "$"
FOUND: Final = ("langchain_core.messages", "langchain_core.documents", "langchain_core.outputs")
"""Modules whose classes are made again."""
OTHER: Final = object()

_TEXTS = (datetime.datetime, datetime.date, datetime.time)
_PLAIN = (uuid.UUID, decimal.Decimal)
_name = type.__dict__["__name__"].__get__
_mro = type.__dict__["__mro__"].__get__


def freeze(value: Any, *, most: int = MOST, redactor: Redactor | None = None, whole: bool = False) -> Any:
    """The value as JSON.

    Args:
        value: Anything; none of its code is run.
        most: Characters at the most; what is left out is told in its place.
        redactor: Applied to each text, whole.
        whole: Whether arrays and tables stay the objects they are; it is no JSON then.
    """
    if redactor is None:
        kind = type(value)
        if kind is str and len(value) <= most and value.isascii():  # by far the most
            return value
        return _Freezer(most, None, whole).frozen(value, 0)
    with redacting(redactor):
        return _Freezer(most, redactor, whole).frozen(value, 0)


class _Freezer:
    def __init__(self, most: int, redactor: Redactor | None, whole: bool) -> None:
        self._left = most
        self._redactor = redactor
        self._whole = whole

    def frozen(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(value)
        if value is None or kind is bool:
            return value
        if kind is int and value.bit_length() < 2000:
            self._left -= 8
            small = -(1 << 63) <= value < 1 << 64
            return self._number(value, value if small else {WHAT: "int", "text": repr(value)})
        if kind is float:
            self._left -= 8
            return self._number(
                value, value if math.isfinite(value) else {WHAT: "float", "text": repr(value)}
            )
        if depth > DEPTH:
            return self._other(value)
        if kind is dict:
            return self._dict(value, depth)
        if kind is list:
            return self._items(value, list, depth)
        if kind in (tuple, set, frozenset):
            return {WHAT: kind.__name__, "items": self._items(value, kind, depth)}
        if is_a(value, BYTES):
            return self._bytes(value)
        return self._object(value, kind, depth)

    def _text(self, text: str) -> str:
        if self._redactor is not None:
            text = self._redactor.text(text)
        room = max(0, self._left)
        self._left -= len(text) + 2
        if len(text) > room:
            text = f"{text[:room]}… {len(text) - room:,} more characters, not recorded"
        return text if text.isascii() else clean(text)

    def _number(self, value: Any, frozen: Any) -> Any:
        if self._redactor is None or self._redactor.text(repr(value)) == repr(value):
            return frozen
        return self._redactor.text(repr(value))

    def _bytes(self, value: Any) -> Any:
        size = bytes_size(value)
        room = max(0, self._left) * 3 // 4
        if self._redactor is not None:
            data = self._redactor.data(bytes_part(value, 0, None))
            size = len(data)
            data = data[:room]
        else:
            data = bytes_part(value, 0, room)
        self._left -= len(data) * 4 // 3 + 20
        kind = next(base.__name__ for base in BYTES if is_a(value, base))
        made: dict[str, Any] = {WHAT: "bytes", "as": kind, "data": b64encode(data).decode()}
        return made if len(data) == size else {**made, "size": size}

    def _items(self, value: Any, base: Any, depth: int) -> list[Any]:
        """The items of a container, and as the last one how many were left out."""
        made: list[Any] = []
        items = first(base.__iter__(value), max(0, self._left) // 2 + 1)
        for item in items:
            if self._left <= 0:
                break
            made.append(self.frozen(item, depth + 1))
            self._left -= 2
        if (more := base.__len__(value) - len(made)) > 0:
            made.append(f"… {more:,} more, not recorded")
        return made

    def _dict(self, value: Any, depth: int) -> Any:
        pairs: list[tuple[Any, Any]] = []
        for key, item in first(dict.items(value), max(0, self._left) // 2 + 1):
            if self._left <= 0:
                break
            pairs.append((self.frozen(key, depth + 1), self.frozen(item, depth + 1)))
            self._left -= 4
        if (more := dict.__len__(value) - len(pairs)) > 0:
            pairs.append(("…", f"{more:,} more, not recorded"))
        if all(type(key) is str and key != WHAT for key, _ in pairs):
            made = dict(pairs)
            return made if len(made) == len(pairs) else dict(_told_apart(pairs))
        return {WHAT: "dict", "items": [list(pair) for pair in pairs]}

    def _object(self, value: Any, kind: type, depth: int) -> Any:
        if kind in _TEXTS:
            return self._plain(kind.__name__, value.isoformat() if _own_zone(value) else str(value))
        if kind is datetime.timedelta:
            return self._plain("timedelta", repr(value.total_seconds()))
        if kind in _PLAIN:
            return self._plain(kind.__name__, str(value))
        if value is UNKNOWN or is_unread(value):
            return {WHAT: "unknown" if value is UNKNOWN else "unread", "size": getattr(value, "size", None)}
        if library(value):
            number = numpy_scalar(value)
            if number is not None:
                return self.frozen(number, depth)
            return {WHAT: "object", "value": value} if self._whole else self._other(value)
        kept = _kinds.get(id(kind))
        named, known, base = kept[1] if kept is not None and kept[0]() is kind else _look_at(kind, value)
        if base is OTHER or base is kind:  # the latter: a number of too many digits
            return self._other(value)
        if base is not None:
            found = _as_base(value, base)
            return {WHAT: "as", **named, "value": self.frozen(found, depth + 1)}
        found = fields(value)
        if found is None:
            return self._other(value)
        frozen = self.frozen
        inside = {name: frozen(item, depth + 1) for name, item in found.items() if self._left > 0}
        made = {WHAT: "record", **named, "tuple": is_a(value, tuple), "fields": inside}
        self._left -= 40
        return made if known is None else {**made, "base": known}

    def _plain(self, what: str, text: str) -> Any:
        found = text if self._redactor is None else self._redactor.text(text)
        self._left -= len(found) + 12
        return {WHAT: what, "text": text} if found == text else found

    def _other(self, value: Any) -> Any:
        kind = type(value)
        text = preview(value)
        self._left -= len(text) + 60
        return {WHAT: "other", "module": module_of(kind), "name": clean(_name(kind)), "text": text}


def _look_at(kind: type, value: Any) -> tuple[Any, Any, Any]:
    """What is the same for all values of a class: its name, the class of `FOUND` it is of, and which plain
    type it is a subclass of (`OTHER`: it has no parts)."""
    named = {"module": module_of(kind), "name": clean(_name(kind))}
    known = next(
        ([module, _name(each)] for each in _mro(kind) if (module := module_of(each)).startswith(FOUND)), None
    )
    base = OTHER if is_a(value, (type, Enum)) else _plain_base(value)
    made, identity = (named, known, base), id(kind)
    if not is_a(value, (type, tuple)):  # of the latter each may be different
        _kinds[identity] = weakref.ref(kind, lambda _: _kinds.pop(identity, None) and None), made
    return made


def known_record(kind: type) -> dict[str, Any] | None:
    """What is the same for all objects of a class, if one was frozen before and they are their fields."""
    kept = _kinds.get(id(kind))
    if kept is None or kept[0]() is not kind:
        return None
    named, known, base = kept[1]
    if base is not None:
        return None
    made = {WHAT: "record", **named, "tuple": False}
    return made if known is None else {**made, "base": known}


_kinds: dict[int, tuple[weakref.ref[type], tuple[Any, Any, Any]]] = {}
"""By the id of a class, as its hash may be code of its own."""


def _told_apart(pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Keys that redaction made alike."""
    seen: dict[str, int] = {}
    made = []
    for key, item in pairs:
        seen[key] = seen.get(key, 0) + 1
        made.append((key if seen[key] == 1 else f"{key} ({seen[key]})", item))
    return made


def _own_zone(value: Any) -> bool:
    zone = getattr(value, "tzinfo", None)
    return zone is None or type(zone) is datetime.timezone


def _plain_base(value: Any) -> Any:
    """Which of Python's plain types the value is a subclass's of."""
    if is_a(value, tuple) and fields(value) is not None:
        return None
    return next((base for base in (str, int, float, dict) if is_a(value, base)), None) or container_base(
        value
    )


def _as_base(value: Any, base: Any) -> Any:
    if base is str:
        return str.__getitem__(value, slice(None))
    if base in (int, float):
        return int.__index__(value) if base is int else float.__float__(value)
    if base is dict:
        return dict(first(dict.items(value), None))
    return base(first(base.__iter__(value), None))


def module_of(kind: type) -> str:
    """The module that a class says it is of."""
    try:
        found = type.__dict__["__module__"].__get__(kind)
    except AttributeError:
        return ""
    return clean(found) if type(found) is str else ""

"""How a value begins, in bounded text."""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import reprlib
import uuid
import zoneinfo
from enum import Enum
from typing import Any

from inmem_widgets.core.change import UNKNOWN
from inmem_widgets.observables.redaction import redacted, redactor
from inmem_widgets.observables.taps.unread import is_unread
from inmem_widgets.observables.values import (
    BYTES,
    array_text,
    bytes_part,
    bytes_size,
    container_base,
    fields,
    first,
    is_a,
    is_exactly,
    library,
    numpy_scalar,
    qualified_name,
    type_label,
    type_name,
)

PREVIEW = 200
"""Characters of a preview."""

_PLAIN = (
    bool, float, complex, type(None), range, type(...), type(NotImplemented), datetime.date, datetime.time,
    datetime.datetime, datetime.timedelta, datetime.timezone, zoneinfo.ZoneInfo, uuid.UUID, decimal.Decimal,
    fractions.Fraction, pathlib.PurePosixPath, pathlib.PureWindowsPath, pathlib.PosixPath,
    pathlib.WindowsPath,
)  # fmt: skip
"""Types whose own `__repr__` is short and harmless."""
ZONES = (type(None), datetime.timezone, zoneinfo.ZoneInfo)
"""Types of time zones whose methods are harmless."""


def preview(value: Any, limit: int = PREVIEW) -> str:
    """How the value begins, in at most `limit` characters of text that any JSON encoder can carry."""
    if redactor() is not None and is_a(value, (str, *BYTES)):
        value = _whole(value)
    if is_a(value, str):
        text = str.__getitem__(value, slice(0, limit + 1))
    elif is_a(value, BYTES):
        if type_label(value) in ("json", "text"):
            text = bytes_part(value, 0, 4 * limit + 4).decode("utf-8", "replace")
        else:
            text = bytes_part(value, 0, 32).hex(" ") + ("…" if bytes_size(value) > 32 else "")
    elif is_unread(value) or value is UNKNOWN:
        return ""
    else:
        try:
            text = _bounded.repr(value)
        except RecursionError:
            text = f"<{type_name(value)}>"
    return cut(clean(redacted(text)), limit)


def cut(text: str, limit: int) -> str:
    """The text in so many characters; redacted whole if it has to be, as half a secret is one."""
    if len(text) <= limit or len(text := redacted(text)) <= limit:
        return text
    return text[: limit - 1] + "…"


def _whole(value: Any) -> Any:
    """A text, or bytes, redacted."""
    masks = redactor()
    if masks is None:
        return value
    if is_a(value, str):
        return masks.text(str.__getitem__(value, slice(None)))
    return masks.data(bytes_part(value, 0, None))


def clean(text: str) -> str:
    """The text with lone surrogates as visible escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


_MOMENTS = ("Timestamp", "Timedelta", "Period", "NaTType", "NAType")
"""pandas' scalars."""


class _Bounded(reprlib.Repr):
    """`reprlib` that also bounds the work, and calls no foreign `__repr__`."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 6
        self.maxstring = self.maxother = 80

    def repr1(self, x: Any, level: int) -> str:
        # by the exact type: reprlib goes by the type's name, which anybody can choose
        method = _METHODS.get(id(type(x)))
        return str(getattr(self, method)(x, level)) if method else self.repr_instance(x, level)

    def repr_str(self, x: str, level: int) -> str:
        return repr(cut(redacted(x), self.maxstring))

    def repr_bytes(self, x: bytes, level: int) -> str:
        x = _whole(x)
        return repr(x) if len(x) <= 24 else f"{x[:16]!r}… {len(x)} B"

    def repr_bytearray(self, x: bytearray, level: int) -> str:
        return f"bytearray({self.repr_bytes(bytes(x if redactor() else x[:25]), level)})"

    def repr_int(self, x: int, level: int) -> str:
        return repr(x) if x.bit_length() < 512 else f"int of {x.bit_length()} bits"

    def repr_dict(self, x: Any, level: int) -> str:
        if level <= 0 and dict.__len__(x):
            return "{…}"
        pairs = [
            f"{self.repr1(k, level - 1)}: {self.repr1(v, level - 1)}"
            for k, v in first(dict.items(x), self.maxdict)
        ]
        return "{" + ", ".join(pairs) + (", …" if dict.__len__(x) > len(pairs) else "") + "}"

    def repr_set(self, x: Any, level: int) -> str:
        base: Any = set if is_a(x, set) else frozenset
        count = base.__len__(x)
        if not count:
            return f"{base.__name__}()"
        inner = [self.repr1(v, level - 1) for v in first(base.__iter__(x), self.maxset)] if level > 0 else []
        return "{" + ", ".join(inner) + (", …" if count > len(inner) else "") + "}"

    repr_frozenset = repr_set

    def repr_instance(self, x: Any, level: int) -> str:
        name = type_name(x)
        if is_exactly(x, _PLAIN):
            return self._plain(x)
        if library(x):
            if library(x) == "pandas" and name in _MOMENTS and is_exactly(getattr(x, "tzinfo", None), ZONES):
                return cut(str(x), self.maxother)
            if (number := numpy_scalar(x)) is not None:
                return self.repr1(number, level)
            text = array_text(x)
            return f"{name}({text})" if text else f"<{name}>"
        if is_a(x, type):
            return f"<class {cut(qualified_name(x), self.maxother)}>"
        if is_a(x, Enum):
            member = (fields(x, private=True) or {}).get("_name_")
            return f"{name}.{redacted(member)}" if type(member) is str else f"<{name}>"
        attributes = fields(x)
        if attributes is None or not is_a(x, tuple):
            content = self._as_base(x, level)
            if content is not None:
                return f"{name}({content})"
        if not attributes:
            return f"<{name}>"
        if level <= 0:
            return f"{name}(…)"
        inner = [
            f"{redacted(k)}={self.repr1(v, level - 1)}" for k, v in first(attributes.items(), self.maxdict)
        ]
        return f"{name}({', '.join(inner)}{', …' if len(attributes) > len(inner) else ''})"

    def _plain(self, x: Any) -> str:
        if is_exactly(x, (datetime.datetime, datetime.time)) and not is_exactly(x.tzinfo, ZONES):
            x = x.replace(tzinfo=None)
        try:
            return cut(redacted(repr(x)), self.maxother)
        except ValueError:  # numbers of too many digits
            return f"<{type_name(x)}>"

    def _as_base(self, x: Any, level: int) -> str | None:
        """A subclass instance as its base type has it; None if it is of no base type."""
        if is_a(x, (str, bytes)):
            base: Any = str if is_a(x, str) else bytes
            return self.repr1(base.__getitem__(x, slice(0, None if redactor() else 100)), level)
        if is_a(x, int):
            return self.repr_int(int.__index__(x), level)
        if is_a(x, float):
            return repr(float.__float__(x))
        if is_a(x, dict):
            return self.repr_dict(x, level)
        if is_a(x, (set, frozenset)):
            return self.repr_set(x, level)
        base = container_base(x)
        return None if base is None else self.repr1(base(first(base.__iter__(x), 8)), level)


_METHODS = {
    id(kind): f"repr_{kind.__name__}"
    for kind in (str, bytes, bytearray, int, dict, set, frozenset, list, tuple)
}
_bounded = _Bounded()

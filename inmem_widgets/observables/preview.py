"""How a value begins, in bounded text."""

from __future__ import annotations

import reprlib
from enum import Enum
from typing import Any

from inmem_widgets.observables.values import BYTES, array_text, container_base, fields, first, type_label

PREVIEW = 200
"""Characters of a preview."""

_PLAIN_MODULES = {
    "builtins",
    "datetime",
    "uuid",
    "decimal",
    "fractions",
    "pathlib",
    "pathlib._local",
    "zoneinfo",
}
"""Whose types' own `__repr__` is short and harmless."""


def preview(value: object, limit: int = PREVIEW) -> str:
    """How the value begins, in at most `limit` characters of text that any JSON encoder can carry."""
    if isinstance(value, str):
        text = str.__getitem__(value, slice(0, limit + 1))
    elif isinstance(value, BYTES):
        if type_label(value) in ("json", "text"):
            text = bytes(value[: 4 * limit + 4]).decode("utf-8", "replace")
        else:
            text = bytes(value[:32]).hex(" ") + ("…" if len(value) > 32 else "")
    else:
        text = _bounded.repr(value)
    return cut(clean(text), limit)


def cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean(text: str) -> str:
    """The text with lone surrogates as visible escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class _Bounded(reprlib.Repr):
    """`reprlib` that also bounds the work, and calls no foreign `__repr__`."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 6
        self.maxstring = self.maxother = 80

    def repr1(self, x: Any, level: int) -> str:
        # by the exact type: reprlib goes by the type's name, which anybody can choose
        kind = type(x)
        method = getattr(self, f"repr_{kind.__name__}", None) if kind.__module__ == "builtins" else None
        return str(method(x, level)) if method else self.repr_instance(x, level)

    def repr_str(self, x: str, level: int) -> str:
        return repr(cut(x, self.maxstring))

    def repr_bytes(self, x: bytes, level: int) -> str:
        return repr(x) if len(x) <= 24 else f"{x[:16]!r}… {len(x)} B"

    def repr_bytearray(self, x: bytearray, level: int) -> str:
        return f"bytearray({self.repr_bytes(bytes(x[:25]), level)})"

    def repr_int(self, x: int, level: int) -> str:
        return repr(x) if x.bit_length() < 512 else f"int of {x.bit_length()} bits"

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        if level <= 0 and x:
            return "{…}"
        pairs = [
            f"{self.repr1(k, level - 1)}: {self.repr1(v, level - 1)}"
            for k, v in first(x.items(), self.maxdict)
        ]
        return "{" + ", ".join(pairs) + (", …" if len(x) > len(pairs) else "") + "}"

    def repr_set(self, x: set[Any] | frozenset[Any], level: int) -> str:
        if not x:
            return f"{type(x).__name__}()"
        inner = [self.repr1(v, level - 1) for v in first(x, self.maxset)] if level > 0 else []
        return "{" + ", ".join(inner) + (", …" if len(x) > len(inner) else "") + "}"

    repr_frozenset = repr_set

    def repr_instance(self, x: Any, level: int) -> str:
        kind = type(x)
        name = kind.__name__
        if text := array_text(x):
            return f"{name}({text})"
        if isinstance(x, Enum):
            return f"{name}.{object.__getattribute__(x, '_name_')}"
        if kind.__module__ in _PLAIN_MODULES:
            return cut(repr(x), self.maxother)
        if (content := _as_base(x)) is not None:
            return f"{name}({self.repr1(content, level)})"
        attributes = fields(x)
        if not attributes:
            return f"<{name}>"
        if level <= 0:
            return f"{name}(…)"
        inner = [f"{k}={self.repr1(v, level - 1)}" for k, v in first(attributes.items(), self.maxdict)]
        return f"{name}({', '.join(inner)}{', …' if len(attributes) > len(inner) else ''})"


def _as_base(x: Any) -> Any:
    """The beginning of a subclass instance as its base type has it; None if it is of no base type."""
    if isinstance(x, str | bytes):
        base: Any = str if isinstance(x, str) else bytes
        return base.__getitem__(x, slice(0, 100))
    if isinstance(x, int):
        return int.__index__(x)
    if isinstance(x, float):
        return float.__float__(x)
    if isinstance(x, dict):
        return dict(first(dict.items(x), 8))
    base = container_base(x)
    return None if base is None else base(first(base.__iter__(x), 8))


_bounded = _Bounded()

"""What a value is and what it contains, without running any of its code.

A value is untrusted and may be huge. Nothing here, in `preview` or in `sizes` calls a value's own
methods unless its type is one of Python's own or NumPy's or pandas', unpickles bytes, or reads more
than a bound. A subclass is read through its base type's methods.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

SAMPLE = 4096
"""Characters or bytes of a text that are read to judge it."""

BYTES = (bytes, bytearray, memoryview)
CONTAINERS = (list, tuple, set, frozenset)
_SCALARS = (
    str, *BYTES, int, float, complex, type(None), range, type, datetime.date, datetime.time,
    datetime.timedelta, datetime.tzinfo, uuid.UUID, decimal.Decimal, fractions.Fraction, pathlib.PurePath,
    enum.Enum,
)  # fmt: skip
_MAGIC = (
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)


def first(items: Iterable[Any], n: int) -> list[Any]:
    """The first n items; tried again if another thread changes the container meanwhile."""
    for _ in range(5):
        try:
            return list(islice(items, n))
        except RuntimeError:
            continue
    return []


def container_base(value: object) -> type | None:
    """Which of Python's containers (but dict) a value is or derives from."""
    return next((base for base in CONTAINERS if isinstance(value, base)), None)


def fields(value: object) -> dict[str, Any] | None:
    """The public attributes of a record-like object (dataclass, pydantic or plain instance), else None."""
    if isinstance(value, type):
        return None
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        names = [f.name for f in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else None
        found = None if names is None else {n: _slot(value, n) for n in names}
    if type(found) is not dict:
        return None
    return {k: v for k, v in found.items() if isinstance(k, str) and not k.startswith("_")}


def _slot(value: object, name: str) -> Any:
    try:
        return object.__getattribute__(value, name)
    except AttributeError:  # declared, not set
        return None


def array_text(value: object) -> str | None:
    """Shape and dtype of a NumPy or pandas object, else None."""
    if type(value).__module__.partition(".")[0] not in ("numpy", "pandas"):
        return None
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if not isinstance(shape, tuple):
        return None
    size = " × ".join(map(str, shape)) or "scalar"
    return f"{size}{f' {dtype}' if dtype is not None else ''}"


def type_label(value: object) -> str:
    """A short word for what the value is: its type's name, or what its bytes look like."""
    if isinstance(value, BYTES):
        return bytes_kind(value)
    return "None" if value is None else type(value).__name__


def bytes_kind(data: bytes | bytearray | memoryview) -> str:
    """What the first bytes look like: json, text, pickle, gzip, zstd, png, jpeg, or just bytes."""
    head = bytes(data[:SAMPLE])
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if len(head) >= 2 and head[0] == 0x80 and head[1] in (2, 3, 4, 5):
        return "pickle"
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # only a character that the sample cuts in two is forgiven
        if len(data) <= SAMPLE or error.start < len(head) - 4:
            return "bytes"
        text = head[: error.start].decode("utf-8")
    if any(ord(c) < 32 and c not in "\t\n\r\x0c" for c in text):
        return "bytes"
    opens = text.lstrip()[:1]
    closes = bytes(data[-16:]).rstrip()[-1:]
    return "json" if (opens, closes) in (("{", b"}"), ("[", b"]")) else "text"


def children(value: object) -> Iterator[tuple[Any, Any]] | None:
    """Key (or position, or attribute) and value of what the value contains; None for a leaf."""
    if isinstance(value, dict):
        return iter(first(dict.items(value), dict.__len__(value)))
    if base := container_base(value):
        return enumerate(base.__iter__(value))  # type: ignore[attr-defined]
    if isinstance(value, _SCALARS) or array_text(value):
        return None
    found = fields(value)
    return iter(found.items()) if found else None


def child_count(value: object) -> int | None:
    """How many children the value has; None for a leaf."""
    base = dict if isinstance(value, dict) else container_base(value)
    if base is not None:
        return base.__len__(value)  # type: ignore[attr-defined,no-any-return]
    if children(value) is None:
        return None
    return len(fields(value) or ())

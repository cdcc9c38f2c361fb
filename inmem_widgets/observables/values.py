"""What a value is and what it contains, without running any of its code.

A value is untrusted and may be huge. Nothing here, in `preview`, `sizes` or `formats` calls a value's
own methods unless its type is one of Python's own or NumPy's or pandas', unpickles bytes, or reads
more than a bound. A subclass is read through its base type's methods. `isinstance` is not used: it
reads `__class__`, which may be a property.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import sys
import types
import uuid
import weakref
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from inmem_widgets.core.change import UNKNOWN
from inmem_widgets.observables.kinds import bytes_kind
from inmem_widgets.observables.redaction import redacted
from inmem_widgets.observables.taps.unread import is_unread

SAMPLE = 4096
"""Characters or bytes of a text that are read to judge it."""

SCATTERED = 8_000_000
"""Bytes of a memoryview that are copied where they do not lie side by side."""

BYTES = (bytes, bytearray, memoryview)
CONTAINERS = (list, tuple, set, frozenset)
_SCALARS = (
    str, *BYTES, int, float, complex, type(None), range, type, datetime.date, datetime.time,
    datetime.timedelta, datetime.tzinfo, uuid.UUID, decimal.Decimal, pathlib.PurePath,
    enum.Enum, types.ModuleType, types.FunctionType,
)  # fmt: skip
_name = type.__dict__["__name__"].__get__
_module = type.__dict__["__module__"].__get__
_mro = type.__dict__["__mro__"].__get__
_dict = type.__dict__["__dict__"].__get__


def is_a(value: object, base: type | tuple[type, ...]) -> bool:
    """`isinstance` by the true type; not for abstract base classes, which hash it."""
    return issubclass(type(value), base)


def is_exactly(value: object, kinds: tuple[type, ...]) -> bool:
    """Whether the value's type is one of these, and no subclass."""
    return any(type(value) is kind for kind in kinds)


def first(items: Iterable[Any], stop: int | None, start: int = 0) -> list[Any]:
    """The first items, from the start-th on; tried again if another thread changes the container
    meanwhile."""
    for _ in range(5):
        try:
            return list(islice(items, start, stop))
        except RuntimeError:
            continue
    return []


def type_name(value: object) -> str:
    """The name of the value's type, in at most 80 characters that any encoder can carry."""
    return _short(_name(type(value)))


def qualified_name(kind: type) -> str:
    """Module and name of a type."""
    module = _module_of(kind)
    return _short(f"{module}.{_name(kind)}" if module else _name(kind))


def _short(name: str) -> str:
    if len(name) > 80 or not name.isascii():
        name = redacted(name)
    return name if len(name) <= 80 and name.isascii() else ascii(name[:79])[1:-1][:79] + "…"


def _module_of(kind: type) -> str:
    try:
        module = _module(kind)
    except AttributeError:
        return ""
    return module if type(module) is str else ""


def is_named(value: object, module: str, name: str) -> bool:
    """Whether the value's type is, or derives from, that class of a module that is loaded."""
    wanted = vars(sys.modules[module]).get(name) if module in sys.modules else None
    return wanted is not None and any(kind is wanted for kind in _mro(type(value)))


def library(value: Any) -> str:
    """ "numpy" or "pandas" for a value of just one of their types (not of a subclass), else ""."""
    kind = type(value)
    module = _module_of(kind)
    name = module.partition(".")[0]
    if name not in ("numpy", "pandas") or module not in sys.modules:
        return ""
    # anybody may claim to be of their module
    return name if vars(sys.modules[module]).get(_name(kind)) is kind else ""


def container_base(value: object) -> Any:
    """Which of Python's containers (but dict) a value is or derives from."""
    return next((base for base in CONTAINERS if is_a(value, base)), None)


def numpy_scalar(value: Any) -> Any:
    """The number, text or date that a NumPy scalar is, as Python has it; else None."""
    if library(value) != "numpy" or not is_named(value, "numpy", "generic"):
        return None
    item = value.item()
    return None if library(item) else item


def fields(value: Any, *, private: bool = False) -> dict[str, Any] | None:
    """The attributes stored in a record-like object (dataclass, pydantic, attrs, namedtuple or plain
    instance), else None. Names that begin with an underscore only if `private`."""
    if is_a(value, type):
        return None
    if is_a(value, tuple):
        names = _tuple_names(value)
        return None if names is None else dict(zip(names, tuple.__iter__(value), strict=False))
    found: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    slots = _slots_of(type(value))
    mro = _mro(type(value))
    for position, name in slots:
        if name not in _DICTS and (private or name[0] != "_"):
            found[name] = _slot(value, _dict(mro[position]).get(name))
        elif name in _DICTS:
            stored = _slot(value, _dict(mro[position]).get(name))
            if type(stored) is dict and stored:
                into = found if name == "__dict__" else extra
                for k, v in first(stored.items(), len(stored)):
                    if type(k) is str and (private or k[:1] != "_"):
                        into[k] = v
    return found | extra if slots else None


def instance_dicts(values: Sequence[Any]) -> list[dict[str, Any]] | None:
    """The dicts that hold all attributes of objects of one class; None if they store some elsewhere."""
    kind = type(values[0])
    mro, dicts = _mro(kind), None
    for position, name in _slots_of(kind):
        if name[0] == "_" and name not in _DICTS:
            continue
        slot = _dict(mro[position]).get(name)
        stored = [_slot(value, slot) for value in values]
        sorts = {*map(id, map(type, stored))}
        if name == "__dict__" and dicts is None and sorts == {id(dict)}:
            dicts = stored
        elif name not in _DICTS or not sorts <= {id(dict), id(type(None))} or any(stored):
            return None
    return dicts


_DICTS = ("__dict__", "__pydantic_extra__")
_known: dict[int, tuple[weakref.ref[type], list[tuple[int, str]]]] = {}
"""By the id of a class, as its hash may be code of its own. Slots themselves would keep it alive."""


def _slots_of(kind: type) -> list[tuple[int, str]]:
    """Where a class and its bases say that an object stores something: (position among them, name)."""
    known = _known.get(id(kind))
    if known is not None and known[0]() is kind:
        return known[1]
    slots = []
    bases = _mro(kind)[:-1]
    for position in reversed(range(len(bases))):
        for name, slot in first(_dict(bases[position]).items(), 10_000):
            if (
                type(name) is str
                and name
                and (type(slot) is types.MemberDescriptorType or name == "__dict__")
            ):
                slots.append((position, name))
    identity = id(kind)
    _known[identity] = weakref.ref(kind, lambda _: _known.pop(identity, None) and None), slots
    return slots


def _tuple_names(value: Any) -> tuple[str, ...] | None:
    """The field names of a namedtuple."""
    for kind in _mro(type(value)):
        names = _dict(kind).get("_fields")
        if type(names) is tuple and len(names) == tuple.__len__(value):
            return names if all(type(n) is str for n in names) else None
    return None


def _slot(value: object, slot: Any) -> Any:
    if type(slot) is not types.MemberDescriptorType and type(slot) is not types.GetSetDescriptorType:
        return None
    try:
        return slot.__get__(value)
    except AttributeError:  # declared, not set
        return None


def array_text(value: Any) -> str | None:
    """Shape and dtype of a NumPy or pandas object, else None."""
    if not library(value):
        return None
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if not isinstance(shape, tuple):
        return None
    size = " × ".join(map(str, shape)) or "scalar"
    return f"{size}{f' {dtype}' if library(dtype) else ''}"


def type_label(value: Any) -> str:
    """A short word for what the value is: its type's name, or what its bytes look like."""
    kind = type(value)
    if kind is bytes:
        return bytes_kind(value)
    if kind is str:
        return "str"
    if issubclass(kind, BYTES):
        return bytes_kind(bytes_part(value, 0, SAMPLE), bytes_size(value), bytes_part(value, -16, None))
    if value is None:
        return "None"
    return "not read" if is_unread(value) else "unknown" if value is UNKNOWN else type_name(value)


def bytes_size(value: Any) -> int:
    """Bytes of bytes, a bytearray or a memoryview (0 if that was released)."""
    if is_a(value, memoryview):
        try:
            return int(value.nbytes)
        except ValueError:
            return 0
    base = bytes if is_a(value, bytes) else bytearray
    return base.__len__(value)


def bytes_part(value: Any, start: int, stop: int | None) -> bytes:
    """Bytes start … stop - 1; no more than those are read or copied."""
    if is_a(value, bytes):
        return bytes.__getitem__(value, slice(start, stop))
    if is_a(value, bytearray):
        return bytes(bytearray.__getitem__(value, slice(start, stop)))
    try:
        if value.c_contiguous:
            with value.cast("B") as flat:
                return bytes(flat[start:stop])
        if value.ndim == 1 and value.itemsize == 1:
            return bytes(value[start:stop])
        if value.nbytes <= SCATTERED:
            return bytes(value.tobytes()[start:stop])
    except (ValueError, TypeError):  # released; or zero in its shape
        pass
    return b""


def is_leaf(value: Any) -> bool:
    """Whether a value is of a type whose parts are of no interest."""
    return is_a(value, _SCALARS) or bool(library(value)) or is_named(value, "fractions", "Fraction")


def children(value: Any, start: int = 0, stop: int | None = None) -> list[tuple[Any, Any]] | None:
    """Key (or position, or attribute) and value of what the value contains, from the start-th to the one
    before the stop-th; None for a leaf. Reads no more than that."""
    if is_a(value, dict):
        return first(dict.items(value), stop, start)
    if is_a(value, tuple) and (named := fields(value)):
        return list(named.items())[start:stop]
    if base := container_base(value):
        return list(enumerate(first(base.__iter__(value), stop, start), start))
    found = None if is_leaf(value) else fields(value)
    return list(found.items())[start:stop] if found else None


def child_count(value: Any) -> int | None:
    """How many children the value has; None for a leaf."""
    base: Any = dict if is_a(value, dict) else container_base(value)
    if base is not None:
        return int(base.__len__(value))
    if is_leaf(value):
        return None
    return len(fields(value) or ()) or None

"""Objects that notice when any of their code runs."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

caught: list[str] = []
_armed = False

_METHODS = (
    "repr str format bytes bool len iter next getitem setitem contains eq ne lt gt le ge hash getattr "
    "getattribute setattr dir sizeof call int float index complex trunc round abs add radd mul neg reduce "
    "reduce_ex getstate copy deepcopy enter exit array array_ufunc array_function array_finalize array_wrap "
    "buffer fspath length_hint reversed instancecheck subclasscheck"
)
_PLAIN = (
    "items keys values get copy encode decode startswith strip lstrip isascii bit_length isoformat utcoffset "
    "tzname dst utctimetuple timestamp toordinal replace view item tolist"
)
_PROPERTIES = (
    "__class__ shape dtype nbytes content page_content metadata tool_calls type role name data lc kwargs id "
    "_fields model_fields __dataclass_fields__ __attrs_attrs__ __pydantic_extra__ __array_interface__ tzinfo "
    "year"
)
_OF_TYPES = "getattribute repr hash eq instancecheck subclasscheck"


def _trap(name: str) -> Any:
    def run(*args: Any, **more: Any) -> Any:
        if _armed:
            caller = sys._getframe(1)
            caught.append(f"{name} in {caller.f_code.co_filename}:{caller.f_lineno}")
            raise ValueError(f"{name} of a value was run")
        bases = type.__dict__["__mro__"].__get__(type(args[0]))[1:]
        base = next((b for b in bases if name in type.__dict__["__dict__"].__get__(b)), None)
        if base is None:
            raise AttributeError(name)
        found = base.__dict__[name]
        return found(*args, **more) if callable(found) else found.__get__(args[0])

    return run


def _special(names: str) -> dict[str, Any]:
    return {f"__{name}__": _trap(f"__{name}__") for name in names.split()}


Meta = type("Meta", (type,), _special(_OF_TYPES))
"""A type whose own attributes are traps, too."""


def hostile(base: type = object, *args: Any, module: str = "tests") -> Any:
    """An instance of a subclass of `base` all of whose methods are traps."""
    space = _special(_METHODS) | {name: _trap(name) for name in _PLAIN.split()}
    space |= {name: property(_trap(name)) for name in _PROPERTIES.split()}
    space["__module__"] = module
    kind = type.__new__(Meta, "ndarray" if module == "numpy" else "Hostile", (base,), space)
    made = base.__new__(kind, *args)
    if base in (bytearray, dict, list, set):
        base.__init__(made, *args)  # type: ignore[misc]
    return made


@contextmanager
def armed() -> Iterator[None]:
    """Within it the traps are set."""
    global _armed
    caught.clear()
    _armed = True
    try:
        yield
    finally:
        _armed = False
    assert caught == []


class Zone(datetime.tzinfo):
    """A foreign time zone."""

    utcoffset = tzname = dst = fromutc = _trap("tzinfo")
    __repr__ = __str__ = __eq__ = __hash__ = _trap("tzinfo")

"""Which values of a file may be deserialised.

LangGraph's msgpack names classes, and its serializer imports and calls what is named, whatever it is,
unless it is told otherwise (`LANGGRAPH_STRICT_MSGPACK`). A file may come from anywhere: it may only
name what the serializer itself would have written.
"""

from __future__ import annotations

import dataclasses
import sys
from enum import Enum
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde import jsonplus
from langgraph.checkpoint.serde._msgpack import SAFE_MSGPACK_TYPES

from inmem_widgets.core.checkpoints.codec import Typed
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.reading.lost import NAMING

_MARKS = ("model_dump", "get_secret_value", "dict", "_asdict")
"""By these methods the serializer knows pydantic's models and named tuples."""
_DEPTH = 100
ADVICE = "pass trusted=True if you trust whoever made the file"


class NotTrusted(ValueError):
    """A value could run code when it is read."""


def check_types(typed: Typed) -> None:
    """Raise `NotTrusted` if reading the value could do more than make objects of known classes.

    Encrypted values are left to the serializer: only who has its key could write them.
    """
    kind, data = typed
    if kind.partition("+")[0] == "pickle":
        raise NotTrusted(f"a pickle can run any code when it is read; {ADVICE}")
    if kind == "msgpack":
        _unpack(data, 0)


def _unpack(data: bytes, depth: int) -> Any:
    if depth > _DEPTH:
        raise NotTrusted(f"nested more than {_DEPTH} deep")

    def extension(code: int, inner: bytes) -> Any:
        found = None
        if code in NAMING or code == jsonplus.EXT_DELTA_SNAPSHOT:
            found = _unpack(inner, depth + 1)
        if code in NAMING:
            module, name = found[:2] if isinstance(found, list) and len(found) > 2 else (None, None)
            if not isinstance(module, str) or not isinstance(name, str) or not _known(module, name):
                raise NotTrusted(_refusal(module, name))
        return 0  # can stand anywhere, even as a key

    problem: list[NotTrusted] = []

    def hook(code: int, inner: bytes) -> Any:
        try:
            return extension(code, inner)
        except NotTrusted as error:
            problem.append(error)
            return 0

    try:
        found = ormsgpack.unpackb(data, ext_hook=hook, option=ormsgpack.OPT_NON_STR_KEYS)
    except ValueError as error:
        if problem:
            raise problem[0] from None
        raise ValueError(f"the value is no msgpack: {error}") from None
    if problem:
        raise problem[0]
    return found


def _known(module: str, name: str) -> bool:
    if (module, name) in SAFE_MSGPACK_TYPES:
        return True
    loaded = sys.modules.get(module)
    if loaded is None:
        return False
    names = vars(loaded)
    if name not in names:
        return "__getattr__" not in names  # nothing can be found by that name: the plain data stay
    found = names[name]
    return isinstance(found, type) and (
        issubclass(found, Enum)
        or dataclasses.is_dataclass(found)
        or any(callable(getattr(found, mark, None)) for mark in _MARKS)
    )


def _refusal(module: Any, name: Any) -> str:
    what = preview(f"{module}.{name}", 120)
    if isinstance(module, str) and module in sys.modules:
        return f"names {what}, which is not a class of data; {ADVICE}"
    return f"names {what}, which is not imported here: import {preview(str(module), 80)} first, or {ADVICE}"

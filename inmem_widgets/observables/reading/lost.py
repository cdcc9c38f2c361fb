"""Classes that a stored value names and that are not there: the value is then shown as plain data.

LangGraph's `JsonPlusSerializer` gives the data of an object whose class it cannot import (or may not), and
tells nobody but the log. What a value names can be read without making it.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde import jsonplus
from langgraph.checkpoint.serde._msgpack import SAFE_MSGPACK_TYPES
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer

from inmem_widgets.core.checkpoints.codec import OPTION, Typed
from inmem_widgets.observables.preview import clean, cut

NAMING = frozenset(
    {
        jsonplus.EXT_CONSTRUCTOR_SINGLE_ARG,
        jsonplus.EXT_CONSTRUCTOR_POS_ARGS,
        jsonplus.EXT_CONSTRUCTOR_KW_ARGS,
        jsonplus.EXT_METHOD_SINGLE_ARG,  # methods have a list of their own upstream
        jsonplus.EXT_PYDANTIC_V1,
        jsonplus.EXT_PYDANTIC_V2,
    }
)
"""Extensions that begin with a module and a name."""
KEPT = 50_000
"""Values, and parts of them, of which it is known what they name."""
TOLD = 3
"""Classes that are named."""
NODES = 200_000
"""Parts of a checkpoint's values that are looked through for where a class was."""

Named = tuple[tuple[str, str, int], ...]
"""(module, name, bytes) of the objects in a value, those aside that LangGraph can always make."""

_known: dict[int, Named] = {}  # by hash: what is stored is not kept alive


def lost_in(serde: SerializerProtocol, stored: Typed) -> str:
    """Which objects in a value are shown as plain data, and why; "" where none is."""
    data: Any = stored[1]  # whatever a checkpointer has there
    if type(data) is not bytes:
        stored = stored[0], bytes(data) if isinstance(data, bytearray | memoryview) else b""
    key = hash(stored)
    named = _known.get(key)
    if named is None or named:
        serde, stored = _decrypted(serde, stored)
        if not _looks(serde, stored):
            return ""
        if named is None:
            named = _keep(key, _scan(stored[1])[1])
    return _told(serde, named)


def lost_by_channel(serde: SerializerProtocol, stored: Typed) -> dict[str, str]:
    """The same of a checkpoint that is stored with its values: by channel."""
    if not lost_in(serde, stored):
        return {}
    serde, (_, data) = _decrypted(serde, stored)
    body = ormsgpack.unpackb(data, ext_hook=lambda code, inner: _Mark(_part(code, inner)), option=OPTION)
    values = body.get("channel_values") if isinstance(body, dict) else None
    if not isinstance(values, dict):
        return {}
    left = iter(range(NODES))
    found = {str(name): _told(serde, _marks(value, left)) for name, value in values.items()}
    return {name: told for name, told in found.items() if told}


class _Mark:
    """Stands where an object is."""

    def __init__(self, named: Named) -> None:
        self.named = named


class _Raw:
    """A serializer that gives what is stored as it is."""

    def dumps_typed(self, obj: Any) -> Typed:
        raise NotImplementedError

    def loads_typed(self, data: Typed) -> Any:
        return data


def _decrypted(serde: SerializerProtocol, stored: Typed) -> tuple[SerializerProtocol, Typed]:
    if not isinstance(serde, EncryptedSerializer) or "+" not in stored[0]:
        return serde, stored
    raw = copy.copy(serde)
    raw.serde = _Raw()
    try:
        return serde.serde, raw.loads_typed(stored)
    except Exception:  # another key: it is told to be undecodable
        return serde.serde, stored


def _looks(serde: SerializerProtocol, stored: Typed) -> bool:
    """Whether it is known how the serializer makes objects."""
    return (
        isinstance(serde, jsonplus.JsonPlusSerializer)
        and type(serde).loads_typed is jsonplus.JsonPlusSerializer.loads_typed
        and not getattr(serde, "_custom_unpack_ext_hook", False)
        and stored[0] == "msgpack"
    )


def _part(code: int, data: bytes) -> Named:
    """What an object names, and what is in it."""
    key = hash((code, data))
    if (known := _known.get(key)) is not None:
        return known
    body, named = _scan(data)
    if code in NAMING and isinstance(body, list) and len(body) > 2:
        module, name = body[:2]
        safe = (module, name) in SAFE_MSGPACK_TYPES if isinstance(module, str) else True
        if not safe and isinstance(name, str):
            named = ((module, name, len(data)), *named)
    return _keep(key, named)


def _scan(data: bytes) -> tuple[Any, Named]:
    """What is stored, 0 in place of objects; and what these name."""
    found: list[tuple[str, str, int]] = []

    def hook(code: int, inner: bytes) -> Any:
        found.extend(_part(code, inner))
        return 0  # can stand anywhere, even as a key

    try:
        return ormsgpack.unpackb(data, ext_hook=hook, option=OPTION), tuple(found)
    except (ValueError, RecursionError):
        return None, ()


def _keep(key: int, named: Named) -> Named:
    if len(_known) >= KEPT:
        _known.clear()
    _known[key] = named
    return named


def _marks(value: Any, left: Iterable[int]) -> Named:
    """What is named in a value, wherever in it."""
    found: list[tuple[str, str, int]] = []
    waiting = [value]
    for _ in left:
        if not waiting:
            break
        each = waiting.pop()
        if isinstance(each, _Mark):
            found += each.named
        elif isinstance(each, Mapping):
            waiting += [part for pair in each.items() for part in pair if not isinstance(part, str)]
        elif isinstance(each, list | tuple):
            waiting += [part for part in each if isinstance(part, _Mark | list | tuple | Mapping)]
    return tuple(found)


def _told(serde: SerializerProtocol, named: Named) -> str:
    allowed = getattr(serde, "_allowed_msgpack_modules", True)
    lost: dict[tuple[str, str], list[int]] = {}
    blocked = 0
    for module, name, size in named:
        may = allowed is True or (module, name) in (allowed or ())
        if not may or not _there(module, name):
            blocked += not may
            lost.setdefault((module, name), []).append(size)
    if not lost:
        return ""
    texts = [_text(*each, sizes) for each, sizes in list(lost.items())[:TOLD]]
    if len(lost) > TOLD:
        texts.append(f"{len(lost) - TOLD:,} more classes")
    why = "the serializer may not make them" if blocked else "not found here"
    return f"shown as plain data: {', '.join(texts)}: {why}"


def _text(module: str, name: str, sizes: list[int]) -> str:
    times = f"{len(sizes):,} times, " if len(sizes) > 1 else ""
    return f"{clean(cut(f'{module}.{name}', 120))} ({times}{sum(sizes):,} bytes)"


def _there(module: str, name: str) -> bool:
    """Whether a class is imported: the serializer has tried to."""
    loaded = sys.modules.get(module)
    return loaded is not None and (name in vars(loaded) or "__getattr__" in vars(loaded))

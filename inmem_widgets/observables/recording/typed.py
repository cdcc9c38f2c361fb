"""Values as LangGraph's serializer makes them: redacted without making any object; read without any class.

Reading a recording imports nothing that it names: classes that LangGraph does not know to be safe are stood
in for, nothing is unpickled.
"""

from __future__ import annotations

import json
from typing import Any, Final

import ormsgpack
from langgraph.checkpoint.serde import jsonplus
from langgraph.checkpoint.serde._msgpack import SAFE_MSGPACK_TYPES
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from inmem_widgets.core.checkpoints.codec import OPTION, Typed
from inmem_widgets.observables.reading.lost import NAMING
from inmem_widgets.observables.recording.thawing import stand_in
from inmem_widgets.observables.redaction import Redactor

DEPTH: Final = 100
WITHHELD: Final = "[not recorded: {} cannot be redacted]"
_METHOD: Final = jsonplus.EXT_METHOD_SINGLE_ARG


def redacted_typed(stored: Typed, redactor: Redactor) -> Typed:
    """The value with its texts redacted. What is encrypted stays so; what cannot be redacted is withheld."""
    kind, data = stored
    if kind in ("null", "empty") or "+" in kind:
        return stored
    if kind in ("bytes", "bytearray"):
        return kind, redactor.data(data)
    try:
        if kind == "json":
            return kind, json.dumps(_redacted(json.loads(data), redactor, 0)).encode()
        if kind == "msgpack":
            return kind, _repacked(data, redactor, 0, naming=False)
    except (ValueError, TypeError, RecursionError):
        pass
    return "msgpack", ormsgpack.packb(WITHHELD.format(kind if kind.isalnum() else "this"))


def _repacked(data: bytes, redactor: Redactor, depth: int, *, naming: bool, method: bool = False) -> bytes:
    if depth > DEPTH:
        raise ValueError("nested too deep")

    def part(code: int, inner: bytes) -> Any:
        inner = _repacked(inner, redactor, depth + 1, naming=code in NAMING, method=code == _METHOD)
        return ormsgpack.Ext(code, inner)

    found = ormsgpack.unpackb(data, ext_hook=part, option=OPTION)
    if naming and isinstance(found, list) and len(found) > 2:
        # module, class, what it is made of, and the method that makes it
        made: Any = [*found[:2], _redacted(found[2], redactor, depth), *found[3:]]
    else:
        made = _redacted(found, redactor, depth)
    return ormsgpack.packb(made, option=OPTION)


def _redacted(value: Any, redactor: Redactor, depth: int) -> Any:
    if depth > DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, bytes):
        return redactor.data(value)
    if isinstance(value, dict):
        return {
            redactor.name(key) if isinstance(key, str) else key: _redacted(each, redactor, depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_redacted(each, redactor, depth + 1) for each in value]
    if type(value) in (int, float):
        text = redactor.text(repr(value))
        return value if text == repr(value) else text
    return value


class RecordedSerializer(JsonPlusSerializer):
    """Reads what LangGraph's serializers wrote, without importing what it names."""

    def __init__(self) -> None:
        self._safe = JsonPlusSerializer(allowed_msgpack_modules=None)._unpack_ext_hook
        super().__init__(allowed_msgpack_modules=None, __unpack_ext_hook__=self._part)

    def loads_typed(self, data: Typed) -> Any:
        kind, stored = data
        if kind == "json":
            return json.loads(stored)
        if kind not in ("null", "empty", "bytes", "bytearray", "msgpack"):
            raise ValueError(f"{kind[:40]!r} is not read from a recording")
        return super().loads_typed(data)

    def _part(self, code: int, data: bytes) -> Any:
        if code not in NAMING or code == _METHOD:
            return self._safe(code, data)
        body = ormsgpack.unpackb(data, ext_hook=self._part, option=OPTION)
        if not isinstance(body, list) or len(body) < 3 or (body[0], body[1]) in SAFE_MSGPACK_TYPES:
            return self._safe(code, data)
        return stand_in(*body[:3])

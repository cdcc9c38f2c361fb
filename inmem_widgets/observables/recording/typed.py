"""Values as LangGraph's serializer makes them, read without any class.

Reading a recording imports nothing that it names: classes that LangGraph does not know to be safe are stood
in for, nothing is unpickled.
"""

from __future__ import annotations

import json
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde import jsonplus
from langgraph.checkpoint.serde._msgpack import SAFE_MSGPACK_TYPES
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from inmem_widgets.core.checkpoints.codec import OPTION, Typed
from inmem_widgets.observables.reading.lost import NAMING
from inmem_widgets.observables.recording.thawing import stand_in

_METHOD = jsonplus.EXT_METHOD_SINGLE_ARG


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

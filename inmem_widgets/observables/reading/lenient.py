"""Reading values that cannot be read: what fails is told, and the rest stays visible."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import ormsgpack
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer

from inmem_widgets.core.checkpoints.codec import OPTION, Stored, load, typed
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.reading.reader import Undecodable

ERROR = 200
"""Characters of an error's text."""


class Lenient:
    """A serializer that gives an `Undecodable` for what the one it stands for cannot read.

    Of msgpack only the part that cannot be read is one. What is read is the serializer's own doing: its
    allowlist holds, and nothing is unpickled that it would not unpickle.

    Args:
        serde: The one it stands for; it is not changed.
        note: Called with each (type, bytes, value) that is read.
    """

    def __init__(
        self, serde: SerializerProtocol, note: Callable[[str, bytes, Any], object] | None = None
    ) -> None:
        self.serde = serde
        self._note = note
        if isinstance(serde, EncryptedSerializer):
            serde = copy.copy(serde)
            serde.serde = Lenient(serde.serde)
        self._inner = serde

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        return self._inner.dumps_typed(obj)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        kind, stored = data
        try:
            value = self._inner.loads_typed(data)
        except Exception as error:
            value = self._in_part(kind, stored, error)
        if isinstance(value, Undecodable):  # perhaps within the encryption
            value = Undecodable(clean(cut(str(kind), ERROR)), _length(stored), value.error)
        if self._note is not None:
            self._note(kind, stored, value)
        return value

    def _in_part(self, kind: str, stored: bytes, error: Exception) -> Any:
        whole = undecodable(kind, stored, error)
        hook = getattr(self._inner, "_unpack_ext_hook", None)
        if kind != "msgpack" or not callable(hook):
            return whole

        def part(code: int, data: bytes) -> Any:
            try:
                return hook(code, data)
            except Exception as error:
                return undecodable(_class_name(data) or kind, data, error)

        try:
            return ormsgpack.unpackb(stored, ext_hook=part, option=OPTION)
        except Exception:
            return whole


def load_leniently(serde: SerializerProtocol, stored: Stored) -> Any:
    """A fresh object of what our own saver keeps, or an `Undecodable`."""
    try:
        return load(serde, stored)
    except Exception:
        return Lenient(serde).loads_typed(typed(stored))


def undecodable(kind: str, stored: Any, error: Exception) -> Undecodable:
    return Undecodable(clean(cut(str(kind), ERROR)), _length(stored), error_text(error))


def error_text(error: BaseException, most: int = ERROR) -> str:
    """Its class and what it says, in so many characters."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # an error whose text fails
        text = type(error).__name__
    return clean(cut(text, most))


def _length(stored: Any) -> int:
    return len(stored) if isinstance(stored, bytes | bytearray | memoryview | str) else 0


def _class_name(data: bytes) -> str:
    """What LangGraph's serializer says a value is of: its module and name come first."""
    try:
        found = ormsgpack.unpackb(data, ext_hook=lambda code, data: None, option=OPTION)
        return f"{found[0]}.{found[1]}" if all(isinstance(each, str) for each in found[:2]) else ""
    except Exception:
        return ""

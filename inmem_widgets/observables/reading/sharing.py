"""Reading many states of a thread: what they have in common is decoded once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer

from inmem_widgets.observables.reading.own import LazyState
from inmem_widgets.observables.reading.reader import Reader
from inmem_widgets.observables.same import Tokens
from inmem_widgets.observables.threads.lanes import Key

BYTES = 32_000_000
"""Of parts that are kept; then it begins anew."""
LARGE = 65_536
"""Bytes of a part that is not kept."""


class Sharing:
    """Reads states; equal messages (and other objects) in them are the same ones, lists and dicts fresh.

    Whoever is given a state may have changed such an object, against the rules: see `spoilt`.
    """

    def __init__(self, reader: Reader, *, share: bool = True) -> None:
        self._reader, self._share = reader, share
        self._given: SerializerProtocol | None = None
        self._serde: SerializerProtocol | None = None
        self._parts: dict[tuple[int, bytes], Any] = {}
        self._bytes = 0
        self._spoilt = False
        self._hook: Callable[[int, bytes], Any] | None = None

    @property
    def spoilt(self) -> bool:
        """Whether an object was changed that other states have, too."""
        if not self._spoilt and self._hook is not None:
            hook, parts = self._hook, list(self._parts.items())
            self._spoilt = any(_changed(part, partial(hook, *place)) for place, part in parts)
        return self._spoilt

    def state(self, thread_id: Any, key: Key) -> Mapping[str, Any] | None:
        """As `Reader.lazily`."""
        found = self._reader.lazily(thread_id, key)
        if self._share and isinstance(found, LazyState):
            if self._serde is None or found._serde is not self._given:
                self._given, self._serde = found._serde, self._with_parts(found._serde)
            found._serde = self._serde
        return found

    def _with_parts(self, serde: SerializerProtocol) -> SerializerProtocol:
        """A copy of a serializer that decodes the objects within a value once."""
        copied: Any = copy.copy(serde)
        if isinstance(serde, EncryptedSerializer):
            copied.serde = self._with_parts(serde.serde)
            return copied  # type: ignore[no-any-return]
        hook = getattr(serde, "_unpack_ext_hook", None)  # of `JsonPlusSerializer`
        if not callable(hook):
            return serde
        parts, self._hook = self._parts, hook

        def part(code: int, data: bytes) -> Any:
            found = parts.get((code, data), parts)
            if found is parts:
                found = hook(code, data)
                if len(data) <= LARGE:
                    self._bytes += len(data)
                    if self._bytes > BYTES:
                        self._spoilt = self.spoilt
                        parts.clear()
                        self._bytes = len(data)
                    parts[code, data] = found
            return found

        copied._unpack_ext_hook = part
        return copied  # type: ignore[no-any-return]


def _changed(part: Any, decode: Callable[[], Any]) -> bool:
    """Whether an object is another than what it was decoded from, as far as that can be told."""
    fresh = decode()
    if _token(part) == _token(fresh):
        return False
    return bool(_token(fresh) == _token(decode()))  # else it is not equal to itself


def _token(value: Any) -> Any:
    return Tokens().of(value)

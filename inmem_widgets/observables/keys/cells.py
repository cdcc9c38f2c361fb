"""A value as the cells of a file: text where it is text or plain data, else base64 or how it begins."""

from __future__ import annotations

import codecs
import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from inmem_widgets.observables.keys.edits import NotEditable, data_text
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.values import is_a

Encoding = Literal["text", "json", "base64", "preview"]
SLICE = 3 << 16
"""Characters or bytes handled at a time; base64 of whole slices can be joined."""
NODES = 1_000_000
"""Parts of plain data that is written out …"""
LENGTH = 50_000_000
"""… and characters in it."""


class _Parts:
    """A large text in parts, made each time they are gone through."""

    def __init__(self, make: Callable[[], Iterator[str]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[str]:
        return self._make()


def cell(value: Any) -> tuple[Encoding, Iterable[str]]:
    """(how it is written, its text in parts). "preview" only says how the value begins: it is neither
    text nor bytes nor plain data."""
    if is_a(value, str):
        return "text", _text(lambda a, b: str.__getitem__(value, slice(a, b)), str.__len__(value))
    if is_a(value, bytes):
        return _bytes(lambda a, b: bytes.__getitem__(value, slice(a, b)), bytes.__len__(value))
    if is_a(value, bytearray):
        part = bytearray.__getitem__
        return _bytes(lambda a, b: bytes(part(value, slice(a, b))), bytearray.__len__(value))
    if is_a(value, memoryview):
        flat = value.cast("B") if value.contiguous else memoryview(value.tobytes())
        return _bytes(lambda a, b: bytes(flat[a:b]), len(flat))
    try:
        return "json", [data_text(value, nodes=NODES, length=LENGTH)]
    except NotEditable:
        return "preview", [preview(value)]


def _text(part: Callable[[int, int], str], length: int) -> Iterable[str]:
    return [part(0, length)] if length <= SLICE else _Parts(lambda: _slices(part, length))


def _bytes(part: Callable[[int, int], bytes], length: int) -> tuple[Encoding, Iterable[str]]:
    if length <= SLICE:
        data = part(0, length)
        try:
            return "text", [data.decode()]
        except UnicodeDecodeError:
            return "base64", [b64encode(data).decode()]
    decoded = _Parts(lambda: codecs.iterdecode(_slices(part, length), "utf-8"))
    try:
        for _ in decoded:
            pass
    except UnicodeDecodeError:
        return "base64", _Parts(lambda: (b64encode(data).decode() for data in _slices(part, length)))
    return "text", decoded


def _slices(part: Callable[[int, int], Any], length: int) -> Iterator[Any]:
    return (part(at, at + SLICE) for at in range(0, length, SLICE))


def quoted(parts: Iterable[str]) -> Iterator[str]:
    """A JSON string of the parts; lone surrogates as escapes."""
    yield '"'
    for part in parts:
        yield json.dumps(part, ensure_ascii=not encodable(part))[1:-1]
    yield '"'


def encodable(text: str) -> bool:
    """Whether there is no lone surrogate in it."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False

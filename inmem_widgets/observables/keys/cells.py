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


def cell(value: Any) -> tuple[Encoding, Iterator[str]]:
    """(how it is written, its text in parts). "preview" only says how the value begins: it is neither
    text nor bytes nor plain data."""
    if is_a(value, str):
        return "text", _slices(lambda i: str.__getitem__(value, slice(i, i + SLICE)))
    if is_a(value, bytes):
        return _bytes_cell(lambda i: bytes.__getitem__(value, slice(i, i + SLICE)))
    if is_a(value, bytearray):
        return _bytes_cell(lambda i: bytes(bytearray.__getitem__(value, slice(i, i + SLICE))))
    if is_a(value, memoryview):
        flat = value.cast("B") if value.contiguous else memoryview(value.tobytes())
        return _bytes_cell(lambda i: bytes(flat[i : i + SLICE]))
    try:
        return "json", iter([data_text(value, nodes=NODES, length=LENGTH)])
    except NotEditable:
        return "preview", iter([preview(value)])


def _bytes_cell(part: Callable[[int], bytes]) -> tuple[Encoding, Iterator[str]]:
    if _decodes(_slices(part)):
        return "text", codecs.iterdecode(_slices(part), "utf-8")
    return "base64", (b64encode(data).decode() for data in _slices(part))


def _slices(part: Callable[[int], Any]) -> Iterator[Any]:
    at = 0
    while found := part(at):
        yield found
        at += SLICE


def _decodes(parts: Iterable[bytes]) -> bool:
    try:
        return all(True for _ in codecs.iterdecode(parts, "utf-8"))
    except UnicodeDecodeError:
        return False


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

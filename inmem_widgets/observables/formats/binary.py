"""Bytes as they are: hex and base64."""

from __future__ import annotations

from base64 import b64encode

from inmem_widgets.observables.formats.base import Content, Format
from inmem_widgets.observables.formats.text import text_block
from inmem_widgets.wire import Block

HEX_PART = 4_096
BASE64_PART = 15_000
"""Bytes; whole groups of three, so that the parts join."""


def _show_hex(content: Content, offset: int) -> list[Block]:
    data = content.part(offset, offset + HEX_PART)
    stop = offset + len(data)
    return [
        {
            "kind": "hex",
            "data": b64encode(data).decode(),
            "offset": offset,
            "total": content.size,
            "more": stop if data and stop < content.size else None,
        }
    ]


def _show_base64(content: Content, offset: int) -> list[Block]:
    data = content.part(offset, offset + BASE64_PART)
    stop = offset + len(data)
    more = stop if data and stop < content.size else None
    text = b64encode(data).decode()
    return [text_block(text, offset=offset, total=content.size, more=more, unit="bytes")]


HEX = Format("hex", lambda content: 0.3 if content.is_bytes else 0, _show_hex)
BASE64 = Format("base64", lambda content: 0.1 if content.is_bytes and content.size else 0, _show_base64)

"""Text, a part at a time."""

from __future__ import annotations

import codecs
from typing import Any

from inmem_widgets.observables.formats.base import WHOLE, Content, Format, note
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.values import child_count
from inmem_widgets.wire import Block, TextBlock

PART = 20_000
"""Characters (of bytes: bytes) shown at once."""
DIGITS = 4_000


def text_block(
    text: str, *, offset: int = 0, total: int | None = None, more: int | None = None, unit: str = "characters"
) -> TextBlock:
    return {
        "kind": "text",
        "text": clean(text),
        "offset": offset,
        "total": offset + len(text) if total is None else total,
        "unit": unit,
        "more": more,
    }


def text_part(text: str, offset: int = 0, most: int = PART) -> TextBlock:
    """The characters from `offset` on."""
    stop, total = offset + most, str.__len__(text)
    part = str.__getitem__(text, slice(offset, stop))
    return text_block(part, offset=offset, total=total, more=stop if stop < total else None)


def _fit(content: Content) -> float:
    if content.begins is not None:
        return 0.6
    if content.is_bytes:
        return 0.05 if content.size else 0
    return 0.5 if _plain(content.value) is not None else 0


def _show(content: Content, offset: int) -> list[Block]:
    if content.is_str:
        blocks: list[Block] = [text_part(content.value, offset)]
    elif content.is_bytes:
        blocks = [_bytes_part(content, offset)]
    else:
        text = _plain(content.value)
        return [] if text is None else [text_part(text, offset)]
    if not offset and content.size > WHOLE and (content.begins or "").lstrip()[:1] in ("{", "["):
        blocks.insert(
            0, note(f"More than {WHOLE // 1_000_000} MB: not read as JSON, shown as text, in parts.")
        )
    return blocks


def _bytes_part(content: Content, offset: int) -> TextBlock:
    stop = min(offset + PART, content.size)
    data = content.part(offset, stop)
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    text = decoder.decode(data, stop == content.size)
    # a character that the end of the part cuts in two belongs to the next part
    stop -= len(decoder.getstate()[0])
    return text_block(
        text, offset=offset, total=content.size, more=stop if stop < content.size else None, unit="bytes"
    )


def _plain(value: Any) -> str | None:
    """A number, a date, None, … as text; None for what has an inside."""
    if type(value) is int and value.bit_length() > 512:
        return str(value) if value.bit_length() < 3 * DIGITS else preview(value)
    return preview(value, DIGITS) if child_count(value) is None else None


FORMAT = Format("text", _fit, _show)

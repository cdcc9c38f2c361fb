"""PNG and JPEG, as the browser draws them, after a look at their dimensions."""

from __future__ import annotations

from base64 import b64encode
from typing import Literal

from inmem_widgets.observables.formats.base import Content, Format, facts, note
from inmem_widgets.observables.formats.binary import HEX
from inmem_widgets.wire import Block, ImageBlock

PIXELS = 40_000_000
BYTES = 4_000_000
"""What a browser is asked to draw at most."""
_SEGMENTS = 500
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG markers that are followed by the dimensions."""


def dimensions(content: Content) -> tuple[int, int] | None:
    """Width and height in pixels as the header says; None where it says none."""
    if content.kind == "png":
        header = content.part(8, 24)
        size = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
        return size if header[4:8] == b"IHDR" and len(header) == 16 and all(size) else None
    return _jpeg(content) if content.kind == "jpeg" else None


def _jpeg(content: Content) -> tuple[int, int] | None:
    at = 2
    for _ in range(_SEGMENTS):
        segment = content.part(at, at + 9)
        if len(segment) < 9 or segment[0] != 0xFF:
            return None
        if segment[1] == 0xFF:  # padding
            at += 1
        elif segment[1] in _FRAMES:
            size = int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big")
            return size if all(size) else None
        else:
            at += 2 + int.from_bytes(segment[2:4], "big")
    return None


def image_block(content: Content) -> ImageBlock | None:
    """The image, if it is one and not too large."""
    size = content.once(dimensions)
    if size is None or size[0] * size[1] > PIXELS or content.size > BYTES:
        return None
    mime: Literal["image/png", "image/jpeg"] = "image/png" if content.kind == "png" else "image/jpeg"
    data = b64encode(content.part(0, None)).decode()
    return {"kind": "image", "mime": mime, "data": data, "width": size[0], "height": size[1]}


def _show(content: Content, offset: int) -> list[Block]:
    if offset:
        return HEX.show(content, offset)
    width, height = content.once(dimensions) or (0, 0)
    about = facts(
        dimensions=f"{width:,} × {height:,} pixels", type=content.kind.upper(), bytes=f"{content.size:,}"
    )
    image = image_block(content)
    if image is not None:
        return [about, image]
    limit = f"{PIXELS // 1_000_000} million pixels or {BYTES // 1_000_000} MB"
    return [about, note(f"Not drawn: more than {limit}."), *HEX.show(content, 0)]


FORMAT = Format("image", lambda content: 1.0 if content.once(dimensions) else 0, _show)

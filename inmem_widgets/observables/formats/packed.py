"""Compressed bytes, opened within a bound."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from inmem_widgets.observables.formats.base import Content
from inmem_widgets.wire import Packed

MOST = 8_000_000
"""Bytes taken out at most …"""
READ = 16_000_000
"""… and read at most: there are streams that go on without holding anything."""
_STEP = 1 << 16
_ZSTD_STEP = 1 << 10
"""Its output cannot be limited: four bytes may become 128 kB, so a step 32 MB."""
_WINDOW = 1 << 27


def opened(content: Content) -> tuple[Packed | None, bytes, str]:
    """(what was opened, what was inside, a remark); (None, b"", remark) if nothing could be."""
    name = content.kind
    if name not in ("gzip", "zlib", "zstd"):
        return None, b"", ""
    out = io.BytesIO()
    complete, problem = False, ""
    try:
        for piece in _zstd(content) if name == "zstd" else _deflated(content, 31 if name == "gzip" else 15):
            if piece is None:
                complete = True
                break
            out.write(piece[: MOST - out.tell()])
            if out.tell() >= MOST:
                break
    except Exception as error:  # zlib.error, ZstdError, MemoryError for a window
        problem = f"{name}: {error}"[:200]
    data = out.getvalue()
    if not data and not complete:
        return None, b"", f"It begins like {name}, but cannot be opened. {problem}".strip()
    remark = f"Opened up to an error: {problem}" if problem else ""
    if not complete and not problem and len(data) < MOST and content.size <= READ:
        remark = f"The {name} data are cut off; opened as far as they go."
    return {"name": name, "size": content.size, "opened": len(data), "complete": complete}, data, remark


def _deflated(content: Content, wbits: int) -> Iterator[bytes | None]:
    """What comes out, in pieces; None at a proper end."""
    stream = zlib.decompressobj(wbits)
    for start in range(0, min(content.size, READ), _STEP):
        waiting = content.part(start, start + _STEP)
        while waiting:
            yield stream.decompress(waiting, _STEP)
            waiting = stream.unconsumed_tail
            if stream.eof:
                waiting = stream.unused_data
                if wbits != 31 or not waiting.startswith(b"\x1f\x8b"):
                    break
                stream = zlib.decompressobj(wbits)  # gzip files may be joined
        if stream.eof:
            yield None
            return
    yield stream.flush(_STEP)


def _zstd(content: Content) -> Iterator[bytes | None]:
    import zstandard

    opener = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    stream = opener.decompressobj()
    for start in range(0, min(content.size, READ), _ZSTD_STEP):
        waiting = content.part(start, start + _ZSTD_STEP)
        while waiting:
            yield stream.decompress(waiting)
            waiting = b""
            if stream.eof and (stream.unused_data or start + _ZSTD_STEP < content.size):
                waiting, stream = stream.unused_data, opener.decompressobj()
    if stream.eof:
        yield None

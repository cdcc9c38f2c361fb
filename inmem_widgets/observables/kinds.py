"""What bytes look like, from their beginning: one short word, in about a microsecond."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

SAMPLE = 512
"""Bytes that are read to judge."""
SMALL = 1024
"""MessagePack up to this size is read to its end to be sure."""

_MAGIC = {
    0x89: ((b"\x89PNG\r\n\x1a\n", "png"),),
    0xFF: ((b"\xff\xd8\xff", "jpeg"),),
    0x1F: ((b"\x1f\x8b\x08", "gzip"),),
    0x28: ((b"\x28\xb5\x2f\xfd", "zstd"),),
    0x93: ((b"\x93NUMPY", "npy"),),
}
_PROTOCOLS = (b"\x02", b"\x03", b"\x04", b"\x05")
CONTROL = bytes(c for c in range(32) if c not in b"\t\n\r\x0c\x1b")
SINGLE = bytes(c | sign for c in range(0x34, 0x4A) for sign in (0, 0x80))
"""Top bytes of float32s from 1e-7 to 1e6; …"""
DOUBLE = bytes(c | sign for c in range(0x3E, 0x42) for sign in (0, 0x80))
"""… of float64s from 1e-9 to 1e9."""
_ARRAY = rb"(?:[\x91-\x9f]|\xdc..|\xdd....)"
_WORD = rb"(?:[\x81-\x8f]|\xde..|\xdf....)(?:[\xa1-\xbf]|\xd9.)[A-Za-z_][\w .:/-]*"
_STARTS = re.compile(_ARRAY + rb"?" + _WORD + rb"|" + _ARRAY + rb"(?:\xcb.{8}){3}", re.DOTALL)
"""A map whose first key is a word, an array of such, or an array of floats."""
_END = "\x00end of the value\x01"


def bytes_kind(head: bytes, size: int | None = None, tail: bytes | None = None) -> str:
    """json, text, png, jpeg, gzip, zstd, zlib, npy, pickle, msgpack, float32, float64, or just bytes.

    Args:
        head: all of the value, or at least the first 4 kB of it.
        size: Of the whole, where `head` is a part.
        tail: Its last bytes, likewise.
    """
    if not head:
        return "bytes"
    for magic, kind in _MAGIC.get(head[0], ()):
        if head.startswith(magic):
            return kind
    tail = head[-16:] if tail is None else tail
    if head[0] == 0x80 and head[1:2] in _PROTOCOLS and (head[2:3] == b"\x95" or tail.endswith(b".")):
        return "pickle"
    size = len(head) if size is None else size
    sample = head[:SAMPLE]
    if is_text(sample, size > SAMPLE):
        opens = sample[:1] if sample[0] > 32 else sample.lstrip()[:1]
        if opens not in (b"{", b"["):
            return "text"
        closes = tail.rstrip()[-1:]
        return "json" if closes == (b"}" if opens == b"{" else b"]") else "text"
    if sample[0] == 0x78 and is_zlib(sample):
        return "zlib"
    if sample[0] >= 0x80 and _is_msgpack(head, size):
        return "msgpack"
    return _floats(sample, size) or "bytes"


def is_text(sample: bytes, cut: bool) -> bool:
    """UTF-8 without control characters; `cut`: the sample may end within a character."""
    if len(sample.translate(None, CONTROL)) != len(sample):
        return False
    if sample.isascii():
        return True
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return cut and error.reason == "unexpected end of data" and error.start > 0
    return True


def is_zlib(head: bytes) -> bool:
    """A zlib header, followed by what can be inflated."""
    if len(head) < 6 or head[0] != 0x78 or (head[0] << 8 | head[1]) % 31 or head[1] & 0x20:
        return False
    try:
        zlib.decompressobj().decompress(head[:SAMPLE], 64)
    except zlib.error:
        return False
    return True


def _is_msgpack(head: bytes, size: int) -> bool:
    """A map or an array, by its first key or, where short, by all of it."""
    if head[0] >= 0xA0 and head[0] not in (0xDC, 0xDD, 0xDE, 0xDF):
        return False
    if size > SMALL or len(head) < size:
        return _STARTS.match(head) is not None
    return unpack(head) is not None


def unpack(data: bytes, extension: Callable[[int, bytes], Any] = lambda code, data: (code, data)) -> Any:
    """[what the MessagePack data hold], or None if they are not just that.

    Args:
        extension: Makes what stands for an extension type, of its code and its bytes.
    """
    import ormsgpack

    # the library is silent about what follows; an end of our own tells
    framed = b"\x92" + data + bytes([0xA0 + len(_END)]) + _END.encode()
    try:
        found = ormsgpack.unpackb(framed, ext_hook=extension, option=ormsgpack.OPT_NON_STR_KEYS)
    except (ValueError, TypeError):
        return None
    return found[:1] if found[1] == _END else None


def _floats(sample: bytes, size: int) -> str:
    """float32 or float64 (little-endian) where 16 numbers can hardly be anything else.

    The top byte of a number is its sign and most of its exponent.
    """
    if size % 4 or len(sample) < 64:
        return ""
    if _nearly(sample[3:64:4], SINGLE):
        return "float32"
    return "float64" if size % 8 == 0 and _nearly(sample[7:128:8], DOUBLE) else ""


def _nearly(tops: bytes, usual: bytes) -> bool:
    """All are usual, but for some zeros."""
    rest = tops.translate(None, usual)
    return len(rest) * 4 <= len(tops) and not rest.strip(b"\0\x80")

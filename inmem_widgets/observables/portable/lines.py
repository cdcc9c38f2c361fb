"""The lines of a file of checkpoints: numbered and checked, so that damage is told where it is.

Each line is a JSON object in ASCII that begins with its number and kind, and ends with the CRC-32 of the
file down to there. The last line has the SHA-256 of all lines before.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO
from zlib import crc32

from inmem_widgets.core.checkpoints.codec import Typed
from inmem_widgets.observables.preview import preview

FORMAT = "inmem-widgets/checkpoints"
VERSION = 1
LONGEST = 1 << 30
"""Bytes of a line."""
_TAIL = len(b',"crc":"00000000"}\n')

Line = dict[str, Any]


class FileRefused(ValueError):
    """A file of checkpoints that is damaged, foreign, or not to be trusted.

    Attributes:
        line: Counted from 1.
        reason: What is wrong there.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


class LineWriter:
    """Writes the lines; `write` takes bytes."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._crc, self._sha = 0, hashlib.sha256()
        self.number = 0
        self.bytes = 0

    def line(self, kind: str, **fields: Any) -> None:
        """Write one line.

        Raises:
            TypeError, ValueError: a field is no JSON.
        """
        head = {"n": self.number + 1, "kind": kind, **fields}
        body = json.dumps(head, separators=(",", ":"), allow_nan=False).encode()[:-1]
        line = b'%s,"crc":"%08x"}\n' % (body, crc32(body, self._crc))
        self._crc = crc32(line, self._crc)
        self._sha.update(line)
        self._write(line)
        self.number += 1
        self.bytes += len(line)

    def end(self, **counts: int) -> None:
        self.line("end", **counts, sha256=self._sha.hexdigest())


def read_lines(file: BinaryIO) -> Iterator[tuple[int, int, Line]]:
    """(Number, offset, fields) of each line from the file's position on: the first is "file", the last "end".

    Raises:
        FileRefused: a line is damaged, missing or not in its place, or this is another kind of file.
    """
    crc, sha, number, offset = 0, hashlib.sha256(), 0, 0
    while True:
        number += 1
        raw = file.readline(LONGEST)
        if not raw:
            raise FileRefused(number, "the file ends before its last line: it was cut off")
        if number == 1:
            _check_header(raw)
        body = raw[:-_TAIL]
        if raw != b'%s,"crc":"%08x"}\n' % (body, crc32(body, crc)):
            raise FileRefused(number, _damage(raw, number))
        crc = crc32(raw, crc)
        fields = _object(raw)
        if fields is None or fields.get("n") != number or not isinstance(fields.get("kind"), str):
            raise FileRefused(number, "this is no line of such a file")
        if (fields["kind"] == "file") != (number == 1):
            raise FileRefused(number, f"did not expect a line of kind {preview(fields['kind'], 40)} here")
        if fields["kind"] == "end":
            if fields.get("sha256") != sha.hexdigest():
                raise FileRefused(number, "the SHA-256 does not match the lines before")
            if file.read(1):
                raise FileRefused(number + 1, "the file goes on after its last line")
            yield number, offset, fields
            return
        sha.update(raw)
        yield number, offset, fields
        offset += len(raw)


def line_at(file: BinaryIO, offset: int) -> Line:
    """The fields of a line that was read before."""
    file.seek(offset)
    found: Line = json.loads(file.readline(LONGEST))
    return found


def packed(typed: Typed) -> list[str]:
    """What a serializer made, as JSON."""
    kind, data = typed
    return [kind, b64encode(data).decode()]


def unpacked(field: Any) -> Typed:
    """What a serializer made, from JSON.

    Raises:
        ValueError: it is not that.
    """
    if isinstance(field, list) and len(field) == 2 and all(isinstance(each, str) for each in field):
        try:
            return field[0], b64decode(field[1], validate=True)
        except (Base64Error, ValueError):
            pass
    raise ValueError("expected a serialised value: its type, and its bytes in base64")


def _check_header(raw: bytes) -> None:
    found = _object(raw)
    if found is None or found.get("format") != FORMAT:
        raise FileRefused(
            1, "this is no file of checkpoints (as export_threads writes them), or it is damaged"
        )
    if (version := found.get("version")) != VERSION or isinstance(version, bool):
        raise FileRefused(
            1, f"got version {preview(version, 40)} of the format, this inmem-widgets reads {VERSION}"
        )


def _object(raw: bytes) -> Line | None:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _damage(raw: bytes, number: int) -> str:
    if not raw.endswith(b"\n"):
        return "the line is cut off" if len(raw) < LONGEST else f"the line is longer than {LONGEST} bytes"
    found = _object(raw)
    said = found.get("n") if found is not None else None
    if isinstance(said, int) and said != number:
        return f"this was line {said}: lines are missing, added, or in another order"
    return "damaged: the checksum does not match"

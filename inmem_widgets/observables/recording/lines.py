"""The lines of a recording: JSON objects, what each is first; a line is whole when it ends with a line feed.

`head`: what is recorded. `entry`, `value`, `checkpoint`, `write`: contents, of savers as in a file of
`export_threads`; `ready` follows those there were at the beginning. `change`: one change. `again` and
`thread` (followed by contents, and a change): all of a store, or of a thread, anew. `origin`: who did
something, for changes to refer to. `lost`: changes that came too fast. `end`: the recording was closed.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Final

from inmem_widgets.observables.preview import preview

FORMAT: Final = "inmem-widgets/recording"
VERSION: Final = 1
BEGINS: Final = f'{{"is":"head","format":"{FORMAT}"'.encode()
"""What a recording begins with."""
LONGEST: Final = 1 << 28
"""Bytes of a line that is read."""

Line = dict[str, Any]
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode


class NoRecording(ValueError):
    """A file that is no recording, or one of another version."""


def encoded(what: str, fields: Line) -> bytes:
    """One line.

    Raises:
        TypeError, ValueError: a field is no JSON.
    """
    return _encode({"is": what, **fields}).encode() + b"\n"


def decoded(raw: bytes) -> Line | None:
    """What a line says; None if it is damaged."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("is"), str) else None


def next_line(file: BinaryIO) -> bytes:
    """The next whole line; nothing, and the position stays, where there is none (yet)."""
    raw = file.readline(LONGEST)
    if raw.endswith(b"\n"):
        return raw
    file.seek(-len(raw), 1)
    return b""


def head_of(file: BinaryIO) -> Line:
    """The first line.

    Raises:
        NoRecording: it is none that this version reads.
    """
    file.seek(0)
    found = decoded(file.readline(LONGEST)) or {}
    if found.get("is") != "head" or found.get("format") != FORMAT:
        raise NoRecording(
            "path: this is no recording (as record(…) writes them), or its first line is cut off"
        )
    if found.get("version") != VERSION or isinstance(found["version"], bool):
        raise NoRecording(
            f"path: got version {preview(found.get('version'), 40)} of a recording, "
            f"this inmem-widgets reads {VERSION}"
        )
    objects = found.get("objects")
    if not isinstance(objects, dict) or not all(
        isinstance(each, dict) and each.get("kind") in ("store", "cache", "saver")
        for each in objects.values()
    ):
        raise NoRecording("path: the recording's first line does not say what was recorded")
    return found

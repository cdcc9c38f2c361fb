"""The lines of a recording: JSON objects, what each is first; a line is whole when it ends with a line feed.

`head`: what is recorded. `entries` (keys, values), `value`, `checkpoint`, `write`: contents, of savers as
in a file of `export_threads`; `ready` follows those there were at the beginning. `change`: one change.
`changes`: several in a row (`count`), of one key each, as columns: `n` is the number of the first; `kind` and
`by` are lists, or what holds for all; `values` has those of the kinds in `WRITES`; `info` may be missing.
`again` and
`thread` (followed by contents, and a change): all of a store, or of a thread, anew. `origin`: who did
something, for changes to refer to. `lost`: changes that came too fast. `behind`: up to which number changes
had been made by then, though they are not written yet. `end`: the recording was closed.

Version 1 has no columns: its contents are lines `entry` (key, value).
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Final

import orjson

from inmem_widgets.observables.preview import preview

FORMAT: Final = "inmem-widgets/recording"
VERSION: Final = 2
READ: Final = frozenset({1, VERSION})
"""Versions that are read."""
BEGINS: Final = f'{{"is":"head","format":"{FORMAT}"'.encode()
"""What a recording begins with."""
ACCEPTED: Final = "a recording, as record(…) writes them"
LONGEST: Final = 1 << 28
"""Bytes of a line that is read."""

WRITES: Final = frozenset({"set", "insert", "refresh"})
"""Kinds of changes that have a value for each key."""

Line = dict[str, Any]
_OPTIONS: Final = (
    orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode


class NoRecording(ValueError):
    """A file that is no recording, or one of another version."""


def json_bytes(value: Any) -> bytes:
    """JSON of what consists of plain types only, its floats being finite.

    Raises:
        TypeError: it does not; or a text holds half a character, or a number has more than 64 bits.
    """
    return orjson.dumps(value, option=_OPTIONS)


def encoded(what: str, fields: Line) -> bytes:
    """One line.

    Raises:
        TypeError: a field is none that `json_bytes` takes.
    """
    return json_bytes({"is": what, **fields}) + b"\n"


def encoded_safely(what: str, fields: Line) -> bytes:
    """One line, with whatever texts.

    Raises:
        TypeError, ValueError: a field is no JSON.
    """
    try:
        return encoded(what, fields)
    except TypeError:
        return _encode({"is": what, **fields}).encode() + b"\n"


def decoded(raw: bytes, version: int = VERSION) -> Line | None:
    """What a line says; None if it is damaged."""
    try:
        found = orjson.loads(raw) if version > 1 else json.loads(raw)  # the former has 64 bits for a number
    except (ValueError, RecursionError):
        try:
            found = json.loads(raw)  # this one knows halves of characters
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
    first = file.readline(LONGEST)
    found = decoded(first) or {}
    if found.get("is") != "head" or found.get("format") != FORMAT:
        is_no = "no recording, or its first line is cut off" if first else "empty, no recording"
        raise NoRecording(f"path: got {file.name}, which is {is_no}; accepted is {ACCEPTED}")
    if found.get("version") not in READ or isinstance(found["version"], bool):
        raise NoRecording(
            f"path: got version {preview(found.get('version'), 40)} of a recording, "
            f"this inmem-widgets reads {' and '.join(map(str, sorted(READ)))}"
        )
    objects = found.get("objects")
    if not isinstance(objects, dict) or not all(
        isinstance(each, dict) and each.get("kind") in ("store", "cache", "saver")
        for each in objects.values()
    ):
        raise NoRecording("path: the recording's first line does not say what was recorded")
    return found

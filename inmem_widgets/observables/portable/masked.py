"""Checkpoints as they may leave: redacted as bytes, without making any object of them."""

from __future__ import annotations

import json
from typing import Any, Final

import ormsgpack
from langgraph.checkpoint.serde import jsonplus

from inmem_widgets.core.checkpoints.codec import OPTION, Typed
from inmem_widgets.observables.portable.lines import LineWriter, packed, unpacked
from inmem_widgets.observables.reading.lost import NAMING
from inmem_widgets.observables.redaction import Redactor

DEPTH: Final = 100
WITHHELD: Final = "[not shown: {} cannot be redacted]"
_METHOD: Final = jsonplus.EXT_METHOD_SINGLE_ARG
_NAMES: Final = ("ns", "id", "parent", "channel", "task", "path")
_VALUES: Final = ("value", "checkpoint", "metadata")


class RedactedLines(LineWriter):
    """Writes lines as they may leave."""

    def __init__(self, write: Any, redactor: Redactor) -> None:
        super().__init__(write)
        self._redactor = redactor

    def line(self, kind: str, **fields: Any) -> None:
        super().line(kind, **(fields if kind == "end" else redacted_fields(fields, self._redactor)))


def redacted_fields(fields: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """The fields of a line: names stay one to one, and the same wherever they are."""
    made = dict(fields)
    for name in _NAMES:
        if isinstance(made.get(name), str):
            made[name] = redactor.name(made[name])
        elif isinstance(made.get(name), list):  # a thread's id of another type
            made[name] = packed(redacted_typed(unpacked(made[name]), redactor))
    for name in _VALUES:
        if name in made:
            made[name] = packed(redacted_typed(unpacked(made[name]), redactor))
    if isinstance(made.get("values"), list):
        made["values"] = [redactor.name(each) for each in made["values"]]
    return made


def redacted_typed(stored: Typed, redactor: Redactor) -> Typed:
    """The value with its texts redacted. What is encrypted stays so; what cannot be redacted is withheld."""
    kind, data = stored
    if kind in ("null", "empty") or "+" in kind:
        return stored
    if kind in ("bytes", "bytearray"):
        return kind, redactor.data(data)
    try:
        if kind == "json":
            return kind, json.dumps(_redacted(json.loads(data), redactor, 0)).encode()
        if kind == "msgpack":
            return kind, _repacked(data, redactor, 0, naming=False)
    except (ValueError, TypeError, RecursionError):
        pass
    return "msgpack", ormsgpack.packb(WITHHELD.format(kind if kind.isalnum() else "this"))


def _repacked(data: bytes, redactor: Redactor, depth: int, *, naming: bool, method: bool = False) -> bytes:
    if depth > DEPTH:
        raise ValueError("nested too deep")

    def part(code: int, inner: bytes) -> Any:
        inner = _repacked(inner, redactor, depth + 1, naming=code in NAMING, method=code == _METHOD)
        return ormsgpack.Ext(code, inner)

    found = ormsgpack.unpackb(data, ext_hook=part, option=OPTION)
    if naming and isinstance(found, list) and len(found) > 2:
        # module, class, what it is made of, and the method that makes it
        made: Any = [*found[:2], _redacted(found[2], redactor, depth), *found[3:]]
    else:
        made = _redacted(found, redactor, depth)
    return ormsgpack.packb(made, option=OPTION)


def _redacted(value: Any, redactor: Redactor, depth: int) -> Any:
    if depth > DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, bytes):
        return redactor.data(value)
    if isinstance(value, dict):
        return {
            redactor.name(key) if isinstance(key, str) else key: _redacted(each, redactor, depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_redacted(each, redactor, depth + 1) for each in value]
    if type(value) in (int, float):
        text = redactor.text(repr(value))
        return value if text == repr(value) else text
    return value

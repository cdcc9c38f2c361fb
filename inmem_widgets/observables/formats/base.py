"""What a format is, and what all of them may ask of a value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from inmem_widgets.observables.kinds import bytes_kind
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.redaction import redactor
from inmem_widgets.observables.tree import Describe, as_python
from inmem_widgets.observables.values import BYTES, SAMPLE, bytes_part, bytes_size, is_a
from inmem_widgets.wire import Block, Fact, FactsBlock, NoteBlock, ValueNode

WHOLE = 2_000_000
"""Bytes or characters up to which a value is parsed."""

WEIGHT = 250_000
"""Bytes on the wire up to which messages and rows are gathered in one answer."""

T = TypeVar("T")

NOTHING: Any = object()
"""Said of what is not JSON, msgpack, …; None is a value."""


class Content:
    """A value, and what several formats want to know of it, each found out once."""

    def __init__(self, value: Any) -> None:
        masks = redactor()
        self.value = value = value if masks is None else masks.value(value)
        self.is_bytes = is_a(value, BYTES)
        self.is_str = is_a(value, str)
        self._found: dict[Any, Any] = {}

    def once(self, find: Callable[[Content], T]) -> T:
        """What a function finds in the content, which is asked only once."""
        if find not in self._found:
            self._found[find] = find(self)
        found: T = self._found[find]
        return found

    @cached_property
    def size(self) -> int:
        """Bytes of bytes, characters of text, else 0."""
        if self.is_bytes:
            return bytes_size(self.value)
        return str.__len__(self.value) if self.is_str else 0

    def part(self, start: int, stop: int | None) -> bytes:
        return bytes_part(self.value, start, stop) if self.is_bytes else b""

    @cached_property
    def head(self) -> bytes:
        return self.part(0, SAMPLE)

    @cached_property
    def kind(self) -> str:
        """What bytes look like; "" for all else."""
        return bytes_kind(self.head, self.size, self.part(-16, None)) if self.is_bytes else ""

    @cached_property
    def begins(self) -> str | None:
        """The first characters of text; None if the value is not text."""
        if self.is_str:
            return str.__getitem__(self.value, slice(SAMPLE))
        return self.head.decode("utf-8", "ignore") if self.kind in ("text", "json") else None

    @cached_property
    def text(self) -> str | None:
        """All of a text that is not too long to be parsed."""
        if self.begins is None or self.size > WHOLE:
            return None
        if self.is_str:
            return str.__getitem__(self.value, slice(None))
        return self.part(0, None).decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """What a text that is a JSON object or array holds, else `NOTHING`."""
        start = (self.begins or "").lstrip()[:1]
        text = self.text if start in ("{", "[") else None
        if text is None:
            return NOTHING
        try:
            return json.loads(text, parse_int=_whole)
        except (ValueError, RecursionError):
            return NOTHING

    @cached_property
    def data(self) -> Any:
        """The value as Python's own data: what JSON text holds, else the value itself."""
        return self.value if self.json is NOTHING else self.json


def _whole(digits: str) -> int | float | str:
    return int(digits) if len(digits) < 4000 else digits


@dataclass(frozen=True)
class Format:
    """One way to show values."""

    name: str
    fit: Callable[[Content], float]
    """How well it shows the content: 0 not at all, 0.5 like any other, 1 as nothing else could."""
    show: Callable[[Content, int], list[Block]]
    """The blocks from an offset on (in the unit of the block that has `more`)."""
    tree: Callable[[Content], Any] | None = None
    """What the `TreeBlock` that loads is of, …"""
    describe: Describe = as_python
    """… and how its nodes are put."""


def note(text: str, tone: str = "") -> NoteBlock:
    return {
        "kind": "note",
        "text": clean(text),
        "tone": "error" if tone == "error" else "warning" if tone else "",
    }


def tree_block(node: ValueNode) -> Block:
    return {"kind": "tree", "node": node, "loads": True}


def facts(**found: str) -> FactsBlock:
    """Labels (underscores are blanks) with texts; those without a text are left out."""
    pairs = [(label.replace("_", " "), text) for label, text in found.items() if text]
    return {"kind": "facts", "facts": [fact(label, text) for label, text in pairs]}


def fact(label: str, text: str) -> Fact:
    return {"label": cut(clean(label), 80), "text": cut(clean(text), 500)}


def weight(found: Any) -> int:
    """Bytes on the wire."""
    return len(json.dumps(found, ensure_ascii=False).encode())

"""LangChain's messages, documents and generations: as objects, or as JSON that was dumped from them.

They are recognised and read, never made. Dumped forms: `langchain_core.load.dumps` ({"lc": 1, …}),
`messages_to_dict` ({"type", "data"}), `model_dump`, and chat messages of other libraries
({"role", "content"}).
"""

from __future__ import annotations

import json
from typing import Any, Literal, NamedTuple

from inmem_widgets.observables.formats.base import WHOLE
from inmem_widgets.observables.values import fields, first, is_a, is_named

MOST = 64
"""Fields of a dict that may be one of them."""
FLAT = 1_000
"""Items of lists in a list."""
Sort = Literal["message", "document", "generation"]
_CLASSES: tuple[tuple[str, str, Sort], ...] = (
    ("langchain_core.messages.base", "BaseMessage", "message"),
    ("langchain_core.documents.base", "Document", "document"),
    ("langchain_core.outputs.generation", "Generation", "generation"),
)
_ROLES = ("human", "ai", "system", "tool", "function", "chat", "developer", "user", "assistant")
_SAME = {"user": "human", "assistant": "ai"}


class Record(NamedTuple):
    sort: Sort
    role: str
    """Of a message: human, ai, system, tool, or whatever it says."""
    data: dict[str, Any]


def text_items(value: Any) -> dict[str, Any]:
    """The items of a small dict that have text as key; {} of anything else.

    A copy: looking a key up in a foreign dict may run the comparison of another key.
    """
    if not is_a(value, dict) or dict.__len__(value) > MOST:
        return {}
    return {k: v for k, v in first(dict.items(value), MOST) if type(k) is str}


def plain(data: dict[str, Any], name: str) -> str:
    """A text among the fields, "" if there is none of that name."""
    found = data.get(name)
    return found if type(found) is str else ""


def record_of(value: Any) -> Record | None:
    """What a value is one of; None if it is none."""
    if is_a(value, dict):
        return _dumped(text_items(value))
    if is_a(value, str):
        return _dumped_text(value)
    for module, name, sort in _CLASSES:
        if is_named(value, module, name):
            data = fields(value) or {}
            return Record(sort, _role(data, sort) if sort == "message" else sort, data)
    return None


def _dumped_text(value: Any) -> Record | None:
    """One of a list of dumped generations, as caches keep them."""
    start = str.__getitem__(value, slice(10))
    if not start.replace(" ", "").startswith('{"lc":1') or str.__len__(value) > WHOLE:
        return None
    try:
        return record_of(json.loads(str.__getitem__(value, slice(None))))
    except (ValueError, RecursionError):
        return None


def _dumped(data: dict[str, Any]) -> Record | None:
    kind, inner, role = plain(data, "type"), data.get("data"), plain(data, "role")
    if kind == "constructor" and type(data.get("lc")) is int:
        return _constructor(data)
    if kind in _ROLES and set(data) <= {"type", "data"} and is_a(inner, dict):
        found = text_items(inner)
        return Record("message", _role(found, kind), found) if "content" in found else None
    if 0 < len(role) <= 40 and ("content" in data or "tool_calls" in data):
        return Record("message", _role(data, role), data)
    if kind in _ROLES and "content" in data:
        return Record("message", _role(data, kind), data)
    if is_a(data.get("page_content"), str) and is_a(data.get("metadata"), dict):
        return Record("document", "document", data)
    return None


def _constructor(data: dict[str, Any]) -> Record | None:
    """{"lc": 1, "type": "constructor", "id": ["langchain", "schema", …, class], "kwargs": {…}}"""
    path, found = data.get("id"), text_items(data.get("kwargs"))
    name = path[-1] if type(path) is list and path and type(path[-1]) is str else ""
    if name == "Document" and "page_content" in found:
        return Record("document", "document", found)
    if name in ("Generation", "ChatGeneration", "GenerationChunk", "ChatGenerationChunk"):
        return Record("generation", "generation", found)
    if name.removesuffix("Chunk").endswith("Message") and "content" in found:
        return Record("message", _role(found, name), found)
    return None


def _role(data: dict[str, Any], otherwise: str) -> str:
    found = plain(data, "role") or plain(data, "type") or otherwise
    role = found.removesuffix("Chunk").removesuffix("Message") or otherwise
    role = role.lower() if role.lower() in _ROLES else role
    return _SAME.get(role, role)[:40]


def records_in(value: Any, most: int) -> tuple[list[Record], int] | None:
    """(the first records, how many there are) of a record or of a list of nothing else; of lists in it
    too, as generations come; None if there are none."""
    found = items_in(value)
    return None if found is None else found.part(0, most)


def items_in(value: Any) -> Items | None:
    """What may be one or more records."""
    if record_of(value) is not None:
        return Items([value], list, 1)
    for base in (list, tuple):
        if not is_a(value, base):
            continue
        items = first(base.__iter__(value), FLAT)
        if items and all(is_a(item, list) and list.__len__(item) for item in items):
            flat = [x for item in items for x in first(list.__iter__(item), FLAT)][:FLAT]
            return Items(flat, list, len(flat))
        return Items(value, base, base.__len__(value))
    return None


class Items(NamedTuple):
    """Items of a list, or of lists in a list."""

    value: Any
    base: Any
    total: int

    def part(self, start: int, stop: int) -> tuple[list[Record], int] | None:
        """(records, how many items there are), if all from `start` to `stop` are records."""
        items = first(self.base.__iter__(self.value), max(0, stop), max(0, start))
        records = [record for item in items if (record := record_of(item)) is not None]
        return (records, self.total) if records and len(records) == len(items) else None

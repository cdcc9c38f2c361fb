"""Values in one line, as a diff shows them."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.formats.records import Record, plain, record_of, text_items
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.reading.reader import Undecodable
from inmem_widgets.observables.values import first, is_a

SHORT = 120
"""Characters of a value."""
NAME = 80
CALLS = 5
"""Calls of a message that are shown."""
SAID = 5
"""Messages of several."""


def brief(value: Any) -> str:
    """A value in one line: texts in quotes, of messages what they say."""
    if is_a(value, str):
        text = " ".join(str.__getitem__(value, slice(0, 4 * SHORT)).split())
        return f'"{cut(clean(text), SHORT)}"'
    if type(value) is Undecodable:
        return clean(f"{value.size:,} bytes of {value.type} that cannot be deserialised")
    record = record_of(value) if not is_a(value, (list, tuple)) else None
    if record is not None and record.sort != "generation":
        return _said(record)
    return preview(value, SHORT)


def _said(record: Record) -> str:
    content: Any = record.data.get("content" if record.sort == "message" else "page_content")
    if is_a(content, list):  # blocks
        texts = [plain(text_items(block), "text") for block in first(list.__iter__(content), 20)]
        content = " ".join(filter(None, texts)) or content
    return brief(content) if is_a(content, str) else preview(content, SHORT)


def label_of(item: Any, position: int) -> str:
    """What an item is called: a message's role, a name, else its position."""
    record = record_of(item) if not is_a(item, (str, list, tuple)) else None
    if record is None or record.sort == "generation":
        name = plain(text_items(item), "name") if is_a(item, dict) else ""
        return cut(clean(name), NAME) or f"[{position}]"
    name = plain(record.data, "name") if record.sort == "message" else ""
    return cut(clean(f"{record.role} {name}".strip()), NAME)


def calls_of(value: Any) -> str:
    """Names and arguments of the tools that a message calls; "" where it calls none."""
    record = None if is_a(value, (str, list, tuple)) else record_of(value)
    found: Any = record.data.get("tool_calls") if record is not None and record.sort == "message" else None
    if not is_a(found, list) or not list.__len__(found):
        return ""
    texts = []
    for call in map(text_items, first(list.__iter__(found), CALLS)):
        args = ", ".join(f"{name}={brief(each)}" for name, each in text_items(call.get("args")).items())
        texts.append(f"{plain(call, 'name')}({args})")
    more = list.__len__(found) - len(texts)
    return cut(clean(", ".join(texts) + (f" and {more:,} more" if more > 0 else "")), SHORT)


def is_message(value: Any) -> bool:
    record = None if is_a(value, (str, list, tuple)) else record_of(value)
    return record is not None and record.sort == "message"


def told(value: Any, limit: int) -> str:
    """A value in short; messages as who says what."""
    items: list[Any] = first(list.__iter__(value), SAID) if is_a(value, list) else [value]
    if not items or not all(map(is_message, items)):
        return preview(value, limit)
    more = list.__len__(value) - len(items) if is_a(value, list) else 0
    said = ", ".join(
        " ".join(filter(None, (label_of(each, 0), brief(each), calls_of(each)))) for each in items
    )
    return cut(said, limit) if not more else f"{cut(said, limit - 20)} and {more:,} more"

"""LangChain messages, a conversation of them, and what a model generated."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from inmem_widgets.observables.formats.base import WEIGHT, Content, Format, fact, note, weight
from inmem_widgets.observables.formats.images import image_block
from inmem_widgets.observables.formats.markdown import PART as MARKDOWN
from inmem_widgets.observables.formats.markdown import markdown_signs, outline
from inmem_widgets.observables.formats.records import Items, Record, items_in, plain, record_of, text_items
from inmem_widgets.observables.formats.text import PART, text_part
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.tree import open_node
from inmem_widgets.observables.values import fields, first, is_a, is_named
from inmem_widgets.wire import (
    Block,
    Fact,
    ImageBlock,
    MessageBlock,
    NoteBlock,
    OutlineBlock,
    TextBlock,
    ToolCall,
)

MOST = 30
"""Messages of a conversation shown at once: the last ones, and earlier ones when they are asked for."""
CHARACTERS = 30_000
"""Of the text of a conversation."""
LEAST = 200
"""Characters of each text."""
NODES = 80
"""Of the arguments of a message's tool calls."""
DETAILS = 5_000
"""Characters of a message's facts."""
CALLS = 20
PARTS = 20
IMAGES = 2_000_000
"""Characters of base64 of one image, and of all."""
FACT = 200
_LATER = ("content", "text", "type", "name", "role", "tool_calls", "invalid_tool_calls", "example", "message")
Inner = TextBlock | OutlineBlock | ImageBlock | NoteBlock


class Writer:
    """Makes the blocks of some messages (or documents) within a bound.

    Args:
        count: How many there are of them.
        shown: How many are shown at once.
    """

    def __init__(self, count: int, shown: int) -> None:
        self.alone = count == 1
        self.room = max(LEAST, CHARACTERS // max(1, shown))
        self.share = PART if self.alone else self.room
        self.images = IMAGES

    def write(self, records: Iterable[Record], make: Callable[[Record], MessageBlock]) -> list[MessageBlock]:
        """The blocks of as many records as there is room for."""
        blocks: list[MessageBlock] = []
        left = WEIGHT
        for record in records:
            self.text_left, self.nodes, self.details = self.room, NODES, DETAILS
            images = self.images
            block = make(record)
            left -= weight(block) - (images - self.images)
            if left < 0 and blocks:
                break
            blocks.append(block)
        return blocks

    def message(self, record: Record) -> MessageBlock:
        data = record.data
        if record.sort == "generation":
            inner = record_of(data.get("message"))
            if inner is not None:
                block = self.message(inner)
                block["facts"] += self.fitting(_facts({"generation_info": data.get("generation_info")}))
                return block
        content = data.get("text") if record.sort == "generation" else data.get("content")
        name = data.get("name")
        return {
            "kind": "message",
            "role": clean(record.role),
            "name": cut(clean(name), 80) if type(name) is str else "",
            "text": self.content(content),
            "calls": self._calls(data),
            "facts": self.fitting(_facts(data)),
        }

    def content(self, content: Any) -> list[Inner]:
        """A message's content: text, or a list of typed parts."""
        if is_a(content, str):
            return self.text(content) if str.__len__(content) else []
        if content is None:
            return []
        if not is_a(content, (list, tuple)):
            return [note(preview(content))]
        base: Any = list if is_a(content, list) else tuple
        found: list[Inner] = []
        for item in first(base.__iter__(content), PARTS):
            found += self._part(item)
        if base.__len__(content) > PARTS:
            found.append(note(f"{base.__len__(content) - PARTS:,} more parts."))
        return found

    def text(self, text: str) -> list[Inner]:
        total = str.__len__(text)
        whole = str.__getitem__(text, slice(None)) if total <= min(MARKDOWN, self.share) else ""
        if markdown_signs(whole):  # one will do: models write Markdown
            self.text_left -= total
            return [outline(whole)]
        block = text_part(text, 0, max(LEAST, min(self.share, self.text_left)))
        self.text_left -= len(block["text"])
        if self.alone:
            return [block]
        block["more"] = None  # which of the messages an offset is of could not be told
        cut_off = total - len(block["text"])
        return [block, note(f"{cut_off:,} more characters.")] if cut_off > 0 else [block]

    def _part(self, item: Any) -> list[Inner]:
        if is_a(item, str):
            return self.text(item)
        part = text_items(item)
        kind = plain(part, "type")
        if kind in ("tool_use", "tool_call"):
            return []  # is among the calls
        if kind.startswith("image"):
            return [self._image(part)]
        text = next((part[n] for n in ("text", kind, "reasoning") if is_a(part.get(n), str)), None)
        if text is None:
            return [note(f"{kind[:40]} {preview(item)}".strip())]
        label: list[Inner] = [] if kind == "text" else [note(kind[:40])]
        return label + self.text(text)

    def _image(self, part: dict[str, Any]) -> Inner:
        url = (
            plain(text_items(part.get("image_url")), "url") or plain(part, "image_url") or plain(part, "url")
        )
        data = plain(part, "base64") or plain(part, "data") or plain(text_items(part.get("source")), "data")
        if url.startswith("data:image/"):
            data, url = url.partition(",")[2], ""
        if data and len(data) <= self.images:
            with suppress(ValueError):  # no base64
                block = image_block(Content(b64decode(data)))
                if block is not None:
                    self.images -= len(data)
                    return block
        return note(f"image, not drawn: {cut(url, FACT) or f'{len(data):,} characters of base64'}")

    def fitting(self, facts: list[Fact]) -> list[Fact]:
        """Those there is room for."""
        found = []
        for each in facts:
            self.details -= len(each["label"]) + len(each["text"])
            if self.details > 0:
                found.append(each)
        return found

    def _calls(self, data: dict[str, Any]) -> list[ToolCall]:
        extra = text_items(data.get("additional_kwargs"))
        calls = [c for n in ("tool_calls", "invalid_tool_calls") for c in _listed(data.get(n))]
        calls = calls or _listed(extra.get("tool_calls"))
        found = [text_items(call) for call in calls or _listed(data.get("content"))]
        return [self._call(call) for call in found[:CALLS] if calls or plain(call, "type") == "tool_use"]

    def _call(self, call: dict[str, Any]) -> ToolCall:
        function = text_items(call.get("function"))
        ways = ((call, "args"), (call, "input"), (function, "arguments"))
        found: Any = next((among[name] for among, name in ways if name in among), {})
        arguments = Content(found)
        most = max(0, self.nodes)
        node = open_node("", arguments.data if arguments.size <= CHARACTERS else found, most=most, width=most)
        self.nodes -= _count(node)
        name = plain(call, "name") or plain(function, "name")
        return {"name": cut(clean(name), 80), "id": cut(clean(plain(call, "id")), 80), "args": node}


def _count(node: Any) -> int:
    return 1 + sum(map(_count, node["children"] or ()))


def _listed(value: Any) -> list[Any]:
    return first(list.__iter__(value), CALLS) if is_a(value, list) else []


def _facts(data: dict[str, Any]) -> list[Fact]:
    """What a message has besides its content: ids, status, token counts, metadata that is not empty."""
    found = []
    for name, value in data.items():
        if name in _LATER or _empty(value):
            continue
        if name == "usage_metadata":
            usage = {k.removesuffix("_tokens"): v for k, v in text_items(value).items() if type(v) is int}
            found.append(fact("tokens", ", ".join(f"{n:,} {k}" for k, n in usage.items())))
        elif is_a(value, dict):
            pairs = [(k, v) for k, v in text_items(value).items() if not _empty(v)]
            found += [fact(key, preview(x, FACT)) for key, x in pairs[:5]]
        else:
            found.append(fact(name.replace("_", " "), preview(value, FACT)))
    return found[:12]


def _empty(value: Any) -> bool:
    if value is None or value is False:
        return True
    base: Any = next((base for base in (str, list, dict) if is_a(value, base)), None)
    return base is not None and not base.__len__(value)


def _last(content: Content) -> tuple[Items, list[Record]] | None:
    """The messages, and the last of them."""
    data = content.data
    if is_named(data, "langchain_core.outputs.llm_result", "LLMResult"):
        data = (fields(data) or {}).get("generations")
    for value in (data, text_items(data).get("messages")):
        if (items := items_in(value)) is not None and (records := _before(items, 0)):
            return items, records
    return None


def _before(items: Items, offset: int) -> list[Record]:
    """The last messages before so many that were given; nothing if some are none."""
    stop = items.total - offset
    records, _ = items.part(stop - MOST, stop) or ([], 0)
    return [] if any(record.sort == "document" for record in records) else records


def _fit(content: Content) -> float:
    if content.once(_last) is None:
        return 0
    return 0.5 if "messages" in text_items(content.data) else 0.95


def _show(content: Content, offset: int) -> list[Block]:
    found = content.once(_last)
    if found is None:
        return []
    items, records = found
    if offset and items.total == 1:
        return continued(records, offset, "content")
    if offset:
        records = _before(items, offset)
    writer = Writer(items.total, len(records))
    blocks = writer.write(reversed(records), writer.message)[::-1]
    given = offset + len(blocks)
    more = given if blocks and given < items.total else None
    if offset:
        none = [] if blocks else [note("What is before these is not a list of messages.")]
        return [{"kind": "earlier", "blocks": [*none, *blocks], "more": more, "total": items.total}]
    if more is None:
        return [*blocks]
    return [{"kind": "earlier", "blocks": [], "more": more, "total": items.total}, *blocks]


def continued(records: list[Record], offset: int, name: str) -> list[Block]:
    """The next part of the only text there is more of."""
    text = records[0].data.get(name) if records else None
    if records and records[0].sort == "generation":
        inner = record_of(records[0].data.get("message"))
        text = records[0].data.get("text") if inner is None else inner.data.get("content")
    return [text_part(text, offset)] if is_a(text, str) and text is not None else []


FORMAT = Format("messages", _fit, _show)

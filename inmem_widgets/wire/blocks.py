"""One value as blocks, and how it is edited and exported."""

from __future__ import annotations

from typing import Literal, TypedDict

from inmem_widgets.wire.values import ValueNode


class TextBlock(TypedDict):
    """Text as it is, in a fixed-width face."""

    kind: Literal["text"]
    text: str
    offset: int
    total: int | None
    unit: str
    """What offset and total count: "characters", "bytes", "opcodes"."""
    more: int | None
    """The offset of the next part, None at the end."""


class HexBlock(TypedDict):
    kind: Literal["hex"]
    data: str
    """Base64."""
    offset: int
    total: int
    more: int | None


class TreeBlock(TypedDict):
    kind: Literal["tree"]
    node: ValueNode
    loads: bool
    """Whether deeper nodes can be asked for by their path (`value` with `path`)."""


class Fact(TypedDict):
    label: str
    text: str


class FactsBlock(TypedDict):
    kind: Literal["facts"]
    facts: list[Fact]


class PlotBlock(TypedDict):
    """Numbers as a small chart: in their order, or as counts between low and high."""

    kind: Literal["plot"]
    label: str
    style: Literal["line", "bars"]
    low: list[float | None]
    """The smallest of each slice of the numbers (for bars always 0); None: not finite."""
    high: list[float | None]
    first: str
    """Labels at the two ends of the horizontal axis."""
    last: str


class TableBlock(TypedDict):
    kind: Literal["table"]
    columns: list[str]
    numeric: list[bool]
    rows: list[list[str]]
    offset: int
    total: int
    more: int | None


class ImageBlock(TypedDict):
    kind: Literal["image"]
    mime: Literal["image/png", "image/jpeg"]
    data: str
    """Base64."""
    width: int
    height: int


class Span(TypedDict):
    text: str
    style: Literal["", "strong", "em", "code", "link"]


class OutlineItem(TypedDict):
    kind: Literal["heading", "paragraph", "item", "code", "quote", "rule", "row"]
    level: int
    """Of a heading 1 to 6; of an item how deep; else 0."""
    mark: str
    """What stands before an item: "•", "3."."""
    spans: list[Span]


class OutlineBlock(TypedDict):
    """Structured text (Markdown): nothing in it is markup any more."""

    kind: Literal["outline"]
    items: list[OutlineItem]


class ToolCall(TypedDict):
    name: str
    id: str
    args: ValueNode
    """With all the levels there are to show."""


class MessageBlock(TypedDict):
    kind: Literal["message"]
    role: str
    """human, ai, system, tool, document or whatever the message says."""
    name: str
    text: list[TextBlock | OutlineBlock | ImageBlock | NoteBlock]
    calls: list[ToolCall]
    facts: list[Fact]
    """Token counts, ids, metadata."""


class NoteBlock(TypedDict):
    kind: Literal["note"]
    text: str
    tone: Literal["", "warning", "error"]


class EarlierBlock(TypedDict):
    """Before the last messages of a long conversation: there are earlier ones; with an offset, these."""

    kind: Literal["earlier"]
    blocks: list[MessageBlock | NoteBlock]
    more: int | None
    """How many of the last messages have been given, where there are earlier ones: the next offset."""
    total: int


Block = (
    TextBlock | HexBlock | TreeBlock | FactsBlock | PlotBlock | TableBlock | ImageBlock | OutlineBlock
    | MessageBlock | EarlierBlock | NoteBlock
)  # fmt: skip


class Packed(TypedDict):
    """A compressed value that was opened."""

    name: str
    """gzip, zstd or zlib."""
    size: int
    opened: int
    """Bytes taken out."""
    complete: bool


class Edit(TypedDict):
    """The value as it can be edited."""

    language: Literal["text", "json"]
    text: str
    token: str
    """What the value was; sent back with the edit, so that a change meanwhile is noticed."""


class ValueView(TypedDict):
    """The answer to `value`. With an offset it continues the blocks shown; with a path see `TreeBlock`."""

    id: int
    version: int
    formats: list[str]
    """Names of the formats that fit, the best first."""
    format: str
    packed: Packed | None
    blocks: list[Block]
    edit: Edit | None
    reason: str
    """Why it cannot be edited; "" where it can."""


class Edited(TypedDict):
    """The answer to `edit`."""

    id: int | None
    """The key's row, where it was written."""
    conflict: Edit | None
    """The value is another one meanwhile, and nothing was written; `text` is what it is now."""
    missing: bool
    """The key was deleted meanwhile (or, for a new key, exists already), and nothing was written."""


class Piece(TypedDict):
    """The answer to `export`: the next part of a file."""

    name: str
    mime: str
    data: str
    """Base64."""
    done: int
    """Rows written so far."""
    total: int
    last: bool

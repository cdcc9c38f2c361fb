"""All that crosses between Python and the browser, as types and nothing else.

The TypeScript types in `js/src/wire.gen.ts` are generated from this module (`make wire`);
a test regenerates and compares. Times are seconds since the epoch, sizes are bytes.

A *view* is one rendered element; a widget may have several. A view opens with its own id and
parameters, is answered by a whole state, and from then on gets numbered patches: a patch whose
`prev` is not the view's `seq` means one was lost, and the view opens again.
"""

from __future__ import annotations

from inmem_widgets.wire.blocks import (
    Block,
    Edit,
    Edited,
    Fact,
    FactsBlock,
    HexBlock,
    ImageBlock,
    MessageBlock,
    NoteBlock,
    OutlineBlock,
    OutlineItem,
    Packed,
    Piece,
    PlotBlock,
    Span,
    TableBlock,
    TextBlock,
    ToolCall,
    TreeBlock,
    ValueView,
)
from inmem_widgets.wire.cache import CacheState, History
from inmem_widgets.wire.keys import (
    Bulk,
    KeyQuery,
    KeyRow,
    KeyTableState,
    NamespaceRow,
    OpenKey,
    Problem,
    RecentChange,
    Share,
    Space,
    TopKey,
)
from inmem_widgets.wire.messages import Close, Module, Open, Opened, Params, Patch, Reply, Request
from inmem_widgets.wire.timeline import Badge, CheckpointRow, Segment, Thread, TimelineState
from inmem_widgets.wire.values import How, Title, ValueNode

__all__ = [
    "Badge",
    "Block",
    "Bulk",
    "CacheState",
    "CheckpointRow",
    "Close",
    "Edit",
    "Edited",
    "Fact",
    "FactsBlock",
    "HexBlock",
    "History",
    "How",
    "ImageBlock",
    "KeyQuery",
    "KeyRow",
    "KeyTableState",
    "MessageBlock",
    "Module",
    "NamespaceRow",
    "NoteBlock",
    "Open",
    "OpenKey",
    "Opened",
    "OutlineBlock",
    "OutlineItem",
    "Packed",
    "Params",
    "Patch",
    "Piece",
    "PlotBlock",
    "Problem",
    "RecentChange",
    "Reply",
    "Request",
    "Segment",
    "Share",
    "Space",
    "Span",
    "TableBlock",
    "TextBlock",
    "Thread",
    "TimelineState",
    "Title",
    "ToolCall",
    "TopKey",
    "TreeBlock",
    "ValueNode",
    "ValueView",
]

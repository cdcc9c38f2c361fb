"""LangChain Documents: their text, and their metadata as facts or as a tree."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.formats.base import Content, Format, fact, note, tree_block
from inmem_widgets.observables.formats.messages import Writer, continued
from inmem_widgets.observables.formats.records import Record, records_in
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.tree import open_node
from inmem_widgets.observables.values import child_count, children
from inmem_widgets.wire import Block, Fact, MessageBlock

MOST = 50
FACTS = 10
"""Metadata of so many plain entries are facts; others a tree."""


def _records(content: Content) -> tuple[list[Record], int] | None:
    found = records_in(content.data, MOST)
    return found if found is not None and all(r.sort == "document" for r in found[0]) else None


def _flat(record: Record) -> list[Fact] | None:
    """The metadata as facts; None where they are better seen as a tree."""
    metadata = record.data.get("metadata")
    if (child_count(metadata) or 0) > FACTS:
        return None
    pairs = children(metadata, 0, FACTS) or []
    if any(child_count(value) for _, value in pairs):
        return None
    return [fact(preview(key, 80), preview(value)) for key, value in pairs]


def _show(content: Content, offset: int) -> list[Block]:
    records, count = content.once(_records) or ([], 0)
    if offset:
        return continued(records, offset, "page_content")
    writer = Writer(count, len(records))
    blocks: list[Block] = [*writer.write(records, lambda record: _block(writer, record, _flat(record)))]
    if len(blocks) < count:
        blocks.append(note(f"The first {len(blocks):,} of {count:,}."))
    if len(records) == 1 and _flat(records[0]) is None:
        blocks.append(tree_block(open_node("metadata", _tree(content))))
    return blocks


def _block(writer: Writer, record: Record, flat: list[Fact] | None) -> MessageBlock:
    facts: list[Fact] = []
    if record.data.get("id") is not None:
        facts.append(fact("id", preview(record.data["id"])))
    if flat is None and not writer.alone:
        flat = [fact("metadata", preview(record.data.get("metadata")))]
    return {
        "kind": "message",
        "role": "document",
        "name": "",
        "text": writer.content(record.data.get("page_content")),
        "calls": [],
        "facts": writer.fitting(facts + (flat or [])),
    }


def _tree(content: Content) -> Any:
    records, _ = content.once(_records) or ([], 0)
    if len(records) != 1:
        raise LookupError("metadata are shown as a tree of a single document only")
    return records[0].data.get("metadata")


FORMAT = Format("document", lambda content: 0.95 if content.once(_records) else 0, _show, _tree)

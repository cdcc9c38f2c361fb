"""JSON as a tree."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.formats.base import NOTHING, Content, Format, tree_block
from inmem_widgets.observables.tree import open_node
from inmem_widgets.wire import Block


def _fit(content: Content) -> float:
    return 0.0 if content.json is NOTHING else 0.8


def _show(content: Content, offset: int) -> list[Block]:
    return [tree_block(open_node("", content.json))]


def _tree(content: Content) -> Any:
    return content.json


FORMAT = Format("JSON", _fit, _show, _tree)

"""Objects, dicts and lists as a tree of what they hold."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.formats.base import Content, Format, tree_block
from inmem_widgets.observables.tree import open_node
from inmem_widgets.observables.values import child_count
from inmem_widgets.wire import Block


def _fit(content: Content) -> float:
    return 0.0 if child_count(content.value) is None else 0.7


def _show(content: Content, offset: int) -> list[Block]:
    return [tree_block(open_node("", content.value))]


def _tree(content: Content) -> Any:
    return content.value


FORMAT = Format("fields", _fit, _show, _tree)

"""JSON as a tree."""

from __future__ import annotations

import json
from typing import Any

from inmem_widgets.observables.formats.base import NOTHING, Content, Format, tree_block
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.tree import open_node
from inmem_widgets.observables.values import first
from inmem_widgets.wire import Block

INSIDE = 6
"""Children named in the preview of an object or array."""
_LABELS = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


def _fit(content: Content) -> float:
    return 0.0 if content.json is NOTHING else 0.8


def _describe(value: Any, limit: int) -> tuple[str, str]:
    return _LABELS.get(type(value), "number"), cut(clean(_begin(value, limit, 2)), limit)


def _begin(value: Any, limit: int, depth: int) -> str:
    """How what `json.loads` made begins, as JSON."""
    if isinstance(value, str):
        return json.dumps(cut(value, limit), ensure_ascii=False)
    if not isinstance(value, dict | list):
        return json.dumps(value)
    opens, closes = "{}" if isinstance(value, dict) else "[]"
    if depth == 0 and value:
        return f"{opens}…{closes}"
    if isinstance(value, dict):
        inside = [f"{_begin(k, 40, 0)}: {_begin(v, 40, depth - 1)}" for k, v in first(value.items(), INSIDE)]
    else:
        inside = [_begin(v, 40, depth - 1) for v in value[:INSIDE]]
    rest = ", …" if len(value) > INSIDE else ""
    return f"{opens}{', '.join(inside)}{rest}{closes}"


def _show(content: Content, offset: int) -> list[Block]:
    return [tree_block(open_node("", content.json, describe=_describe))]


def _tree(content: Content) -> Any:
    return content.json


FORMAT = Format("JSON", _fit, _show, _tree, _describe)

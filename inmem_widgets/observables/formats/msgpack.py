"""MessagePack as a tree; extension types as code and bytes, never resolved."""

from __future__ import annotations

from typing import Any, NamedTuple

from inmem_widgets.observables.formats.base import NOTHING, WHOLE, Content, Format, tree_block
from inmem_widgets.observables.kinds import unpack
from inmem_widgets.observables.tree import open_node
from inmem_widgets.observables.values import CONTAINERS, is_a
from inmem_widgets.wire import Block

NESTED = 8
"""Extensions within extensions that are opened."""


class Ext(NamedTuple):
    """An extension type; where its bytes are MessagePack themselves, `data` is what they hold."""

    code: int
    data: Any


def unpacked(content: Content) -> Any:
    if not content.is_bytes or not 2 <= content.size <= WHOLE or content.kind in ("png", "jpeg", "npy"):
        return NOTHING
    return _unpack(content.part(0, None), NESTED)


def _unpack(data: bytes, depth: int) -> Any:
    def extension(code: int, inside: bytes) -> Ext:
        found = _unpack(inside, depth - 1) if depth and _holds(inside) else NOTHING
        return Ext(code, inside if found is NOTHING else found)

    found = unpack(data, extension)
    return NOTHING if found is None else found[0]


def _holds(data: bytes) -> bool:
    """Whether bytes begin like a MessagePack map, array or extension."""
    return bool(data) and (0x80 <= data[0] <= 0x9F or 0xC7 <= data[0] <= 0xC9 or 0xD4 <= data[0] <= 0xDF)


def _fit(content: Content) -> float:
    if not _holds(content.head) or content.begins is not None:
        return 0
    found = content.once(unpacked)
    if found is NOTHING:
        return 0
    # binary data of any kind may happen to be a small array
    return 0.8 if content.kind == "msgpack" or (is_a(found, (dict, *CONTAINERS)) and len(found) > 1) else 0.2


def _show(content: Content, offset: int) -> list[Block]:
    return [tree_block(open_node("", content.once(unpacked)))]


def _tree(content: Content) -> Any:
    return content.once(unpacked)


FORMAT = Format("msgpack", _fit, _show, _tree)

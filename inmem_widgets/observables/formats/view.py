"""A value as blocks, in a format chosen by its content or by the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from inmem_widgets.observables.formats.base import Content, Format, note
from inmem_widgets.observables.formats.own import Formatter, Made, run_own
from inmem_widgets.observables.formats.packed import opened
from inmem_widgets.observables.formats.registry import fitting
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.tree import descend, open_node
from inmem_widgets.observables.values import type_name
from inmem_widgets.wire import Block, Packed, ValueNode


class FormatView(TypedDict):
    """The part of a `ValueView` that is about formats."""

    formats: list[str]
    format: str
    packed: Packed | None
    blocks: list[Block]


def view_value(
    value: Any, *, format: str | None = None, offset: int = 0, own: Mapping[str, Formatter] | None = None
) -> FormatView:
    """A value in a format: about 300 kB at most (an image: 4 MB).

    Args:
        value: Anything; none of its code is run, but by the user's own formatters.
        format: One of the formats that fit; else the best is taken, and the answer says which.
        offset: Continues the block whose `more` this was.
        own: The user's formatters by name; those that fit come first.

    Raises:
        Nothing: what cannot be shown becomes a note.
    """
    made = run_own(value, own or {})
    content, packed, remark = _content(value)
    formats = fitting(content)
    names = [m.name for m in made if not m.error] + [f.name for f in formats]
    names += [m.name for m in made if m.error]
    name = format if format in names else names[0] if names else ""
    offset = max(0, offset)
    mine = next((m for m in made if m.name == name), None)
    if mine is not None:
        return {"formats": names, "format": name, "packed": None, "blocks": _own_blocks(mine, offset)}
    chosen = next((f for f in formats if f.name == name), None)
    blocks = _blocks(chosen, content, offset)
    if remark and not offset:
        blocks.insert(0, note(remark, "warning"))
    return {"formats": names, "format": name, "packed": packed, "blocks": blocks}


def child_node(
    value: Any,
    path: Sequence[int],
    offset: int = 0,
    *,
    format: str,
    own: Mapping[str, Formatter] | None = None,
) -> ValueNode:
    """The node at a path of child positions, in the tree that `view_value` showed in this format, with
    up to 200 children from `offset` on.

    Raises:
        LookupError: the value has no such child, or no such tree; it changed since it was shown.
    """
    for name, function in (own or {}).items():
        if name == format:
            made = run_own(value, {name: function})
            if not made or made[0].error:
                raise LookupError(f"format: {name!r} shows no tree of this value")
            value, format = made[0].value, ""
    content, _, _ = _content(value)
    formats = fitting(content)
    chosen = next((f for f in formats if f.name == format), None if format or not formats else formats[0])
    if chosen is None or chosen.tree is None:
        raise LookupError(f"format: {format!r} shows no tree of this value; it has changed")
    name, found = descend(chosen.tree(content), path)
    return open_node(name, found, offset=max(0, offset), describe=chosen.describe)


def _content(value: Any) -> tuple[Content, Packed | None, str]:
    """What there is to show: of a compressed value what is in it."""
    content = Content(value)
    packed, inside, remark = opened(content)
    return (content if packed is None else Content(inside)), packed, remark


def _own_blocks(made: Made, offset: int) -> list[Block]:
    if made.error:
        return [note(f"{clean(made.name)}: {made.error}", "error")]
    content, _, _ = _content(made.value)
    return _blocks(next(iter(fitting(content)), None), content, offset)


def _blocks(format: Format | None, content: Content, offset: int) -> list[Block]:
    if format is None:
        return [note(preview(content.value) or f"<{type_name(content.value)}>")]
    try:
        return format.show(content, offset)
    except Exception as error:
        # its class is one of ours or Python's: no code of a value runs in a format
        return [note(f"Cannot be shown as {format.name}: {type(error).__name__}: {error}"[:500], "error")]

"""Two values in short, cut so that one sees what differs."""

from __future__ import annotations

from typing import Any, Final

from inmem_widgets.observables.preview import PREVIEW, clean, cut, preview
from inmem_widgets.observables.redaction import redacted, redactor
from inmem_widgets.observables.same import Tokens
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import BYTES, bytes_part, is_a, type_label

ALIKE: Final = 40
"""Characters that two texts may have in common at their beginnings; of more, …"""
LEAD: Final = 16
"""… this many are left."""
LOOKED: Final = 1_000_000
"""Characters or bytes compared of two texts."""
LARGE: Final = 100_000
"""Estimated bytes of a container that is looked into, at the most, …"""
NODES: Final = 2_000
"""… and values in two of them."""
LEVELS: Final = 8
"""How deep the place of what differs may be."""
NAME: Final = 40
"""Characters of a name on the way to it."""
ROW: Final = 32
"""Bytes of data that are no text."""


def contrast(before: Any, after: Any, limit: int = PREVIEW, *, inside: bool = True) -> tuple[str, str]:
    """As `preview`, of both. Where these begin alike they are cut before what differs; where they do not
    differ at all, the first place is told at which the values do, if it is soon found.

    Args:
        limit: Characters of each.
        inside: Whether containers are looked into, which may take some milliseconds.
    """
    old, new = preview(before, limit), preview(after, limit)
    if old != new:
        return apart(old, new, limit)
    if not old or before is after:
        return old, new
    found = _beyond(before, after, limit) or (_inside(before, after, limit) if inside else None)
    return found or (old, new)


def apart(old: str, new: str, limit: int = PREVIEW) -> tuple[str, str]:
    """Two texts, without what both begin with."""
    same = _alike(old, new)
    if same <= ALIKE or same == len(old) == len(new):
        return cut(old, limit), cut(new, limit)
    begin = same - LEAD
    return cut(f"…{old[begin : begin + limit]}", limit), cut(f"…{new[begin : begin + limit]}", limit)


def _beyond(before: Any, after: Any, limit: int) -> tuple[str, str] | None:
    """Of two texts, or two of bytes, that differ further on."""
    if is_a(before, str) and is_a(after, str):
        old, new = _text(before), _text(after)
    elif is_a(before, BYTES) and is_a(after, BYTES):
        data, other = _data(before), _data(after)
        if data == other:
            return None
        if {type_label(before), type_label(after)} - {"json", "text"}:
            begin = max(0, _alike(data, other) - ROW // 4)
            return f"…{_hex(data, begin)}", f"…{_hex(other, begin)}"
        old, new = data.decode("utf-8", "replace"), other.decode("utf-8", "replace")
    else:
        return None
    return None if old == new else apart(clean(old), clean(new), limit)


def _inside(before: Any, after: Any, limit: int) -> tuple[str, str] | None:
    """Of two containers: at the first place where they differ."""
    if any((size_of(value)[0] or 0) > LARGE for value in (before, after)):
        return None
    tokens, path = Tokens(NODES), ""
    for _ in range(LEVELS):
        old, new = tokens.open(before), tokens.open(after)
        if old.kind != new.kind or old.kind in ("leaf", "set"):
            break
        if old.kind == "list":
            mine, theirs = dict(enumerate(old.items)), dict(enumerate(new.items))
            names = {place: f"[{place}]" for place in (*mine, *theirs)}
        else:
            mine, theirs = ({at: value for at, (_, value) in each.named.items()} for each in (old, new))
            names = {at: _name(name) for each in (old, new) for at, (name, _) in each.named.items()}
        at = next((at for at in names if not _equal(tokens, mine, theirs, at)), None)
        if at is None or not tokens.whole:
            return None
        path += names[at] if old.kind == "list" or not path else f".{names[at]}"
        if at not in theirs:
            return cut(f"{path}: {preview(mine[at], limit)}", limit), cut(f"no {path}", limit)
        if at not in mine:
            return cut(f"no {path}", limit), cut(f"{path}: {preview(theirs[at], limit)}", limit)
        before, after = mine[at], theirs[at]
    if not path:
        return None
    room = max(ALIKE, limit - len(path) - 2)
    first, second = _beyond(before, after, room) or (preview(before, room), preview(after, room))
    return cut(f"{path}: {first}", limit), cut(f"{path}: {second}", limit)


def _equal(tokens: Tokens, mine: dict[Any, Any], theirs: dict[Any, Any], at: Any) -> bool:
    return at in mine and at in theirs and tokens.of(mine[at]) == tokens.of(theirs[at])


def _name(name: Any) -> str:
    return preview(name, NAME)


def _text(value: Any) -> str:
    """As far as it is compared; what is masked is so as a whole."""
    return redacted(str.__getitem__(value, slice(None if redactor() else LOOKED)))


def _data(value: Any) -> bytes:
    masks = redactor()
    return bytes_part(value, 0, LOOKED) if masks is None else masks.data(bytes_part(value, 0, None))


def _hex(data: bytes, begin: int) -> str:
    return data[begin : begin + ROW].hex(" ")


def _alike(a: Any, b: Any) -> int:
    """How many of the first characters, or bytes, two have in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low

"""JSON of what is JSON already, in a fraction of the time that `freeze` takes: what most values are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from json.encoder import encode_basestring_ascii as quoted
from math import isfinite
from typing import Any, Final

from inmem_widgets.core.change import Change
from inmem_widgets.observables.recording.freezing import WHAT

DEEP: Final = 8
"""Levels looked at."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode


def quick(value: Any, most: int) -> str | None:
    """The text of what `freeze` makes of a value; None where that has to be asked.

    Args:
        value: Anything; none of its code is run.
        most: Characters at the most.
    """
    kind = type(value)
    if kind is str:
        return quoted(value) if value.isascii() and len(value) <= most else None
    if kind is int:
        return repr(value) if value.bit_length() < 2000 else None
    if kind is float:
        return repr(value) if isfinite(value) else None
    if value is None or kind is bool:
        return "null" if value is None else "true" if value else "false"
    if (kind is not dict and kind is not list) or _left(value, most, 0) < 0:
        return None
    try:
        text = _encode(value)
    except (TypeError, ValueError, RecursionError):  # changed meanwhile, by whoever holds it
        return None
    return None if "\\ud" in text else text  # half a character, perhaps


def change_line(
    of: str, change: Change, keys: Sequence[str | None], by: int | None, most: int
) -> bytes | None:
    """The line of a change whose `info` is empty.

    Args:
        of: The object's name, as JSON.
        change: None is given if its values are not plain.
        keys: As JSON; None is given if one of them is None.
        by: The number of who made it.
        most: Characters of a value.
    """
    values = None if change.values is None else [quick(each, most) for each in change.values]
    if None in keys or (values is not None and None in values):
        return None
    line = [
        f'{{"is":"change","of":{of},"n":{change.number}',
        f'"t":{quick(change.time, most)},"kind":{quoted(change.kind)}',
        f'"keys":[{_joined(keys)}]',
    ]
    if values is not None:
        line.append(f'"values":[{_joined(values)}]')
    if by is not None:
        line.append(f'"by":{by}')
    return (",".join(line) + "}\n").encode()


def entry_line(of: str, key: str | None, value: Any, most: int) -> bytes | None:
    """The line of an entry, likewise."""
    given = None if key is None else quick(value, most)
    return None if given is None else f'{{"is":"entry","of":{of},"key":{key},"value":{given}}}\n'.encode()


def _joined(parts: Sequence[Any]) -> str:
    return ",".join(parts)


def _left(value: Any, room: int, depth: int) -> int:
    """How many characters are left of so many, counted as `freeze` does; -1 if it is not plain."""
    if depth > DEEP or len(value) > room:
        return -1
    if type(value) is dict:
        keys, items = [*value], [*value.values()]
        if [*map(type, keys)].count(str) != len(keys) or WHAT in keys:
            return -1
        room -= sum(map(len, keys)) + 6 * len(keys)
    else:
        room -= 2 * len(value)
        items = [*value]
    for item in items:
        kind = type(item)
        if kind is str:
            room -= len(item) + 2
        elif kind is int:
            if item.bit_length() >= 2000:
                return -1
            room -= 8
        elif kind is dict or kind is list:
            room = _left(item, room, depth + 1)
        elif kind is float:
            room -= 8
        elif item is not None and kind is not bool:
            return -1
        if room < 0:
            return -1
    return room

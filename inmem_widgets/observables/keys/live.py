"""Keys read from a live dict, safely beside its writers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from operator import countOf
from typing import Any, TypeVar

CHUNK = 16_384

R = TypeVar("R")


def steadily(read: Callable[[], R]) -> R:
    """What `read` finds in a live dict; again where a writer came between its iterator and its end."""
    while True:
        try:
            return read()
        except RuntimeError:
            continue


def newest(data: dict[str, Any], n: int) -> list[str]:
    """The last n keys, newest first."""
    return steadily(lambda: list(islice(reversed(data), n)))


def keys_of(data: dict[str, Any], before: list[str] | None = None) -> list[str]:
    """All keys in one C call, beside which no other thread writes; see `plain`. If they are the very
    same as `before`, that list: found out without touching one of a million objects."""
    keys = list(data)
    if before is not None and len(keys) == len(before) and keys[-1:] == before[-1:]:
        try:
            if keys == before:
                return before
        except Exception:  # of a key that is no plain text
            pass
    found = plain(keys)
    return before if before is not None and found == before else found


def window_of(data: dict[str, Any], start: int, stop: int) -> list[str]:
    """The keys start … stop - 1, read from whichever end is nearer; see `plain`."""
    length = len(data)
    start, stop = max(0, start), min(stop, length)
    if start >= stop:
        return []
    if start <= length - stop:
        return plain(steadily(lambda: list(islice(data, start, stop))))
    return plain(steadily(lambda: list(islice(reversed(data), length - stop, length - start)))[::-1])


def plain(keys: list[str]) -> list[str]:
    """The plain text of keys of subclasses of `str`, without whatever else was written into the dict
    directly: no code of a key is run."""
    chunks = (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
    if all(countOf(map(type, chunk), str) == len(chunk) for chunk in chunks):
        return keys
    return [key if type(key) is str else str.__str__(key) for key in keys if issubclass(type(key), str)]

"""How many bytes a value is: exact for content, an estimate for objects."""

from __future__ import annotations

import sys
from typing import Any

from inmem_widgets.observables.values import SAMPLE, array_text, container_base, fields, first
from inmem_widgets.wire import How

VISITS = 256
"""Objects visited to estimate a size."""


def size_of(value: object) -> tuple[int | None, How]:
    """(bytes, how measured): of content for text, bytes and arrays; else an estimate of the memory
    held, sampled from at most `VISITS` objects, or shallow where nothing can be seen inside."""
    if isinstance(value, bytes | bytearray):
        return len(value), "exact"
    if isinstance(value, memoryview):
        return value.nbytes, "exact"
    if isinstance(value, str):
        if value.isascii():
            return len(value), "exact"
        if len(value) <= SAMPLE:
            return len(value.encode("utf-8", "surrogatepass")), "exact"
        share = len(value[:SAMPLE].encode("utf-8", "surrogatepass")) / SAMPLE
        return int(share * len(value)), "sampled"
    if array_text(value) is not None:
        nbytes = getattr(value, "nbytes", None)
        if isinstance(nbytes, int):
            return nbytes, "exact"
    try:
        return _estimate(value)
    except Exception:  # a foreign __sizeof__ may do anything
        return None, "shallow"


def _estimate(value: object) -> tuple[int, How]:
    seen: set[int] = set()
    stack: list[tuple[object, float]] = [(value, 1.0)]
    total, visits = 0.0, 0
    while stack and visits < VISITS:
        item, weight = stack.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        visits += 1
        total += weight * sys.getsizeof(item, 64)
        sample, count = _inside(item)
        # what was not sampled counts like what was
        stack.extend((x, weight * count / len(sample)) for x in sample)
    return int(total), "sampled" if visits > 1 else "shallow"


def _inside(item: object) -> tuple[list[Any], int]:
    """(a sample of the objects an object holds, how many it holds)."""
    if isinstance(item, dict):
        return [x for pair in first(dict.items(item), 32) for x in pair], 2 * dict.__len__(item)
    if base := container_base(item):
        return first(base.__iter__(item), 64), base.__len__(item)  # type: ignore[attr-defined]
    found = list((fields(item) or {}).values())
    return found[:64], len(found)

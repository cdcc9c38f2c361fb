"""Writes back to the places they had: a checkpointer numbers the writes of a call to `put_writes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from langgraph.checkpoint.base import WRITES_IDX_MAP


class Placed(NamedTuple):
    """A write of a task."""

    path: str
    at: int | None
    """Its index; None where it is not known. Special writes (errors, interrupts, …) have one of their own."""
    channel: str
    value: Any


def calls(writes: Sequence[Placed]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The calls, (task path, writes) each, that save the writes of one task as they were.

    Up to the first place of its own, a call is filled with what was saved before, which stays as it is,
    or with special writes, which do not need the place.

    Raises:
        ValueError: there are no such calls: a place is empty that LangGraph would not have left so.
    """
    special = [each for each in writes if each.channel in WRITES_IDX_MAP]
    plain = sorted(
        (each for each in writes if each.channel not in WRITES_IDX_MAP),
        key=lambda each: -1 if each.at is None else each.at,
    )
    saved: dict[int, Placed] = {}
    for path, found in groupby(plain, key=lambda each: each.path):
        made: list[Placed] = []
        for each in found:
            while each.at is not None and len(made) < each.at:
                filler = saved.get(len(made), special[0] if special else None)
                if filler is None:
                    raise ValueError(f"a write of {each.channel!r:.80} cannot get the place {each.at} it had")
                made.append(filler)
            made.append(each)
        saved.update((each.at, each) for each in made if each.at is not None and each.at >= 0)
        yield path, [(each.channel, each.value) for each in made]
    for path, found in groupby(sorted(special, key=lambda each: each.path), key=lambda each: each.path):
        yield path, [(each.channel, each.value) for each in found]

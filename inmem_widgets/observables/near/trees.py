"""Where two structures differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inmem_widgets.observables.near.lcs import MOST, matches
from inmem_widgets.observables.near.literals import Opaque, shown


class Absent:
    """What one of two structures does not have."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """A place where two structures differ.

    Attributes:
        path: Names and indexes that lead there.
        before, after: Scalars; of what only one has, all of it and `ABSENT`; of lists that differ in
            order alone, both lists.
    """

    path: tuple[str | int, ...]
    before: Any
    after: Any

    @property
    def order(self) -> bool:
        return type(self.before) is list and type(self.after) is list


def changes(before: Any, after: Any, path: tuple[str | int, ...] = ()) -> Iterator[Change]:
    """Where they differ, in the order of the first. Items of lists are paired by what they are called,
    by their id, or by what they contain; scalars are compared by type, too."""
    if type(before) is dict and type(after) is dict:
        for name, value in before.items():
            yield from changes(value, after.get(name, ABSENT), (*path, name))
        for name, value in after.items():
            if name not in before:
                yield Change((*path, name), ABSENT, value)
    elif type(before) is list and type(after) is list:
        yield from _of_lists(before, after, path)
    elif type(before) is not type(after) or not _same(before, after):
        yield Change(path, before, after)


def text_of(value: Any) -> str:
    """A structure as text that is equal if and only if it is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_opaque)


def path_text(path: tuple[str | int, ...]) -> str:
    """ "messages[2].id" """
    text = "".join(f"[{part}]" if type(part) is int else f".{part}" for part in path)
    return text.removeprefix(".")


def align(before: list[Any], after: list[Any]) -> list[tuple[int | None, int | None]]:
    """Pairs of indexes of what belongs together in two lists, None where one has nothing.

    What is equal at both ends and in a longest common subsequence of the rest, by `==`; what lies between
    is paired in order. Of very long rests, all is paired in order.
    """
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    mine, theirs = before[first : len(before) - last], after[first : len(after) - last]
    same = matches(mine, theirs) if max(len(mine), len(theirs)) <= MOST else []
    pairs: list[tuple[int | None, int | None]] = [(at, at) for at in range(first)]
    i = j = 0
    for p, q in [*same, (len(mine), len(theirs))]:
        for step in range(max(p - i, q - j)):
            pairs.append((
                first + i + step if i + step < p else None, first + j + step if j + step < q else None
            ))  # fmt: skip
        if p < len(mine):
            pairs.append((first + p, first + q))
        i, j = p + 1, q + 1
    return pairs + [(len(before) - at, len(after) - at) for at in range(last, 0, -1)]


def _of_lists(before: list[Any], after: list[Any], path: tuple[str | int, ...]) -> Iterator[Change]:
    texts, others = [text_of(each) for each in before], [text_of(each) for each in after]
    if texts == others:
        return
    if sorted(texts) == sorted(others):
        yield Change(path, before, after)
        return
    names, other_names = [name_of(each) for each in before], [name_of(each) for each in after]
    if None not in names and None not in other_names and len({*names}) == len(names):
        theirs = dict(zip(other_names, after, strict=True))
        for name, value in zip(names, before, strict=True):
            yield from changes(value, theirs.get(name, ABSENT), (*path, str(name)))
        for name, value in theirs.items():
            if name not in names:
                yield Change((*path, str(name)), ABSENT, value)
        if sorted(map(str, names)) == sorted(map(str, other_names)) and names != other_names:
            yield Change(path, before, after)
        return
    for i, j in align(texts, others):
        yield from changes(
            ABSENT if i is None else before[i],
            ABSENT if j is None else after[j],
            (*path, (i if j is None else j) or 0),
        )


def name_of(value: Any) -> str | None:
    """What a tool is called; None of what is no tool: a call of one has an id."""
    if type(value) is not dict or "id" in value:
        return None
    function = value.get("function")
    name = (function if type(function) is dict else value).get("name")
    return name if type(name) is str else None


def _same(before: Any, after: Any) -> bool:
    return bool(before == after) or shown(before) == shown(after)


def _opaque(value: Any) -> Any:
    return {"opaque": value.text} if type(value) is Opaque else None

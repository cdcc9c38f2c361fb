"""Where two structures differ."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from inmem_widgets.observables.near.lcs import MOST, matches
from inmem_widgets.observables.near.literals import Opaque, shown
from inmem_widgets.observables.near.secrets import is_secret


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


Pairs = list[tuple[int | None, int | None]]


def align(before: list[str], after: list[str], looser: tuple[list[str], list[str]] | None = None) -> Pairs:
    """Pairs of indexes of what belongs together in two lists, None where one has nothing.

    What is equal belongs together, as far as the order allows. What lies between is paired likewise by the
    looser texts, if there are some, then in order.
    """
    pairs: Pairs = []
    i = j = 0
    for p, q in [*anchors(before, after), (len(before), len(after))]:
        if looser is not None and p > i and q > j:
            inner = align(looser[0][i:p], looser[1][j:q])
            pairs += [(None if m is None else i + m, None if n is None else j + n) for m, n in inner]
        else:
            pairs += zip_longest(range(i, p), range(j, q))
        if p < len(before):
            pairs.append((p, q))
        i, j = p + 1, q + 1
    return pairs


def anchors(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of indexes of what is equal, both rising: at both ends, and of the rest a longest common
    subsequence; where that is too long, of what is there but once (as in a patience diff)."""
    least = min(len(before), len(after))
    first = next((at for at in range(least) if before[at] != after[at]), least)
    last = next((at for at in range(least - first) if before[-1 - at] != after[-1 - at]), least - first)
    mine, theirs = before[first : len(before) - last], after[first : len(after) - last]
    inner = matches(mine, theirs) if max(len(mine), len(theirs)) <= MOST else _unique(mine, theirs)
    return (
        [(at, at) for at in range(first)]
        + [(first + i, first + j) for i, j in inner]
        + [(len(before) - at, len(after) - at) for at in range(last, 0, -1)]
    )


def _unique(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest rising sequence of pairs of what each has once."""
    mine, theirs = Counter(before), Counter(after)
    places = {item: j for j, item in enumerate(after) if theirs[item] == 1 == mine[item]}
    return rising([(i, places[item]) for i, item in enumerate(before) if item in places])


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs in the order of their first, the longest sequence in which the second rises, too."""
    ends: list[int] = []  # the least end of a rising sequence of each length …
    links: list[int] = []  # … where it is among the pairs, and the pair before each
    heads: list[int] = []
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        ends[length : length + 1] = [j]
        heads[length : length + 1] = [at]
        links.append(heads[length - 1] if length else -1)
    found: list[tuple[int, int]] = []
    at = heads[-1] if heads else -1
    while at >= 0:
        found.append(pairs[at])
        at = links[at]
    return found[::-1]


def _of_lists(before: list[Any], after: list[Any], path: tuple[str | int, ...]) -> Iterator[Change]:
    texts, others = [text_of(each) for each in before], [text_of(each) for each in after]
    if texts == others:
        return
    if len(before) == len(after) == 2 and texts[0] == others[0] and _named_secret(before[0]):
        yield from changes(before[1], after[1], (*path, before[0]))
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


def _named_secret(value: Any) -> bool:
    """Whether what comes after it in a pair is a secret."""
    return type(value) is str and is_secret(value)


def _same(before: Any, after: Any) -> bool:
    return bool(before == after) or shown(before) == shown(after)


def _opaque(value: Any) -> Any:
    return {"opaque": value.text} if type(value) is Opaque else None

"""How two texts differ: which words were replaced, and of what nature they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from inmem_widgets.observables.near.lcs import MOST, matches
from inmem_widgets.observables.near.tokens import VOLATILE, tokens
from inmem_widgets.wire.cache import Nature

SORTED = 1_000_000
"""Characters of two texts whose lines are compared in any order."""
WINDOW = 6_000
"""Characters aligned at once."""
WINDOWS = 20
"""Aligned at most: some 20 ms each."""
ANCHOR = 8
"""Equal tokens that two texts must have in common to go on from there."""
BORDER = 40
"""Characters within which a word, a date or an id ends."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch that was replaced: before[a:b] by after[c:d]."""

    a: int
    b: int
    c: int
    d: int


@dataclass(slots=True)
class TextDiff:
    """Attributes:
    hunks: What was replaced, in order.
    natures: Of each hunk.
    whole: Whether all was compared; else the last hunk is all of the rest.
    """

    hunks: list[Hunk] = field(default_factory=list)
    natures: list[Nature] = field(default_factory=list)
    whole: bool = True


def compare(before: str, after: str) -> TextDiff:
    """Align two texts by words, in bounded time: about half a second for any two of 5 MB."""
    result = TextDiff()
    if len(before) + len(after) <= SORTED:
        if before.split() == after.split():
            return _one(before, after, "space")
        if sorted(before.splitlines()) == sorted(after.splitlines()):
            return _one(before, after, "order")
    for hunk in _hunks(before, after, result):
        result.hunks.append(hunk)
        result.natures.append(_nature(before[hunk.a : hunk.b], after[hunk.c : hunk.d]))
    return result


def shared(before: str, after: str, start: int = 0, other: int = 0) -> int:
    """How many characters are equal from before[start] and after[other] on."""
    most = min(len(before) - start, len(after) - other)
    size, equal = 64, 0
    while equal < most:  # by slices that grow, then shrink: each comparison is one in C
        step = min(size, most - equal)
        if before[start + equal : start + equal + step] == after[other + equal : other + equal + step]:
            equal += step
            size *= 4
        elif step == 1:
            break
        else:
            size = step // 2
    return equal


def _one(before: str, after: str, nature: Nature) -> TextDiff:
    hunks = list(_hunks(before, after, TextDiff()))
    return TextDiff(hunks, [nature] * len(hunks))


def _hunks(before: str, after: str, result: TextDiff) -> Iterator[Hunk]:
    i = j = 0
    end, other_end = len(before), len(after)
    tail = shared(before[::-1], after[::-1]) if end and other_end and before[-1] == after[-1] else 0
    for _ in range(WINDOWS):
        equal = shared(before, after, i, j)
        i, j = i + equal, j + equal
        if i >= end and j >= other_end:
            return
        back = _back(before, i, min(equal, i, j))
        i, j = i - back, j - back
        rest = max(0, min(tail, end - i, other_end - j))
        if min(end - i, other_end - j) - rest <= 0:
            yield Hunk(i, end - rest, j, other_end - rest)  # one has nothing there
            return
        # what is equal at the end need not be looked for, but for where its first word begins
        left, right = end - max(0, rest - BORDER), other_end - max(0, rest - BORDER)
        stop, other_stop = min(left, i + WINDOW), min(right, j + WINDOW)
        cut = stop < left or other_stop < right
        hunks, i, j = _aligned(before[i:stop], after[j:other_stop], i, j, cut)
        yield from hunks
        if not cut:
            return
    if i < end or j < other_end:
        result.whole = False
        yield Hunk(i, end, j, other_end)


def _back(text: str, at: int, most: int) -> int:
    """How far back the word or number begins in the midst of which texts begin to differ."""
    most = min(most, BORDER)
    part = text[at - most : at]
    space = max(part.rfind(" "), part.rfind("\n"))
    return most if space < 0 else most - space - 1


def _aligned(before: str, after: str, i: int, j: int, cut: bool) -> tuple[list[Hunk], int, int]:
    """Hunks of a window, and how far it was aligned: up to the last long stretch that is equal."""
    mine, theirs = tokens(before)[:MOST], tokens(after)[:MOST]
    starts, others = _starts(mine, i), _starts(theirs, j)
    short = cut or starts[-1] < i + len(before) or others[-1] < j + len(after)
    pairs = [*matches(mine, theirs), (len(mine), len(theirs))]
    if short:
        pairs = _anchored(pairs) or [(len(mine), len(theirs))]
    hunks: list[Hunk] = []
    m = n = 0
    for p, q in pairs:
        if p > m or q > n:
            hunk = Hunk(starts[m], starts[p], others[n], others[q])
            gap = hunks and before[hunks[-1].b - i : hunk.a - i]
            if hunks and not any(sign.isalnum() for sign in gap or ""):
                last = hunks.pop()  # nothing but signs in between: one replacement
                hunk = Hunk(last.a, hunk.b, last.c, hunk.d)
            hunks.append(hunk)
        m, n = p + 1, q + 1
    p, q = pairs[-1]
    return hunks, starts[min(p + 1, len(mine))], others[min(q + 1, len(theirs))]


def _starts(items: list[tuple[str, str]], at: int) -> list[int]:
    starts = [at]
    for _, text in items:
        starts.append(starts[-1] + len(text))
    return starts


def _anchored(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs up to the last run of `ANCHOR` side by side."""
    run, last = 0, 0
    for at in range(1, len(pairs) - 1):
        beside = pairs[at][0] == pairs[at - 1][0] + 1 and pairs[at][1] == pairs[at - 1][1] + 1
        run = run + 1 if beside else 0
        if run >= ANCHOR:
            last = at + 1
    return pairs[:last]


def _nature(before: str, after: str) -> Nature:
    """What sort of words was replaced, where both sides are of that sort alone."""
    mine, theirs = ({kind for kind, _ in tokens(text[:WINDOW])} for text in (before, after))
    if mine | theirs <= {"space"}:
        return "space"
    sorts = (mine | theirs) - {"space", "other"}
    for nature in VOLATILE:  # an id may come with what looks like a number, and a date with words
        if nature in sorts and sorts <= {*VOLATILE} and (not mine or not theirs or nature in mine & theirs):
            return nature
    return "text"

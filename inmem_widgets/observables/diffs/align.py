"""Which items of two lists belong together: by id, else by what they contain, never by position."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from inmem_widgets.observables.near.tokens import raw_words
from inmem_widgets.observables.near.trees import anchors, rising
from inmem_widgets.observables.same import Token, Tokens

ALIKE = 0.5
"""Items that have less of their words and values in common are no pair."""
COMPARED = 60
"""Items of each list that are compared with all of the other, where neither id nor equality pairs them."""
FEATURES = 300
"""Words and values of an item that are compared."""


class Entry(NamedTuple):
    """An item as it is aligned."""

    id: tuple[str, Hashable] | None
    token: Token
    kind: int
    """The id of its type: others are no pair."""


class Pair(NamedTuple):
    """Positions in the two lists; None where one has nothing."""

    before: int | None
    after: int | None
    moved: bool = False
    """Others stay where they are; this one does not."""


def entries(items: Sequence[Any], tokens: Tokens) -> list[Entry]:
    return [Entry(tokens.identity(item), tokens.of(item), id(type(item))) for item in items]


def align(before: Sequence[Entry], after: Sequence[Entry]) -> list[Pair]:
    """Pairs in the order of `after`; what was removed stands where it was. As few as can be have moved.

    The same the other way round: `align(b, a)` has the pairs of `align(a, b)`, turned.
    """
    turned = _rank(before) > _rank(after)  # what is ambiguous is decided one way, whichever comes first
    first, second = (after, before) if turned else (before, after)
    matched = sorted(_matched(first, second))
    staying = {*rising(matched)}
    pairs = {
        (j, i) if turned else (i, j): (i, j) not in staying for i, j in matched
    }  # fmt: skip
    return list(_in_order(pairs, len(before), len(after)))


def _rank(items: Sequence[Entry]) -> tuple[int, int]:
    return len(items), hash(tuple([item.token for item in items]))


def _matched(before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    mine, theirs = _ids(before), _ids(after)
    pairs = [(i, theirs[name]) for name, i in mine.items() if name in theirs]
    yield from pairs
    taken, others = {i for i, _ in pairs}, {j for _, j in pairs}
    # an item whose own id is only in one list is no other item
    left = [i for i in range(len(before)) if i not in taken and not _known(before[i], mine)]
    right = [j for j in range(len(after)) if j not in others and not _known(after[j], theirs)]
    for find in (_equal_in_order, _equal, _alike):
        if not left or not right:
            return
        found = find([before[i] for i in left], [after[j] for j in right])
        yield from [(left[i], right[j]) for i, j in found]
        gone, gone_too = {i for i, _ in found}, {j for _, j in found}
        left = [at for i, at in enumerate(left) if i not in gone]
        right = [at for j, at in enumerate(right) if j not in gone_too]


def _ids(items: Sequence[Entry]) -> dict[tuple[str, Hashable], int]:
    """Where what has an id of its own is."""
    count = Counter([item.id for item in items])
    return {item.id: at for at, item in enumerate(items) if item.id is not None and count[item.id] == 1}


def _known(item: Entry, ids: dict[tuple[str, Hashable], int]) -> bool:
    return item.id is not None and item.id[0] == "id" and item.id in ids


def _equal_in_order(before: list[Entry], after: list[Entry]) -> list[tuple[int, int]]:
    return anchors([item.token for item in before], [item.token for item in after])


def _equal(before: list[Entry], after: list[Entry]) -> list[tuple[int, int]]:
    places: defaultdict[Token, deque[int]] = defaultdict(deque)
    for j, item in enumerate(after):
        places[item.token].append(j)
    return [(i, places[item.token].popleft()) for i, item in enumerate(before) if places.get(item.token)]


def _alike(before: list[Entry], after: list[Entry]) -> list[tuple[int, int]]:
    """The most alike first."""
    mine = [_features(item.token) for item in before[:COMPARED]]
    theirs = [_features(item.token) for item in after[:COMPARED]]
    found = []
    for i, one in enumerate(mine):
        for j, other in enumerate(theirs):
            if before[i].kind == after[j].kind and (alike := _overlap(one, other)) >= ALIKE:
                found.append((-alike, abs(i - j), i, j))
    pairs: list[tuple[int, int]] = []
    taken: set[int] = set()
    others: set[int] = set()
    for _, _, i, j in sorted(found):
        if i not in taken and j not in others:
            pairs.append((i, j))
            taken.add(i)
            others.add(j)
    return pairs


def _features(token: Token) -> Counter[Hashable]:
    """Words and values of an item, whatever they are inside of."""
    found: Counter[Hashable] = Counter()
    waiting: list[Any] = [token]
    while waiting and len(found) < FEATURES:
        each = waiting.pop()
        if type(each) is str:
            found.update(raw_words(each[: 10 * FEATURES])[:FEATURES])
        elif type(each) is frozenset:
            for inner in each:
                named = type(inner) is tuple and len(inner) == 2 and type(inner[0]) is str
                if named and type(inner[1]) is tuple and type(inner[1][0]) is str:
                    found[inner] += 1  # a field with its number
                else:
                    waiting.append(inner[1] if named else inner)
        elif type(each) is tuple and each:
            if type(each[0]) is str:
                found[each] += 1
            else:
                waiting.extend(each[1:] if type(each[0]) is int else each)
    return found


def _overlap(mine: Counter[Hashable], theirs: Counter[Hashable]) -> float:
    total = mine.total() + theirs.total()
    if len(mine) > len(theirs):
        mine, theirs = theirs, mine
    common = sum([min(count, theirs.get(item, 0)) for item, count in mine.items()])
    return 2 * common / total if total else 0.0


def _in_order(pairs: dict[tuple[int, int], bool], count: int, others: int) -> Iterator[Pair]:
    of = {j: (i, moved) for (i, j), moved in pairs.items()}
    paired = {i for i, _ in pairs}
    removed = deque(i for i in range(count) if i not in paired)
    waiting: list[Pair] = []
    for j in range(others):
        i, moved = of.get(j, (None, False))
        if i is None or moved:
            waiting.append(Pair(i, j, moved))
            continue
        while removed and removed[0] < i:
            yield Pair(removed.popleft(), None)
        yield from waiting
        waiting.clear()
        yield Pair(i, j)
    yield from [Pair(i, None) for i in removed]
    yield from waiting

"""The tree of namespaces that delimiters in the keys make."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Any

from inmem_widgets.observables.keys.arrays import Array
from inmem_widgets.observables.keys.background import Background, Making, same
from inmem_widgets.observables.keys.census import Census
from inmem_widgets.observables.keys.ids import shown
from inmem_widgets.observables.keys.levels import Level, level
from inmem_widgets.wire import NamespaceRow

VIEWS = 8
"""Views that are shown the same tree, each with other namespaces open."""
ROWS = 600
"""Namespaces listed in all."""

Found = tuple[Census, Array | None]
"""A census and which of its positions match; None for all of them."""


def guess_delimiters(keys: Sequence[str]) -> str:
    """The delimiters in use in a sample of keys: none, ":", "/", both, or ".".

    One has to stand inside (neither first nor last) of more than a third of the keys. The dot, with
    which a file's extension begins too, only counts where neither of the others does.
    """
    inside = [key.replace("://", "")[1:-1] for key in keys]
    colon, slash, dot = (
        delimiter if 3 * sum(delimiter in key for key in inside) > len(keys) else "" for delimiter in ":/."
    )
    return colon + slash or dot


class Tree:
    """The levels of a tree that are open, by prefix."""

    def __init__(self, census: Census, positions: Array | None, delimiters: str) -> None:
        self.about = (census, positions, delimiters)
        self.levels: dict[str, Level] = {}
        self.version = 0

    def grow(self, expanded: Collection[str]) -> Making[None]:
        """Make the levels that are missing, from the top down. `expanded`: prefixes as shown."""
        census, positions, delimiters = self.about
        if "" not in self.levels:
            self._add("", (yield from level(census.keys, positions, "", delimiters)))
        ways = [""]
        while ways:
            above = self.levels[ways.pop()]
            for index, prefix in enumerate(above.prefixes):
                if above.deep[index] and shown(prefix) in expanded:
                    if prefix not in self.levels:
                        inside = above.within(index)
                        self._add(prefix, (yield from level(census.keys, inside, prefix, delimiters)))
                    ways.append(prefix)

    def weigh(self) -> Making[None]:
        """Measure the values, if nobody did, and add them up."""
        census = self.about[0]
        if census.sizes is None:
            yield from census.measure_sizes()
        if (sizes := census.sizes) is not None:
            for each in list(self.levels.values()):
                if each.bytes is None:
                    each.weigh(sizes)
                    self.version += 1
                    yield 1.0

    def rows(self, expanded: Collection[str]) -> list[NamespaceRow]:
        """As they are listed, parents before what is in them."""
        rows: list[NamespaceRow] = []
        self._list(rows, "", 0, expanded)
        return rows

    def _add(self, prefix: str, made: Level) -> None:
        self.levels[prefix] = made
        self.version += 1

    def _list(self, rows: list[NamespaceRow], above: str, depth: int, expanded: Collection[str]) -> None:
        here = self.levels[above]
        keys, size, count = here.all_keys, here.all_bytes, 0
        for index, prefix in enumerate(here.prefixes):
            if len(rows) >= ROWS:
                break
            own = None if here.bytes is None else here.bytes[index]
            count += 1
            keys -= here.keys[index]
            size = None if size is None or own is None else size - own
            row = _row(prefix, prefix[len(above) : -1], depth, here.keys[index], own)
            opened = prefix in self.levels and row["prefix"] in expanded
            row["expanded"] = opened if here.deep[index] else None
            rows.append(row)
            if opened:
                self._list(rows, prefix, depth + 1, expanded)
        if count < here.size:
            row = _row(above, "", depth, keys, size)
            row["more"] = here.size - count
            rows.append(row)


def _row(prefix: str, name: str, depth: int, keys: int, size: int | None) -> NamespaceRow:
    return {
        "prefix": shown(prefix), "name": shown(name), "level": depth, "keys": keys, "bytes": size,
        "expanded": None, "more": 0,
    }  # fmt: skip


class Namespaces:
    """The namespaces of what a view lists, made in the background.

    Args:
        tell: Called when there is more to show, on any thread.
    """

    def __init__(self, tell: Callable[[], None]) -> None:
        self._trees: Background[Tree] = Background(tell)
        self._last: tuple[Any, ...] = ()
        self._views: deque[frozenset[str]] = deque(maxlen=VIEWS)
        self._full: dict[str, str] = {}
        self._listed: tuple[tuple[Any, ...], list[NamespaceRow] | None] = ((), None)

    def rows(
        self, found: Found | None, delimiters: str, expanded: Collection[str]
    ) -> list[NamespaceRow] | None:
        """What is known of the tree: for a while what it was before something changed, at first None.

        Args:
            found: What is listed; None while that is not known, or once the store is gone.
            delimiters: Each character is one.
            expanded: Prefixes, as in the rows given out before.
        """
        if not delimiters:
            return []
        wanted = frozenset(expanded)
        if found is None:
            self._trees.forget()
            self._forget_keys()
        else:
            if wanted not in self._views:
                self._views.append(wanted)
            # one tree for all views: what each has open is made, whoever asks
            self._want(*found, delimiters, frozenset().union(*self._views))
        tree = self._trees.result
        if tree is None:
            return self._listed[1]
        version = (tree, tree.version, wanted)
        if self._listed[0] != version:
            levels = list(tree.levels.values())
            self._full = {shown(prefix): prefix for each in levels for prefix in each.prefixes}
            self._listed = (version, tree.rows(wanted))
        return self._listed[1]

    def full(self, prefix: str) -> str:
        """The namespace of a row's prefix: another text where it was cut, or could not be sent as it is."""
        return self._full.get(prefix, prefix)

    def let_go(self) -> None:
        """The store is gone: keep nothing but what is listed. May run in the midst of anything."""
        self._trees.let_go()
        self._forget_keys()

    def _forget_keys(self) -> None:
        self._trees.result, self._last, self._listed = None, (), ((), self._listed[1])

    def close(self) -> None:
        """End all work and let go of everything."""
        self._trees.close()
        self._last, self._full, self._listed = (), {}, ((), None)

    def _want(self, census: Census, positions: Array | None, delimiters: str, wanted: frozenset[str]) -> None:
        about, last = (census, positions, delimiters, wanted), self._last
        # while the store goes on changing, census and positions are others together
        asked = not last or not same(last[2:], about[2:]) or (last[0] is census and last[1] is not positions)
        self._last = about

        def make() -> Making[Tree]:
            tree = self._trees.result
            if tree is None or not same(tree.about, about[:3]):
                tree = Tree(census, positions, delimiters)
            yield from tree.grow(wanted)
            self._trees.show(tree)
            yield from tree.weigh()
            return tree

        self._trees.want(about, make, at_once=asked)

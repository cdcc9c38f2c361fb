"""Which keys a filter and a namespace let through."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from fnmatch import translate
from typing import TypeAlias

import regex

from inmem_widgets.observables.keys.query import Query, QueryError

Positions: TypeAlias = "array[int]"
Matcher = Callable[[Sequence[str], int], Positions]
Hits = Callable[[Sequence[str], int], list[int]]

PATIENCE = 0.05
"""Seconds of processor time that a regular expression may take for one key."""
HARMLESS = 1_000_000
"""Steps of a regular expression that take some milliseconds at the most."""


def matcher(query: Query) -> Matcher:
    """Makes `match(keys, first)`: the positions, counted from `first`, of the keys that the query's
    filter and namespace let through.

    `match` raises QueryError where a regular expression takes longer than `PATIENCE` for a key.
    """
    hits = _hits(query)
    namespace = query.namespace

    def match(keys: Sequence[str], first: int) -> Positions:
        found = hits(keys, first)
        if namespace:
            found = [i for i in found if keys[i - first].startswith(namespace)]
        return array("I", found)

    return match


def _hits(query: Query) -> Hits:
    wanted = query.filter
    if not wanted:
        return lambda keys, first: list(range(first, first + len(keys)))
    if query.matching == "text":
        return _text(wanted)
    if query.matching == "glob":
        return _glob(wanted)
    return _regex(wanted)


def _text(wanted: str) -> Hits:
    if wanted != wanted.lower():
        return lambda keys, first: [i for i, key in enumerate(keys, first) if wanted in key]

    def hits(keys: Sequence[str], first: int) -> list[int]:
        # most often no key of a chunk has it, which one look at them all tells sooner
        if wanted not in "\n".join(keys).lower():
            return []
        return [i for i, key in enumerate(keys, first) if wanted in key.lower()]

    return hits


def _glob(wanted: str) -> Hits:
    begin = wanted[:-1]
    if wanted.endswith("*") and not any(special in begin for special in "*?["):
        return lambda keys, first: [i for i, key in enumerate(keys, first) if key.startswith(begin)]
    fits = re.compile(translate(wanted)).match  # its stars are atomic: they do not backtrack
    return lambda keys, first: [i for i, key in enumerate(keys, first) if fits(key)]


def _regex(wanted: str) -> Hits:
    search = regex.compile(wanted).search
    grouped = "(" in wanted or "{" in wanted
    power = 1 + sum(map(wanted.count, "*+?"))

    def hits(keys: Sequence[str], first: int) -> list[int]:
        # Without groups, the steps are at most the key's length to the power of its quantifiers and
        # the place it begins at; watching the time is three times as slow.
        if not grouped and max(map(len, keys), default=0) ** power <= HARMLESS:
            return [i for i, key in enumerate(keys, first) if search(key)]
        found = []
        for i, key in enumerate(keys, first):
            try:
                if search(key, timeout=PATIENCE):
                    found.append(i)
            except TimeoutError:
                raise QueryError("filter", f"takes too long on key {key!r:.80}") from None
        return found

    return hits

"""One level of the tree of namespaces: the keys that begin with a prefix, by what comes next."""

from __future__ import annotations

from array import array
from itertools import repeat
from operator import gt

from inmem_widgets.observables.keys.arrays import Array, np
from inmem_widgets.observables.keys.background import Making

LISTED = 200
"""Namespaces of one level that are listed, those with the most keys."""
CHUNK = 8_192
"""Keys parted in one step, of some 3 ms."""


class Level:
    """The namespaces right below a prefix.

    A key belongs to the namespace that ends with its first delimiter after the prefix: `a::b` to `a:`
    and, below that, to `a::`; a key that has none belongs to no namespace of the level. Memory: 4
    bytes a key, 8 below the first level, and 1 a namespace.

    Attributes:
        size: How many namespaces there are.
        prefixes: Those with the most keys (or bytes), at most `LISTED`; ties in the store's order.
        keys, bytes: Of those; the bytes of their values are None until weighed.
        deep: Whether there are others in them.
        all_keys, all_bytes: Of all the namespaces.
    """

    def __init__(self, positions: Array | None, numbers: Array, listed: Array, real: Array) -> None:
        self._positions = positions  # in the census, of the level's keys
        self._numbers = numbers  # of each key, its namespace
        self._listed = listed  # numbers of the namespaces listed
        self._real = real  # of each namespace, whether it is one
        self.size = 0
        self.prefixes: list[str] = []
        self.keys: list[int] = []
        self.deep: list[bool] = []
        self.all_keys = 0
        self.bytes: list[int] | None = None
        self.all_bytes: int | None = None

    def weigh(self, sizes: Array) -> None:
        """Add up the sizes of all values in the census."""
        sums = np.bincount(self._numbers, _at(sizes, self._positions))  # exact below 2 ** 53
        self.all_bytes = int(sums[self._real].sum())
        self.bytes = sums[self._listed].astype(np.int64).tolist()

    def within(self, index: int) -> Array:
        """The positions of the keys in a listed namespace."""
        found = np.flatnonzero(self._numbers == self._listed[index])
        inside: Array = found.astype(np.uint32) if self._positions is None else self._positions[found]
        return inside


def level(
    keys: list[str], positions: Array | None, prefix: str, delimiters: str, sizes: Array | None = None
) -> Making[Level]:
    """Part the keys at the positions (None: all keys), each of which begins with the prefix.

    There has to be a delimiter. With the sizes of all values it is weighed, and those with the most
    bytes are listed.
    """
    start, count = len(prefix), len(keys) if positions is None else len(positions)
    # plain Python: NumPy lets the interpreter go, and beside busy writers waits for it each time
    hashes, deeper = array("q"), bytearray()
    for at in range(0, count, CHUNK):
        chunk = keys_at(keys, positions, at, at + CHUNK)
        ends, lasts = _ends(chunk, start, delimiters)
        # 64 bits for each: a million namespaces are told apart without keeping their names
        hashes.extend(hash(key[:end]) for key, end in zip(chunk, ends, strict=True))
        deeper.extend(map(gt, lasts, ends))
        yield (at + len(chunk)) / count
    namespaces, firsts, numbers, amounts = np.unique(
        np.frombuffer(hashes, np.int64), return_index=True, return_inverse=True, return_counts=True
    )
    is_one = namespaces != hash("")
    real = np.flatnonzero(is_one)
    ranks = amounts if sizes is None else np.bincount(numbers, _at(sizes, positions))
    listed = real[np.lexsort((firsts[real], -ranks[real]))][:LISTED]
    made = Level(positions, numbers.astype(np.uint32), listed, is_one)
    made.size, made.all_keys = len(real), int(amounts[real].sum())
    made.keys = amounts[listed].tolist()
    deep = np.zeros(len(namespaces), bool)
    deep[numbers[np.frombuffer(deeper, bool)]] = True
    made.deep = deep[listed].tolist()
    places = firsts[listed] if positions is None else positions[firsts[listed]]
    examples = [keys[place] for place in places.tolist()]
    ends, _ = _ends(examples, start, delimiters)
    made.prefixes = [key[:end] for key, end in zip(examples, ends, strict=True)]
    if sizes is not None:
        made.weigh(sizes)
    return made


def keys_at(keys: list[str], positions: Array | None, start: int, stop: int) -> list[str]:
    """Some of the keys at the positions (None: of all keys)."""
    return keys[start:stop] if positions is None else [*map(keys.__getitem__, positions[start:stop].tolist())]


def _at(sizes: Array, positions: Array | None) -> Array:
    known: Array = np.maximum(sizes if positions is None else sizes[positions], 0)
    return known


def _ends(keys: list[str], start: int, delimiters: str) -> tuple[list[int], list[int]]:
    """Just behind the first delimiter from `start` on in each key, and behind the last; 0 without one."""
    one = delimiters[0]
    if len(delimiters) > 1:
        alike = str.maketrans(delimiters, one * len(delimiters))
        keys = [key.translate(alike) for key in keys]
    firsts = map(str.find, keys, repeat(one), repeat(start))
    lasts = map(str.rfind, keys, repeat(one), repeat(start))
    return [at + 1 for at in firsts], [at + 1 for at in lasts]

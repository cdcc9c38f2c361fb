"""The first items of a dict, as a mapping that need not be made."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from itertools import islice
from typing import Any, Final

LOOKUPS: Final = 50
"""Keys that are looked up before a dict is made for them."""
STEP: Final = 16_384
"""Items dealt with in one go, in which no other thread runs."""


class Beginning(Mapping[Any, Any]):
    """The first items of a dict that nobody changes. To go through them, or to count them, needs no other.

    Args:
        data: The dict.
        count: How many of its items.
        hashes: NumPy arrays that have the hash of each key after these, and of none of these. Different keys
            have different ones.
    """

    def __init__(self, data: dict[Any, Any], count: int, hashes: list[Any]) -> None:
        self._parts = data, count, hashes
        self._looked_up = 0

    def copy(self) -> dict[Any, Any]:
        """As a dict of its own."""
        data, count, _ = self._parts
        return cut(data.copy() if len(data) - count <= count else data, count)

    @property
    def all(self) -> dict[Any, Any]:
        """As a dict: not a copy."""
        data, count, _ = self._parts
        if count < len(data):
            data = self.copy()
            self._parts = data, count, []
        return data

    def __getitem__(self, key: Any) -> Any:
        self._looked_up += 1
        if self._looked_up > LOOKUPS:
            return self.all[key]
        data, _, hashes = self._parts
        value, wanted = data[key], hash(key)
        if any((column == wanted).any() for column in hashes):
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[Any]:
        data, count, _ = self._parts
        return islice(data, count)

    def __len__(self) -> int:
        return self._parts[1]

    def values(self) -> ValuesView[Any]:
        return _Values(self)

    def items(self) -> ItemsView[Any, Any]:
        return _Items(self)


def cut(data: dict[Any, Any], count: int) -> dict[Any, Any]:
    """The first items: the dict itself, if they are most of it; it is left as it was otherwise."""
    if len(data) - count <= count:
        for _ in range(len(data) - count):
            data.popitem()
        return data
    items, made = islice(data.items(), count), dict[Any, Any]()
    while some := [*islice(items, STEP)]:
        made.update(some)
    return made


class _Values(ValuesView[Any]):
    _mapping: Beginning

    def __iter__(self) -> Iterator[Any]:
        data, count, _ = self._mapping._parts
        return islice(data.values(), count)


class _Items(ItemsView[Any, Any]):
    _mapping: Beginning

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        data, count, _ = self._mapping._parts
        return islice(data.items(), count)

"""Mappings that are made when they are looked into: most of what was held is never looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from itertools import islice
from typing import Any, Final, cast

FEW: Final = 50
"""Keys that are looked up before a dict is made for them."""
STEP: Final = 16_384
"""Items dealt with in one go, in which no other thread runs."""


class DictPrefix(Mapping[Any, Any]):
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
        if self._looked_up > FEW:
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


class Arranged(Mapping[Any, Any]):
    """Keys and their values, side by side. To go through them, or to count them, needs no dict.

    Args:
        keys: All different.
        values: As many.
        hashes: A NumPy array of int64: the hash of each key.
    """

    def __init__(self, keys: list[Any], values: list[Any], hashes: Any) -> None:
        self._parts = keys, values
        self._hashes = hashes
        self._looked_up = 0
        self._made: dict[Any, Any] | None = None

    def copy(self) -> dict[Any, Any]:
        """As a dict of its own."""
        if self._made is not None:
            return self._made.copy()
        made, (keys, values) = dict[Any, Any](), self._parts
        for start in range(0, len(keys), STEP):
            span = slice(start, start + STEP)
            made.update(zip(keys[span], values[span], strict=True))
        return made

    def __getitem__(self, key: Any) -> Any:
        self._looked_up += 1
        if self._made is None and self._looked_up > FEW:
            self._made = self.copy()
        if self._made is not None:
            return self._made[key]
        keys, values = self._parts
        places = (self._hashes == hash(key)).nonzero()[0].tolist()
        return values[{keys[place]: place for place in places}[key]]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parts[0])

    def __len__(self) -> int:
        return len(self._parts[0])

    def values(self) -> ValuesView[Any]:
        return _ArrangedValues(self)

    def items(self) -> ItemsView[Any, Any]:
        return _ArrangedItems(self)


class _Values(ValuesView[Any]):
    _mapping: DictPrefix

    def __iter__(self) -> Iterator[Any]:
        data, count, _ = self._mapping._parts
        return islice(data.values(), count)


class _Items(ItemsView[Any, Any]):
    _mapping: DictPrefix

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        data, count, _ = self._mapping._parts
        return islice(data.items(), count)


class _ArrangedValues(ValuesView[Any]):
    _mapping: Arranged

    def __iter__(self) -> Iterator[Any]:
        return iter(self._mapping._parts[1])


class _ArrangedItems(ItemsView[Any, Any]):
    _mapping: Arranged

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return zip(*self._mapping._parts, strict=True)


class LazyValues(Mapping[Any, Any]):
    """What was held at a moment, undone from what is held now when it is first looked at."""

    def __init__(self, make: Callable[[], Mapping[Any, Any]]) -> None:
        self._make: Callable[[], Mapping[Any, Any]] | None = make
        self._made: Mapping[Any, Any] = {}
        self._lock = threading.Lock()

    @property
    def made(self) -> Mapping[Any, Any]:
        """As it was made, a dict, a `DictPrefix` or `Arranged`: not a copy."""
        with self._lock:
            if self._make is not None:
                self._made, self._make = self._make(), None
            return self._made

    def __getitem__(self, key: Any) -> Any:
        return self.made[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)

    def values(self) -> ValuesView[Any]:
        return self.made.values()

    def items(self) -> ItemsView[Any, Any]:
        return self.made.items()

    def __repr__(self) -> str:
        return f"<{len(self):,} values>"


def dict_of(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """The values of a moment as a dict of one's own."""
    made = values.made if isinstance(values, LazyValues) else values
    return cast("dict[Any, Any]", made).copy()  # as the others do

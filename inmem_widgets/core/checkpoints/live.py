"""A mapping that looks into `Tables` at each use."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, MutableMapping, ValuesView
from typing import Any, Generic, TypeVar

from inmem_widgets.core.checkpoints.tables import Tables

K = TypeVar("K")
V = TypeVar("V")


class _Items(ItemsView[K, V]):
    """Leaves out what is deleted meanwhile."""

    def __init__(self, view: LiveMapping[K, V]) -> None:
        super().__init__(view)
        self._view = view

    def __iter__(self) -> Iterator[tuple[K, V]]:
        for key in self._view:
            try:
                yield key, self._view[key]
            except KeyError:
                continue


class _Values(ValuesView[V]):
    def __init__(self, view: LiveMapping[Any, V]) -> None:
        super().__init__(view)
        self._view = view

    def __iter__(self) -> Iterator[V]:
        return (value for _, value in self._view.items())


class LiveMapping(MutableMapping[K, V], Generic[K, V]):
    """What all have in common. `self[key]` never fails in those that stand for a defaultdict."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(self.copy())

    def copy(self) -> dict[K, Any]:
        return {key: value.copy() if isinstance(value, LiveMapping) else value for key, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (self.copy(),)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[K, Any]:
        return self.copy()

    def items(self) -> ItemsView[K, V]:
        return _Items(self)

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def get(self, key: K, default: Any = None) -> Any:
        try:
            return self[key] if key in self else default  # noqa: SIM401
        except KeyError:
            return default

    def setdefault(self, key: K, default: Any = None) -> Any:
        if key not in self and default is not None:
            self[key] = default
        return self[key]

    def pop(self, key: K, *default: Any) -> Any:
        with self._tables.lock:
            if key not in self:
                if default:
                    return default[0]
                raise KeyError(key)
            value = self[key]
            plain = value.copy() if isinstance(value, LiveMapping) else value
            del self[key]
            return plain

    def clear(self) -> None:
        with self._tables.lock:
            for key in list(self):
                del self[key]

    def popitem(self) -> tuple[K, Any]:
        keys = list(self)
        if not keys:
            raise KeyError("popitem(): mapping is empty")
        return keys[-1], self.pop(keys[-1])

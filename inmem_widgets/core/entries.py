"""What a cache holds its entries in: keys, values, and their order of use."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, Self

from langchain_core.outputs import Generation

Key = tuple[str, str]
Value = Sequence[Generation]


class Recent(OrderedDict[Key, Value]):
    """Entries in the order of their last use."""

    def __init__(self, lock: threading.RLock, entries: Iterable[tuple[Key, Value]] = ()) -> None:
        self.lock = lock
        super().__init__(entries)

    def copy(self) -> Self:
        return type(self)(threading.RLock(), self.items())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (list(self.items()),)


def _restored(entries: list[tuple[Key, Value]]) -> Recent:
    return Recent(threading.RLock(), entries)

"""Counting from any thread, exactly and without a lock."""

from __future__ import annotations

from itertools import repeat
from operator import length_hint
from typing import Final

from inmem_widgets.core.cache import MANY


class Tally:
    """A count. `add()` is one step that no other thread gets into."""

    __slots__ = ("_left", "add")

    def __init__(self) -> None:
        self._left: Final = repeat(None, MANY)
        self.add = self._left.__next__

    @property
    def count(self) -> int:
        return MANY - length_hint(self._left)

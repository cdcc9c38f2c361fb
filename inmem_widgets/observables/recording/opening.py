"""Objects as what they are written as: those of plain fields, of classes met before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from inmem_widgets.observables.recording.freezing import known_record
from inmem_widgets.observables.values import fields

PLAIN: Final = frozenset({str, int, float, bool, type(None), dict, list})
"""What may be JSON already."""
DEEP: Final = 3
"""Objects in objects that are opened."""
ITEMS: Final = 50
"""Objects of a list that is opened, at the most."""


class Opened:
    """An object, or a list of them, opened.

    Attributes:
        value: It.
        made: What `freeze` makes of it, as long as all `parts` are JSON already and there is room for all;
            None if it is of another sort.
        parts: What the fields of all objects hold.
        objects: How many there are.
    """

    __slots__ = ("_holders", "_names", "made", "objects", "parts", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.parts: list[Any] = []
        self._holders: list[dict[str, Any]] = []  # of the parts in `made`, …
        self._names: list[str] = []  # … and by which name
        self.objects = 0
        self.made = self._listed(value) if type(value) is list else self._object(value, DEEP)

    def fill(self, shown: Iterator[Any]) -> None:
        """Take the next of these in place of each part."""
        for held, name, each in zip(self._holders, self._names, shown, strict=False):
            held[name] = each

    def _listed(self, value: list[Any]) -> list[Any] | None:
        made = [self._object(each, DEEP) for each in value[:ITEMS]]
        return made if len(made) == len(value) and all(each is not None for each in made) else None

    def _object(self, value: Any, depth: int) -> dict[str, Any] | None:
        known = known_record(type(value)) if depth else None
        found = None if known is None else fields(value)
        if known is None or found is None:
            return None
        self.objects += 1
        for name, item in found.items():
            if type(item) in PLAIN:
                self.parts.append(item)
                self._holders.append(found)
                self._names.append(name)
            elif (inside := self._object(item, depth - 1)) is not None:
                found[name] = inside
            else:
                return None
        return {**known, "fields": found}

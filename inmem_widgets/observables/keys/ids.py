"""How keys are named to the browser: by a number, and by text of a bounded length."""

from __future__ import annotations

from inmem_widgets.observables.keys.remembered import Remembered
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.redaction import redacted

GIVEN = 20_000
"""Ids that lead back to their keys, at the least: those given out last."""
SHOWN = 400
"""Characters of a key that are shown."""


class KeyIds:
    """Ids of keys, and the way back from those given out lately."""

    def __init__(self) -> None:
        self._given: Remembered[int, str] = Remembered(GIVEN)

    def of(self, key: str) -> int:
        """The key's id, 53 bits that a JavaScript number can hold; the same as long as Python runs."""
        number = hash(key) & ((1 << 53) - 1)
        self._given.put(number, key)
        return number

    def key(self, number: int) -> str | None:
        """The key of an id; None where it was not given out, or too long ago."""
        return self._given.get(number)

    def clear(self) -> None:
        self._given.clear()


def shown(key: str) -> str:
    """The key as text that any JSON encoder can carry, its middle cut out where it is too long."""
    if len(key) > SHOWN and len(key := redacted(key)) > SHOWN:
        key = f"{key[: SHOWN // 2]}…{key[-SHOWN // 2 :]}"
    return clean(key)

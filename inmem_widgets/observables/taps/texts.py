"""Keys of any kind as texts, one to one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from inmem_widgets.observables.preview import preview

LONGEST = 1_000
"""Characters of the text of a key that is none itself."""


class Texts:
    """The texts of keys: of a text itself, unless that stands for another key already.

    Nothing is remembered for as long as all keys are plain text.

    Attributes:
        there: Gives the texts shown so far.
    """

    def __init__(self) -> None:
        self.there: Callable[[], Iterable[str]] = tuple
        self._keys: dict[str, Any] = {}
        self._texts: dict[Hashable, str] = {}
        self._mixed = False

    def all(self, keys: Sequence[Any]) -> list[str]:
        """The texts of all the keys there are."""
        if not self._mixed and any(type(key) is not str for key in keys):
            self._mix(key for key in keys if type(key) is str)
        return [*map(self.of, keys)]

    def of(self, key: Any) -> str:
        """The text of a key; the same for equal ones."""
        if type(key) is str and not self._mixed:
            return key
        if not self._mixed:
            self._mix(self.there())
        known = self._texts.get(key)
        if known is None:
            known = plain = key if type(key) is str else preview(key, LONGEST)
            number = 1
            while known in self._keys:
                number += 1
                known = f"{plain} #{number}"
            self._texts[key], self._keys[known] = known, key
        return known

    def _mix(self, there: Iterable[str]) -> None:
        self._mixed = True
        for text in list(there):
            self.of(text)

    def key(self, text: str) -> Any:
        """The key of a text."""
        return self._keys.get(text, text)

    def forget(self, text: str) -> None:
        """Let go of a key that is not there any more."""
        key = self._keys.pop(text, self)
        if key is not self:
            self._texts.pop(key, None)


def joined(parts: tuple[str, ...]) -> str:
    """The parts of a path as one text, one to one: `"a/b"` is of `("a", "b")`, `"a%2Fb"` of `("a/b",)`."""
    try:
        plain = "/".join(parts)
    except TypeError:
        plain = "%"
    if "%" not in plain and plain.count("/") == len(parts) - 1:
        return plain
    return "/".join([str(part).replace("%", "%25").replace("/", "%2F") for part in parts])


def parted(text: str) -> tuple[str, ...]:
    """What `joined` made it of."""
    if "%" not in text:
        return tuple(text.split("/"))
    return tuple(part.replace("%2F", "/").replace("%25", "%") for part in text.split("/"))

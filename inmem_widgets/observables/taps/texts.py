"""Keys of any kind as texts, one to one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from inmem_widgets.observables.preview import preview

LONGEST = 1_000
"""Characters of the text of a key that is none itself."""


class Texts:
    """A table of the keys that are no plain text: a text is its own key, unless it stands for another.

    Args:
        taken: Whether a text is in use as a key of its own.
    """

    def __init__(self, taken: Callable[[str], bool] = lambda text: False) -> None:
        self._taken = taken
        self._keys: dict[str, Any] = {}
        self._texts: dict[Hashable, str] = {}

    def of(self, key: Any) -> str:
        """The text of a key; the same for equal ones."""
        if type(key) is str and key not in self._keys:
            return key
        known = self._texts.get(key)
        if known is None:
            known = plain = preview(key, LONGEST) if type(key) is not str else key
            number = 1
            while known in self._keys or (known is not key and self._taken(known)):
                number += 1
                known = f"{plain} #{number}"
            self._texts[key], self._keys[known] = known, key
        return known

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
    return "/".join([str(part).replace("%", "%25").replace("/", "%2F") for part in parts])


def parted(text: str) -> tuple[str, ...]:
    """What `joined` made it of."""
    return tuple(part.replace("%2F", "/").replace("%25", "%") for part in text.split("/"))

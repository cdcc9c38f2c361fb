"""Secrets masked by a function of the user's, `redact(text) -> text`, wherever something leaves memory.

A text is redacted whole, before anything is cut off it: half a secret is one. Where a text is cut, or a value
read, the redactor at hand is asked (`redacted`); what leaves passes it once more (`Redactor.outgoing`). Names
that a view sends back, such as those of threads, stay one to one, and lead back to what they stand for.
"""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from itertools import repeat
from operator import contains
from typing import Any, Final

Redact = Callable[[str], str]

FAILED: Final = "[not shown: redact failed]"
"""Stands where the function raised, or gave no text."""
LONGEST: Final = 4_000_000
"""Characters of a text that is redacted at the most; …"""
TOO_LONG: Final = "[not shown: too long to redact]"
"""… this stands in place of a longer one."""
PACKED: Final = 3
"""How often what is compressed may be compressed again."""
NAMES: Final = 50_000
"""Names that lead back to what they stand for, at the least: those given out last."""
KEPT = 4_000
"""Texts whose redaction is remembered, …"""
KEPT_LENGTH = 2_000
"""… none of them longer."""
IDENTITY = frozenset(
    {
        "thread", "threads", "id", "at", "parent", "selected", "pinned", "target", "ns", "channel",
        "channels", "namespace", "prefix", "expanded", "against", "child", "fork", "interrupt", "error",
        "newest", "named", "task", "thread_id", "checkpoint_ns", "checkpoint_id", "name", "node", "nodes",
        "as_node", "key",
    }
)  # fmt: skip
"""Fields whose texts views send back."""
AS_IT_IS = frozenset({"view", "kind", "method", "format", "formats", "script", "style", "language", "data"})
"""Fields of the protocol, and files and pictures, which are redacted where they are made."""

_log = logging.getLogger("inmem_widgets")
_now: ContextVar[Redactor | None] = ContextVar("inmem_widgets_redactor", default=None)


class Redactor:
    """One redact function, and what its results stand for.

    Args:
        redact: Gets a text, gives the text to show. If it raises or gives no str, `FAILED` is shown.

    Raises:
        TypeError: `redact` cannot be called.
    """

    def __init__(self, redact: Redact) -> None:
        if not callable(redact):
            raise TypeError(f"redact: got {type(redact).__name__}, accepted is a function of a text, or None")
        self._redact = redact
        self._told = False
        self._known: OrderedDict[str, str] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()  # text -> what stands for it
        self._stands_for: dict[str, str] = {}

    def text(self, text: str) -> str:
        """What is shown of a whole text."""
        if not text:
            return text
        if len(text) > KEPT_LENGTH:
            return self._of(text) if len(text) <= LONGEST else TOO_LONG
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._of(text)
            while len(self._known) > KEPT:
                try:
                    self._known.popitem(last=False)
                except KeyError:  # another thread was faster
                    break
        return found

    def texts(self, texts: Iterable[str]) -> dict[str, str]:
        """What is shown of many whole texts, each asked for once, and none remembered."""
        found = dict.fromkeys(texts)
        lengths = [*map(len, found)]
        if lengths and min(lengths) > 0 and max(lengths) <= LONGEST and {*map(type, found)} == {str}:
            with suppress(Exception):  # the function's own: each is asked for by itself then
                shown = [*map(self._redact, found)]
                if {*map(type, shown)} == {str}:
                    if any(map(contains, shown, repeat("\\"))):
                        shown = [self._unescaped(each) if "\\" in each else each for each in shown]
                    return dict(zip(found, shown, strict=True))
        return {
            text: text if not text else self._of(text) if len(text) <= LONGEST else TOO_LONG for text in found
        }

    def _of(self, text: str) -> str:
        try:
            found = self._redact(str.__str__(text))
            if type(found) is str:
                return self._unescaped(found) if "\\" in found else found
            problem: object = f"it gave {type(found).__name__}"
        except Exception as error:
            problem = type(error).__name__  # its text may hold the secret
        if not self._told:
            self._told = True
            _log.warning("redact: expected a str for each text, but %s; %r is shown instead", problem, FAILED)
        return FAILED

    def _unescaped(self, text: str) -> str:
        """Of JSON, which may hold texts in another spelling: these, redacted."""
        if text.lstrip()[:1] not in ("{", "[", '"'):
            return text
        try:
            found = json.loads(text)
            masked = self._within(found)
        except (ValueError, RecursionError):
            return text
        return text if masked == found else json.dumps(masked, ensure_ascii=False)

    def _within(self, data: Any) -> Any:
        if type(data) is str:
            return self.text(data)
        if type(data) is dict:
            return {self.text(key): self._within(each) for key, each in data.items()}
        return [*map(self._within, data)] if type(data) is list else data

    def data(self, data: bytes, depth: int = 0) -> bytes:
        """What is shown of bytes: as of the text they are, bytes that are none staying in their places.

        Compressed ones are given opened where something in them is redacted.
        """
        if (inside := _opened(data)) is not None and depth < PACKED:
            found = self.data(inside, depth + 1)
            return data if found == inside else found
        return self._bytes(data)

    def _bytes(self, data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        found = self.text(text)
        if found == text:
            return data
        try:
            return found.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # surrogates of the function's own
            return found.encode("utf-8", "backslashreplace")

    def value(self, value: Any) -> Any:
        """A value like it, all of its texts redacted; the value itself where it has none."""
        from inmem_widgets.observables.recording.thawing import redacted_value

        return redacted_value(value, self)

    # -- names --

    def name(self, text: str) -> str:
        """What stands for a name: another one for each name."""
        known = self._names.get(text)
        return self._named(text, self.text(text)) if known is None else known

    def names(self, texts: Sequence[str]) -> list[str]:
        """The same of many."""
        known = self._names
        shown = self.texts(text for text in texts if text not in known)
        return [self._named(text, shown[text]) if text in shown else self.name(text) for text in texts]

    def _named(self, text: str, found: str) -> str:
        if text in self._names:
            return self._names[text]
        if found == text and text not in self._stands_for:
            return text
        made, number = found, 1
        while self._stands_for.get(made, text) != text or (number == 1 and made == text and found != text):
            number += 1
            made = f"{found} ({number})"
        self._names[text], self._stands_for[made] = made, text
        if len(self._names) > 2 * NAMES:
            for _ in range(NAMES):
                _, gone = self._names.popitem(last=False)
                self._stands_for.pop(gone, None)
        return made

    def meant(self, name: str) -> str:
        """The name that something given out by `name` stands for."""
        return self._stands_for.get(name, name)

    # -- at the boundary --

    def outgoing(self, message: Any, field: str = "") -> Any:
        """A message (or part of one) as it may leave: texts redacted, names one to one."""
        if type(message) is str:
            if not message or field in AS_IT_IS or message in _words():
                return message
            if field in IDENTITY:
                return "\n".join(map(self.name, message.split("\n")))
            return self.text(message)
        if isinstance(message, Mapping):
            return {self._field(each): self.outgoing(part, each) for each, part in message.items()}
        if isinstance(message, list | tuple):
            return [self.outgoing(part, field) for part in message]
        return message

    def _field(self, name: Any) -> Any:
        known = type(name) is not str or name.isdecimal() or name in _words()
        return name if known else self.name(name)

    def incoming(self, message: Any) -> Any:
        """What a view sent, with the names that it was not told."""
        if type(message) is str:
            if message in self._stands_for:
                return self._stands_for[message]
            return "\n".join(map(self.meant, message.split("\n"))) if "\n" in message else message
        if isinstance(message, Mapping):
            return {self.meant(k) if type(k) is str else k: self.incoming(v) for k, v in message.items()}
        return [self.incoming(part) for part in message] if isinstance(message, list | tuple) else message


def redactor_of(redact: Redact | Redactor | None) -> Redactor | None:
    """The redactor of what an argument `redact` may be.

    Raises:
        TypeError: it is no function.
    """
    return redact if redact is None or isinstance(redact, Redactor) else Redactor(redact)


@contextmanager
def redacting(redactor: Redactor | None) -> Iterator[None]:
    """What is made inside is for somebody who may see no more than the redactor lets through."""
    before = _now.set(redactor)
    try:
        yield
    finally:
        _now.reset(before)


def redactor() -> Redactor | None:
    """The one that holds now."""
    return _now.get()


def redacted(text: str) -> str:
    """A whole text as it may be shown now."""
    found = _now.get()
    return text if found is None else found.text(text)


def _opened(data: bytes) -> bytes | None:
    """What is in compressed bytes, as far as it goes; None if they are not compressed."""
    if not data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"x")):
        return None
    from inmem_widgets.observables.formats.base import Content
    from inmem_widgets.observables.formats.packed import opened

    with redacting(None):
        packed, inside, _ = opened(Content(data))
    return None if packed is None else inside


@cache
def _words() -> frozenset[str]:
    """The words of the wire itself: names of fields, and texts of which it says what they may be."""
    import typing

    from inmem_widgets import wire

    words: set[str] = set()
    waiting: list[Any] = [each for each in vars(wire).values() if typing.is_typeddict(each)]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if typing.is_typeddict(each):
            hints = typing.get_type_hints(each)
            words.update(hints)
            waiting += hints.values()
        elif typing.get_origin(each) is typing.Literal:
            words.update(text for text in typing.get_args(each) if isinstance(text, str))
        else:
            waiting += typing.get_args(each)
    return frozenset(words)

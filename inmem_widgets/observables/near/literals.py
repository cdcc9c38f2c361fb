"""Texts of JSON and of Python's literals as structure: bounded, and without running anything."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

DEPTH = 100
"""Levels of nesting that are read."""
DIGITS = 300
"""Of numbers; longer ones stay text."""


class Unread(ValueError):
    """The text is not what it was taken for."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """What is no literal, such as `<function f at 0x7f…>` or `Model(name='x')`: its text."""

    text: str


def _number(digits: str) -> Any:
    return int(digits) if len(digits) <= DIGITS else Opaque(digits)


_JSON = json.JSONDecoder(parse_int=_number)


def read_json(text: str, start: int = 0) -> tuple[Any, int]:
    """The JSON value that begins there, and where it ends.

    Raises:
        Unread: There is none, or it is nested too deeply.
    """
    try:
        value, end = _JSON.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise Unread("no JSON") from error
    if _deep(value):
        raise Unread("nested too deeply")
    return value, end


def _deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH):
        level = [
            inner
            for each in level
            if type(each) in (list, dict)
            for inner in (each.values() if type(each) is dict else each)
        ]
        if not level:
            return False
    return True


_TOKEN = re.compile(
    r"""(?xs) \s* (?:
      (?P<string> '[^'\\]*(?:\\.?[^'\\]*)*(?:'|\Z) | "[^"\\]*(?:\\.?[^"\\]*)*(?:"|\Z) )
    | (?P<mark> [\[\](){},:] )
    | (?P<number> -? (?: \d+ (?: \.\d* )? (?: e[+-]?\d+ )? | inf | nan ) (?= \s* (?: [\])},:] | $ ) ) )
    | (?P<other> < [^<>]{0,500} (?: <[^<>]{0,500}> [^<>]{0,500} ){0,5} > | [^\s\[\](){},:'"<]+ | . ) )"""
)
_ESCAPE = re.compile(r"(?s)\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_CONSTANTS = {"None": None, "True": True, "False": False}
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_COMMA, _COLON, _SEVERAL = Opaque(","), Opaque(":"), Opaque("")


@dataclass(slots=True)
class _Frame:
    """An open bracket: where it is, and the values and separators in it, each with its place."""

    mark: str = ""
    start: int = 0
    items: list[tuple[Any, int, int]] = field(default_factory=list)


def read_literal(text: str) -> Any:
    """The value of a Python literal as lists, dicts and scalars; what is none in it is `Opaque`.

    Raises:
        Unread: Brackets do not match, or are nested too deeply.
    """
    stack = [_Frame()]
    end = 0
    for token in _TOKEN.finditer(text):
        kind, end = token.lastgroup or "", token.end()
        part, start = token[kind], token.start(kind)
        if kind != "mark":
            _add(stack[-1], _scalar(kind, part), start, end)
        elif part in _CLOSING:
            stack.append(_Frame(part, start))
            if len(stack) > DEPTH:
                raise Unread("nested too deeply")
        elif part in ",:":
            stack[-1].items.append((_COMMA if part == "," else _COLON, start, end))
        else:
            done = stack.pop()
            if _CLOSING.get(done.mark) != part:
                raise Unread("brackets do not match")
            _add(stack[-1], _container(done, text, end), done.start, end)
    if len(stack) != 1 or len(stack[0].items) != 1:
        raise Unread("no literal")
    return _values(stack[0], text)[0]


def _add(frame: _Frame, value: Any, start: int, end: int) -> None:
    """Put a value into a frame; side by side with another it is no literal: `Model(…)`."""
    if frame.items and (before := frame.items[-1])[0] is not _COMMA and before[0] is not _COLON:
        frame.items[-1] = _SEVERAL, before[1], end
    else:
        frame.items.append((value, start, end))


def _values(frame: _Frame, text: str) -> list[Any]:
    return [Opaque(text[start:end]) if value is _SEVERAL else value for value, start, end in frame.items]


def _container(frame: _Frame, text: str, end: int) -> Any:
    groups: list[list[Any]] = [[]]
    for value in _values(frame, text):
        if value is _COMMA:
            groups.append([])
        else:
            groups[-1].append(value)
    if not groups[-1]:
        groups.pop()
    if all(len(group) == 1 and group[0] is not _COLON for group in groups):
        if frame.mark == "(" and len(groups) == 1 and frame.items[-1][0] is not _COMMA:
            return groups[0][0]
        return [group[0] for group in groups] if groups or frame.mark != "{" else {}
    if frame.mark == "{" and all(len(group) == 3 and group[1] is _COLON for group in groups):
        return {key if type(key) is str else shown(key): value for key, _, value in groups}
    return Opaque(text[frame.start : end])


def _scalar(kind: str, part: str) -> Any:
    if kind == "string":
        if len(part) < 2 or part[-1] != part[0]:
            raise Unread("a quote is not closed")
        return unescaped(part[1:-1])
    if kind == "number" and len(part) <= DIGITS:
        return int(part) if part.lstrip("-").isdigit() else float(part)
    return _CONSTANTS.get(part, Opaque(part))


def unescaped(text: str) -> str:
    """What stands between the quotes of a string, in Python or JSON."""
    return _ESCAPE.sub(_sign, text) if "\\" in text else text


def _sign(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code is None:
        return _ESCAPED.get(found[4], found[4])
    return chr(int(code, 16)) if int(code, 16) < 0x110000 else found[0]


def shown(value: Any) -> str:
    """A value that was read as text: strings as they are, all else as JSON; at most `DEPTH` levels."""
    if type(value) is str:
        return value
    if type(value) is Opaque:
        return value.text
    return json.dumps(value, ensure_ascii=False, default=lambda opaque: opaque.text)

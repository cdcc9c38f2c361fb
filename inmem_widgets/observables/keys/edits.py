"""Values as text that can be edited, and back, without losing their type or anybody's write."""

from __future__ import annotations

import hashlib
import json
import math
from itertools import islice
from typing import Any, Literal

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.redaction import redactor
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import Edit

LONGEST = 200_000
"""Characters of a text that is edited."""
NODES = 20_000
"""Parts of a JSON value that is edited."""
DEPTH = 100
HIDDEN = "parts of it are not shown (redact)"
"""Why what would be written back as it is shown is not edited."""

Language = Literal["text", "json"]
_JSON_KINDS: dict[type, str] = {
    dict: "an object", list: "an array", str: "a string", int: "a number", float: "a number",
    bool: "true or false", type(None): "null",
}  # fmt: skip


class NotEditable(ValueError):
    """Why a value cannot be edited."""


def editable(value: object) -> Edit:
    """The value as text.

    Raises:
        NotEditable: its type cannot be kept when it is edited as text, or it is too long.
    """
    language: Language = "json"
    if type(value) is str or type(value) is bytes:
        text = _decoded(value)
        if not text.lstrip().startswith(("{", "[")) or not _is_json(text):
            language = "text"
        if "\r" in text:
            if "\r" in text.replace("\r\n", "") or "\n" in text.replace("\r\n", ""):
                raise NotEditable("its lines end in different ways, which a text field does not keep")
            text = text.replace("\r\n", "\n")
    else:
        text = data_text(value, indent=2)
        if len(text) > LONGEST:
            raise _too_long(len(text), "characters")
    _check_shown(value, text)
    token = hashlib.blake2b(f"{type(value).__name__}:{text}".encode("utf-8", "surrogatepass"), digest_size=16)
    return {"language": language, "text": text, "token": token.hexdigest()}


def _check_shown(value: object, text: str) -> None:
    """What is redacted would be written back as it is shown."""
    masks = redactor()
    if masks is not None and (masks.text(text) != text or masks.value(value) != value):
        raise NotEditable(HIDDEN)


def _decoded(value: Any) -> str:
    if len(value) > LONGEST:
        raise _too_long(len(value), "characters" if isinstance(value, str) else "bytes")
    try:
        text = value if isinstance(value, str) else value.decode()
    except UnicodeDecodeError as error:
        raise NotEditable(f"its bytes are no UTF-8 text (at {error.start:,})") from None
    if clean(text) != text:
        raise NotEditable("it holds lone surrogates, which a text field cannot")
    return text


def _too_long(length: int, unit: str) -> NotEditable:
    return NotEditable(f"it has {length:,} {unit}; at most {LONGEST:,} can be edited here")


def data_text(value: object, indent: int | None = None, *, nodes: int = NODES, length: int = LONGEST) -> str:
    """Plain data, of so many parts and characters at the most, as JSON that reads back as the very same.

    Raises:
        NotEditable: something in it is no JSON, or would come back as another type.
    """
    _check_data(value, nodes, length)
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
        return text if clean(text) == text else json.dumps(value, allow_nan=False, indent=indent)
    except (ValueError, TypeError, RecursionError, RuntimeError) as error:  # changed meanwhile, huge int
        raise NotEditable(str(error)) from None


def _check_data(value: object, nodes: int, length: int) -> None:
    """By exact types: nothing of a foreign type is called."""
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        inside: list[Any] = []
        if not any(type(item) is kind for kind in _JSON_KINDS):  # asks no metaclass
            which = "it is" if item is value else "it holds"
            raise NotEditable(f"{which} a {type_label(item)}, not plain JSON")
        if isinstance(item, str):
            length -= len(item)
        elif isinstance(item, float) and not math.isfinite(item):
            raise NotEditable(f"it holds {item}, which JSON cannot")
        elif isinstance(item, list):
            inside = list(islice(item, nodes))
        elif isinstance(item, dict):
            keys = list(islice(item, nodes))
            odd = next((key for key in keys if type(key) is not str), MISSING)
            if odd is not MISSING:
                raise NotEditable(f"it holds a key of type {type_label(odd)}; those of JSON are text")
            length -= sum(map(len, keys))
            inside = list(islice(item.values(), nodes))
        nodes -= 1 + len(inside)
        if nodes < 0 or length < 0:
            raise NotEditable("it is too large")
        if inside and depth == DEPTH:
            raise NotEditable(f"it is nested more than {DEPTH} deep")
        stack.extend((child, depth + 1) for child in inside)


def parse(text: str) -> Any:
    """The data of a JSON text.

    Raises:
        ValueError: it is none; says where.
    """

    def refuse(name: str) -> Any:
        raise ValueError(f"text: {name} is no JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = next(name for i, (name, _) in enumerate(pairs) if name in dict(pairs[:i]))
            raise ValueError(f"text: {twice!r:.80} is twice in one object")
        return found

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"text: no JSON, {error.msg[:1].lower()}{error.msg[1:]} at {where}") from None
    except RecursionError:
        raise ValueError("text: nested too deep") from None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def value_of(text: str, language: Language, takes: Literal["bytes", "any"], like: object = MISSING) -> Any:
    """The value a text stands for, of the type of the one it takes the place of.

    Raises:
        ValueError: it is no JSON, or data of another type.
    """
    data = parse(text) if language == "json" else None
    if isinstance(like, str | bytes) and "\r\n" in (like if isinstance(like, str) else like.decode()):
        text = text.replace("\n", "\r\n")
    if isinstance(like, bytes) or (like is MISSING and takes == "bytes"):
        return text.encode()
    if isinstance(like, str) or (like is MISSING and language == "text"):
        return text
    if language == "text":
        raise ValueError(f"language: got 'text', a {type_label(like)} is edited as 'json'")
    if like is not MISSING and _JSON_KINDS[type(data)] != _JSON_KINDS[type(like)]:
        raise ValueError(
            f"text: {_JSON_KINDS[type(like)]} is expected, as the value is a {type_label(like)}; "
            f"got {_JSON_KINDS[type(data)]}"
        )
    _check_data(data, NODES, LONGEST)  # such as 1e999, which is read as infinity
    return data


def write(
    store: InMemoryBaseStore[Any], key: str, text: str, language: Language, token: str | None
) -> Edit | bool:
    """Write an edited value; `token` tells which value was edited, None a new key.

    Returns:
        True once written. False if the key is not there any more (or, a new one, is). The value as it is,
        if it is another one than was edited; then nothing is written.

    Raises:
        ValueError: the text cannot be written as a value, or what the value is now cannot be edited.
    """
    if token is None:
        takes: Literal["bytes", "any"] = "bytes" if store._values is bytes else "any"
        return store.replace(key, MISSING, value_of(text, language, takes))
    while (value := store._store.get(key, MISSING)) is not MISSING:
        try:
            now = editable(value)
        except NotEditable as error:
            raise ValueError(
                f"the value is another one meanwhile, a {type_label(value)} that cannot be edited: {error}"
            ) from None
        if now["token"] != token:
            return now
        if store.replace(key, value, value_of(text, language, "any", value)):
            return True
    return False

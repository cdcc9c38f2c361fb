"""Channel values as text that can be edited, and back: by the types that a graph declares."""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import Any

import pydantic

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.acting import chats
from inmem_widgets.observables.acting.declared import Kind, Slot, type_text
from inmem_widgets.observables.keys.edits import HIDDEN, LONGEST, NotEditable
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.redaction import redacted
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import FormField


def field_of(slot: Slot, value: Any, hint: str = "") -> FormField:
    """The channel as a form shows it; `MISSING` has no value yet."""
    kind, text, reason = slot.kind, "", slot.closed
    if not reason and value is not MISSING:
        try:
            kind, text = shown(slot, value)
        except NotEditable as error:
            reason = f"cannot be edited here: {error}"
    return {
        "name": clean(slot.name),
        "label": clean(slot.name),
        "type": clean(cut(type_text(slot.type), 200)),
        "kind": kind,
        "text": text,
        "choices": slot.choices,
        "editable": not reason,
        "reason": clean(reason or hint),
    }


def shown(slot: Slot, value: Any) -> tuple[Kind, str]:
    """The value as text that is read back as the very same.

    Raises:
        NotEditable: there is no such text.
    """
    kind = slot.kind
    size, _ = size_of(value)
    if size is not None and size > 16 * LONGEST:
        raise NotEditable(f"it has about {size:,} bytes")
    if kind == "json" and type(value) is str and slot.bare in (Any, object):
        kind = "text"
    if not chats.are_messages(value):
        try:
            value = checked(slot, value)  # a serializer may have made a list of a tuple
        except ValueError as error:
            raise NotEditable(
                f"it is no {type_text(slot.type)} as declared: {cut(str(error), 200)}"
            ) from None
    try:
        if kind in ("text", "choice") and isinstance(value, str | enum.Enum):
            text = str(value.value if isinstance(value, enum.Enum) else value)
        elif chats.are_messages(value):
            text = json.dumps([chats.data_of(message) for message in value], ensure_ascii=False, indent=2)
        else:
            data = slot.adapter.dump_python(value, mode="json", warnings="error")
            text = json.dumps(data, ensure_ascii=False, indent=2)
    except NotEditable:
        raise
    except Exception as error:
        raise NotEditable(f"a {type_label(value)} is no JSON: {cut(str(error), 200)}") from None
    if len(text) > LONGEST:
        raise NotEditable(f"it has {len(text):,} characters; at most {LONGEST:,} can be edited here")
    if redacted(text) != text:
        raise NotEditable(HIDDEN)
    if clean(text) != text:
        raise NotEditable("it holds lone surrogates, which a text field cannot")
    try:
        kept = chats.are_messages(value) or same(value_of(slot, text, kind), value)
    except ValueError:
        kept = False
    if not kept:
        raise NotEditable(f"it holds a type that JSON does not keep (a {type_label(value)})")
    return kind, text


def value_of(slot: Slot, text: str, kind: Kind | None = None, now: Any = MISSING) -> Any:
    """What a text stands for: the very value, of the type that is declared.

    Args:
        now: The value that is edited; its messages that stay as they are, stay the same objects.

    Raises:
        ValueError: the text is no such value.
    """
    kind = kind or (
        slot.kind if now is MISSING or type(now) is not str or slot.bare not in (Any, object) else "text"
    )
    try:
        if slot.messages or (now is not MISSING and chats.are_messages(now)):
            return chats.messages_from(text, now if chats.are_messages(now) else [])
        if kind in ("text", "choice"):
            if isinstance(slot.bare, type) and issubclass(slot.bare, enum.Enum):
                return slot.adapter.validate_python(text)
            return slot.adapter.validate_python(text, strict=True)
        return slot.adapter.validate_json(text, strict=True)
    except pydantic.ValidationError as error:
        raise ValueError(explained(error)) from None


def checked(slot: Slot, value: Any) -> Any:
    """A value given as an object, of the type that is declared.

    Raises:
        ValueError: it is none.
    """
    if slot.messages:
        return chats.checked(value)
    try:
        slot.adapter.validate_python(value, strict=True)
    except pydantic.ValidationError:
        try:
            return slot.adapter.validate_python(value)
        except pydantic.ValidationError as error:
            raise ValueError(explained(error)) from None
    return value


def explained(error: pydantic.ValidationError) -> str:
    """What is wrong, and where, in one line."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [": ".join(filter(None, (".".join(map(str, each["loc"])), each["msg"]))) for each in found[:3]]
    more = [f"{len(found) - 3} more"] if len(found) > 3 else []
    return clean(cut("; ".join([*lines, *more]), 500))


def same(one: Any, other: Any) -> bool:
    """Whether two values are of the same types all through, and equal."""
    if isinstance(one, float) and isinstance(other, int | float) and not isinstance(other, bool):
        return one == other or (one != one and other != other)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, pydantic.BaseModel):
        return same(one.__dict__, other.__dict__) and same(one.model_extra, other.model_extra)
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, it.name), getattr(other, it.name)) for it in dataclasses.fields(one))
    return bool(one == other)

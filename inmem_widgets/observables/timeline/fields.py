"""Channel values as text that can be edited, and back: by the types that a graph declares."""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pydantic
import typing_extensions
from langchain_core.messages import AnyMessage, BaseMessage

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.keys.edits import LONGEST, NotEditable
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.timeline import chats
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import FormField

Kind = Literal["text", "number", "bool", "choice", "json"]
_WRAPPERS = (
    typing.Required, typing.NotRequired, typing_extensions.Required, typing_extensions.NotRequired,
    typing_extensions.ReadOnly,
)  # fmt: skip
_UNIONS = (typing.Union, types.UnionType)


@dataclass(frozen=True)
class Slot:
    """What a graph declares of a channel."""

    name: str
    type: Any
    """Perhaps `Annotated`, with constraints."""
    reduces: bool = False
    """Its writes are combined: an edited value needs an `Overwrite`."""
    closed: str = ""
    """Why it cannot be given a value."""

    @property
    def bare(self) -> Any:
        return typing.get_args(self.type)[0] if typing.get_origin(self.type) is Annotated else self.type

    @property
    def messages(self) -> bool:
        """Whether it is a list of messages."""
        items = typing.get_args(self.bare)
        if self.bare is list or typing.get_origin(self.bare) is list:
            named = (getattr(mark, "__name__", "") for mark in typing.get_args(self.type)[1:])
            marks = (getattr(getattr(mark, "reducer", mark), "__name__", "") for mark in _marks(self.type))
            return any("messages" in name for name in (*named, *marks)) or bool(
                items and _is_message(items[0])
            )
        return False

    @property
    def kind(self) -> Kind:
        if self.messages:
            return "json"
        if self.choices:
            return "choice"
        if self.bare is bool:
            return "bool"
        if self.bare in (int, float):
            return "number"
        return "text" if self.bare is str else "json"

    @property
    def choices(self) -> list[str]:
        if typing.get_origin(self.bare) is Literal:
            members: list[Any] = list(typing.get_args(self.bare))
        elif isinstance(self.bare, type) and issubclass(self.bare, enum.Enum):
            members = [member.value for member in self.bare]
        else:
            return []
        return members if all(type(member) is str for member in members) else []

    @property
    def adapter(self) -> pydantic.TypeAdapter[Any]:
        try:
            return pydantic.TypeAdapter(self.type, config={"arbitrary_types_allowed": True})
        except pydantic.PydanticUserError:  # the type has a config of its own
            return pydantic.TypeAdapter(self.type)


def _marks(annotation: Any) -> tuple[Any, ...]:
    return typing.get_args(annotation)[1:] if typing.get_origin(annotation) is Annotated else ()


def _is_message(item: Any) -> bool:
    if item is AnyMessage:
        return True
    if typing.get_origin(item) is Annotated:
        return _is_message(typing.get_args(item)[0])
    if typing.get_origin(item) in _UNIONS:
        return all(_is_message(each) for each in typing.get_args(item))
    return isinstance(item, type) and issubclass(item, BaseMessage)


def unwrapped(annotation: Any) -> Any:
    """Without what only a TypedDict's key is marked with."""
    while typing.get_origin(annotation) in _WRAPPERS:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) is Annotated:
        inner, *marks = typing.get_args(annotation)
        if typing.get_origin(inner) in _WRAPPERS:
            return Annotated[(unwrapped(inner), *marks)]
    return annotation


def type_text(annotation: Any) -> str:
    """A type as it is declared, in short."""
    if annotation is AnyMessage:
        return "AnyMessage"
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return type_text(inner[0])
    if origin in _UNIONS:
        return " | ".join(map(type_text, inner))
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, inner))}]"
    if annotation in (None, type(None)):
        return "None"
    if annotation is Ellipsis:
        return "..."
    if origin is not None:
        return f"{type_text(origin)}[{', '.join(map(type_text, inner))}]"
    return str(getattr(annotation, "__name__", annotation)).removeprefix("typing.")


# -- as text --


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

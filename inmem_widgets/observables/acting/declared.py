"""The types that a graph declares of its channels, and what checks values by them."""

from __future__ import annotations

import enum
import types
import typing
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

import pydantic
import typing_extensions
from langchain_core.messages import AnyMessage, BaseMessage

Kind = Literal["text", "number", "bool", "choice", "json"]
_WRAPPERS = (
    typing.Required, typing.NotRequired, typing_extensions.Required, typing_extensions.NotRequired,
    typing_extensions.ReadOnly,
)  # fmt: skip
_NOT = typing_extensions.NotRequired
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

    @cached_property
    def adapter(self) -> pydantic.TypeAdapter[Any]:
        """Checks and makes values; of a type that pydantic does not know, any JSON."""
        for declared, config in (
            (self.type, pydantic.ConfigDict(arbitrary_types_allowed=True)),
            (self.type, None),  # it has a config of its own
            (extended(self.type), None),
        ):
            try:
                return pydantic.TypeAdapter(declared, config=config)
            except Exception:
                continue
        return pydantic.TypeAdapter(Any)


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


def extended(annotation: Any, within: tuple[Any, ...] = ()) -> Any:
    """With `typing.TypedDict`s as those of `typing_extensions`, which pydantic needs before Python 3.12."""
    if annotation in within:
        return Any
    if typing.is_typeddict(annotation):
        hints = typing.get_type_hints(annotation, include_extras=True)
        keys = {name: extended(unwrapped(it), (*within, annotation)) for name, it in hints.items()}
        marked = {
            name: it if _needed(annotation, name, hints[name]) else _NOT[it] for name, it in keys.items()
        }
        return typing_extensions.TypedDict(annotation.__name__, marked)  # type: ignore[operator]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is None or origin is Literal:
        return annotation
    if origin is Annotated:
        return Annotated[(extended(inner[0], within), *inner[1:])]
    new = tuple(extended(each, within) for each in inner)
    return typing.Union[new] if origin in _UNIONS else origin[new]  # noqa: UP007


def _needed(kind: Any, name: str, annotation: Any) -> bool:
    wrapper = typing.get_origin(annotation)  # under `annotations` of the future, only this tells
    if wrapper in (typing.NotRequired, _NOT):
        return False
    return wrapper in (typing.Required, typing_extensions.Required) or name in kind.__required_keys__


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

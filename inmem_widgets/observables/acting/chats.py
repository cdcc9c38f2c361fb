"""Lists of messages as JSON that can be edited, and back; what is left as it is keeps its object and id."""

from __future__ import annotations

import json
from typing import Any

import pydantic
from langchain_core.messages import BaseMessage, convert_to_messages, messages_from_dict

from inmem_widgets.observables.keys.edits import NotEditable, parse

FIRST = ("type", "id", "name", "content")
"""Fields of a message, in the order in which they are shown; then the others."""


def are_messages(value: Any) -> bool:
    return type(value) is list and bool(value) and all(isinstance(item, BaseMessage) for item in value)


def data_of(message: BaseMessage) -> dict[str, Any]:
    """The fields of a message that say something, as data.

    Raises:
        NotEditable: one of them is no JSON.
    """
    try:
        fields = message.model_dump(mode="json", exclude_defaults=True)
        json.dumps(fields)
    except Exception as error:
        raise NotEditable(f"the message {message.id or ''} is no JSON: {error}") from None
    fields = {"type": message.type, "content": "", **fields}
    return {name: fields[name] for name in (*FIRST, *fields) if name in fields}


def messages_from(text: str, now: list[BaseMessage]) -> list[BaseMessage]:
    """The messages of a JSON array: as `data_of` shows them, as LangChain's or as OpenAI's dicts.

    Raises:
        ValueError: it holds something else.
    """
    given = parse(text)
    if not isinstance(given, list):
        raise ValueError('a list of messages is expected: [{"type": "human", "content": "…"}, …]')
    kept = [(data_of(message), message) for message in now]
    return [_message(i, data, kept) for i, data in enumerate(given)]


def _message(i: int, data: Any, kept: list[tuple[dict[str, Any], BaseMessage]]) -> BaseMessage:
    for place, (shown, message) in enumerate(kept):
        if shown == data:
            del kept[place]
            return message
    if not isinstance(data, dict):
        raise ValueError(f'{i}: a message is expected, as {{"type": "human", "content": "…"}}')
    before = next((m for _, m in kept if m.id is not None and m.id == data.get("id")), None)
    try:
        made = made_of(data)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ValueError(f"{i}.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except KeyError as error:
        raise ValueError(f"{i}: {error.args[0]} is missing") from None
    except Exception as error:
        raise ValueError(f"{i}: no message: {error}") from None
    if before is not None and before.type == made.type and type(before) is not type(made):
        raise ValueError(f"{i}: a {type(before).__name__} cannot be edited as JSON")
    return made


def made_of(data: dict[str, Any]) -> BaseMessage:
    """A message of its data."""
    if "role" in data:
        return convert_to_messages([data])[0]
    if "content" not in data and "data" not in data:
        raise KeyError("content")
    kind = data.get("type")
    fields = data["data"] if isinstance(data.get("data"), dict) else data
    return messages_from_dict([{"type": kind, "data": fields}])[0]


def checked(value: Any) -> list[BaseMessage]:
    """Messages given as objects, or in another form LangChain takes.

    Raises:
        ValueError: it takes them for none.
    """
    try:
        return convert_to_messages(value if isinstance(value, list) else [value])
    except Exception as error:
        raise ValueError(f"no messages: {error}") from None

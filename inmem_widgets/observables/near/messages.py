"""A prompt as the messages it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inmem_widgets.observables.near.literals import Unread, read_json

MOST = 8_000_000
"""Characters of a prompt that is read as JSON; a longer one is text."""
_ROLES = {"user": "human", "assistant": "ai"}


@dataclass(frozen=True, slots=True)
class Message:
    """Attributes:
    role: "human", "ai", "system", "tool", …
    fields: All else that was serialised of it: content, id, tool_calls, …
    """

    role: str
    fields: dict[str, Any]

    @property
    def text(self) -> str:
        """Its content, of several blocks their texts."""
        content = self.fields.get("content")
        blocks = content if type(content) is list else [content]
        return "\n".join(filter(None, map(_text, blocks)))


def read_prompt(prompt: str) -> Any:
    """The objects and lists a prompt of JSON is made of; else the text as it is."""
    if not prompt.startswith(("[", "{")) or len(prompt) > MOST:
        return prompt
    try:
        value, end = read_json(prompt)
    except Unread:
        return prompt
    return prompt if prompt[end:].strip() else value


def messages_of(prompt: str) -> list[Message]:
    """A prompt's messages, as `langchain_core.load.dumps` writes them or as chat APIs have them; empty
    where it is none of these."""
    return as_messages(read_prompt(prompt))


def as_messages(value: Any) -> list[Message]:
    """The messages that a JSON list is of; empty where one of it is no message."""
    found = [message_of(each) for each in value] if type(value) is list else []
    messages = [each for each in found if each is not None]
    return messages if len(messages) == len(found) else []


def message_of(value: Any) -> Message | None:
    """The message that a JSON object is; None where it is none."""
    if type(value) is not dict:
        return None
    fields, path = value.get("kwargs"), value.get("id")
    if type(fields) is dict and "content" in fields and type(path) is list and path:
        role = fields.get("type")
        rest = {name: inner for name, inner in fields.items() if name != "type"}
        return Message(role if type(role) is str else str(path[-1]), rest)
    if type(role := value.get("role")) is str and "content" in value:
        return Message(
            _ROLES.get(role, role), {name: inner for name, inner in value.items() if name != "role"}
        )
    return None


def _text(block: Any) -> str:
    if type(block) is str:
        return block
    text = block.get("text") if type(block) is dict else None
    return text if type(text) is str else ""

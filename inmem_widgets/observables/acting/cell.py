"""A cell in the making."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.messages import BaseMessage, message_to_dict

from inmem_widgets.observables.acting import chats
from inmem_widgets.observables.acting.declared import Slot
from inmem_widgets.observables.acting.literal import literal
from inmem_widgets.observables.keys.code import IMPORT


class Cell:
    """Its imports, and its lines."""

    def __init__(self, saver: str, config: Any, *, waits: bool) -> None:
        self.saver, self.config, self.waits = saver, config, waits
        self._imports: dict[str, set[str]] = {}
        self.lines: list[str] = []

    def needs(self, module: str, name: str) -> None:
        self._imports.setdefault(module, set()).add(name)

    def text(self) -> str:
        imports = [
            f"from {it} import {', '.join(sorted(names))}" for it, names in sorted(self._imports.items())
        ]
        return "\n".join([*imports, *([""] if imports else []), *self.lines])

    def name_config(self) -> None:
        self.lines.append(f"config = {literal(self.config)}")

    def call(self, method: str, *arguments: str) -> str:
        """A call of a method of the graph."""
        inner = ", ".join(arguments)
        if len(inner) > 80 or "\n" in inner:
            inner = "\n" + "".join(f"    {_indented(it)},\n" for it in arguments)
        return f"await graph.a{method}({inner})" if self.waits else f"graph.{method}({inner})"

    def timeline(self) -> None:
        """The timeline with the checkpoint chosen: it does what LangGraph's methods do not."""
        module, name = IMPORT.removeprefix("from ").split(" import ")
        self.needs(module, name)
        self.lines.append(f"timeline = inspect({self.saver}, graph=graph)")
        self.lines.append(f"timeline.selection = {literal(self.config)}")

    def value(self, value: Any, slot: Slot | None, graph: str) -> str:
        """A value as code.

        Raises:
            ValueError: it is neither plain data, nor made of some by its declared type.
        """
        if type(value) is list and value and all(isinstance(item, BaseMessage) for item in value):
            self.needs("langchain_core.messages", "messages_from_dict")
            return f"messages_from_dict({literal([_plain(message) for message in value])})"
        try:
            return literal(value)
        except ValueError:
            if slot is None:
                raise
        data = slot.adapter.dump_python(value, mode="json")
        self.needs("pydantic", "TypeAdapter")
        return (
            f"TypeAdapter({graph}.channels[{literal(slot.name)}].ValueType).validate_python({literal(data)})"
        )


def _plain(message: BaseMessage) -> dict[str, Any]:
    """A message's type and fields, without those that say nothing."""
    full = message_to_dict(message)
    fields = {**chats.data_of(message)}
    del fields["type"]
    return {"type": full["type"], "data": json.loads(json.dumps(fields))}


def mapping(items: list[tuple[str, str]]) -> str:
    flat = "{" + ", ".join(f"{literal(name)}: {text}" for name, text in items) + "}"
    if len(flat) <= 80 and "\n" not in flat:
        return flat
    return "{\n" + "".join(f"    {literal(name)}: {_indented(text)},\n" for name, text in items) + "}"


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")

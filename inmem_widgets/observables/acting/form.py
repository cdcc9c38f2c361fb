"""What can be given at a checkpoint: values for its channels, answers to its interrupts."""

from __future__ import annotations

import contextlib
from typing import Any, Literal

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.acting.at import START, At
from inmem_widgets.observables.acting.fields import field_of
from inmem_widgets.observables.acting.literal import literal
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.wire import Form, FormField

ANSWER = "an answer: JSON, or text as it is"
QUESTION = 2_000
"""Characters of what an interrupt asks."""
Of = Literal["fork", "resume"]


def form_of(at: At, of: Of) -> Form:
    fields = channel_fields(at) if of == "fork" else _interrupts(at)
    return {
        "key": text_of((at.ns, at.saved.checkpoint["id"])),
        "fields": fields,
        "next": [clean(name) for name in at.snapshot.next],
        "kept": [clean(task.name) for task in at.finished],
        "as_nodes": [clean(name) for name in at.as_nodes],
        "as_node": START if at.input else at.as_node,
    }


def channel_fields(at: At) -> list[FormField]:
    if not at.slots:
        return [_sealed(name) for name in at.saved.checkpoint["channel_values"]]
    hint = "of the input" if at.input else ""
    return [field_of(slot, at.values.get(name, MISSING), hint) for name, slot in at.slots.items()]


def _sealed(name: str) -> FormField:
    why = "only the state of a StateGraph declares types by which it can be edited"
    return {
        "name": clean(name), "label": clean(name), "type": "", "kind": "json", "text": "", "choices": [],
        "editable": False, "reason": why,
    }  # fmt: skip


def asked(at: At) -> list[tuple[Any, Any]]:
    """(task, interrupt) of all that was asked, but by tasks that had finished and do not run again."""
    kept = {task.id for task in at.finished}
    tasks = [task for task in at.snapshot.tasks if task.id not in kept]
    return [(task, interrupt) for task in tasks for interrupt in task.interrupts]


def _interrupts(at: At) -> list[FormField]:
    return [
        {
            "name": interrupt.id,
            "label": clean(task.name),
            "type": _schema_type(interrupt) if schema_of(interrupt) else ANSWER,
            "kind": kind_of(interrupt),
            "text": "",
            "choices": options_of(interrupt),
            "editable": True,
            "reason": _question(interrupt.value),
        }
        for task, interrupt in asked(at)
    ]


def _question(value: Any) -> str:
    """What is asked, as far as it can be read at once."""
    size, _ = size_of(value)
    if type(value) in (dict, list, tuple) and size is not None and size <= 4 * QUESTION:
        with contextlib.suppress(ValueError):  # no plain data
            return cut(clean(literal(value)), QUESTION)
    return preview(value, QUESTION)


def schema_of(interrupt: Any) -> dict[str, Any]:
    found = getattr(interrupt, "response_schema", None)
    return found if isinstance(found, dict) else {}


def _schema_type(interrupt: Any) -> str:
    return clean(cut(str(schema_of(interrupt).get("title") or schema_of(interrupt).get("type") or ""), 80))


def options_of(interrupt: Any) -> list[str]:
    found = schema_of(interrupt).get("enum")
    fits = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return [clean(each) for each in found] if fits and found else []


def kind_of(interrupt: Any) -> Literal["text", "number", "bool", "choice", "json"]:
    schema = schema_of(interrupt)
    if not schema:
        return "text"
    if options_of(interrupt):
        return "choice"
    kinds: dict[Any, Any] = {"string": "text", "boolean": "bool", "integer": "number", "number": "number"}
    declared = schema.get("type")
    found: Literal["text", "number", "bool", "choice", "json"] = (
        kinds.get(declared, "json") if isinstance(declared, str) else "json"
    )
    return found

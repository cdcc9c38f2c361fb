"""What was given in a form, checked: nothing is written unless all of it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pydantic

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.acting.at import At
from inmem_widgets.observables.acting.fields import checked, value_of
from inmem_widgets.observables.acting.form import asked, channel_fields, kind_of, options_of, schema_of
from inmem_widgets.observables.acting.runs import Refused
from inmem_widgets.observables.keys.edits import parse
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.wire import FieldProblem


def edits(at: At, given: Mapping[str, Any], *, typed: bool) -> dict[str, Any]:
    """The values of the channels that are another than they were.

    Args:
        typed: They are texts of a form; else objects.

    Raises:
        Refused: names every channel whose value is none.
    """
    problems: list[FieldProblem] = []
    found: dict[str, Any] = {}
    before = {each["name"]: each for each in channel_fields(at)} if typed else {}
    for name, value in given.items():
        slot = at.slots.get(name)
        try:
            if slot is None or slot.closed:
                accepted = ", ".join(name for name, slot in at.slots.items() if not slot.closed) or "none"
                raise ValueError(f"{slot.closed if slot else 'no such channel'}; accepted are {accepted}")
            if not typed:
                found[name] = checked(slot, value)
            elif value != before[name]["text"]:
                if not before[name]["editable"]:
                    raise ValueError(before[name]["reason"])
                found[name] = value_of(slot, value, now=at.values.get(name, MISSING))
        except ValueError as error:
            problems.append({"name": clean(name), "message": clean(cut(str(error), 500))})
    problems = problems or _whole(at, found)
    if problems:
        raise Refused(problems)
    return found


def _whole(at: At, found: dict[str, Any]) -> list[FieldProblem]:
    """What the model of the whole state says against the values, as it would to the next node."""
    builder = getattr(at.pregel, "builder", None)
    model = getattr(builder, "input_schema" if at.input else "state_schema", None)
    if not found or not (isinstance(model, type) and issubclass(model, pydantic.BaseModel)):
        return []
    try:
        model.model_validate({**at.values, **found})
    except pydantic.ValidationError as error:
        return [
            {
                "name": clean(str(each["loc"][0])) if each["loc"] else "",
                "message": clean(cut(each["msg"], 500)),
            }
            for each in error.errors(include_url=False, include_context=False, include_input=False)
            if not each["loc"] or each["loc"][0] in found
        ]
    return []


def answers(at: At, given: Mapping[str, Any], *, typed: bool) -> dict[str, Any]:
    """The answers by the ids of the interrupts they are for.

    Raises:
        Refused: nothing was asked, or what was given answers it not.
    """
    open_ = {interrupt.id: interrupt for _, interrupt in asked(at)}
    if not open_:
        raise Refused.because("nothing is asked at this checkpoint: no interrupt waits for an answer")
    problems: list[FieldProblem] = []
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in open_:
            problems.append({"name": clean(name), "message": "no such interrupt (any more); look again"})
            continue
        try:
            found[name] = _answer(open_[name], value) if typed else value
        except ValueError as error:
            problems.append({"name": name, "message": clean(cut(str(error), 500))})
    if not found and not problems:
        problems = [{"name": "", "message": "no answer is given"}]
    if problems:
        raise Refused(problems)
    return found


def _answer(interrupt: Any, text: str) -> Any:
    kind = kind_of(interrupt)
    if not schema_of(interrupt):
        try:
            return parse(text)
        except ValueError:
            if text.lstrip().startswith(("{", "[", '"')):
                raise
            return text
    if kind == "choice" and text not in options_of(interrupt):
        raise ValueError(f"got {text!r:.80}, accepted are {', '.join(options_of(interrupt))}")
    if kind in ("text", "choice"):
        return text
    value = parse(text)
    fits = {"boolean": (bool,), "integer": (int,), "number": (int, float)}.get(
        schema_of(interrupt).get("type", "")
    )
    if fits and (not isinstance(value, fits) or (isinstance(value, bool) and bool not in fits)):
        raise ValueError(f"got {text!r:.80}, accepted is a value of type {schema_of(interrupt)['type']}")
    return value

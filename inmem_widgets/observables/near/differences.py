"""In what two cache keys differ: messages, parameters, words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.near.found import Found
from inmem_widgets.observables.near.llmstrings import Model, read_model
from inmem_widgets.observables.near.messages import Message, as_messages, read_prompt
from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.near.tokens import words
from inmem_widgets.observables.near.trees import ABSENT, Change, align, changes, text_of
from inmem_widgets.wire.cache import Difference

LOOSELY = 600_000
"""Characters of messages that are compared without ids, dates and numbers, too."""
_FIRST = ("class", "model", "model_name", "temperature", "stop", "tools", "max_tokens")


def differences(before: Key, after: Key, most: int = 20) -> tuple[list[Difference], int, str, str]:
    """Where a cached key and one that was looked up differ.

    Prompts and models that langchain-core has serialised are compared as what they are, all other text by
    words. Two prompts of 5 MB take about a second at most; of what is longer or differs in very many
    places the beginning is compared, which `equal` says. Nothing in it is a secret.

    Args:
        before: (prompt, llm_string) that is cached.
        after: The one looked up.
        most: Differences listed at most.

    Returns:
        The differences, how many there are beyond, what is equal, and in short what differs:
        "message id", "only temperature".
    """
    found = Found(most)
    equal = [*_models(before[1], after[1], found)]
    of_model = found.differences, found.more
    found.differences, found.more = [], 0
    about_prompt = _prompts(before[0], after[0], found)
    listed = [*found.differences, *of_model[0]]
    more = found.more + of_model[1] + max(0, len(listed) - most)
    text = _equal(about_prompt, equal)
    if not found.whole:
        text += "; of what differs only the beginning was compared"
    return listed[:most], more, text, _pattern(found)


def _prompts(before: str, after: str, found: Found) -> str:
    """Compare prompts; what of them is equal."""
    if before == after:
        return "the prompt"
    mine, theirs = read_prompt(before), read_prompt(after)
    messages, others = as_messages(mine), as_messages(theirs)
    none = len(found.sorts)
    equal = ""
    if messages and others:
        number = _conversations(messages, others, found)
        equal = f"{number} of {len(others)} messages" if number else ""
    elif type(mine) is type(theirs) and type(mine) is not str:
        for change in changes(mine, theirs, ("prompt",)):
            found.put("prompt", change)
    if len(found.sorts) == none and not found.differences:
        found.put_texts("prompt", ("prompt",), before, after)  # as text, or as JSON was written
    return equal


def _conversations(before: list[Message], after: list[Message], found: Found) -> int:
    """Compare message by message; how many are equal."""
    mine, theirs = (
        [f"{each.role}: {text_of(each.fields.get('content'))}" for each in of] for of in (before, after)
    )
    if mine != theirs and sorted(mine) == sorted(theirs):
        found.put(
            "prompt", Change(("messages",), [each.role for each in before], [each.role for each in after])
        )
        return 0
    same = 0
    for i, j in align(mine, theirs, _loosely(before, after)):
        old, new = None if i is None else before[i], None if j is None else after[j]
        if old is not None and new is not None and old.role == new.role:
            several = [*changes(old.fields, new.fields, ("messages", j or 0))]
            for change in several:
                found.put("prompt", change)
            same += not several
        else:
            if old is not None:
                found.put("prompt", Change(("messages", i or 0), _said(old), ABSENT))
            if new is not None:
                found.put("prompt", Change(("messages", j or 0), ABSENT, _said(new)))
    return same


def _loosely(*conversations: list[Message]) -> tuple[list[str], list[str]] | None:
    """Of each message who says it, and the words without ids, dates and numbers; None if that is much."""
    if sum(len(each.text) for messages in conversations for each in messages) > LOOSELY:
        return None
    mine, theirs = ([f"{each.role}: {' '.join(words(each.text))}" for each in of] for of in conversations)
    return mine, theirs


def _said(message: Message) -> str:
    calls = message.fields.get("tool_calls")
    return f"{message.role}: {message.text[:1_000] or text_of(calls or message.fields)[:1_000]}"


def _models(before: str, after: str, found: Found) -> Iterator[str]:
    """Compare models; the names of the parameters that are equal."""
    mine, theirs = read_model(before), read_model(after)
    if mine is None or theirs is None:
        if before == after:
            yield "all parameters"
        else:
            found.put_texts("model", ("parameters",), before, after)
        return
    equal: dict[str, Any] = {}
    for name in {**mine.params, **theirs.params}:
        none = len(found.sorts), len(found.differences), found.more
        for change in changes(mine.params.get(name, ABSENT), theirs.params.get(name, ABSENT), (name,)):
            if not _nothing(change):
                found.put("model", change)
        if none == (len(found.sorts), len(found.differences), found.more):
            equal[name] = theirs.params.get(name)
    _overridden(mine, theirs, found)
    if before != after and not any(where == "model" for where, _ in found.sorts):
        found.put_texts("model", ("parameters",), before, after)
    yield from sorted(equal, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))


def _overridden(mine: Model, theirs: Model, found: Found) -> None:
    """What a call overrides is in the key all the same."""
    for name in mine.overridden.keys() & theirs.overridden.keys():
        for change in changes(mine.overridden[name], theirs.overridden[name], (f"{name} of the model",)):
            found.put("model", change)


def _nothing(change: Change) -> bool:
    """A parameter given as None in one of two is not worth a word."""
    return {type(change.before), type(change.after)} == {type(ABSENT), type(None)}


def _equal(about_prompt: str, names: list[str]) -> str:
    named = [
        "model" if name == "model_name" else mask(name) for name in names if name not in ("class", "_type")
    ]
    shown = named[:3] if len(named) > 4 else named
    parts = [about_prompt, *shown, *([f"{len(named) - len(shown)} more"] if len(shown) < len(named) else [])]
    return _joined([part for part in parts if part])


def _pattern(found: Found) -> str:
    prompt = sorted(sort for where, sort in found.sorts if where == "prompt")
    model = sorted(sort for where, sort in found.sorts if where == "model")
    text = _joined(_few([*prompt, *model]))
    return f"only {text}" if model and not prompt and len(model) <= 2 else text


def _few(sorts: list[str]) -> list[str]:
    return sorts if len(sorts) <= 3 else [*sorts[:3], "more"]


def _joined(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)

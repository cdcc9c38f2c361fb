"""The tokens that a cached answer took, as its generations tell."""

from __future__ import annotations

from itertools import repeat
from operator import is_
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, Generation, GenerationChunk

from inmem_widgets.observables.values import fields, first, is_a, is_named

MOST = 100
"""Generations of one answer that are read."""
NAME = 200
"""Characters of a model's name."""
_SIZE = 64
"""Items of a dict that may tell of tokens."""
_GREATEST = 1 << 53

_OWN = {
    id(kind)
    for kind in (
        Generation, GenerationChunk, ChatGeneration, ChatGenerationChunk, AIMessage, AIMessageChunk
    )
}  # fmt: skip
_COUNTS = (
    ("input_tokens", "output_tokens"),
    ("prompt_tokens", "completion_tokens"),
    ("prompt_eval_count", "eval_count"),
    ("prompt_token_count", "candidates_token_count"),
)
_PLACES = ("token_usage", "usage_metadata", "usage")
_MODELS = ("model_name", "model", "model_id")

Tokens = tuple[int, int, str | None]
"""Input tokens, output tokens, name of the model (None where it is not told)."""


def tokens_of(value: Any) -> Tokens | None:
    """What an answer, a list of generations, took; None where that is not known.

    Of chat models `usage_metadata`, of others what `generation_info` has. Integrations write the tokens
    of the whole call to each of its generations, so they count once (as langchain-core's
    `UsageMetadataCallbackHandler` does); where generations differ, they are not known. Runs no code of
    the value.
    """
    if not is_a(value, (list, tuple)):
        return None
    base: Any = list if is_a(value, list) else tuple
    if not 0 < base.__len__(value) <= MOST:
        return None
    found: Tokens | None = None
    try:
        for generation in first(base.__iter__(value), MOST):
            each = _of(generation)
            if each is None or (found is not None and each != found):
                return None
            found = each
    except RuntimeError:  # another thread changes a dict of it
        return None
    return found


def _of(generation: Any) -> Tokens | None:
    own = _attributes(generation, "langchain_core.outputs.generation", "Generation")
    info = _items(own.get("generation_info"))
    message = own.get("message")
    if message is None:
        counts = _counts(info) or _inner(info)
        return None if counts is None else (*counts, _model(info))
    told = _attributes(message, "langchain_core.messages.base", "BaseMessage")
    response = _items(told.get("response_metadata"))
    counts = _counts(_items(told.get("usage_metadata"))) or _inner(response) or _inner(info)
    return None if counts is None else (*counts, _model(response) or _model(info))


def _attributes(value: Any, module: str, name: str) -> dict[str, Any]:
    if id(type(value)) in _OWN:
        return _items(value.__dict__)
    return (fields(value) or {}) if is_named(value, module, name) else {}


def _items(value: Any) -> dict[str, Any]:
    """A small dict whose keys are all plain text: comparing others may run code of theirs. Else {}."""
    if type(value) is dict and len(value) <= _SIZE and all(map(is_, map(type, value), repeat(str))):
        return value
    return {}


def _inner(data: dict[str, Any]) -> tuple[int, int] | None:
    places = [_items(data[name]) for name in _PLACES if name in data] if data else []
    return next(filter(None, map(_counts, places)), None)


def _counts(data: dict[str, Any]) -> tuple[int, int] | None:
    for first_name, second_name in _COUNTS if data else ():
        if first_name in data:
            before, after = data[first_name], data.get(second_name)
            if type(before) is type(after) is int and 0 <= before < _GREATEST and 0 <= after < _GREATEST:
                return before, after
    return None


def _model(data: dict[str, Any]) -> str | None:
    for name in _MODELS if data else ():
        found = data.get(name)
        if type(found) is str and found:
            return found[:NAME]
    return None

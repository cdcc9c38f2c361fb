"""The tokens that a cached answer took, as its generations tell."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, Generation, GenerationChunk

from inmem_widgets.observables.values import fields, is_a, is_named

MOST = 100
"""Generations of one answer that are read."""
NAME = 200
"""Characters of a model's name."""
_SIZE = 64
"""Items of a dict that may tell of tokens."""
_GREATEST = 1 << 53
_ALL = slice(None)

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
    base: Any = list if is_a(value, list) else tuple
    if not is_a(value, base) or not 0 < base.__len__(value) <= MOST:
        return None
    try:
        found = [_of(generation) for generation in base.__getitem__(value, _ALL)]
    except RuntimeError:  # another thread changes a dict of it
        return None
    return found[0] if found and found.count(found[0]) == len(found) else None


def _of(generation: Any) -> Tokens | None:
    own = _attributes(generation, "langchain_core.outputs.generation", "Generation")
    message = own.get("message")
    info = own.get("generation_info")
    if message is None:
        usage, response = None, info
    else:
        told = _attributes(message, "langchain_core.messages.base", "BaseMessage")
        usage, response = told.get("usage_metadata"), told.get("response_metadata")
    counts, model = _counts(usage), _model(response)
    if counts is None:
        counts = _inner(response) or _inner(info)
    if counts is None:
        return None
    return *counts, model or _model(info)


def _attributes(value: Any, module: str, name: str) -> dict[str, Any]:
    if id(type(value)) in _OWN:
        found = value.__dict__
        return found if _is_plain(found) else {}
    return (fields(value) or {}) if is_named(value, module, name) else {}


def _is_plain(value: Any) -> bool:
    """Whether it is a small dict whose keys are all plain text: comparing others may run their code."""
    if type(value) is not dict or not 0 < len(value) <= _SIZE:
        return False
    for key in value:  # noqa: SIM110 - half the time of `all`
        if type(key) is not str:
            return False
    return True


def _inner(data: Any) -> tuple[int, int] | None:
    if not _is_plain(data):
        return None
    return _counts(data) or next(filter(None, (_counts(data.get(place)) for place in _PLACES)), None)


def _counts(data: Any) -> tuple[int, int] | None:
    if _is_plain(data):
        for asked, answered in _COUNTS:
            if asked in data:
                before, after = data[asked], data.get(answered)
                if type(before) is type(after) is int and 0 <= before < _GREATEST and 0 <= after < _GREATEST:
                    return before, after
    return None


def _model(data: Any) -> str | None:
    if _is_plain(data):
        for name in _MODELS:
            found = data.get(name)
            if type(found) is str and found:
                return found[:NAME]
    return None

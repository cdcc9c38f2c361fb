"""What to show of a prompt and of a model's parameters: one line, masked."""

from __future__ import annotations

import json
from contextlib import suppress

from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.preview import clean, cut


def prompt_text(prompt: str, limit: int = 200) -> str:
    """A line about a prompt: the last human message of a conversation, else how the text begins.

    Masked, without line breaks, at most `limit` characters. Never raises.
    """
    text = prompt
    with suppress(ValueError, RecursionError, TypeError, KeyError, AttributeError, IndexError):
        contents = [message["kwargs"]["content"] for message in json.loads(prompt)]
        text = next(each for each in reversed(contents) if type(each) is str and each)
    return _line(text, limit)


def model_text(llm_string: str, limit: int = 120) -> str:
    """A line about a model: "gpt-4o · temperature 0.2 · 3 tools". Masked; never raises."""
    return model_name(llm_string) or _line(llm_string, limit)


def model_name(llm_string: str) -> str | None:
    """The name of the model; None where the text does not tell."""
    with suppress(ValueError, RecursionError, TypeError, KeyError, AttributeError, IndexError):
        kwargs = json.loads(llm_string.partition("---")[0])["kwargs"]
        name = kwargs.get("model_name") or kwargs.get("model")
        return _line(name, 80) if type(name) is str else None
    return None


def _line(text: str, limit: int) -> str:
    return cut(clean(" ".join(mask(text[: 20 * limit]).split())), limit)

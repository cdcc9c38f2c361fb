"""Caches and their browsers for tests, and ways to wait for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from langchain_core.load import dumps
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, Generation

from inmem_widgets import InMemoryCache
from inmem_widgets.observables.lookups.browser import CacheBrowser
from tests.observables.waiting import WAIT, until

Browse = Callable[..., CacheBrowser]
ALL = {"entries": True, "lookups": "all", "why": True, "whatif": True}
"""What a view may ask for."""
SECRET = "sk-proj-abcdefghijklmnopqrstuvwx0123456789"


def chat_prompt(text: str, **fields: Any) -> str:
    """A prompt as a chat model makes it."""
    return dumps([SystemMessage("Be kind."), HumanMessage(text, **fields)])


def llm_string(model: str = "gpt-4o", **parameters: Any) -> str:
    """Parameters as a chat model makes them."""
    kwargs = {"model_name": model, **parameters}
    made = {"lc": 1, "type": "constructor", "id": ["x", "Chat"], "kwargs": kwargs}
    return json.dumps(made) + "---[('stop', None)]"


def answer(text: str = "yes", tokens: tuple[int, int] | None = (100, 20), model: str = "gpt-4o") -> list[Any]:
    """What a chat model's answer is cached as."""
    usage: Any = tokens and dict(
        zip(("input_tokens", "output_tokens", "total_tokens"), (*tokens, sum(tokens)), strict=True)
    )
    message = AIMessage(text, usage_metadata=usage, response_metadata={"model_name": model})
    return [ChatGeneration(message=message)]


def filled(n: int, **options: Any) -> InMemoryCache:
    """Prompts p0, p1, … of the model m."""
    cache = InMemoryCache(**options)
    for i in range(n):
        cache.update(f"p{i}", "m", [Generation(text=f"a{i}")])
    return cache


def ask(cache: InMemoryCache, prompt: str, llm: str = "m", value: Any = None) -> bool:
    """A lookup, answered where it missed; whether it hit."""
    if cache.lookup(prompt, llm) is not None:
        return True
    cache.update(prompt, llm, [Generation(text=prompt)] if value is None else value)
    return False


def settled(browser: CacheBrowser, **params: Any) -> dict[str, Any]:
    """The state once all that happened is taken in and nothing is being made."""
    source = browser.observable.source
    if source is not None:
        assert source.changes.flush(WAIT)
    found: dict[str, Any] = {}

    def quiet() -> bool:
        found.clear()
        found.update(browser.state(params))
        parts = (found, found["why"] or {}, found["whatif"] or {})
        return browser.entries.wait(0) and all(part.get("progress") is None for part in parts)

    until(browser, quiet)
    return found


def prompts_of(browser: CacheBrowser, **params: Any) -> list[str]:
    """Prompts as listed."""
    return [row["prompt"] for row in settled(browser, entries=True, **params)["rows"]]

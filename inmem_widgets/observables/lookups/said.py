"""What a cache holds for a prompt, as its reader knows it: the text that a model said."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.values import fields, is_a, is_named


def answer(value: Any) -> Any:
    """The text of the first generation; the value itself where it is none. No code of the value is run."""
    base = next((base for base in (list, tuple) if is_a(value, base)), None)
    if base is not None and base.__len__(value):
        generation = base.__getitem__(value, 0)
        if is_named(generation, "langchain_core.outputs.generation", "Generation"):
            text: Any = (fields(generation) or {}).get("text")
            if is_a(text, str) and str.__len__(text):  # of chat models it is a TextAccessor
                return str.__str__(text)
    return value

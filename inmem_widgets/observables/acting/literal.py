"""Plain data as Python's literals."""

from __future__ import annotations

import math
from typing import Any

from inmem_widgets.observables.redaction import redacted, redactor

WIDTH = 88
"""Characters of a line that is not broken up."""
_DEPTH = 50


def literal(value: Any, indent: int = 0) -> str:
    """The value as code, broken into lines where it is long.

    Raises:
        ValueError: there is something in it that is no plain data.
    """
    flat = _flat(value, 0)
    if indent + len(flat) <= WIDTH or not isinstance(value, dict | list | tuple) or not value:
        return flat
    inner = " " * (indent + 4)
    if isinstance(value, dict):
        items = [f"{_flat(key, 0)}: {literal(it, indent + 4)}" for key, it in value.items()]
        opening, closing = "{", "}"
    else:
        items = [literal(it, indent + 4) for it in value]
        opening, closing = ("[", "]") if isinstance(value, list) else ("(", ")")
    lines = "".join(f"{inner}{item},\n" for item in items)
    return f"{opening}\n{lines}{' ' * indent}{closing}"


def _flat(value: Any, depth: int) -> str:
    """By exact types: nothing of a foreign type is called."""
    kind = type(value)
    if depth > _DEPTH:
        raise ValueError(f"it is nested more than {_DEPTH} deep, which cannot be written as code")
    if kind is str:
        return quoted(redacted(value))
    if kind is float and not math.isfinite(value):
        return f'float("{value}")'
    if kind is bytes and (masks := redactor()) is not None:
        value = masks.data(value)
    if value is None or kind is bool or kind is int or kind is float or kind is bytes:
        return repr(value)
    if kind is dict:
        return f"{{{', '.join(f'{_flat(k, depth + 1)}: {_flat(v, depth + 1)}' for k, v in value.items())}}}"
    if kind is list or kind is tuple:
        items = ", ".join(_flat(it, depth + 1) for it in value)
        return f"[{items}]" if kind is list else f"({items}{',' if len(value) == 1 else ''})"
    raise ValueError(f"a {kind.__name__} cannot be written as code")


def quoted(text: str) -> str:
    """In double quotes, where they need no escapes."""
    written = repr(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in text else written

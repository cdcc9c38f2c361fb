"""The user's own formatters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inmem_widgets.observables.formats.registry import FORMATS

Formatter = Callable[[Any], Any]
"""Takes a value; returns what to show instead (text, bytes, a dict, a DataFrame, …), or None for values
it is not for."""


def check_formatters(formatters: Mapping[str, Formatter] | None) -> dict[str, Formatter]:
    """A copy of what a user passed as `formatters`.

    Raises:
        TypeError: not a mapping from names to callables.
        ValueError: a name is empty, too long, or that of a built-in format.
    """
    if formatters is None:
        return {}
    if not isinstance(formatters, Mapping):
        raise TypeError(f"formatters: {type(formatters).__name__} given; a dict of name → function expected")
    built_in = {format.name.lower(): format.name for format in FORMATS}
    for name, function in formatters.items():
        if not isinstance(name, str):
            raise TypeError(f"formatters: the name {name!r} is not a str")
        if not name.strip() or len(name) > 40:
            raise ValueError(f"formatters: {name!r} is no name; 1 to 40 characters expected")
        if name.lower() in built_in:
            raise ValueError(
                f"formatters: {built_in[name.lower()]!r} is a built-in format; choose another name"
            )
        if not callable(function):
            raise TypeError(f"formatters[{name!r}]: {type(function).__name__} given; a function expected")
    return dict(formatters)


@dataclass
class Made:
    """What an own formatter made of a value, or why it failed."""

    name: str
    value: Any = None
    error: str = ""


def run_own(value: Any, own: Mapping[str, Formatter]) -> list[Made]:
    """What those that fit the value made of it, those that failed last."""
    made = []
    for name, function in own.items():
        try:
            result = function(value)
        except (Exception, SystemExit) as error:  # none of it may end the kernel
            made.append(Made(name, error=_say(error)))
        else:
            if result is not None:
                made.append(Made(name, result))
    return sorted(made, key=lambda each: bool(each.error))


def _say(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:500]
    except Exception:  # of the user's own
        return type(error).__name__

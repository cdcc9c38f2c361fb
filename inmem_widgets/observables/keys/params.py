"""The parameters of a view's request, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from inmem_widgets.core.change import MISSING

Params = Mapping[str, Any]
T = TypeVar("T")
REQUIRED: Any = object()


def param(params: Params, name: str, kind: type[T], accepted: str, default: Any = REQUIRED) -> Any:
    given = params.get(name, MISSING)
    if given is MISSING or (given is None and default is not REQUIRED):
        if default is REQUIRED:
            raise TypeError(f"{name}: missing, accepted is {accepted}")
        return default
    if not isinstance(given, kind):
        raise TypeError(f"{name}: got {given!r:.80}, accepted is {accepted}")
    return given


def number_of(params: Params, name: str, default: Any = REQUIRED) -> int:
    number: int = param(params, name, int, "a whole number from 0 on", default)
    if isinstance(number, bool) or number < 0:
        raise ValueError(f"{name}: got {number!r}, accepted is a whole number from 0 on")
    return number


def path_of(params: Params) -> list[int]:
    path = params.get("path")
    if not isinstance(path, list) or not all(type(step) is int and step >= 0 for step in path):
        raise TypeError(f"path: got {path!r:.80}, accepted is a list of positions (int)")
    return path

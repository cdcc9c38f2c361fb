"""What the caller calls an object."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any


def variable_of(obj: Any, caller: FrameType) -> str | None:
    """The name of the caller's variable that holds the object, if one does."""
    variables = caller.f_locals
    variable = _search(obj, variables) or _search(obj, caller.f_globals)
    optimized = caller.f_code.co_flags & CO_OPTIMIZED
    if optimized and isinstance(variables, dict) and sys.getrefcount(variables) <= 3:
        # before Python 3.13 this is a snapshot that the frame keeps, and with it all values; it is
        # let go unless somebody else, who called `locals()`, holds it too
        variables.clear()
    return variable


def _search(obj: Any, scope: Mapping[str, Any]) -> str | None:
    held = (name for name, value in list(scope.items()) if value is obj)
    return next((name for name in held if type(name) is str and not name.startswith("_")), None)

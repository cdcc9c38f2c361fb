"""DataFrames of a log: `export` makes them, which is above this layer and loaded when one is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def frame_of(name: str, *args: Any, module: str = "inmem_widgets.export.events") -> Any:
    """What the function of that name in `export` makes: a `pandas.DataFrame`."""
    return getattr(import_module(module), name)(*args)

"""The built front end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inmem_widgets.wire import Module

STATIC = Path(__file__).parent.parent / "static"
LOG = "log_panes"
"""The bundle of the log, for all widgets."""


def bundle(name: str) -> tuple[Path, Path]:
    """The built script and style of a widget.

    Raises:
        FileNotFoundError: the front end has not been built (a source checkout).
    """
    script, style = STATIC / f"{name}.js", STATIC / f"{name}.css"
    if not script.is_file():
        raise FileNotFoundError(
            f"{script} is missing: build the front end with `make build`, or install a release"
        )
    return script, style


def module_of(name: Any, own: str | None, widget: str) -> Module:
    """More of a widget's code: its own second bundle, or that of the log.

    Raises:
        LookupError: it has no such one.
    """
    if name is None or name not in (own, LOG):
        accepted = " and ".join(repr(each) for each in (own, LOG) if each)
        raise LookupError(f"name: got {name!r:.80}, {widget} has {accepted}")
    script, style = bundle(name)
    return {"script": script.read_text("utf-8"), "style": style.read_text("utf-8")}

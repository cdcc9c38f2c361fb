"""Changes as rows of a log."""

from __future__ import annotations

from typing import Any

from inmem_widgets.core.change import Change
from inmem_widgets.wire import By, LogRow


def by_row(origin: Any) -> By | None:
    """Who did something, for the wire; None where it is not known. `origin`: a `core.origin.Origin`."""
    raise NotImplementedError


def log_row(change: Change, observable: Any) -> LogRow:
    """One change of the observable's object, for the wire."""
    raise NotImplementedError

"""How much a log keeps."""

from __future__ import annotations

from typing import Any, Final

MOST: Final = 100_000
"""Changes kept, unless told otherwise."""
MOST_BYTES: Final = 64_000_000
"""Bytes that the values and keys kept hold, estimated, unless told otherwise."""


def changes_of(log: Any) -> int | None:
    """How many changes an option `log=` asks for; None for no log.

    Raises:
        TypeError, ValueError: it is not accepted.
    """
    if log is True:
        return MOST
    if log is False:
        return None
    if not isinstance(log, int):
        raise TypeError(f"log: got {log!r:.80}, accepted is True, False or how many changes are kept (int)")
    if log < 1:
        raise ValueError(f"log: got {log}, accepted is at least 1 change, or False")
    return log

"""A value that is there and has not been read, of which the size is known."""

from __future__ import annotations

from typing import Any

from inmem_widgets.core.change import UNREAD


class Unread:
    """As `UNREAD`, of one value, with its size in bytes if that is known."""

    __slots__ = ("size",)

    def __init__(self, size: int | None) -> None:
        self.size = size

    def __repr__(self) -> str:
        return "UNREAD"


def is_unread(value: Any) -> bool:
    """Whether it only stands for a value."""
    return value is UNREAD or type(value) is Unread

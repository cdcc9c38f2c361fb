"""What all views share: titles, and values as trees."""

from __future__ import annotations

from typing import Literal, TypedDict

How = Literal["exact", "sampled", "shallow"]
"""How a size was measured: of all content, extrapolated from a part, or of the object alone."""


class ValueNode(TypedDict):
    """One node of a value shown as a tree, bounded in text and in children."""

    name: str
    type: str
    preview: str
    size: int | None
    """Bytes; None where unknown."""
    count: int | None
    """How many children the value has; None for a leaf."""
    children: list[ValueNode] | None
    """The first children; None when not loaded (ask with `state` and this node's path)."""


class Part(TypedDict):
    """A piece of a text in which two are compared."""

    op: Literal["same", "removed", "added"]
    text: str


class Title(TypedDict):
    type: str
    name: str | None
    """The variable that holds the object where the widget was made, if there was one."""
    gone: bool
    """Nothing in the kernel holds the object any more."""
    ended: bool
    """Watching was ended, as by `detach()`: nothing is told any more."""


class Problem(TypedDict):
    """Why a query could not be taken over; the list shown is still the one before."""

    field: str
    message: str
    at: int | None
    """Where in the filter, in characters."""

"""Interrupts and errors that pass from a subgraph or a task to what called it: both save one and the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

MOST: Final = 10_000
"""Callers that are expected to save what has reached them."""
_CALL, _NODE = "~__pregel_push, ~", "~__pregel_pull, "
"""How LangGraph's paths begin: of a task that a task called, and of a node."""


class PassedOn:
    """What tasks of one thread saved, each once."""

    def __init__(self) -> None:
        self._due: dict[Hashable, None] = {}

    def new(self, channel: str, ns: str, checkpoint_id: str, info: Mapping[str, Any]) -> bool:
        """Whether a task saved something of its own to that channel, not what has reached it.

        Args:
            info: Of the change: the task's id and path.
        """
        path = str(info.get("task_path") or "")
        own = [
            (channel, info.get("task_id")),
            (channel, ns, path.removeprefix(_NODE)),
            (channel, ns, checkpoint_id, path),
        ]
        new = not [each for each in own if self._due.pop(each, self) is None]
        if (caller := _caller(ns, checkpoint_id, path)) and len(self._due) < MOST:
            self._due[channel, *caller] = None
        return new


def _caller(ns: str, checkpoint_id: str, path: str) -> tuple[str, ...]:
    """What a task was called by: a task by its id, a node by namespace and name, a task by its place."""
    if path.startswith(_CALL):
        around = path.removeprefix("~__pregel_push, ").rsplit(", ", 2)[0]
        return ns, checkpoint_id, around
    outer, _, inner = ns.rpartition("|")
    if inner.isdecimal():  # the node calls several
        outer, _, inner = outer.rpartition("|")
    name, has_id, task = inner.rpartition(":")
    return (task,) if has_id else (outer, name or inner) if inner else ()

"""What a scripted timeline answers about a checkpoint: its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inmem_widgets.wire import ValueNode

STATE: dict[str, Any] = {
    "messages": [
        {"type": "human", "content": "Plan a trip to Bergen in May, three nights, near the harbour."},
        {"type": "ai", "content": "", "tool_calls": [{"name": "search_hotels", "args": {"city": "Bergen"}}]},
        {"type": "tool", "content": "Opera Hotel, Bryggen Inn, Hotel Norge", "name": "search_hotels"},
        {
            "type": "ai",
            "content": "Hotels near Bryggen, 12–15 May: the Bryggen Inn is closest to the harbour.",
        },
    ],
    "plan": {"city": "Bergen", "nights": 3, "budget": None},
    "documents": [f"chunk {i}" for i in range(240)],
    "attempts": 1,
    "__start__": {"messages": []},
}


def state_tree(params: Mapping[str, Any]) -> ValueNode:
    """The node of STATE at a path, with its children."""
    name, value = "", STATE
    for position in params["path"]:
        name, value = list(_children(value))[position]  # type: ignore[arg-type]
    return _node(name, value, depth=1)


def _children(value: Any) -> Any:
    return value.items() if isinstance(value, dict) else ((str(i), v) for i, v in enumerate(value))


def _node(name: str, value: Any, depth: int) -> ValueNode:
    branch = isinstance(value, dict | list)
    return {
        "name": name,
        "type": type(value).__name__,
        "preview": repr(value)[:200],
        "size": len(repr(value)),
        "count": len(value) if branch else None,
        "children": [_node(n, v, depth - 1) for n, v in list(_children(value))[:200]]
        if branch and depth
        else None,
    }


def state(kernel: Any, params: Mapping[str, Any]) -> Any:
    return state_tree(params)


ANSWERS = {"state": state}

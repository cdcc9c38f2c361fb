"""States for tests and the gallery, typed by `wire`; the data is invented."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from inmem_widgets.observables.lanes import Key, Node, layout, path_rows, segments
from inmem_widgets.observables.session import State
from inmem_widgets.wire import Badge, CheckpointRow, Thread, ValueNode
from tests.browser.cachekernel import cache_counters as cache_counters
from tests.browser.keykernel import key_table as key_table
from tests.browser.stage import Scripted

THREADS: list[tuple[str, int, str, float]] = [
    ("trip-oslo", 9, "interrupted", 4),
    ("demo-42", 14, "idle", 12),
    ("refund-7781", 6, "failed", 190),
    ("demo-41", 22, "idle", 900),
    ("batch-0193", 4, "idle", 1_100),
    ("batch-0192", 11, "idle", 4_000),
    ("batch-0191", 11, "idle", 4_100),
    ("batch-0190", 11, "idle", 4_200),
    ("e3f1c2a0-77b2-4c41-9d2e-51b8", 38, "idle", 9_000),
    ("smoke-test", 3, "idle", 300_000),
]

Step = tuple[str, int | None, int | None, str, list[str], str, int, float, list[Badge]]
"""(ns, parent row, caller row, id, nodes, source, step, age, badges); rows count from the newest."""

CALL = "retriever:9a41"
STEPS: list[Step] = [
    ("", 1, None, "1f0c7a2f", ["tools"], "loop", 7, 12, []),
    ("", 2, None, "1f0c7a2e", ["agent"], "loop", 6, 14, []),
    ("", 5, None, "1f0c7a2d", [], "fork", 5, 31, [{"kind": "note", "text": "edited plan.city"}]),
    ("", 4, None, "1f0c7a1f", ["tools"], "loop", 6, 125, [{"kind": "error", "text": "ToolError"}]),
    ("", 5, None, "1f0c7a1e", ["agent"], "loop", 5, 127, []),
    ("", 9, None, "1f0c7a1d", ["retriever"], "loop", 4, 130, []),
    (CALL, 7, 9, "1f0c7a1c", ["rerank"], "loop", 1, 133, []),
    (CALL, 8, 9, "1f0c7a1b", ["__start__"], "loop", 0, 134, []),
    (CALL, None, 9, "1f0c7a1a", [], "input", -1, 135, []),
    ("", 10, None, "1f0c7a19", [], "update", 3, 185, [{"kind": "note", "text": "approved"}]),
    ("", 11, None, "1f0c7a18", ["review"], "loop", 2, 1_030, [{"kind": "interrupt", "text": "interrupt"}]),
    ("", 12, None, "1f0c7a17", ["agent"], "loop", 1, 1_031, []),
    ("", 13, None, "1f0c7a16", ["__start__"], "loop", 0, 1_032, []),
    ("", None, None, "1f0c7a15", [], "input", -1, 1_033, []),
]


def timeline(*, threads: bool = True, selected: str | None = "1f0c7a2e", **traits: Any) -> Scripted:
    """A thread with a fork, a subgraph, an error and an interrupt."""
    started = time.time()
    keys: list[Key] = [(ns, full(short)) for ns, _, _, short, *_ in STEPS]
    nodes = [
        Node(keys[i], keys[s[1]] if s[1] is not None else None, keys[s[2]] if s[2] is not None else None)
        for i, s in enumerate(STEPS)
    ]
    plan = layout(nodes)
    listed: list[Thread] = [
        {"id": t, "checkpoints": n, "step": 7, "status": status, "updated": started - age}  # type: ignore[typeddict-item]
        for t, n, status, age in THREADS
    ]

    def make(params: Mapping[str, Any]) -> State:
        wanted = params.get("selected") or (selected and "\n" + full(selected))
        key = tuple(wanted.rsplit("\n", 1)) if wanted else keys[0]
        path = path_rows(nodes, key)  # type: ignore[arg-type]
        lines = segments(plan, path, 0, len(STEPS))
        rows: list[CheckpointRow] = [
            {
                "id": keys[i][1],
                "ns": ns,
                "scope": [part.partition(":")[0] for part in ns.split("|") if part],
                "nodes": names,
                "source": source,
                "step": step,
                "ts": started - age,
                "parent": keys[parent][1] if parent is not None else None,
                "lane": plan.lanes[i],
                "segments": lines[i],
                "path": i in path,
                "badges": badges,
            }
            for i, (ns, parent, _, _, names, source, step, age, badges) in enumerate(STEPS)
        ]
        return {
            "now": time.time(),
            "title": {"type": "InMemorySaver", "name": "saver", "gone": False},
            "threads": listed if threads else [],
            "thread_count": len(listed) if threads else 0,
            "checkpoint_count": 129 if threads else 0,
            "thread": (params.get("thread") or "demo-42") if threads else None,
            "selected": "\n".join(key) if threads else None,
            "selected_row": 1 if threads else None,
            "lanes": plan.width,
            "size": len(rows) if threads else 0,
            "start": 0,
            "rows": rows if threads else [],
        }

    return Scripted(
        "checkpoint_timeline",
        make,
        answer=lambda method, params: state_tree(params),
        **{"selection": None, **traits},
    )


def full(short: str) -> str:
    """A whole checkpoint id."""
    return f"{short}-4b1d-6d52-8006-1c5a77e0b9f3"


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

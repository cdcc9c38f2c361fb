"""What a scripted timeline answers about a checkpoint; its state grows with its step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from inmem_widgets.observables.formats import child_node, view_value
from inmem_widgets.observables.preview import preview

Json = dict[str, Any]

PARTS = [
    {"op": "same", "text": "You are a careful travel agent. Answer in "},
    {"op": "removed", "text": "two sentences"},
    {"op": "added", "text": "one sentence"},
    {"op": "same", "text": " and name the sources that you have used."},
]
MESSAGES = [
    HumanMessage("Plan a trip to Bergen in May, three nights, near the harbour.", id="m1"),
    AIMessage("", id="m2", tool_calls=[{"name": "search_hotels", "args": {"city": "Bergen"}, "id": "c1"}]),
    ToolMessage("Opera Hotel, Bryggen Inn, Hotel Norge", name="search_hotels", tool_call_id="c1", id="m3"),
    AIMessage(
        "Hotels near Bryggen, 12–15 May:\n\n1. **Bryggen Inn**, closest to the harbour\n2. Opera Hotel",
        id="m4",
    ),
    HumanMessage("The first one, please.", id="m5"),
    AIMessage("Booked: three nights at the Bryggen Inn.", id="m6"),
]


def number(kernel: Any, params: Mapping[str, Any]) -> int:
    """How many checkpoints are older."""
    row = kernel.row_of(params["at"])
    if row is None:
        raise ValueError("this checkpoint is gone")
    return len(kernel.steps) - 1 - int(row)


def values(n: int) -> dict[str, Any]:
    """The state after n steps."""
    all_of_it = {
        "messages": [*MESSAGES, *(HumanMessage(f"And number {i}?", id=f"n{i}") for i in range(n - 12))][
            : max(1, n // 2)
        ],
        "plan": {"city": "Oslo" if n < 11 else "Bergen", "nights": 3, "budget": None},
        "documents": [f"chunk {i} of the guide" for i in range(24 * n)],
        "instructions": "You are a careful travel agent. Answer in one sentence and name your sources.",
        "attempts": n,
    }
    return dict(list(all_of_it.items())[: 1 + n])


def maker(kernel: Any, n: int, **over: Any) -> Json:
    """Who made the n-th checkpoint."""
    row = len(kernel.steps) - 1 - n
    one = kernel.steps[row]
    return {"nodes": one.nodes, "source": one.source, "step": one.step, "task": f"9c1e{n:04x}-77b2",
            "key": "\n".join(kernel.key(row)), "certain": True, **over}  # fmt: skip


def channel(kernel: Any, name: str, value: Any, n: int, asked: Mapping[str, Any]) -> Json:
    made = n if name in ("messages", "attempts") else min(n, 11 if name == "plan" else 3)
    counted = isinstance(value, list | dict)
    view = None
    if name in asked:
        view = value_view(value, asked[name].get("format"))
    return {
        "name": name, "type": type(value).__name__, "preview": preview(value), "size": len(repr(value)),
        "how": "sampled" if name == "documents" else "exact", "count": len(value) if counted else None,
        "changed": made == n, "by": maker(kernel, made), "broken": False, "view": view,
        "remark": "rebuilt from 12 writes" if name == "documents" else "",
    }  # fmt: skip


def value_view(value: Any, format: str | None = None, offset: int = 0) -> Json:
    about = {"id": 0, "version": 0, "edit": None, "reason": ""}
    return {**about, **view_value(value, format=format, offset=offset)}


BROKEN: Json = {
    "name": "session", "type": "msgpack ext 5: shop.models.Cart", "preview": "", "size": 4_812,
    "how": "exact", "count": None, "changed": False, "by": None, "broken": True, "view": None,
    "remark": "ModuleNotFoundError: No module named 'shop'",
}  # fmt: skip


def state(kernel: Any, params: Mapping[str, Any]) -> Json:
    n = number(kernel, params)
    asked = params.get("open", {})
    channels = [channel(kernel, name, value, n, asked) for name, value in values(n).items()]
    if n > 3:
        channels.append(BROKEN)
    inner = channel(kernel, "branch:to:agent", None, n, asked) | {"by": None, "changed": False, "size": 1}
    following = ["agent"] if n % 2 else ["tools", "review"]
    return {"key": params["at"], "channels": channels, "internal": [inner] if n else [], "more": 0,
            "next": following if n < len(kernel.steps) - 1 else [], "problem": ""}  # fmt: skip


def value(kernel: Any, params: Mapping[str, Any]) -> Any:
    found = values(number(kernel, params))[params["channel"]]
    if "path" in params:
        return child_node(
            found, tuple(params["path"]), params.get("offset", 0), format=params.get("format", "")
        )
    return value_view(found, params.get("format"), params.get("offset", 0))


def row(op: str, depth: int, label: str, **over: Any) -> Json:
    return {"op": op, "depth": depth, "label": label, "path": label, "before": None, "after": None,
            "parts": [], "count": 0, "moved": None, "by": None, **over}  # fmt: skip


def diff(kernel: Any, params: Mapping[str, Any]) -> Json:
    n = number(kernel, params)
    pinned = params["against"] == "pinned"
    if pinned and kernel.pinned is None:
        raise ValueError("nothing is pinned")
    before = len(kernel.steps) - 1 - kernel.row_of(kernel.pinned) if pinned else n - 1
    me, edit = maker(kernel, n), maker(kernel, min(n, 11), nodes=[], source="fork")
    guess = maker(kernel, n, nodes=["agent", "tools"], certain=False)
    rows = [
        row("same", 0, "messages", count=6),
        row("fold", 1, "", count=3),
        row("mod", 1, "system", path="messages[0].content", parts=PARTS, by=me),
        row("add", 1, "ai", after='"Hotels near Bryggen, 12–15 May: the Bryggen Inn"', by=me),
        row("add", 2, "tool_calls", after="search_hotels", by=me),
        row("move", 1, "human", after='"The first one, please."', moved=(4, 1), by=me),
        row("same", 0, "plan"),
        row("mod", 1, "city", path="plan.city", before='"Oslo"', after='"Bergen"', by=edit),
        row("del", 0, "error", before='"timeout after 30 s"', by=me),
        row("add", 0, "attempts", after=str(n), by=guess),
        row("fold", 0, "", count=2),
    ]

    def side(k: int) -> Json:
        made = maker(kernel, k)
        label = f"{', '.join(made['nodes']) or made['source']} · step {made['step']}"
        return {"key": made["key"], "label": label, "thread": params["thread"]}

    return {"before": side(before) if before >= 0 else None, "after": side(n),
            "common": maker(kernel, 8)["key"] if pinned else None, "added": 3, "changed": 2, "removed": 1,
            "moved": 1, "rows": rows, "more": 2, "internal": 3, "problem": ""}  # fmt: skip


def written(channel: str, value: Any, **over: Any) -> Json:
    return {"channel": channel, "type": type(value).__name__, "preview": preview(value),
            "size": len(repr(value)), "broken": False, **over}  # fmt: skip


def task(node: str, state: str, *writes: Json, **over: Any) -> Json:
    return {"task": f"{node:.4}1e-0a3f-77b2", "node": node, "certain": True, "error": "",
            "path": f"~__pregel_pull, {node}", "state": state, "writes": list(writes), **over}  # fmt: skip


def writes(kernel: Any, params: Mapping[str, Any]) -> Json:
    n = number(kernel, params)
    made = [
        task("agent", "done", written("messages", MESSAGES[-1:]), written("attempts", n)),
        task("cart", "done", written("session", b"", type="shop.models.Cart", broken=True, size=4_812),
             certain=False),
    ]  # fmt: skip
    pending = [
        task("retriever", "done", written("documents", ["chunk 12 of the guide"])),
        task("tools", "failed", error="ToolError: the hotel's server did not answer within 30 s"),
        task("review", "interrupted", written("__interrupt__", {"question": "Book it?"})),
    ]
    return {"key": params["at"], "made": made if n else [], "pending": pending if n % 3 else [],
            "applied": n % 3 == 2, "more": 0}  # fmt: skip


def weight(kernel: Any, params: Mapping[str, Any]) -> Json:
    n = number(kernel, params)

    def one(name: str, own: int, shared: int, growth: str, points: list[float]) -> Json:
        return {"name": name, "exclusive": own, "shared": shared, "growth": growth, "points": points}

    steps = [float(i) for i in range(n + 1)]
    return {
        "key": params["at"], "how": "exact", "exclusive": 14_200, "shared": 61_000, "writes": 1_130,
        "channels": [
            one("messages", 12_400, 31_000, "quadratic", [40 * i * i + 300.0 for i in steps]),
            one("documents", 0, 24_000, "linear", [900 * i for i in steps]),
            one("plan", 1_800, 5_600, "", [7_400.0 for _ in steps]),
            one("attempts", 0, 28, "", [28.0 for _ in steps]),
        ],
        "more": 0, "thread": 1_200_000,
        "namespaces": [{"ns": "", "checkpoints": 11, "bytes": 1_080_000},
                       {"ns": "retriever:9a41", "checkpoints": 3, "bytes": 120_000}],
        "warning": "messages is stored anew, whole, at every step: 1.2 MB after 14 steps, growing with their"
                   " square. Trim it, or use DeltaChannel.",
        "ghosts": ["smoke-test-2", "batch-0188"], "orphans": 3, "orphan_bytes": 1_210, "progress": None,
    }  # fmt: skip


ANSWERS = {"state": state, "value": value, "diff": diff, "writes": writes, "weight": weight}

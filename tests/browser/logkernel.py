"""An invented log beside any invented kernel: as much of it as the view can tell apart."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, TypeVar

from playwright.sync_api import Locator, expect

from tests.browser.stage import Kernel, Scripted, Stage

NODES = ("planner", "researcher", None, "reviewer")
KINDS = {
    "store": ("insert", "change", "change", "get", "delete"),
    "cache": ("hit", "miss", "insert", "hit", "evict", "refresh"),
    "saver": ("put", "put_writes", "put"),
}
K = TypeVar("K", bound=Scripted)
QUERY: dict[str, Any] = {
    "filter": "", "kinds": [], "node": None, "step": None,
    "thread": None, "cell": None, "key": None, "group": "",
}  # fmt: skip
AT_ONCE = 200


def by(i: int) -> dict[str, Any]:
    """Who made change number i."""
    node = NODES[i % len(NODES)]
    cell = 12 if i > 40 else 9
    step = None if node is None else i % 7
    texts = [*([] if node is None else [node, f"step {step}"]), f"cell [{cell}]"]
    return {
        "text": ", ".join(texts),
        "cell": cell,
        "os_thread": "MainThread" if i % 3 else "ThreadPoolExecutor-0_1",
        "thread": None if node is None else ("trip-oslo", "trip-bergen")[i % 2],
        "node": node,
        "step": step,
        "task": None if node is None else f"task-{i}",
        "run": None if node is None else "1f0c7a2e-4b1d-6d52-8006-1c5a77e0b9f3",
        "checkpoint": None if node is None else f"\n1f0c7a2e-4b1d-6d52-8006-{i:012x}",
    }


class Book:
    """The log of one object.

    Attributes:
        asked: (method, params) of the requests for it.
        over: fields of the log's state to replace.
        refuse: why moments cannot be travelled to; "" if they can.
    """

    def __init__(self, kind: str, changes: int, *, travels: bool = True, **over: Any) -> None:
        self.kind, self.travels, self.over = kind, travels, over
        self.started = time.time() - changes
        self.rows = [self.row(i) for i in range(1, changes + 1)]
        self.query: dict[str, Any] = dict(QUERY)
        self.at: int | None = None
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.kept = True
        self.note = self.refuse = ""
        self.watched: dict[str, Any] | None = None

    def row(self, i: int) -> dict[str, Any]:
        kinds = KINDS[self.kind]
        kind = kinds[i % len(kinds)]
        names = ("prod:sess:9f31c2", "prod:user:u_812", "prod:docs:chunk:annual-report-2025.pdf:p0041")
        keys = {"store": names, "cache": ("Plan the trip to Bergen in May", "Summarise these 14 reviews"),
                "saver": ("trip-oslo", "trip-bergen")}[self.kind]  # fmt: skip
        before = f'{{"city": "Oslo", "nights": {i % 5}}}' if kind in ("change", "delete", "refresh") else ""
        after = f'{{"city": "Bergen", "nights": {i % 5 + 1}}}' if kind in ("insert", "change") else ""
        return {
            "number": i, "time": self.started + i, "kind": kind, "key": keys[i % len(keys)],
            "keys": 4 if i % 11 == 0 else 1, "id": i % 3 if self.kind != "saver" else None,
            "size": 400 + 37 * i % 9_000 if after else None,
            "note": {"miss": "cold", "evict": "for another", "put": f"step {i % 7}"}.get(kind, ""),
            "before": before, "after": after, "by": None if i % 13 == 0 else by(i),
        }  # fmt: skip

    def add(self, n: int = 1) -> None:
        for _ in range(n):
            self.rows.append({**self.row(len(self.rows) + 1), "time": time.time()})

    def matching(self) -> list[dict[str, Any]]:
        q = self.query
        return [
            row
            for row in reversed(self.rows)
            if (not q["kinds"] or row["kind"] in q["kinds"])
            and q["filter"].lower() in f"{row['key']} {(row['by'] or {'text': ''})['text']}".lower()
            and all(q[f] in (None, (row["by"] or {}).get(f)) for f in ("node", "step", "thread", "cell"))
            and q["key"] in (None, row["id"])
        ]

    def groups(self) -> list[dict[str, Any]]:
        by = self.query["group"]
        found: dict[str, dict[str, Any]] = {}
        for row in self.matching():
            value = row[by] if by in ("kind", "key") else (row["by"] or {}).get(by)
            label = "" if value is None else str(value)
            nothing = {"label": label, "changes": 0, "hits": 0, "misses": 0, "bytes": 0}
            group = found.setdefault(label, nothing)
            group["changes"] += 1
            group["hits"] += row["kind"] == "hit"
            group["misses"] += row["kind"] == "miss"
            group["bytes"] += row["size"] or 0
        return sorted(found.values(), key=lambda group: -group["changes"])

    def state(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "watched": self.watched,
            "log": self.log() if params.get("log") and self.kept else None,
            "travel": self.travel() if self.travels and (params.get("log") or self.at is not None) else None,
        }

    def log(self) -> dict[str, Any]:
        found = self.matching()
        return {
            "first": 1, "last": len(self.rows), "kept": len(self.rows), "most": 100_000,
            "bytes": 312 * len(self.rows), "most_bytes": 64_000_000, "spilled": 0, "lost": 0,
            "matching": len(found), "progress": None, "rows": found[:AT_ONCE],
            "groups": self.groups() if self.query["group"] else None,
            "kinds": sorted(set(KINDS[self.kind])), "query": self.query, "problem": None, **self.over,
        }  # fmt: skip

    def travel(self) -> dict[str, Any]:
        row = self.rows[self.at - 1] if self.at else None
        return {"at": self.at, "time": row and row["time"], "row": row, "first": 0,
                "last": len(self.rows), "note": self.note if self.at is not None else "",
                "activity": self.activity()}  # fmt: skip

    def activity(self) -> dict[str, Any]:
        width = max(1, len(self.rows) // 32)
        parts = [self.rows[at : at + width] for at in range(0, len(self.rows), width)]
        return {
            "start": 1, "width": width, "changes": [*map(len, parts)],
            "gone": [sum(row["kind"] in ("delete", "evict") for row in part) for part in parts],
            "missed": [sum(row["kind"] == "miss" for row in part) for part in parts],
            "times": [part[-1]["time"] for part in parts],
        }  # fmt: skip

    def answer(self, method: str, params: Mapping[str, Any]) -> Any:
        self.asked.append((method, dict(params)))
        if method == "log":
            self.query = {**self.query, **params}
        elif method == "older":
            older = [row for row in self.matching() if row["number"] < params["before"]]
            return {"rows": older[:AT_ONCE], "more": len(older) > AT_ONCE}
        elif method == "travel":
            if self.refuse:
                raise LookupError(self.refuse)
            self.at = params["at"]
        return None


def logged(kernel: K, book: Book) -> K:
    """The kernel with that log."""
    make, answer = kernel.make, kernel.answer
    kernel.make = lambda params: {**make(params), **book.state(params)}

    def both(method: str, params: Mapping[str, Any]) -> Any:
        return (book.answer if method in ("log", "older", "travel") else answer)(method, params)

    kernel.answer = both
    kernel.traits["state"] = {**kernel.traits["state"], **book.state({})}
    return kernel


def opened(stage: Stage, kernel: Kernel, **options: Any) -> Locator:
    """The widget, its log shown."""
    widget = stage.show(kernel, **options)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    widget.get_by_role("button", name="Log", exact=True).click()
    expect(widget.get_by_role("region", name="Log")).to_be_visible()
    return widget

"""The kernel's side of a checkpoint timeline, scripted; the data is invented.

`ANSWERS` of `timelinestates.py` (what a checkpoint holds) and `timelineacts.py` (what is done) are functions
of the kernel and a request's params, by the request's name.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, expect

from inmem_widgets.observables.session import State
from inmem_widgets.observables.threads.lanes import Key, Node, layout, path_rows, segments
from tests.browser import timelineacts, timelinestates
from tests.browser.stage import Scripted, Stage
from tests.browser.timelinesteps import STEPS, THREADS, Step, full

Json = dict[str, Any]
ANSWERS = {**timelinestates.ANSWERS, **timelineacts.ANSWERS}


class TimelineKernel(Scripted):
    """A thread with a fork, a subgraph, an error and an interrupt.

    Attributes:
        calls: Requests other than `look` and `ping`, with their params, oldest first.
        silent: Methods that get no answer (a busy kernel).
        over: Fields of the state that are other than they would be.
    """

    def __init__(self, *, threads: bool = True, steps: list[Step] = STEPS, **over: Any) -> None:
        self.some, self.steps, self.over = threads, list(steps) if threads else [], over
        self.started = time.time()
        self.pinned: str | None = None
        self.unwatched: set[str] = set()
        self.calls: list[tuple[str, Json]] = []
        self.silent: set[str] = set()
        self.plan_of: tuple[int, Any, Any] = (-1, None, None)
        self.traits = {"selection": None}
        super().__init__("checkpoint_timeline", self.state, answer=self.reply, selection=None)

    # -- what happens --

    def receive(self, message: Json) -> list[Json]:
        method = message.get("method")
        if method in self.silent:
            self.received.append(message)
            return []
        before = self.traits["selection"]
        try:
            sent = super().receive(message)
        except (LookupError, ValueError) as error:
            sent = [{"kind": "reply", "view": message["view"], "id": message["id"], "error": str(error)}]
        if message["kind"] == "request" and self.traits["selection"] != before:
            sent.insert(0, {"kind": "trait", "name": "selection", "value": self.traits["selection"]})
        return sent

    def reply(self, method: str, params: Mapping[str, Any]) -> Any:
        self.calls.append((method, dict(params)))
        if method == "go":
            return self.go(params)
        if method == "pin":
            self.pinned = params["at"]
        elif method == "watch":
            self.unwatched.add(params["name"])
        elif method in ANSWERS:
            return ANSWERS[method](self, params)
        return None

    def go(self, params: Mapping[str, Any]) -> Json | None:
        if "row" in params:
            at: str | None = "\n".join(self.key(params["row"]))
        elif params["to"] == "incident":
            at = self.incident(params["at"], params["way"])
        else:
            at = self.jumps(self.row_of(params.get("at") or self.chosen({})))[params["to"]]
        if at is None:
            return None
        ns, _, checkpoint_id = at.rpartition("\n")
        where = {"thread_id": "demo-42", "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
        self.traits["selection"] = {"configurable": where}
        return {"at": at}

    def incident(self, at: str, way: int) -> str | None:
        row = self.row_of(at)
        assert row is not None
        kinds = ("interrupt", "error")
        marked = [i for i, s in enumerate(self.steps) if any(b["kind"] in kinds for b in s.badges)]
        beside = [i for i in marked if (row - i) * way > 0]
        return "\n".join(self.key(min(beside, key=lambda i: abs(row - i)))) if beside else None

    def add(self, *nodes: str) -> None:
        """A step goes on from the newest checkpoint."""
        at = len(self.steps)
        step = self.steps[0].step + 1
        age = self.started - time.time()
        self.steps.insert(0, Step("", 1, None, f"3f{at:06x}", list(nodes), "loop", step, age))

    def delete(self) -> None:
        """The thread shown is deleted."""
        self.steps.clear()

    # -- what there is --

    def key(self, row: int) -> Key:
        return self.steps[row].ns, full(self.steps[row].id)

    def row_of(self, at: str | None) -> int | None:
        keys = {"\n".join(self.key(i)): i for i in range(len(self.steps))}
        return None if at is None else keys.get(at)

    def chosen(self, params: Mapping[str, Any]) -> str | None:
        if params.get("selected"):
            return str(params["selected"])
        if self.traits["selection"] is not None:
            where = self.traits["selection"]["configurable"]
            return f"{where['checkpoint_ns']}\n{where['checkpoint_id']}"
        return None

    def planned(self) -> tuple[Any, Any]:
        """(nodes, lanes), reckoned once for as many steps."""
        n = len(self.steps)
        if self.plan_of[0] != n:
            rows = list(enumerate(self.steps))
            nodes = [
                Node(self.key(i), self.key(i + s.parent) if s.parent else None,
                     self.key(i + s.caller) if s.caller else None)
                for i, s in rows
            ]  # fmt: skip
            self.plan_of = n, nodes, layout(nodes)
        return self.plan_of[1], self.plan_of[2]

    def state(self, params: Mapping[str, Any]) -> State:
        size = len(self.steps)
        chosen = self.chosen(params)
        at = chosen or ("\n".join(self.key(0)) if size else None)
        row = self.row_of(at)
        nodes, plan = self.planned()
        path = path_rows(nodes, self.key(row)) if row is not None else set()
        anchor = self.row_of(params.get("anchor"))
        wanted = max(0, params.get("start", 0))
        start = anchor if anchor is not None else min(wanted, max(0, size - 1))
        stop = min(size, start + params.get("stop", wanted + 40) - wanted)
        lines = segments(plan, path, start, stop)
        found = self.found(params.get("find", "").lower()) if self.some else []
        return {
            "now": time.time(),
            "title": {"type": "InMemorySaver", "name": "saver", "gone": False, "ended": False},
            "editable": False,
            "graph": None,
            "reading": None,
            "threads": found,
            "thread_count": len(THREADS) if self.some else 0,
            "found": len(found),
            "checkpoint_count": 115 + size if self.some else 0,
            "bytes": 3_100_000 if self.some else 0,
            "bytes_how": "exact",
            "thread": (params.get("thread") or "demo-42") if self.some else None,
            "deleted": self.some and not size,
            "selected": at,
            "selected_row": row,
            "following": chosen is None,
            "pinned": self.pinned,
            "pinned_row": self.row_of(self.pinned),
            "jumps": self.jumps(row),
            "lanes": plan.width,
            "size": size,
            "start": start,
            "rows": [self.row(i, plan.lanes[i], lines[i - start], i in path) for i in range(start, stop)],
            "axis": self.axis(),
            "ticks": self.ticks(),
            "watches": self.watches(row),
            "runs": [],
            **self.over,
        }

    def found(self, text: str) -> list[Json]:
        now = self.started
        return [
            {"id": t, "checkpoints": n, "step": 7, "status": status, "updated": now - age, "bytes": held}
            for t, n, status, age, held in THREADS
            if text in t.lower()
        ]

    def row(self, i: int, lane: int, lines: Any, on_path: bool) -> Json:
        one = self.steps[i]
        older = self.steps[i + 1].age if i + 1 < len(self.steps) else None
        gap = 0.0 if older is None else older - one.age
        parent = None if not one.parent else full(self.steps[i + one.parent].id)
        took = None if not one.parent else self.steps[i + one.parent].age - one.age
        return {
            "id": full(one.id), "ns": one.ns,
            "scope": [part.partition(":")[0] for part in one.ns.split("|") if part],
            "nodes": one.nodes, "source": one.source, "step": one.step, "ts": self.started - one.age,
            "took": took, "idle": gap if gap > 300 else None, "parent": parent,
            "lane": lane, "segments": lines, "path": on_path, "badges": one.badges,
        }  # fmt: skip

    def jumps(self, row: int | None) -> Json:
        none = dict.fromkeys(("parent", "child", "fork", "interrupt", "error", "newest"))
        if row is None:
            return none

        def text(i: int) -> str:
            return "\n".join(self.key(i))

        def nearest(kind: str) -> str | None:
            marked = [i for i, s in enumerate(self.steps) if any(b["kind"] == kind for b in s.badges)]
            there = [i for i in marked if i != row]
            newer = [i for i in there if i < row]
            return text(newer[-1] if newer else there[0]) if there else None

        parent = self.steps[row].parent
        child = next((i for i in range(row - 1, -1, -1) if i + (self.steps[i].parent or -i - 1) == row), None)
        return {
            **none,
            "parent": text(row + parent) if parent else None,
            "child": None if child is None else text(child),
            "interrupt": nearest("interrupt"),
            "error": nearest("error"),
            "newest": text(0),
        }

    def sampled(self, most: int) -> list[int]:
        """Rows from the oldest on, at most so many."""
        size = len(self.steps)
        count = min(size, most)
        return sorted({round(k * (size - 1) / max(1, count - 1)) for k in range(count)}, reverse=True)

    def axis(self) -> Json:
        rows = self.sampled(200)
        ages = [self.steps[i].age for i in rows]
        gaps = [a - b for a, b in itertools.pairwise(ages)]
        spent = [min(gap, 60.0) for gap in gaps]
        total = sum(spent) or 1.0
        x = [sum(spent[:k]) / total for k in range(len(rows))]
        idle = [{"x": (x[k] + x[k + 1]) / 2, "seconds": gap} for k, gap in enumerate(gaps) if gap > 300]
        return {"rows": rows, "x": x, "idle": idle, "seconds": sum(gaps)}

    def ticks(self) -> list[Json]:
        kinds = {"interrupt": "interrupt", "error": "error"}
        found = [
            {"kind": kind, "row": i, "count": 1}
            for i, s in enumerate(self.steps)
            for kind in [*(kinds[b["kind"]] for b in s.badges if b["kind"] in kinds),
                         *([s.source] if s.source in ("fork", "update") else [])]
        ]  # fmt: skip
        return found[:: 1 + len(found) // 200]

    def watches(self, row: int | None) -> list[Json]:
        rows = self.sampled(400)
        steps = [s.step for s in self.steps]
        size, messages = [400 + 310 * (n + 1) for n in steps], [(n + 3) // 2 for n in steps]

        def watch(name: str, unit: str, values: list[Any], own: bool) -> Json:
            line = [float(values[i]) for i in rows]
            at = None if row is None else str(values[row])
            return {"name": name, "unit": unit, "kind": "number", "rows": rows, "low": line, "high": line,
                    "failed": [], "failures": 0, "at": at, "error": None, "progress": None,
                    "own": own}  # fmt: skip

        listed = [watch("size", "bytes", size, False), watch("len(messages)", "", messages, True)]
        return [one for one in listed if one["name"] not in self.unwatched]


def timeline(**options: Any) -> TimelineKernel:
    """A thread with a fork, a subgraph, an error and an interrupt; the step before the newest is selected."""
    kernel = TimelineKernel(**options)
    if len(kernel.steps) == len(STEPS):
        kernel.go({"row": 1})
        kernel.traits["state"] = kernel.state({}) | {"seq": 1}
    return kernel


def shown(stage: Stage, kernel: TimelineKernel, **options: Any) -> Locator:
    """The widget, once it is live."""
    widget = stage.show(kernel, **options)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    return widget

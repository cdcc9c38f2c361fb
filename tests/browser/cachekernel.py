"""A kernel with an invented cache behind the counters: as much of it as the view can tell apart."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, expect

from inmem_widgets.observables.session import State
from tests.browser.stage import Scripted, Stage
from tests.browser.valuekernel import MESSAGES

Json = dict[str, Any]

PROMPTS = [
    ("Plan the trip to Bergen in May, three nights near the harbour", "gpt-4o · temperature 0"),
    ("You are a careful travel agent. Which of these hotels would you book?", "gpt-4o · temperature 0"),
    ("Summarise these 14 reviews of the Opera Hotel, keep it short", "gpt-4o-mini · temperature 0.2"),
    ("Extract the dates as ISO 8601 from the text below", "gpt-4o-mini · temperature 0 · 2 tools"),
    ("Which of the hotels has a sauna and a late check-out?", "gpt-4o · temperature 0"),
    ("Translate the voucher into Norwegian, keep the numbers", "claude-sonnet · temperature 0"),
    ("رتّب الفنادق حسب السعر", "gpt-4o-mini · temperature 0"),
    ('<b onclick="alert(1)">hi</b> from the reviewer\'s page', "gpt-4o-mini · temperature 0.2"),
]
OUTCOMES = ["hit", "hit", "cold", "hit", "evicted", "hit", "cold", "hit", "cleared", "hit", "hit", "cold"]
TOTALS = dict(hits=8_412, misses=3_368, inserts=3_368, refreshes=36, evictions=1_204, clears=1)
WHY = dict(cold=2_531, evicted=741, cleared=96, unknown=0, examined=200, near=94)
CURVES = [("fifo", "FIFO", 1.0), ("lru", "LRU", 0.8), ("lfu", "LFU", 0.9), ("s3fifo", "S3-FIFO", 0.62),
          ("optimum", "optimum", 0.42)]  # fmt: skip


def difference(path: str, nature: str, before: str | None, after: str | None, **over: Any) -> Json:
    return {"where": "model", "path": path, "nature": nature, "before": before, "after": after,
            "parts": [], **over}  # fmt: skip


def near(i: int, pattern: str, differences: list[Json], similarity: float = 0.97, more: int = 0) -> Json:
    prompt, model = PROMPTS[i]
    return {"id": i, "prompt": prompt, "model": model, "similarity": similarity, "gone": False,
            "differences": differences, "more": more,
            "equal": "the prompt, model, stop and 4 more", "pattern": pattern}  # fmt: skip


PARTS = [
    {"op": "same", "text": "Summarise these "},
    {"op": "removed", "text": "12"},
    {"op": "added", "text": "14"},
    {"op": "same", "text": " reviews of the Opera Hotel, keep it short. Written on "},
    {"op": "removed", "text": "2026-05-03"},
    {"op": "added", "text": "2026-05-04"},
    {"op": "same", "text": ", in the voice of a careful travel agent who has seen the rooms."},
]
NEARS = [
    near(0, "message id", [
        difference("messages[2].id", "id", "run-6c1f0b7e-21", "run-9d02f4aa-58", where="prompt"),
        difference("messages[3].tool_calls[0].id", "id", "call_h2Jk", "call_9sQx", where="prompt"),
    ]),
    near(2, "only temperature", [difference("temperature", "number", "0.0", "0.2")], 0.99),
    near(2, "date and number", [
        difference("messages[1].content", "date", PARTS[0]["text"], None, where="prompt", parts=PARTS),
        difference("tools", "order", "search, book, pay", "book, search, pay"),
        difference("metadata.session", "added", None, "s-4471"),
        difference("stop", "removed", '["\\n\\n"]', None),
    ], 0.83, more=3),
    near(4, "white space", [difference("text", "space", "a late check-out?", "a late  check-out?\n",
                                       where="prompt")]),
]  # fmt: skip


class CacheKernel(Scripted):
    """Lists PROMPTS as entries and lookups, over and over; answers all requests.

    Attributes:
        over: fields of the state to replace.
        totals: the counts; `look_up` adds to them and to the feed.
        calls: (method, params) of the requests received, `look` and `ping` left out.
        silent: methods that get no answer (a busy kernel).
        refuse: the error that `explain` is answered with.
    """

    def __init__(
        self, *, lookups: bool = True, maxsize: int | None = 128, name: str | None = "cache", **over: Any
    ) -> None:
        self.lookups, self.maxsize, self.name, self.over = lookups, maxsize, name, over
        self.totals = TOTALS if lookups else dict.fromkeys(TOTALS, 0)
        self.number = 11_780 if lookups else 0
        self.size = 0 if not lookups else 128 if maxsize else 2_164
        self.mark: Json | None = None
        self.query: Json = {"filter": "", "sort": "stored", "descending": False}
        self.open: int | None = None
        self.whatif_progress: float | None = None
        self.logged = max(0, self.number - 96)  # lookups that the simulation is of
        self.calls: list[tuple[str, Json]] = []
        self.silent: set[str] = set()
        self.refuse = ""
        self.started = time.time()
        super().__init__("cache_counters", self.state, answer=self.reply)

    def receive(self, message: Json) -> list[Json]:
        method = message.get("method")
        if method in self.silent:
            self.received.append(message)
            return []
        if method == "explain" and self.refuse:
            return [{"kind": "reply", "view": message["view"], "id": message["id"], "error": self.refuse}]
        return super().receive(message)

    def look_up(self, hits: int = 1, misses: int = 0) -> None:
        """So many more lookups; they show in the feed as PROMPTS goes on."""
        more = {"hits": hits, "misses": misses, "inserts": misses}
        self.totals = {name: n + more.get(name, 0) for name, n in self.totals.items()}
        self.number += hits + misses

    def reply(self, method: str, params: Mapping[str, Any]) -> Any:
        self.calls.append((method, dict(params)))
        if method == "mark":
            self.mark = {**self.totals, "time": time.time()} if params["on"] else None
        elif method == "explain":
            return self.explain(params["number"])
        elif method == "whatif":
            self.whatif_progress = 0.25 if params["run"] else None
            if params["run"]:
                self.logged = self.number
        elif method == "entries":
            self.query = {**self.query, **params}
        elif method == "open":
            self.open = params["id"]
        elif method == "locate":
            listed = [row["id"] for row in self.listed()]
            return {"row": listed.index(params["id"]) if params["id"] in listed else None}
        elif method == "value":
            return self.value()
        elif method == "code":
            return {"code": f"counters.{params['of']}()  # of {self.name}"}
        return None

    def state(self, params: Mapping[str, Any]) -> State:
        now = time.time()
        entries = self.listed() if params.get("entries") else []
        start = max(0, min(params.get("start", 0), len(entries) - 1))
        age = 2_520.0 if self.lookups else 20.0
        return {
            "now": now,
            "title": {"type": "InMemoryCache", "name": self.name, "gone": False, "ended": False},
            "policy": "fifo",
            **self.totals,
            "size": self.size,
            "maxsize": self.maxsize,
            "bytes": self.size * 3_310,
            "bytes_how": "sampled" if self.size else "exact",
            "since": now - age,
            "history": self.history(math.ceil(now), 300, 1.0),
            "all": self.history(math.ceil(now), int(age) // 12 + 1, 12.0)
            if age > 300
            else self.history(math.ceil(now), 20, 1.0),
            "rates": self.rates(now),
            "mark": self.mark,
            "saved": self.saved(),
            "stampedes": self.stampedes(),
            "seen": self.number,
            "missed_events": 0,
            "lookups": self.feed(params["lookups"]) if params.get("lookups") else None,
            "why": self.why() if params.get("why") else None,
            "whatif": self.whatif() if params.get("whatif") else None,
            "listed": len(entries),
            "start": start,
            "rows": entries[start : params.get("stop", start + 40)],
            "entry_query": self.query,
            "progress": None,
            "problem": None,
            "open": self.opened(),
            "open_row": None if self.open is None else self.entry(self.open),
            "removed": [],
            "delimiters": "",
            "editable": False,
            **self.over,
        }

    def history(self, end: int, buckets: int, interval: float) -> Json:
        """A burst of misses two minutes ago."""
        times = [end - (buckets - i) * interval for i in range(buckets)]
        burst = [1.0 if 100 < end - t < 140 else 0.0 for t in times]
        noise = [math.sin(t * 12.9898) * 43758.5453 % 1 for t in times]
        pairs = list(zip(burst, noise, strict=True))
        hits = [30 + 9 * math.sin(i / 43) - 12 * b + 5 * n for i, (b, n) in enumerate(pairs)]
        misses = [6 + 11 * b + 5 * n for b, n in pairs]
        evictions = [n * 1.3 + 3 * b if i > buckets / 5 and self.maxsize else 0.0
                     for i, (b, n) in enumerate(pairs)]  # fmt: skip
        scale = interval if self.lookups else 0
        filled = 1 - (end - time.time()) / interval  # of the last bucket
        return {"interval": interval, "end": float(end)} | {
            name: [round(n * scale) for n in counts[:-1]] + [round(counts[-1] * scale * filled)]
            for name, counts in (("hits", hits), ("misses", misses), ("evictions", evictions))
        }

    def rates(self, now: float) -> Json:
        some = {"hits": 31.0, "misses": 8.4, "inserts": 8.4, "evictions": 3.9, "ratio": 0.787}
        if not self.lookups:
            some = {**dict.fromkeys(some, 0.0), "ratio": None}  # type: ignore[dict-item]
        windows = {"1 s": {"seconds": 1.0, **some}, "10 s": {"seconds": 10.0, **some, "hits": 29.2},
                   "1 min": {"seconds": 60.0, **some, "hits": 27.7, "ratio": 0.767}}  # fmt: skip
        if self.mark:
            windows["mark"] = {"seconds": now - self.mark["time"], **some}
        return windows

    def saved(self) -> Json:
        if not self.lookups or self.mark:
            known: Json = {"seconds": 0.0, "input_tokens": 0, "output_tokens": 0}
        else:
            known = {"seconds": 4_341.6, "input_tokens": 371_904, "output_tokens": 40_210}
        return {**known, "seconds_unknown": 0, "tokens_unknown": 0, "money": None, "money_unknown": 0,
                "currency": "$"}  # fmt: skip

    def stampedes(self) -> Json:
        some = [6, 9, 7] if self.lookups else [0, 0, 0]
        latest = PROMPTS[2][0] if self.lookups else ""
        return {"count": some[0], "misses": some[1], "answers": some[2], "latest": latest}

    def lookup(self, number: int) -> Json:
        prompt, model = PROMPTS[number * 5 % len(PROMPTS)]
        outcome = OUTCOMES[number % len(OUTCOMES)]
        load = None if number % 17 == 0 else 0.4 + number * 37 % 310 / 100
        waiting = number == self.number and outcome != "hit"
        notes = {"evicted": "evicted 1,204 lookups ago", "cleared": "cleared 40 lookups ago"}
        return {"number": number, "time": self.started - (11_780 - number) * 0.7, "outcome": outcome,
                "prompt": prompt, "model": model, "load": None if waiting else load, "waiting": waiting,
                "beside": outcome == "cold" and number % 5 == 0, "note": notes.get(outcome, "")}  # fmt: skip

    def feed(self, what: str) -> list[Json]:
        latest = [self.lookup(n) for n in range(self.number, max(0, self.number - 200), -1)]
        return [one for one in latest if what == "all" or one["outcome"] != "hit"][:50]

    def explain(self, number: int) -> Json:
        one = self.lookup(number)
        outcome = one["outcome"]
        text = {
            "cold": "Never cached since watching began",
            "evicted": "Held until 1,204 lookups ago, when the insertion of “Plan the trip” pushed it out",
            "cleared": "Held until the cache was cleared, 40 lookups ago",
            "hit": "Cached 312 lookups ago; 14 hits since",
        }[outcome]
        close = NEARS[number // 3 % len(NEARS)] if outcome == "cold" else None
        return {"number": number, "outcome": outcome, "text": text,
                "prompt": f"system: You book trips. Answer briefly.\nhuman: {one['prompt']}",
                "near": close, "searched": self.size, "progress": None, "problem": ""}  # fmt: skip

    def why(self) -> Json:
        if not self.lookups:
            return {**dict.fromkeys(WHY, 0), "progress": None, "patterns": []}
        counts = zip((38, 31, 18, 7), NEARS, strict=True)
        patterns = [{"text": one["pattern"], "misses": n, "example": one, "number": 11_700 + n}
                    for n, one in counts]  # fmt: skip
        return {**WHY, "progress": None, "patterns": patterns}

    def whatif(self) -> Json:
        sizes = sorted({*(round(1_406 ** (i / 18)) for i in range(19)), 128, 182}) if self.lookups else []
        curves = [
            {"policy": policy, "label": label,
             "ratios": [0.83 / (1 + (s / 62 / lag) ** -2.5) for s in sizes],
             "seconds": [4_341 * s / (s + 60 * lag) for s in sizes],
             "tokens": [412_000 * s / (s + 60 * lag) for s in sizes]}
            for policy, label, lag in CURVES
        ]  # fmt: skip
        done = len(curves) if self.whatif_progress is None else round(self.whatif_progress * len(curves))
        known = self.lookups and self.maxsize
        return {
            "lookups": self.logged, "keys": 1_406 if self.lookups else 0, "lost": 0,
            "progress": self.whatif_progress, "policy": "fifo", "maxsize": self.maxsize,
            "ratio": None if not self.lookups else 0.714 if self.maxsize else 0.83, "sizes": sizes,
            "curves": curves[:done] if sizes else [],
            "suggestion": {"maxsize": 182, "ratio": 0.78,
                           "text": "55 % of what is to be gained; doubling again gains 4.3 points"}
            if known and done else None,
            "check": {"simulated": 8_412, "measured": 8_412, "problem": ""} if known and done else None,
            "notes": [] if self.lookups else ["The curves come with 100 lookups"], "problem": "",
        }  # fmt: skip

    def entry(self, i: int) -> Json:
        prompt, model = PROMPTS[i % len(PROMPTS)]
        old = i % 9 == 8
        hits = round(900 / (1 + i))
        return {"id": i, "prompt": prompt if i < len(PROMPTS) else f"{prompt} ({i})", "model": model,
                "hits": None if old else hits, "inserted": None if old else self.started - 40 - 13 * i,
                "used": None if old or not hits else self.started - 1.7 * i,
                "load": None if old else 0.4 + i * 37 % 310 / 100,
                "tokens": None if i % 5 == 4 else 120 + i * 71 % 900,
                "size": 2_900 + i * 911 % 1_700, "how": "shallow" if i % 6 == 5 else "exact"}  # fmt: skip

    def listed(self) -> list[Json]:
        rows = [self.entry(i) for i in range(self.size)]
        text = self.query["filter"].lower()
        rows = [row for row in rows if text in row["prompt"].lower() or text in row["model"].lower()]
        sort = str(self.query["sort"])
        field = {"stored": "id", "age": "inserted"}.get(sort, sort)
        known = sorted((row for row in rows if row[field] is not None), key=lambda row: row[field])
        unknown = [row for row in rows if row[field] is None]
        return [*(known[::-1] if self.query["descending"] != (sort == "age") else known), *unknown]

    def opened(self) -> Json | None:
        if self.open is None:
            return None
        row = self.entry(self.open)
        return {"id": row["id"], "key": row["prompt"], "type": "ChatGeneration", "size": row["size"],
                "how": row["how"], "changed": row["inserted"], "version": 1, "gone": False}  # fmt: skip

    def value(self) -> Json:
        return {"id": self.open, "version": 1, "formats": ["messages", "text"], "format": "messages",
                "packed": None, "blocks": MESSAGES[-2:], "edit": None, "reason": "read only"}  # fmt: skip


def cache_counters(**options: Any) -> CacheKernel:
    """A cache with 42 minutes of lookups, and a burst of misses two minutes ago."""
    return CacheKernel(**options)


def shown(stage: Stage, kernel: CacheKernel, **options: Any) -> Locator:
    """The widget, once it is live."""
    widget = stage.show(kernel, **options)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    return widget

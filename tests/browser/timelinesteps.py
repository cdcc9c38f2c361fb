"""Threads and checkpoints of a scripted timeline; the data is invented."""

from __future__ import annotations

from typing import NamedTuple

from inmem_widgets.wire import Badge

THREADS: list[tuple[str, int, str, float, int | None]] = [
    ("trip-oslo", 9, "interrupted", 4, 412_000),
    ("demo-42", 14, "finished", 12, 1_200_000),
    ("refund-7781", 6, "failed", 190, 88_000),
    ("demo-41", 22, "finished", 900, 640_000),
    ("batch-0193", 4, "running", 1_100, 31_000),
    ("batch-0192", 11, "stopped", 4_000, 96_000),
    ("batch-0191", 11, "finished", 4_100, 97_000),
    ("batch-0190", 11, "finished", 4_200, 94_000),
    ("e3f1c2a0-77b2-4c41-9d2e-51b8", 38, "finished", 9_000, 402_000),
    ("smoke-test", 3, "finished", 300_000, None),
]


class Step(NamedTuple):
    ns: str
    parent: int | None
    """Rows back (older) to the parent, and …"""
    caller: int | None
    """… to the checkpoint of the calling graph."""
    id: str
    nodes: list[str]
    source: str
    step: int
    age: float
    badges: list[Badge] = []  # noqa: RUF012


CALL = "retriever:9a41"
STEPS = [  # newest first
    Step("", 1, None, "1f0c7a2f", ["tools"], "loop", 7, 12),
    Step("", 1, None, "1f0c7a2e", ["agent"], "loop", 6, 14),
    Step("", 3, None, "1f0c7a2d", [], "fork", 5, 31, [{"kind": "note", "text": "edited plan.city"}]),
    Step("", 1, None, "1f0c7a1f", ["tools"], "loop", 6, 125, [{"kind": "error", "text": "ToolError"}]),
    Step("", 1, None, "1f0c7a1e", ["agent"], "loop", 5, 127),
    Step("", 4, None, "1f0c7a1d", ["retriever"], "loop", 4, 130),
    Step(CALL, 1, 3, "1f0c7a1c", ["rerank"], "loop", 1, 133),
    Step(CALL, 1, 2, "1f0c7a1b", ["__start__"], "loop", 0, 134),
    Step(CALL, None, 1, "1f0c7a1a", [], "input", -1, 135),
    Step("", 1, None, "1f0c7a19", [], "update", 3, 185, [{"kind": "note", "text": "approved"}]),
    Step("", 1, None, "1f0c7a18", ["review"], "loop", 2, 1_030, [{"kind": "interrupt", "text": "approve?"}]),
    Step("", 1, None, "1f0c7a17", ["agent"], "loop", 1, 1_031),
    Step("", 1, None, "1f0c7a16", ["__start__"], "loop", 0, 1_032),
    Step("", None, None, "1f0c7a15", [], "input", -1, 1_033),
]


def many(n: int) -> list[Step]:
    """A long run: an interrupt every 97 steps, an error every 401."""
    badges: dict[int, list[Badge]] = {
        **{i: [{"kind": "interrupt", "text": "approve?"}] for i in range(50, n, 97)},
        **{i: [{"kind": "error", "text": "ToolError"}] for i in range(300, n, 401)},
    }
    return [
        Step("", 1 if i else None, None, f"2f{i:06x}", [("agent", "tools")[i % 2]] if i else [],
             "loop" if i else "input", i - 1, 2.0 * (n - i), badges.get(i, []))
        for i in range(n - 1, -1, -1)
    ]  # fmt: skip


def full(short: str) -> str:
    """A whole checkpoint id."""
    return f"{short}-4b1d-6d52-8006-1c5a77e0b9f3"

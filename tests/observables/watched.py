"""What a watched block told, and a store to watch."""

from __future__ import annotations

from typing import Any

from langchain_core.outputs import Generation

from inmem_widgets.wire import ReportRow, ReportSection

ANSWER = [Generation(text="three nights near the harbour")]


def sections(seen: Any, part: int = 0) -> dict[str, ReportSection]:
    return {section["id"]: section for section in seen.told()[part]["sections"]}


def rows(seen: Any, section: str, part: int = 0) -> list[ReportRow]:
    found: list[ReportRow] = seen.page(part, section, 0)["rows"]
    return found


def a_store(kind: Any) -> Any:
    made = kind()
    made.mset([("kept", 1), ("changed", [1]), ("same", "x"), ("gone", 3)])
    return made

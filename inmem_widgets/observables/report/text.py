"""A report as plain text: for scripts, terminals, and where no HTML is shown."""

from __future__ import annotations

from inmem_widgets.observables.preview import cut
from inmem_widgets.observables.report.seen import Seen
from inmem_widgets.wire import ReportPart, ReportRow

ROWS = 5
"""Rows of a section that are written out."""
WIDTH = 60
"""Characters of a key or value."""
_ONE = {
    "reads": "read", "hits": "hit", "misses": "miss", "clears": "clear", "checkpoints": "checkpoint",
    "interrupts": "interrupt", "errors": "error", "threads copied": "thread copied",
    "threads deleted or pruned": "thread deleted or pruned", "runs deleted": "run deleted",
}  # fmt: skip


def heading(seen: Seen) -> str:
    """ "cell [12] · ingest", "watched"."""
    parts = [f"cell [{seen.cell}]" if seen.cell is not None else "", seen.name or ""]
    return " · ".join(filter(None, parts)) or "watched code"


def duration(seconds: float) -> str:
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds / 60:.3g} min"


def figures(part: ReportPart) -> str:
    """ "3 added, 1 changed, 14 reads"; what there is none of is left out."""
    if part["quiet"]:
        return "nothing changed"
    said = [
        f"{fact['count']:,} {_ONE.get(fact['label'], fact['label']) if fact['count'] == 1 else fact['label']}"
        for fact in part["facts"]
        if fact["count"]
    ]
    said += [f"{label} unknown ({why})" for label, why in part["unknown"].items()]
    return ", ".join(said) or "nothing changed"


def losses(part: ReportPart) -> str:
    """What is not in the rows; "" for nothing."""
    if not part["lost"]:
        return ""
    noun = "change" if part["lost"] == 1 else "changes"
    return f"{part['lost']:,} {noun} came too fast to be looked at: they are missing below"


def report_text(seen: Seen) -> str:
    """All of it, the first rows of each section."""
    lines = [f"{heading(seen)}, {'running for' if seen.running else 'took'} {duration(seen.seconds)}"]
    if seen.error:
        lines.append(f"raised {seen.error}")
    for number, told in enumerate(seen.told()):
        lines += _part_lines(seen, number, told)
    return "\n".join(lines)


def _part_lines(seen: Seen, number: int, told: ReportPart) -> list[str]:
    kind = "" if told["type"] == told["name"] else f" ({told['type']})"
    lines = [f"{told['name']}{kind}: {figures(told)}"]
    lines += [f"  ! {text}" for text in (losses(told), told["note"]) if text]
    for section in told["sections"]:
        note = f" ({section['note']})" if section["note"] else ""
        lines.append(f"  {section['label']}: {section['count']:,}{note}")
        page = seen.page(number, section["id"], 0, ROWS)
        lines += [f"    {row_text(row)}" for row in page["rows"]]
        if page["more"]:
            lines.append(f"    … {page['more']:,} more")
    return lines


def row_text(row: ReportRow) -> str:
    """ "doc:9  'abc' → 'abd'  ×3  (planner, step 4)"."""
    before, after = cut(row["before"], WIDTH), cut(row["after"], WIDTH)
    change = f"{before} → {after}" if before and after else after or (f"was {before}" if before else "")
    count = f"×{row['count']:,}" if row["count"] > 1 else ""
    who = f"({row['by']['text']})" if row["by"] is not None and row["by"]["text"] else ""
    return "  ".join(filter(None, (cut(row["key"], 2 * WIDTH), change, row["note"], count, who)))

"""A report where no script runs: in a saved notebook, on GitHub, by nbconvert."""

from __future__ import annotations

import time
from html import escape

from inmem_widgets.observables.report import Seen
from inmem_widgets.observables.report.text import duration, figures, heading, losses
from inmem_widgets.wire import ReportPart, ReportRow, ReportSection

ROWS = 20
"""Rows of a section."""
SECTIONS = 20
"""Sections of an object."""


def report_html(seen: Seen) -> str:
    """Headlines, and what is below each to be unfolded; escaped, without script or style sheet."""
    parts = "".join(_part(seen, number, part) for number, part in enumerate(seen.told()))
    took = f"{'running for' if seen.running else 'took'} {duration(seen.seconds)}"
    error = f" · <b>raised</b> <code>{escape(seen.error)}</code>" if seen.error else ""
    when = time.strftime("%H:%M:%S")
    return (
        f"<div><p><b>{escape(heading(seen))}</b> {escape(took)}{error}</p>{parts}"
        f"<p><small>Snapshot at {when}. Run the cell for the live view.</small></p></div>"
    )


def _part(seen: Seen, number: int, part: ReportPart) -> str:
    head = (
        f"<p><b><bdi>{escape(part['name'])}</bdi></b> <code>{escape(part['type'])}</code> "
        f"{escape(figures(part))}</p>"
    )
    notes = "".join(f"<p><em>{escape(text)}</em></p>" for text in (losses(part), part["note"]) if text)
    sections = part["sections"]
    below = "".join(_section(seen, number, section) for section in sections[:SECTIONS])
    if len(sections) > SECTIONS:
        below += f"<p>… {len(sections) - SECTIONS:,} more</p>"
    return head + notes + below


def _section(seen: Seen, number: int, section: ReportSection) -> str:
    page = seen.page(number, section["id"], 0, ROWS)
    note = f" <small>{escape(section['note'])}</small>" if section["note"] else ""
    rows = page["rows"]
    columns = [(name, field) for name, field in _COLUMNS if any(_text(row, field) for row in rows)]
    head = "".join(f"<th>{name}</th>" for name, _ in columns)
    body = "".join(
        "<tr>" + "".join(f"<td><bdi>{escape(_text(row, field))}</bdi></td>" for _, field in columns) + "</tr>"
        for row in rows
    )
    more = f"<p>… {page['more']:,} more</p>" if page["more"] else ""
    return (
        f"<details><summary>{escape(section['label'])}: {section['count']:,}{note}</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</details>"
    )


_COLUMNS = (
    ("key", "key"), ("type", "type"), ("before", "before"), ("after", "after"), ("bytes", "size"),
    ("times", "count"), ("note", "note"), ("who", "by"),
)  # fmt: skip


def _text(row: ReportRow, field: str) -> str:
    if field == "by":
        return "" if row["by"] is None else row["by"]["text"]
    if field == "size":
        return "" if row["size"] is None else f"{row['size']:,}"
    if field == "count":
        return "" if row["count"] == 1 else f"{row['count']:,}"
    return str(row[field])  # type: ignore[literal-required]

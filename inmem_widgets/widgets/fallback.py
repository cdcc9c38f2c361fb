"""The static picture of a widget: escaped, without script, in whatever style the page has."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape


def static_table(heads: Sequence[str], rows: Sequence[Sequence[str]], name: str, caption: str) -> str:
    """An HTML table of text cells, and under it when it was made."""
    cell = 'style="text-align:left;white-space:pre"'
    head = "".join(f"<th {cell}>{escape(text)}</th>" for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td {cell}><bdi>{escape(text)}</bdi></td>" for text in row) + "</tr>"
        for row in rows
    )
    when = time.strftime("%H:%M:%S")
    note = escape(f"Snapshot of {name} at {when}, {caption}. Run the cell for the live view.")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{note}</p>"

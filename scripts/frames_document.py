"""Writes docs/frames.md: what columns the frames have. A test holds it to that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inmem_widgets.export.schema import DTYPES, Column, Schema
from inmem_widgets.export.schemas import ALL

PATH = Path(__file__).parents[1] / "docs" / "frames.md"
HEAD = """# Frames

<!-- made by `python -m scripts.frames_document` -->

`to_frame(obj)` gives a pandas DataFrame of whatever `inspect` takes; widgets and observables have more.
Column names and types are the same at no rows and at a million. What is not known is missing, and never 0.
Texts are redacted where the widget that gives the frame has a `redact=`.

Types are named as pandas 3 calls them:

- `str` is pandas' own text type, which is Arrow's where pyarrow is installed. pandas 2 calls it `string`.
  Lone surrogates, which Arrow cannot hold, become visible escapes.
- `category` has its categories as `str`: a million rows of a few words take a byte each.
- `Int64` and `Float64` are nullable (`<NA>`), `datetime64[us, UTC]` are moments with their zone (`NaT`).

Frames are Arrow tables to whoever reads those: `polars.DataFrame(frame)`, `pyarrow.table(frame)`,
`duckdb.sql("select … from frame")`. Texts, sizes and times are not copied for it. Columns of objects
(`value`, and channels of mixed types) are for Python: drop them where Arrow refuses what they hold.
"""


def document() -> str:
    """All of it."""
    return "\n".join([HEAD, *(line for schema in ALL for line in _section(schema))])


def _section(schema: Schema) -> Iterator[str]:
    calls = ", ".join(f"`{call}`" for call in schema.calls)
    yield f"## One row {schema.title}\n"
    yield f"{calls}\n"
    if schema.doc:
        yield f"{schema.doc}\n"
    yield "| column | type | |\n|---|---|---|"
    for column in schema:
        yield f"| `{column.name}` | `{DTYPES[column.kind]}` | {_said(column)} |"
    yield ""


def _said(column: Column) -> str:
    among = f"one of {', '.join(f'`{each}`' for each in column.among)}" if column.among else ""
    return "; ".join(filter(None, (column.doc, among))).replace("|", "\\|")


if __name__ == "__main__":
    PATH.write_text(document(), "utf-8")

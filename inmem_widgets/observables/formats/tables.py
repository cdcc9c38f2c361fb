"""pandas DataFrames and Series: shape, dtypes, memory, and their head as a table."""

from __future__ import annotations

import sys
from typing import Any

from inmem_widgets.observables.formats.base import WEIGHT, Content, Format, facts, note, weight
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.values import first, is_named, library, numpy_scalar
from inmem_widgets.wire import Block

ROWS = 50
COLUMNS = 30
CELL = 60
"""Characters."""


def cell(value: Any) -> str:
    """A value in a table; numbers to nine digits."""
    if library(value) == "numpy" and (plain := numpy_scalar(value)) is not None:
        value = plain
    if type(value) is float:
        return f"{value:.9g}"
    return preview(value, CELL)


def table_block(
    columns: list[str], numeric: list[bool], rows: list[list[str]], labels: list[str], offset: int, total: int
) -> Block:
    """A table whose first column, without a name, holds the labels of the rows."""
    shown: list[list[str]] = []
    left = WEIGHT
    for label, row in zip(labels, rows, strict=True):
        shown.append([cut(clean(label), CELL), *row])
        left -= weight(shown[-1])
        if left < 0 and len(shown) > 1:
            shown.pop()
            break
    stop = offset + len(shown)
    return {
        "kind": "table",
        "columns": ["", *(cut(clean(name), CELL) for name in columns)],
        "numeric": [False, *numeric],
        "rows": shown,
        "offset": offset,
        "total": total,
        "more": stop if shown and stop < total else None,
    }


def _frame(content: Content) -> Any:
    """The value as a DataFrame of its own, which shares the data but not `attrs`; None if it is neither."""
    value = content.value
    if library(value) != "pandas":
        return None
    pandas = vars(sys.modules["pandas"])
    if is_named(value, "pandas", "DataFrame"):
        return pandas["DataFrame"](value, copy=False)
    if is_named(value, "pandas", "Series") and library(value.dtype):
        name = "value" if value.name is None else value.name
        return pandas["DataFrame"]({0: value.array}, index=value.index, copy=False).set_axis([name], axis=1)
    return None


def _fit(content: Content) -> float:
    return 0.0 if content.once(_frame) is None else 0.95


def _show(content: Content, offset: int) -> list[Block]:
    frame = content.once(_frame)
    total, width = frame.shape
    shown = min(width, COLUMNS)
    names = [cell(name) for name in first(frame.columns[:shown], shown)]
    stop = min(offset + ROWS, total)
    columns, numeric = [], []
    for position in range(shown):
        column = frame.iloc[:, position]
        own = bool(library(column.dtype))
        numeric.append(own and column.dtype.kind in "iufc")
        # another library's column type would run its code
        columns.append([cell(x) for x in column.array[offset:stop]] if own else ["…"] * (stop - offset))
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(offset, stop)]
    labels = [cell(label) for label in frame.index[offset:stop]]
    table = table_block(names, numeric, rows, labels, offset, total)
    if offset:
        return [table]
    blocks: list[Block] = [_about(content.value, frame, names), table]
    if width > shown:
        blocks.append(note(f"The first {shown} of {width:,} columns."))
    return blocks


def _about(value: Any, frame: Any, names: list[str]) -> Block:
    dtypes = [str(t) if library(t) else "…" for t in frame.dtypes.iloc[: len(names)]]
    memory = int(frame.memory_usage().sum())
    is_frame = is_named(value, "pandas", "DataFrame")
    return facts(
        type=type(value).__name__,
        shape=f"{frame.shape[0]:,} × {frame.shape[1]:,}" if is_frame else f"{frame.shape[0]:,}",
        memory=f"{memory:,} bytes" + (" and what its objects hold" if "object" in dtypes else ""),
        index=type(frame.index).__name__,
        dtypes=" · ".join(f"{name} {dtype}" for name, dtype in zip(names, dtypes, strict=True)),
    )


FORMAT = Format("table", _fit, _show)

"""NumPy arrays: shape, dtype, statistics, and their head as a table."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.formats.base import Content, Format, facts, note
from inmem_widgets.observables.formats.numbers import MOST, is_plain_array, statistics
from inmem_widgets.observables.formats.tables import COLUMNS, ROWS, cell, table_block
from inmem_widgets.wire import Block


def _fit(content: Content) -> float:
    return 0.85 if is_plain_array(content.value) else 0


def _show(content: Content, offset: int) -> list[Block]:
    array: Any = content.value
    blocks: list[Block] = []
    if not offset:
        shape = " × ".join(f"{n:,}" for n in array.shape) or "scalar"
        about = {"shape": shape, "dtype": str(array.dtype), "bytes": f"{array.nbytes:,}"}
        if array.dtype.kind in "iuf" and array.size:
            # `flat` copies no more than it gives
            blocks.append(statistics(array.flat[:MOST].astype("f8"), array.size, **about))
        else:
            blocks.append(facts(**about))
    if 0 in array.shape:
        return blocks
    while array.ndim > 2:
        array = array[0]
        if not offset and array.ndim == 2:
            blocks.append(note(f"The first of its {' × '.join(map(str, content.value.shape[:-2]))} tables:"))
    return [*blocks, _table(array, offset)]


def _table(array: Any, offset: int) -> Block:
    names = array.dtype.names
    if array.ndim == 0:
        array = array.reshape(1)
    total = array.shape[0]
    part = array[offset : offset + ROWS]
    if names and array.ndim == 1:
        shown = names[:COLUMNS]
        columns = [str(name) for name in shown]
        rows = [[cell(row[name]) for name in shown] for row in part]
    elif array.ndim == 1:
        columns, rows = ["value"], [[cell(x)] for x in part]
    else:
        columns = [str(i) for i in range(min(COLUMNS, array.shape[1]))]
        rows = [[cell(x) for x in row[:COLUMNS]] for row in part]
    numeric = [array.dtype.kind in "iufc"] * len(columns)
    labels = [str(i) for i in range(offset, offset + len(rows))]
    return table_block(columns, numeric, rows, labels, offset, total)


FORMAT = Format("array", _fit, _show)

"""Changes as lines of the file hold them: many in one, as columns, where they are of one key each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, groupby
from typing import Any, Final

from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.core.records import Columns, Records
from inmem_widgets.observables.recording.lines import WRITES

CHUNK: Final = 1_000
"""Changes, or entries, of a line at the most."""
LINE: Final = 1 << 22
"""Characters of one that holds several, about."""


def parts_in(changes: Records) -> Iterator[Records | Change]:
    """The changes, together where a line can hold them together."""
    columns = changes.columns
    fits = [
        (kind in WRITES) is (value is not MISSING)
        for kind, value in zip(columns.kinds, columns.values, strict=True)
    ]
    if columns.more is not None:
        fits = [fit and whole.__class__ is not Change for fit, whole in zip(fits, columns.more, strict=True)]
    at = 0
    for fit, run in groupby(fits):
        part = changes[at : (at := at + len([*run]))]
        if fit and len(part) > 1:
            yield part
        else:
            yield from part


def written(columns: Columns) -> Sequence[Any]:
    """The values there are."""
    return [*compress(columns.values, map(WRITES.__contains__, columns.kinds))]


def one_or_all(column: Sequence[Any]) -> Any:
    """What stands for a column: its one value, if all are the same."""
    return column[0] if column.count(column[0]) == len(column) else column

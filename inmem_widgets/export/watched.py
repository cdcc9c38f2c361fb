"""What a watched piece of code did, as a DataFrame."""

from __future__ import annotations

from array import array
from math import nan
from typing import TYPE_CHECKING, Final

from inmem_widgets.core.change import MISSING, UNKNOWN, Change
from inmem_widgets.export.columns import texts
from inmem_widgets.export.events import changes_frame
from inmem_widgets.export.schemas import EVENTS
from inmem_widgets.observables.log.columns import shown_kind
from inmem_widgets.observables.log.kept import Columns
from inmem_widgets.observables.redaction import redacting
from inmem_widgets.observables.report import Seen
from inmem_widgets.observables.sizes import size_of

if TYPE_CHECKING:
    import pandas as pd

MEASURED: Final = 20
"""Values of a change that are measured; the others are taken to be like them."""


def watched_frame(seen: Seen) -> pd.DataFrame:
    """The changes and lookups that are kept of all objects, as `changes_frame`, by time."""
    import pandas as pd

    seen.settle()
    frames = []
    with redacting(seen.redactor):
        for part in seen.parts:
            frames.append(changes_frame(_columns(part.changes()), part.name))
    for name in (column.name for column in EVENTS if column.kind == "category"):
        # pandas forgets that columns are categories where those differ
        all_of_them = texts(sorted({each for frame in frames for each in frame[name].cat.categories}))
        for frame in frames:
            frame[name] = frame[name].cat.set_categories(all_of_them)
    return pd.concat(frames, ignore_index=True).sort_values("time", kind="stable", ignore_index=True)


def _columns(changes: list[Change]) -> Columns:
    """Changes that are no log's, as a log gives them."""
    kinds = [shown_kind(each.kind, each.old) for each in changes]
    names = [*dict.fromkeys(kinds)]
    return Columns(
        numbers=array("q", [each.number for each in changes]),
        times=array("d", [each.time or nan for each in changes]),
        codes=bytes(map(names.index, kinds)),
        kinds=names,
        keys=[each.keys[0] if len(each.keys) else None for each in changes],
        counts=array("I", [len(each.keys) for each in changes]),
        sizes=array("q", map(_size, changes)),
        befores=[each.old[0] if each.old else UNKNOWN for each in changes],
        afters=[each.values[0] if each.values else MISSING for each in changes],
        bys=[each.by for each in changes],
    )


def _size(change: Change) -> int:
    values = change.values
    if change.kind == "get" or not values:
        return -1
    sizes = [size_of(value)[0] or 0 for value in values[:MEASURED]]
    return sum(sizes) * len(values) // len(sizes)

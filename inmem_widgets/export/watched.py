"""What a watched piece of code did, as a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.export.columns import texts
from inmem_widgets.export.events import events_frame
from inmem_widgets.export.schemas import EVENTS
from inmem_widgets.observables.log.kept import Columns
from inmem_widgets.observables.redaction import redacting
from inmem_widgets.observables.report import Seen
from inmem_widgets.observables.sizes import size_of

if TYPE_CHECKING:
    import pandas as pd

MEASURED: Final = 20
"""Values of a change that are measured; the others are taken to be like them."""


def watched_frame(seen: Seen) -> pd.DataFrame:
    """The changes and lookups that are kept of all objects, as `events_frame`, by time."""
    import pandas as pd

    seen.settle()
    frames = []
    with redacting(seen.redactor):
        for part in seen.parts:
            changes = part.changes()
            frame = events_frame(_Kept(changes), part.name)  # type: ignore[arg-type]
            frame["number"] = [each.number for each in changes]
            frames.append(frame.astype({"number": "int64"}))
    for name in (column.name for column in EVENTS if column.kind == "category"):
        # pandas forgets that columns are categories where those differ
        all_of_them = texts(sorted({each for frame in frames for each in frame[name].cat.categories}))
        for frame in frames:
            frame[name] = frame[name].cat.set_categories(all_of_them)
    return pd.concat(frames, ignore_index=True).sort_values("time", kind="stable", ignore_index=True)


class _Kept:
    """Changes that are no log's, as a log gives them; each has a number of its own, which reads have not."""

    observable = None

    def __init__(self, changes: list[Change]) -> None:
        self._changes = [each._replace(number=i) for i, each in enumerate(changes)]

    def catch_up(self) -> None:
        pass

    def changes(self) -> list[Change]:
        return self._changes

    def columns(self) -> Columns:
        given = self._changes
        return Columns(
            numbers=[each.number for each in given],
            times=[each.time or float("nan") for each in given],
            kinds=[_kind(each) for each in given],
            keys=[each.keys[0] if len(each.keys) else None for each in given],
            counts=[len(each.keys) for each in given],
            sizes=[-1 if each.kind == "get" or not each.values else _size(each.values) for each in given],
            bys=[each.by for each in given],
        )


def _kind(change: Change) -> str:
    """As `LogRow.kind`."""
    if change.kind != "set" or change.old is None:
        return change.kind
    return "insert" if all(value is MISSING for value in change.old) else "change"


def _size(values: Any) -> int:
    sizes = [size_of(value)[0] or 0 for value in values[:MEASURED]]
    return sum(sizes) * len(values) // len(sizes)

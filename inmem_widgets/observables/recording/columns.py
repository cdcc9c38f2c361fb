"""Changes as columns, where they are of one key each: lines of the file that hold many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, groupby
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import NO_INFO, Change, change
from inmem_widgets.core.records import Records
from inmem_widgets.observables.recording.lines import WRITES

CHUNK: Final = 1_000
"""Changes, or entries, of a line at the most."""
LINE: Final = 1 << 22
"""Characters of one that holds several, about."""


class Columns(NamedTuple):
    """Changes numbered one after the other, of one key each; all columns are as long.

    Attributes:
        first: Number of the first.
        values: Of the kinds in `WRITES`; of others anything.
        infos: Where one is not empty.
    """

    first: int
    kinds: Sequence[str]
    keys: Sequence[Any]
    values: Sequence[Any]
    times: Sequence[float | None]
    bys: Sequence[Any]
    infos: Sequence[Any] | None

    @property
    def written(self) -> Sequence[Any]:
        """The values there are."""
        return [*compress(self.values, map(WRITES.__contains__, self.kinds))]

    @property
    def only(self) -> Change:
        """The first, as a change."""
        infos, kind, value = self.infos, self.kinds[0], self.values[0]
        return change(
            self.first, kind, (self.keys[0],), (value,) if kind in WRITES else None, None,
            self.times[0], infos[0] if infos else NO_INFO, self.bys[0],
        )  # fmt: skip

    def halves(self) -> Iterator[Columns]:
        half = len(self.keys) // 2
        for part in (slice(None, half), slice(half, None)):
            columns: Iterator[Any] = (None if each is None else each[part] for each in self[1:])
            yield Columns(self.first + (part.start or 0), *columns)


def parts_in(changes: Sequence[Change]) -> Iterator[Columns | Change]:
    """Changes numbered one after the other: as columns where several in a row are of one key."""
    if isinstance(changes, Records) and changes.columns.more is None:
        numbers, kinds, keys, values, _, times, bys, _ = changes.columns
        yield Columns(numbers[0], kinds, keys, values, times, bys, None)
        return
    for together, run in groupby(changes, _single):
        if not together:
            yield from run
            continue
        numbers, kinds, keys, given, _, times, infos, bys = zip(*run, strict=True)
        names = [key for (key,) in keys]
        values = [None if each is None else each[0] for each in given]
        told = infos if any(infos) else None
        yield Columns(numbers[0], kinds, names, values, times, bys, told)


def _single(each: Change) -> bool:
    _, kind, keys, values, *_ = each
    return len(keys) == 1 and (
        (values is not None and len(values) == 1) if kind in WRITES else values is None
    )


def one_or_all(column: Sequence[Any]) -> Any:
    """What stands for a column: its one value, if all are the same."""
    return column[0] if column.count(column[0]) == len(column) else column

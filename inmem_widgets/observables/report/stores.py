"""What was done to a store: its keys, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any, Final

from inmem_widgets.core.change import MISSING, UNKNOWN
from inmem_widgets.core.records import Records
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.keys.ids import shown as key_text
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.report import sheet as became
from inmem_widgets.observables.report.held import shown, shown_both, size_in, type_of
from inmem_widgets.observables.report.part import Part, fact, of_sheet, section
from inmem_widgets.observables.report.sheet import Line, Rows, Sheet, rows_of
from inmem_widgets.observables.report.unobserved import Unobserved
from inmem_widgets.wire import ReportFact, ReportRow, ReportSection, ReportSort

_SORTS: Final[tuple[tuple[int, ReportSort, str], ...]] = (
    (became.ADDED, "added", "added"),
    (became.CHANGED, "changed", "changed"),
    (became.WRITTEN, "written", "set"),
    (became.DELETED, "deleted", "deleted"),
    (became.SAME, "same", "set again, unchanged"),
    (became.BRIEF, "brief", "added and deleted again"),
)


class StorePart(Part):
    """Of a store."""

    kind = "store"

    def __init__(self, observable: Observable[Any] | Unobserved, name: str | None) -> None:
        super().__init__(observable, name)
        self._keys, self._found, self._absent = Sheet(), Sheet(), Sheet()
        self._resets = 0

    def digest(self, changes: Records) -> None:
        columns = changes.columns
        if columns.more is not None:
            written, read = self._one_by_one(changes)
        elif "get" not in (kinds := {*columns.kinds}):
            written, read = rows_of(columns), None
        elif len(kinds) == 1:
            written, read = None, rows_of(columns)
        else:
            written, read = rows_of(changes.changed().columns), rows_of(changes.reads().columns)
        if written is not None:
            self._keys.write(written)
        if read is not None:
            self._asked(read)

    def _asked(self, read: Rows) -> None:
        read = read._replace(befores=[MISSING] * len(read.keys))
        absent = [value is None or value is MISSING for value in read.afters]
        if not any(absent):
            self._found.write(read)
            return
        self._absent.write(read.where(absent))
        self._found.write(read.where([not none for none in absent]))

    def _one_by_one(self, changes: Records) -> tuple[Rows, Rows]:
        """What was written and what was read, where some changes are of many keys."""
        written, read = Rows([], [], [], [], [], []), Rows([], [], [], [], [], [])
        for number, kind, keys, values, old, time, info, by in changes:
            before: Iterable[Any] = old or repeat(UNKNOWN)
            after: Iterable[Any] = values or repeat(MISSING)
            if kind == "reset":
                self._resets += 1
                held = dict(info.get("before", {}))
                keys, before, after = [*held], held.values(), repeat(MISSING)
            elif kind not in ("set", "delete", "get"):
                continue
            to = read if kind == "get" else written
            for key, was, value in zip(keys, before, after, strict=False):
                if was is not MISSING or value is not MISSING or kind == "get":
                    for column, each in zip(to, (key, was, value, number, time, by), strict=True):
                        column.append(each)  # type: ignore[attr-defined]
        return written, read

    def facts(self) -> list[ReportFact]:
        sums = self._keys.sums
        figures = [
            fact(label, sums[which], sort)
            for which, sort, label in _SORTS
            if which in (became.ADDED, became.CHANGED, became.DELETED) or sums[which]
        ]
        reads = self._found.touched + self._absent.touched
        seen = self.observable.abilities.how != "read"  # else reads cannot be known
        return [*figures, fact("reads", reads if seen else None, "reads")]

    def sections(self) -> list[ReportSection]:
        sums = self._keys.sums
        found = [
            section(sort, label, sums[which], sort, names=self._keys.first(_name, which))
            for which, sort, label in _SORTS
            if sums[which]
        ]
        return [*found, *_asked("reads", "read", self._found), *_asked("absent", "not found", self._absent)]

    def rows(self, section: str, start: int, count: int) -> tuple[list[ReportRow], int]:
        if section in ("reads", "absent"):
            lines, more = (self._found if section == "reads" else self._absent).lines(start, count)
        else:
            which = next((which for which, sort, _ in _SORTS if sort == section), None)
            if which is None:
                raise ValueError(f"section: got {section!r:.80}, accepted are those of the report")
            lines, more = self._keys.lines(start, count, which)
        return [self._row(line, reads=section in ("reads", "absent")) for line in lines], more

    def _row(self, line: Line, *, reads: bool) -> ReportRow:
        told = line.after if line.after is not MISSING else line.before
        kind = "" if told is None and reads else type_of(told)
        size = None if told is None and reads else size_in(told)
        if reads:
            before, after = "", "" if told is None else shown(line.after)
        else:
            before, after = shown_both(line.before, line.after)
        return self.row(line, _name(line.key), type=kind, before=before, after=after, size=size)

    def note(self) -> str:
        if not self._resets:
            return ""
        return "its whole dict was replaced: keys that the new one brought are not told"


def _asked(sort: ReportSort, label: str, sheet: Sheet) -> list[ReportSection]:
    return [of_sheet(sort, label, sheet, sort, _name)] if sheet.touched else []


def _name(key: Any) -> str:
    return key_text(key) if type(key) is str else preview(key)

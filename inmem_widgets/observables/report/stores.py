"""What was done to a store: its keys, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any, Final

from inmem_widgets.core.change import MISSING, UNKNOWN, Change
from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.keys.ids import shown as key_text
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.report import sheet as became
from inmem_widgets.observables.report.held import shown, size_in, type_of
from inmem_widgets.observables.report.part import Part, fact, of_sheet, section
from inmem_widgets.observables.report.sheet import Line, Sheet
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

    def digest(self, changes: Sequence[Change]) -> None:
        write, read, miss = self._keys.write, self._found.touch, self._absent.touch
        for change in changes:
            _, kind, keys, values, old, _, info, _ = change
            if kind == "set":
                if len(keys) == 1 and old is not None and values is not None:
                    write(keys[0], old[0], values[0], change, alone=True)
                    continue
                for key, value, was in zip(keys, values or (), old or repeat(UNKNOWN), strict=False):
                    write(key, was, value, change)
            elif kind == "delete":
                for key, was in zip(keys, old or repeat(UNKNOWN), strict=False):
                    if was is not MISSING:
                        write(key, was, MISSING, change)
            elif kind == "get":
                for key, value in zip(keys, values or (), strict=False):
                    (miss if value is None or value is MISSING else read)(key, value, change)
            elif kind == "reset":
                self._resets += 1
                for key, was in list(info.get("before", {}).items()):
                    write(key, was, MISSING, change)

    def facts(self) -> list[ReportFact]:
        sums = self._keys.sums
        figures = [
            fact(label, sums[which], sort)
            for which, sort, label in _SORTS
            if which in (became.ADDED, became.CHANGED, became.DELETED) or sums[which]
        ]
        return [*figures, fact("reads", self._found.touched + self._absent.touched, "reads")]

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
        before = "" if reads else shown(line.before)
        told = line.after if line.after is not MISSING else line.before
        kind = "" if told is None and reads else type_of(told)
        size = None if told is None and reads else size_in(told)
        after = "" if told is None and reads else shown(line.after)
        return self.row(line, _name(line.key), type=kind, before=before, after=after, size=size)

    def note(self) -> str:
        if not self._resets:
            return ""
        return "its whole dict was replaced: keys that the new one brought are not told"


def _asked(sort: ReportSort, label: str, sheet: Sheet) -> list[ReportSection]:
    return [of_sheet(sort, label, sheet, sort, _name)] if sheet.touched else []


def _name(key: Any) -> str:
    return key_text(key) if type(key) is str else preview(key)

"""What was done to a cache: what hit, what missed and why, what came and what had to go."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any, Final, get_args

from inmem_widgets.core.change import MISSING, UNKNOWN, Change
from inmem_widgets.core.records import Records
from inmem_widgets.core.stats import CacheStats
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.reasons import Reasons
from inmem_widgets.observables.lookups.said import answer
from inmem_widgets.observables.lookups.texts import Texts
from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.report.held import shown, size_in
from inmem_widgets.observables.report.part import Part, fact, of_sheet
from inmem_widgets.observables.report.sheet import Line, Rows, Sheet, rows_of
from inmem_widgets.observables.report.unobserved import Unobserved
from inmem_widgets.observables.values import is_a
from inmem_widgets.wire import Outcome, ReportFact, ReportRow, ReportSection, ReportSort

_WHY: Final[dict[str, str]] = {
    "cold": "never cached",
    "evicted": "evicted before",
    "cleared": "cleared before",
    "unknown": "why is not known, the cache had lost entries before",
}
_SHEETS: Final[dict[ReportSort, str]] = {
    "hits": "hits",
    "inserted": "added",
    "refreshed": "updated",
    "evicted": "evicted",
    "cleared": "cleared",
}
_WRITES: Final[dict[str, ReportSort]] = {"insert": "inserted", "refresh": "refreshed"}
_PLAIN: Final = frozenset({"hit", "miss", *_WRITES})
"""Kinds that change nothing of why others miss."""


class CachePart(Part):
    """Of a cache."""

    kind = "cache"

    def __init__(self, observable: ObservableCache | Unobserved, name: str | None) -> None:
        super().__init__(observable, name)
        self._sheets = {sort: Sheet() for sort in _SHEETS}
        self._missed: dict[str, Sheet] = {why: Sheet() for why in get_args(Outcome) if why != "hit"}
        self._clears = 0
        self._before: CacheStats | None = None
        self._counted: CacheStats | None = None
        self._untell: Callable[[], None] = _nothing
        self._reasons: Reasons | None = None
        self._texts = Texts()

    def begin(self) -> None:
        source = self.observable.source
        self._before = None if source is None else source.stats()
        if isinstance(self.observable, ObservableCache):
            self._untell = self.observable.recorder.on_miss(self._take_miss)
        else:  # nobody has watched it so far
            self._reasons = Reasons()
            lost = self._before is None or self._before.evictions or self._before.clears
            self._reasons.begin(complete=not lost and "evictions" not in self.observable.abilities.unknown)
        super().begin()
        self._from = self._next

    def end(self) -> None:
        super().end()
        self._untell()
        self._untell = _nothing
        source = self.observable.source
        if source is not None and self._before is not None and self._counted is None:
            self._counted = source.stats() - self._before
        if isinstance(self.observable, ObservableCache):
            self.observable = Unobserved(self.observable)  # a report that is kept watches nothing

    def _take_miss(self, change: Change, why: Outcome) -> None:
        """On the thread on which the cache's recorder finds out why."""
        with self._lock:
            if change.number >= self._from:
                for key in change.keys:
                    self._missed[why].add(key, MISSING, None, change.number, change.time, change.by)

    def digest(self, changes: Records) -> None:
        kinds, more = {*changes.columns.kinds}, changes.columns.more
        if not kinds <= _PLAIN or (more is not None and ("miss" in kinds or Change in {*map(type, more)})):
            for change in changes:
                self._one(change)
            return
        for kind in kinds:
            found = changes.only(frozenset({kind})).columns
            rows = rows_of(found)
            if found.more is not None:
                for_them = rows.where([*map(bool, found.more)])
                self._evicted(for_them._replace(keys=[*filter(None, found.more)], afters=for_them.keys))
                rows = rows._replace(befores=[MISSING] * len(rows.keys))
            if kind == "miss":
                self._why(rows)
            elif kind == "hit":
                self._sheets["hits"].write(_looked_up(rows))
            else:
                self._sheets[_WRITES[kind]].write(rows)

    def _evicted(self, rows: Rows) -> None:
        """Keys that had to go, for others."""
        for key in rows.keys:
            self._gone(key)
        self._sheets["evicted"].write(rows)

    def _why(self, rows: Rows) -> None:
        if self._reasons is None:
            return
        reasons = [reason for reason, _ in map(self._reasons.of, map(hash, rows.keys))]
        for why in {*reasons}:
            self._missed[why].write(_looked_up(rows.where([each == why for each in reasons])))

    def _one(self, change: Change) -> None:
        number, kind, keys, values, old, time, info, by = change
        sheets, end = self._sheets, (number, time, by)
        if kind == "hit":
            sheets["hits"].add(keys[0], MISSING, None, *end)
        elif kind == "miss":
            if self._reasons is not None:
                self._missed[self._reasons.of(hash(keys[0]))[0]].add(keys[0], MISSING, None, *end)
        elif kind in _WRITES:
            for key, value in zip(keys, values or (), strict=False):
                sheets[_WRITES[kind]].add(key, old[0] if old else MISSING, value, *end)
            if "evicted" in info:
                gone = info["evicted"]
                self._gone(gone)
                sheets["evicted"].add(gone, info.get("before", {}).get(gone, UNKNOWN), keys[0], *end)
        elif kind == "evict":
            for key, was in zip(keys, old or repeat(UNKNOWN), strict=False):
                self._gone(key)
                sheets["evicted"].add(key, was, info.get("why"), *end)
        elif kind == "clear":
            self._clears += 1
            before = dict(info.get("before", {}))
            if self._reasons is not None:
                self._reasons.clear({hash(key): None for key in before}, 0)
            for key, was in before.items():
                sheets["cleared"].add(key, was, MISSING, *end)

    def _gone(self, key: Any) -> None:
        if self._reasons is not None:
            self._reasons.evict(hash(key), (0, 0, "", 0))

    def facts(self) -> list[ReportFact]:
        source, counted = self.observable.source, self._counted
        if counted is None and source is not None and self._before is not None:
            counted = source.stats() - self._before
        unknown = self.observable.abilities.unknown
        figures = [
            fact("hits", None if counted is None else counted.hits, "hits"),
            fact("misses", None if counted is None else counted.misses, "misses"),
            fact("added", None if counted is None or "inserts" in unknown else counted.inserts, "inserted"),
        ]
        if counted is not None and counted.refreshes:
            figures.append(fact("updated", counted.refreshes, "refreshed"))
        evicted = None if counted is None or "evictions" in unknown else counted.evictions
        figures.append(fact("evicted", evicted, "evicted"))
        if self._clears:
            figures.append(fact("clears", self._clears, "cleared"))
        return figures

    def sections(self) -> list[ReportSection]:
        missed = [
            of_sheet(f"miss {why}", f"misses: {_WHY[why]}", sheet, "misses", self._prompt)
            for why, sheet in self._missed.items()
            if sheet.touched
        ]
        others = [
            of_sheet(sort, _SHEETS[sort], sheet, sort, self._prompt)
            for sort, sheet in self._sheets.items()
            if sheet.touched
        ]
        return [*missed, *others]

    def rows(self, section: str, start: int, count: int) -> tuple[list[ReportRow], int]:
        missed = self._missed.get(section.removeprefix("miss ")) if section.startswith("miss ") else None
        sheet = missed or self._sheets.get(section)  # type: ignore[call-overload]
        if sheet is None:
            raise ValueError(f"section: got {section!r:.80}, accepted are those of the report")
        lines, more = sheet.lines(start, count)
        return [self._row(line, section) for line in lines], more

    def _row(self, line: Line, section: str) -> ReportRow:
        prompt, model = self._named(line.key)
        note, before, after, size = "", "", "", None
        if section in ("inserted", "refreshed"):
            before, after = _answer(line.before), _answer(line.after)
            size = size_in(line.after)
        elif section in ("evicted", "cleared"):
            before, size = _answer(line.before), size_in(line.before)
            if is_a(line.after, tuple):
                note = f"for {self._named(line.after)[0]}"
            elif type(line.after) is str:
                note = line.after
        return self.row(line, prompt, type=model, before=before, after=after, size=size, note=note)

    def _prompt(self, key: Any) -> str:
        return self._named(key)[0]

    def _named(self, key: Any) -> tuple[str, str]:
        if type(key) is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is str:
            return self._texts.of(key)
        return preview(key), ""

    def note(self) -> str:
        return self.observable.abilities.note if self.sections() else ""


def _looked_up(rows: Rows) -> Rows:
    """Without values."""
    nothing = [None] * len(rows.keys)
    return rows._replace(befores=[MISSING] * len(nothing), afters=nothing)


def _answer(value: Any) -> str:
    return mask(shown(answer(value)))


def _nothing() -> None:
    pass

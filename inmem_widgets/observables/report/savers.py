"""What was done to a checkpointer: checkpoints of each thread, interrupts, errors, what was deleted."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.records import Records
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.report.part import Part, fact, section
from inmem_widgets.observables.report.passedon import PassedOn
from inmem_widgets.observables.report.sheet import MOST, Line, Sheet
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.headers import nodes_that_ran, source_of, step_of
from inmem_widgets.observables.threads.places import thread_text
from inmem_widgets.wire import ReportFact, ReportRow, ReportSection, ReportSort

THREADS: Final = 100
"""Threads with a section of their own."""
NODES: Final = 6
"""Nodes named beside a thread."""
_INTERRUPT, _ERROR = "__interrupt__", "__error__"


class _Thread:
    """What was saved of one thread."""

    def __init__(self) -> None:
        self.keys: dict[tuple[str, str], int] = {}  # (namespace, checkpoint id) → place in the columns
        self.numbers, self.times = array("q"), array("d")
        self.by: list[Any] = []
        self.nodes: dict[str, str] = {}  # name → id of the checkpoint that it first began from
        self.interrupts = self.errors = 0
        self.passed = PassedOn()

    def note(self) -> str:
        # ids are in the order of time; writes are not, as LangGraph has threads save them
        names = sorted(self.nodes, key=self.nodes.__getitem__)[:NODES]
        more = len(self.nodes) - len(names)
        nodes = ", ".join(names) + (f" and {more} more" if more else "")
        said = [
            nodes,
            _counted(self.interrupts, "interrupt"),
            _counted(self.errors, "error"),
        ]
        return " · ".join(filter(None, said))


class SaverPart(Part):
    """Of a checkpointer."""

    kind = "saver"
    observable: ObservableSaver

    def __init__(self, observable: ObservableSaver, name: str | None) -> None:
        super().__init__(observable, name)
        self._threads: dict[Any, _Thread] = {}
        self._ends, self._copies, self._runs = Sheet(), Sheet(), Sheet()
        self._saved = self._interrupts = self._errors = 0

    def digest(self, changes: Records) -> None:
        for change in changes:
            number, kind, keys, _, _, time, info, by = change
            if kind == "put":
                for key in keys:
                    self._put(key, number, time, by)
            elif kind == "put_writes":
                for key in keys:
                    self._wrote(key, info, by)
            elif kind == "copy_thread":
                source, target = keys
                self._copies.add(target, MISSING, source, number, time, by)
            else:
                for key in keys:
                    self._ends.add(key, MISSING, kind, number, time, by)
                for run in info.get("runs", ()) if not keys else ():
                    self._runs.add(run, MISSING, kind, number, time, by)

    def _put(self, key: Any, number: int, time: float | None, by: Any) -> None:
        thread_id, *place = key
        thread = self._thread(thread_id)
        if tuple(place) in thread.keys:  # saved again
            return
        self._saved += 1
        if self._saved <= MOST:
            thread.keys[tuple(place)] = len(thread.by)
            thread.numbers.append(number)
            thread.times.append(time or 0.0)
            thread.by.append(by)

    def _wrote(self, key: Any, info: Mapping[str, Any], by: Any) -> None:
        thread_id, ns, checkpoint_id = key
        thread, channels = self._thread(thread_id), info.get("channels", ())
        node = None if by is None else by.node
        if node is not None and not str(node).startswith("__") and len(thread.nodes) < 1_000:
            name, began = clean(str(node)), str(by.checkpoint[1]) if by.checkpoint else ""
            thread.nodes[name] = min(began, thread.nodes.get(name, began))
        if _INTERRUPT in channels and thread.passed.new(_INTERRUPT, ns, checkpoint_id, info):
            thread.interrupts += 1
            self._interrupts += 1
        if _ERROR in channels and thread.passed.new(_ERROR, ns, checkpoint_id, info):
            thread.errors += 1
            self._errors += 1

    def _thread(self, thread_id: Any) -> _Thread:
        found = self._threads.get(thread_id)
        if found is None:
            found = _Thread()
            if len(self._threads) < MOST:
                self._threads[thread_id] = found
        return found

    def facts(self) -> list[ReportFact]:
        figures = [
            fact("checkpoints", self._saved, "checkpoints"),
            fact("interrupts", self._interrupts, "interrupts"),
            fact("errors", self._errors, "errors"),
        ]
        for _, label, sheet, sort in self._others():
            figures.append(fact(label, len(sheet), sort))
        return figures

    def _others(self) -> list[tuple[str, str, Sheet, ReportSort]]:
        """What else was done: the sections' ids and labels, and what they are of."""
        every: list[tuple[str, str, Sheet, ReportSort]] = [
            ("ends", "threads deleted or pruned", self._ends, "deleted"),
            ("runs", "runs deleted", self._runs, "deleted"),
            ("copies", "threads copied", self._copies, "added"),
        ]
        return [each for each in every if len(each[2])]

    def sections(self) -> list[ReportSection]:
        found = [
            section(
                f"thread {number}",
                f"thread {thread_text(thread_id)}",
                len(thread.keys),
                "errors" if thread.errors else "interrupts" if thread.interrupts else "checkpoints",
                note=thread.note(),
            )
            for number, (thread_id, thread) in enumerate(islice(self._threads.items(), THREADS))
        ]
        found += [section(id, label, len(sheet), sort) for id, label, sheet, sort in self._others()]
        return found

    def rows(self, section: str, start: int, count: int) -> tuple[list[ReportRow], int]:
        for id, _, sheet, _ in self._others():
            if section == id:
                lines, more = sheet.lines(start, count)
                return [self._end(id, line) for line in lines], more
        kind, _, number = section.partition(" ")
        if kind != "thread" or not number.isdecimal() or int(number) >= len(self._threads):
            raise ValueError(f"section: got {section!r:.80}, accepted are those of the report")
        if self.observable.reading is not None:
            self.observable.look_again(whole=False)  # it is read when somebody wants to see it
        thread_id, thread = next(islice(self._threads.items(), int(number), None))
        places = [*islice(thread.keys.items(), start, start + count)]
        rows = [self._row(thread_id, thread, key, at) for key, at in places]
        return rows, max(0, len(thread.keys) - start - len(rows))

    def _row(self, thread_id: Any, thread: _Thread, key: tuple[str, str], at: int) -> ReportRow:
        line = Line(
            key, None, None, 1, thread.numbers[at], thread.times[at] or None, None
        )  # fmt: skip
        ns, checkpoint_id = key
        header = self.observable.catalog.header(thread_id, key)
        by = thread.by[at]
        step = step_of(header) if header is not None else None if by is None else by.step
        named = clean(checkpoint_id) if step is None else f"step {step}"
        if header is None:
            why = (
                "not there any more" if self.observable.reading is None else "not read, or not there any more"
            )
            return self.row(line, named, note=why)
        parent = header.parent_id and self.observable.catalog.header(thread_id, (ns, header.parent_id))
        ran = nodes_that_ran(header, parent or None) if source_of(header) == "loop" else []
        nodes = ", ".join(name for name in ran if not name.startswith("__"))
        writes = {channel for _, channel, _ in header.writes}
        said = [word for mark, word in ((_INTERRUPT, "interrupt"), (_ERROR, "error")) if mark in writes]
        note = " · ".join([*([clean(ns)] if ns else []), *said])
        return self.row(line, named, type=clean(source_of(header)), after=clean(nodes), note=note)

    def _end(self, id: str, line: Line) -> ReportRow:
        note = str(line.after).replace("_", " ")
        if id == "copies":
            note = "put back" if line.after is line.key else f"of {thread_text(line.after)}"
        return self.row(line, thread_text(line.key), note=note)

    def note(self) -> str:
        more = len(self._threads) - THREADS
        return f"and {more:,} more threads" if more > 0 else ""


def _counted(n: int, noun: str) -> str:
    return "" if not n else f"{n:,} {noun}{'' if n == 1 else 's'}"

"""A file of checkpoints into any checkpointer: all of it, or nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Generator
from typing import Any, BinaryIO, NamedTuple

from inmem_widgets.observables.portable.lines import FileRefused, Line, line_at
from inmem_widgets.observables.portable.records import Reading, preview_text, shown
from inmem_widgets.observables.portable.savers import Access
from inmem_widgets.observables.portable.writes import Placed, calls
from inmem_widgets.observables.preview import preview

HELD = 32_000_000
"""Bytes of lines whose values are kept at hand."""


class Imported(NamedTuple):
    """What was taken from a file."""

    threads: list[Any]
    checkpoints: int
    writes: int
    replaced: list[Any]
    """Threads that were there before."""


class ThreadsThere(ValueError):
    """Threads of a file are in the checkpointer already.

    Attributes:
        threads: Their ids.
        found: What the file holds.
    """

    def __init__(self, threads: list[Any], found: Imported) -> None:
        more = f" and {len(threads) - 1} more" if len(threads) > 1 else ""
        verb = "are" if more else "is"
        super().__init__(
            f"threads: {shown(threads[0])}{more} {verb} there already; pass replace=True to replace "
            f"{'them' if more else 'it'}, or threads=[…] to import others"
        )
        self.threads, self.found = threads, found


def reading(
    access: Access,
    file: BinaryIO,
    *,
    threads: Collection[Any] | None = None,
    replace: bool = False,
    trusted: bool = False,
    checked: bool = False,
) -> Generator[float, None, Imported]:
    """Put what a file holds into a checkpointer, once all of it was found to be sound; yields its progress.

    Args:
        checked: The file is one of our own making.

    Raises:
        FileRefused: the file is damaged, foreign, or not to be trusted.
        ThreadsThere: threads are there already, and not to be replaced.
        ValueError: the file has not the threads asked for, or the checkpointer will not have them.
    """
    whole = max(1, file.seek(0, 2))
    first = Reading(file, access.serde, trusted=trusted)
    if not checked:
        for number, line in first.lines():
            first.verify(number, line)
            yield file.tell() / whole / 2
        _check_target(access, first)
    else:
        for _ in first.lines():
            pass
    found = first.contents
    wanted = found.threads if threads is None else _wanted(threads, found.threads)
    there = [] if checked else [thread_id for thread_id in wanted if access.has(thread_id)]
    if there and not replace:
        raise ThreadsThere(there, Imported(list(found.threads), found.checkpoints, found.writes, there))
    restore = access.keep(there) if there else None
    try:
        for thread_id in there:
            access.delete(thread_id)
        again = Reading(file, access.serde, trusted=trusted or checked)
        result = yield from _Putting(access, again, file, wanted).steps(whole)
    except BaseException as error:
        try:
            for thread_id in wanted:
                access.delete(thread_id)
        finally:
            if restore is not None:
                restore()
        if isinstance(error, Exception) and not isinstance(error, FileRefused):
            raise ValueError(f"saver: nothing was imported: {_short(error)}") from error
        raise
    return result._replace(replaced=there)


def _check_target(access: Access, reading: Reading) -> None:
    """Whether the checkpointer can hold the file's contents, and let them go again."""
    name, found = type(access.saver).__name__, reading.contents
    if not access.can("delete_thread"):
        raise ValueError(f"saver: {name} has no delete_thread: a failure midway could not be undone")
    if found.several is not None and access.by_version:
        raise FileRefused(
            found.several,
            f"a channel has several values, or one and none, in the same version: {name} keeps one of each",
        )
    if access.texts and len(set(map(str, found.threads))) < len(found.threads):
        raise ValueError(f"saver: {name} keeps thread ids as text, and the file has several of one text")


def _wanted(threads: Collection[Any], there: list[Any]) -> list[Any]:
    for thread_id in threads:
        if thread_id not in there:
            raise ValueError(f"threads: {shown(thread_id)} is not in the file, which has {preview(there)}")
    return [thread_id for thread_id in there if thread_id in threads]


class _Putting:
    """Goes through a file that was found to be sound, and saves what it says."""

    def __init__(self, access: Access, reading: Reading, file: BinaryIO, wanted: list[Any]) -> None:
        self._access, self._reading, self._file, self._wanted = access, reading, file, wanted
        self._values = _Values(reading, file)
        self._new: set[tuple[str, str, Any]] = set()
        self._checkpoints = self._writes = 0

    def steps(self, whole: int) -> Generator[float, None, Imported]:
        reading, file = self._reading, self._file
        waiting: list[tuple[int, Line]] = []
        thread_id, place = None, None
        for number, line in reading.lines():
            kind = line["kind"]
            at = file.tell()
            if waiting and (kind != "write" or (line["ns"], line["id"]) != place):
                self._put_writes(thread_id, waiting)
                waiting = []
            if kind == "thread":
                thread_id = reading.thread
                self._values, self._new = _Values(reading, file), set()
            elif thread_id in self._wanted:
                if kind == "value":
                    self._new.add((line["ns"], line["channel"], line["version"]))
                elif kind == "write":
                    place = line["ns"], line["id"]
                    waiting.append((number, line))
                elif kind == "checkpoint":
                    self._put(thread_id, number, line)
            file.seek(at)
            yield 0.5 + at / whole / 2
        return Imported(self._wanted, self._checkpoints, self._writes, [])

    def _put(self, thread_id: Any, number: int, line: Line) -> None:
        body, metadata = self._reading.body(number, line)
        ns, versions = line["ns"], body["channel_versions"]
        body["channel_values"] = {
            channel: self._values.of(number, (ns, channel, versions.get(channel)))
            for channel in line["values"]
        }
        # as a run would say it: what is new with this checkpoint
        places = self._reading.places
        new = {c: v for c, v in versions.items() if (ns, c, v) in self._new or (ns, c, v) not in places}
        self._new.difference_update((ns, channel, version) for channel, version in new.items())
        try:
            self._access.put(thread_id, ns, line["parent"], body, metadata, new)
        except Exception as error:
            raise self._not_taken(number, error) from error
        self._checkpoints += 1

    def _put_writes(self, thread_id: Any, lines: list[tuple[int, Line]]) -> None:
        """A checkpoint's writes, each task's together."""
        number, first = lines[0]
        tasks: dict[str, list[Placed]] = {}
        for n, line in lines:
            value = self._reading.load(n, "the write", line["value"])
            write = Placed(line["path"], line["index"], line["channel"], value)
            tasks.setdefault(line["task"], []).append(write)
        try:
            for task, writes in tasks.items():
                for path, made in calls(writes):
                    self._access.put_writes(thread_id, (first["ns"], first["id"]), made, task, path)
        except Exception as error:
            raise self._not_taken(number, error) from error
        self._writes += len(lines)

    def _not_taken(self, number: int, error: Exception) -> FileRefused:
        name = type(self._access.saver).__name__
        return FileRefused(number, f"{name} does not take it, nothing was imported: {_short(error)}")


class _Values:
    """Values of a thread, read where they are in the file; those used last are kept."""

    def __init__(self, reading: Reading, file: BinaryIO) -> None:
        self._reading, self._file = reading, file
        self._kept: OrderedDict[int, tuple[int, Any]] = OrderedDict()  # by offset
        self._size = 0

    def of(self, number: int, place: tuple[str, str, Any]) -> Any:
        offset = self._reading.places[place]
        if (kept := self._kept.get(offset)) is not None:
            self._kept.move_to_end(offset)
            return kept[1]
        line = line_at(self._file, offset)
        value = self._reading.load(number, "the value of", line["value"], place[1])
        size = len(line["value"][1])
        self._kept[offset] = size, value
        self._size += size
        while self._size > HELD and len(self._kept) > 1:
            self._size -= self._kept.popitem(last=False)[1][0]
        return value


def _short(error: Exception) -> str:
    return preview_text(f"{type(error).__name__}: {error}")

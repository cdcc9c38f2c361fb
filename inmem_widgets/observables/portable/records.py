"""What the lines of a file of checkpoints may say, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.types import _DeltaSnapshot

from inmem_widgets.observables.portable.lines import FileRefused, Line, packed, read_lines, unpacked
from inmem_widgets.observables.portable.types import check_types
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.threads.lanes import Key

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _typed(value: Any) -> bool:
    return isinstance(value, list)  # more is said when it is read


_SHAPES: dict[str, dict[str, Check]] = {
    "file": {"format": _text, "version": _count, "written": _text, "by": _text, "saver": _text},
    "thread": {"id": lambda value: isinstance(value, str | list) or type(value) is int},
    "value": {
        "ns": _text,
        "channel": _text,
        "version": lambda value: value is None or isinstance(value, str) or type(value) in (int, float),
        "value": _typed,
    },
    "checkpoint": {
        "ns": _text,
        "id": _text,
        "parent": lambda value: value is None or isinstance(value, str),
        "checkpoint": _typed,
        "metadata": _typed,
        "values": lambda value: isinstance(value, list) and all(map(_text, value)),
    },
    "write": {
        "ns": _text,
        "id": _text,
        "task": _text,
        "path": _text,
        "index": lambda value: value is None or type(value) is int,
        "channel": _text,
        "value": _typed,
    },
    "end": {"threads": _count, "checkpoints": _count, "values": _count, "writes": _count, "sha256": _text},
}
"""The fields of each kind of line, and whether a value may stand there."""


@dataclass(slots=True)
class Contents:
    """What a file was found to hold."""

    threads: list[Any] = field(default_factory=list)
    checkpoints: int = 0
    values: int = 0
    writes: int = 0
    several: int | None = None
    """The first line that has another value, or none, for a version of a channel, if any has."""


def thread_field(thread_id: Any, serde: SerializerProtocol) -> Any:
    """A thread id as JSON: text and numbers as they are, anything else serialised.

    Raises:
        ValueError: the serializer makes another id of it.
    """
    if type(thread_id) in (str, int):
        return thread_id
    typed = serde.dumps_typed(thread_id)
    if serde.loads_typed(typed) != thread_id:
        raise ValueError(f"threads: the id {shown(thread_id)} does not outlive the checkpointer's serializer")
    return packed(typed)


class Reading:
    """Reads the lines of a file, each checked, with the values that may be asked for.

    Args:
        file: Read from its beginning.
        serde: The target's serializer: all values must be such as it can read.
        trusted: Whether values may run code when they are read.
    """

    def __init__(self, file: BinaryIO, serde: SerializerProtocol, *, trusted: bool) -> None:
        self.contents = Contents()
        self.thread: Any = None
        self.places: dict[tuple[str, str, Any], int] = {}
        """Where the values of the thread at hand are in the file, by (namespace, channel, version)."""
        self._file, self._serde, self._trusted = file, serde, trusted
        self._seen: set[Key] = set()
        self._absent: set[tuple[str, str, Any]] = set()
        self._snapshots: set[tuple[str, str, Any]] = set()
        self._written: set[tuple[Any, ...]] = set()

    def lines(self) -> Iterator[tuple[int, Line]]:
        """(Number, fields) of each line; values in it are not checked yet.

        Raises:
            FileRefused: see `read_lines`; or a line says what cannot be.
        """
        self._file.seek(0)
        for number, offset, line in read_lines(self._file):
            kind = line["kind"]
            try:
                self._shape(kind, line)
                if kind not in ("file", "end", "thread") and not self.contents.threads:
                    raise ValueError("a thread must come first")
                if kind != "file":
                    getattr(self, f"_{kind}")(line, offset, number)
            except ValueError as error:
                raise FileRefused(number, str(error)) from None
            yield number, line

    def load(self, number: int, what: str, field: Any, name: str | None = None) -> Any:
        """A value (what it is, and its name are for messages) as the target's serializer reads it.

        Raises:
            FileRefused: it cannot, or must not, be read.
        """
        try:
            typed = unpacked(field)
            if not self._trusted:
                check_types(typed)
            return self._serde.loads_typed(typed)
        except Exception as error:  # whatever a serializer, or a class of the user's, raises
            said = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
            named = what if name is None else f"{what} {shown(name)}"
            raise FileRefused(number, f"{named} cannot be read: {preview_text(said)}") from error

    def body(self, number: int, line: Line) -> tuple[dict[str, Any], dict[str, Any]]:
        """A checkpoint without values, and its metadata."""
        body = self.load(number, "the checkpoint", line["checkpoint"])
        metadata = self.load(number, "the metadata", line["metadata"])
        if not isinstance(body, dict) or body.get("id") != line["id"]:
            raise FileRefused(number, "the checkpoint is another one than the line says")
        if not isinstance(body.get("channel_versions"), dict) or not isinstance(metadata, dict):
            raise FileRefused(number, "the checkpoint has no channel versions, or no metadata")
        missing = [
            c for c in line["values"] if (line["ns"], c, body["channel_versions"].get(c)) not in self.places
        ]
        if missing:
            raise FileRefused(number, f"the value of {shown(missing[0])} is nowhere above")
        return body, metadata

    def verify(self, number: int, line: Line) -> None:
        """Read what a line holds, and see whether a version of a channel has one value only.

        Raises:
            FileRefused: it cannot, or must not, be read.
        """
        kind = line["kind"]
        if kind == "checkpoint":
            body, _ = self.body(number, line)
            for channel, version in body["channel_versions"].items():
                place = (line["ns"], channel, version)
                if channel not in line["values"]:
                    self._absent.add(place)
                    if place in self.places and place not in self._snapshots:
                        self._several(number)
        elif kind in ("value", "write"):
            value = self.load(number, "the value of", line["value"], line["channel"])
            if kind == "value":
                place = (line["ns"], line["channel"], line["version"])
                if isinstance(value, _DeltaSnapshot):  # the same value is rebuilt where there is none
                    self._snapshots.add(place)
                elif place in self._absent:
                    self._several(number)

    def _several(self, number: int) -> None:
        if self.contents.several is None:
            self.contents.several = number

    def _shape(self, kind: str, line: Line) -> None:
        shape = _SHAPES.get(kind)
        if shape is None:
            raise ValueError(f"unknown kind of line: {preview(kind, 40)}")
        if line.keys() != {"n", "kind", "crc", *shape}:
            odd = sorted(line.keys() ^ {"n", "kind", "crc", *shape})
            raise ValueError(f"fields missing or unknown: {preview(', '.join(odd), 120)}")
        for name, fits in shape.items():
            if not fits(line[name]):
                raise ValueError(f"{name}: cannot be {preview(line[name], 60)}")

    def _thread(self, line: Line, offset: int, number: int) -> None:
        field = line["id"]
        self.thread = self.load(number, "the thread's id", field) if isinstance(field, list) else field
        try:
            hash(self.thread)
        except TypeError:
            raise ValueError("the thread's id is of a type that cannot be one") from None
        if self.thread in self.contents.threads:
            raise ValueError(f"the thread {shown(self.thread)} was there already")
        self.contents.threads.append(self.thread)
        self.places = {}
        for each in (self._seen, self._written, self._absent, self._snapshots):
            each.clear()

    def _value(self, line: Line, offset: int, number: int) -> None:
        place = (line["ns"], line["channel"], line["version"])
        if place in self.places or line["version"] is None:
            self._several(number)
        self.places[place] = offset
        self.contents.values += 1

    def _checkpoint(self, line: Line, offset: int, number: int) -> None:
        key = (line["ns"], line["id"])
        if key in self._seen:
            raise ValueError(f"the checkpoint {shown(line['id'])} was there already")
        self._seen.add(key)
        self.contents.checkpoints += 1

    def _write(self, line: Line, offset: int, number: int) -> None:
        key = (line["ns"], line["id"])
        place = (*key, line["task"], line["index"])
        if line["index"] is not None:
            if place in self._written:
                raise ValueError(f"the write {line['index']} of task {shown(line['task'])} was there already")
            self._written.add(place)
        self.contents.writes += 1

    def _end(self, line: Line, offset: int, number: int) -> None:
        contents = self.contents
        found = len(contents.threads), contents.checkpoints, contents.values, contents.writes
        if found != tuple(line[name] for name in ("threads", "checkpoints", "values", "writes")):
            raise ValueError("the numbers of lines do not match")


def shown(value: Any) -> str:
    """What is named in a message, in short and in quotes."""
    return preview([value], 100)[1:-1]


def preview_text(text: str) -> str:
    """A message in short."""
    return text if len(text) <= 300 else text[:299] + "…"

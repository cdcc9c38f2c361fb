"""Threads of any checkpointer as one file, written in steps; `importing` reads it."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Generator, Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from inmem_widgets.observables.portable.lines import (
    FORMAT,
    VERSION,
    LineWriter,
    packed,
)
from inmem_widgets.observables.portable.masked import RedactedLines
from inmem_widgets.observables.portable.records import preview_text, shown, thread_field
from inmem_widgets.observables.portable.savers import Access, Saved, Write
from inmem_widgets.observables.redaction import Redactor
from inmem_widgets.observables.threads.lanes import Key

R = TypeVar("R")
KNOWN: Final = 1_000_000
"""Values known to be written; with more some are written again."""


Place = tuple[str, str, Any]
"""Namespace, channel, version."""


class Exported(NamedTuple):
    """What a file was given."""

    threads: int
    checkpoints: int
    writes: int
    values: int
    """Different ones: a value that many checkpoints share is written once."""
    bytes: int


def finish(steps: Generator[float, None, R]) -> R:
    """The result of work in steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: R = end.value
            return result


def writing(
    access: Access,
    thread_ids: Collection[Any],
    write: Callable[[bytes], object],
    redactor: Redactor | None = None,
) -> Generator[float, None, Exported]:
    """Write threads; yields its progress, 0 to 1.

    Raises:
        ValueError: a checkpoint cannot be read.
    """
    lines = LineWriter(write) if redactor is None else RedactedLines(write, redactor)
    lines.line("file", format=FORMAT, version=VERSION, written=_now(), by=_by(), saver=_name(access.saver))
    totals = [0, 0, 0]
    for i, thread_id in enumerate(thread_ids):
        lines.line("thread", id=thread_field(thread_id, access.serde))
        one = ThreadWriter(access, thread_id, lines)
        keys = access.keys(thread_id)
        for j, key in enumerate(keys):
            one.write(key)
            yield (i + (j + 1) / len(keys)) / len(thread_ids)
        for key, writes in access.orphans(thread_id):
            one.writes(key, writes)
        totals = [a + b for a, b in zip(totals, (one.checkpoints, one.written, one.values), strict=True)]
    checkpoints, writes_count, values = totals
    lines.end(threads=len(thread_ids), checkpoints=checkpoints, values=values, writes=writes_count)
    return Exported(len(thread_ids), checkpoints, writes_count, values, lines.bytes)


class Lines(Protocol):
    """What takes lines."""

    def line(self, kind: str, **fields: Any) -> None: ...


class ThreadWriter:
    """Writes one thread: each version of a channel's value once, but for those `known` to be written."""

    def __init__(
        self, access: Access, thread_id: Any, lines: Lines, known: dict[Place, bytes | None] | None = None
    ) -> None:
        self._access, self._thread_id, self._lines = access, thread_id, lines
        self._known: dict[Place, bytes | None] = {} if known is None else known
        self.checkpoints = self.values = self.written = 0

    def write(self, key: Key, *, writes: bool = True) -> None:
        """One checkpoint, unless it was deleted meanwhile; with its writes or without."""
        try:
            saved = self._access.saved(self._thread_id, key)
            if saved is None:
                return
            if len(self._known) > KNOWN:
                self._known.clear()
            for channel, value in saved.values.items():
                self._value(key[0], channel, saved, value)
        except Exception as error:  # whatever a checkpointer, a serializer or a class of the user's raises
            where = f"thread {shown(self._thread_id)}, checkpoint {key[1]}"
            raise ValueError(f"saver: {where} cannot be read: {preview_text(f'{error}')}") from error
        ns, checkpoint_id = key
        self._lines.line(
            "checkpoint",
            ns=ns,
            id=checkpoint_id,
            parent=saved.parent,
            checkpoint=packed(saved.checkpoint),
            metadata=packed(saved.metadata),
            values=list(saved.values),
        )
        self.checkpoints += 1
        if writes:
            self.writes(key, saved.writes)

    def writes(self, key: Key, writes: Iterable[Write]) -> None:
        for each in writes:
            self._lines.line(
                "write",
                ns=key[0],
                id=key[1],
                task=each.task,
                path=each.path,
                index=each.at,
                channel=each.channel,
                value=packed(each.value),
            )
            self.written += 1

    def _value(self, ns: str, channel: str, saved: Saved, value: Any) -> None:
        version = saved.versions.get(channel)
        place = (ns, channel, version)
        # LangGraph's versions have a random part that tells forks apart; others may be used twice.
        unique = isinstance(version, str) and "." in version
        if unique and place in self._known:
            return
        typed = self._access.dump(value)
        digest = None
        if not unique:
            digest = hashlib.sha256(typed[0].encode() + b"\0" + typed[1]).digest()
            if self._known.get(place) == digest:
                return
        self._known[place] = digest
        self._lines.line("value", ns=ns, channel=channel, version=version, value=packed(typed))
        self.values += 1


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _by() -> str:
    def installed(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return name

    return ", ".join(map(installed, ("inmem-widgets", "langgraph", "langgraph-checkpoint")))


def _name(saver: Any) -> str:
    return f"{type(saver).__module__}.{type(saver).__qualname__}"

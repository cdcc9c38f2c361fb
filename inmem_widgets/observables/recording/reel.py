"""The file of a recording as it is read: line by line, each decoded once, until there are no more (yet)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from inmem_widgets.observables.recording.lines import ACCEPTED, Line, decoded, head_of, next_line

TORN: Final = 1 << 16
"""Bytes looked at for the end of a last line."""
STRIDE: Final = 1_000
"""Changes between two places of the file at which it is known how many there were."""

_CHANGES: Final = re.compile(rb'\{"is":"change(?:s","of":"([^"\\]*)","count":(\d{1,9})|","of":"([^"\\]*)")')


class Reel:
    """The lines of a recording.

    Attributes:
        head: The first line.
        damaged: Lines that could not be read, so far.
        new: Whether the line at hand was never taken in before.

    Raises:
        NoRecording: it is none.
        IsADirectoryError, FileNotFoundError: it is a folder; it is not there.
        OSError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            raise IsADirectoryError(f"path: got the folder {path}, accepted is {ACCEPTED}")
        if not path.exists():
            raise FileNotFoundError(f"path: got {path}, which is not there; accepted is {ACCEPTED}")
        self._file: BinaryIO = open(path, "rb")  # noqa: SIM115  closed by `close`
        try:
            self.head = head_of(self._file)
        except BaseException:
            self._file.close()
            raise
        self._start = self._new_from = self._counted = self._file.tell()
        self._ahead: deque[tuple[Line, bool]] = deque()
        self._marks: list[tuple[int, Mapping[str, int]]] = [(0, {})]
        self._made = 0
        self._of: dict[str, int] = {}
        self.damaged = 0

    def line(self) -> Line | None:
        """The line at hand; None where there is none (yet)."""
        return self._ahead[0][0] if self._ahead or self._read() else None

    @property
    def new(self) -> bool:
        return self._ahead[0][1]

    def next(self) -> None:
        """Leave the line at hand, for the next."""
        self._ahead.popleft()

    def coming(self) -> Line | None:
        """The next line of changes, the one at hand being the first looked at."""
        at = 0
        while at < len(self._ahead) or self._read():
            if (line := self._ahead[at][0])["is"] in ("change", "changes"):
                return line
            at += 1
        return None

    def rewind(self) -> None:
        """Begin again."""
        self._ahead.clear()
        self._file.seek(self._start)

    @property
    def torn(self) -> bool:
        """Whether the last line has no end (yet)."""
        at = self._file.tell()
        rest = self._file.readline(TORN)
        self._file.seek(at)
        return bool(rest) and not rest.endswith(b"\n") and not self._ahead

    def close(self) -> None:
        self._file.close()

    def counts(self, position: int | None = None) -> Mapping[str, int]:
        """How many of so many changes in the file are of which object, `STRIDE` more or less; of all by
        default. What has been added to the file is counted, without being decoded."""
        at = self._file.tell()
        try:
            self._file.seek(self._counted)
            self._count()
        finally:
            self._counted = self._file.tell()
            self._file.seek(at)
        if position is None or position >= self._made:
            return self._of
        return self._marks[bisect_left(self._marks, position, key=lambda mark: mark[0])][1]

    def _count(self) -> None:
        marked = self._marks[-1][0]
        for raw in self._lines():
            if not (found := _CHANGES.match(raw)):
                continue
            name, count = (found[1] or found[3]).decode(errors="replace"), int(found[2] or 1)
            self._of[name] = self._of.get(name, 0) + count
            self._made += count
            if self._made >= marked + STRIDE:
                marked = self._made
                self._marks.append((marked, self._of.copy()))
        self._marks.append((self._made, self._of.copy()))

    def _lines(self) -> Iterator[bytes]:
        while raw := next_line(self._file):
            yield raw

    def _read(self) -> bool:
        """Have one line more; whether there is one."""
        for raw in self._lines():
            end = self._file.tell()
            new = end > self._new_from
            self._new_from = max(self._new_from, end)
            line = decoded(raw, self.head["version"])
            if line is not None:
                self._ahead.append((line, new))
                return True
            self.damaged += new
        return False
